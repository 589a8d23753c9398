"""Games solved from the numbers they are told by, against the same games one by one."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advgame.equilibria import Nash, solve_batch
from advgame.equilibria.batch.affine_games import solve_affine
from advgame.equilibria.batch.batch_answers import BatchAnswers
from advgame.equilibria.batch.gathered import BatchProfiles, Status
from advgame.errors import GameError, SolverError, UnknownName
from advgame.games import Game, Profile
from advgame.games.affine import NOWHERE, AffineGames
from tests.equilibria.affine import attacked
from tests.equilibria.games import DEAR_AND_CHEAP, LOUD_AND_STEALTHY, attacker_game


def solved(games: AffineGames, concept: str = "nash") -> BatchAnswers:
    return solve_affine(games, games.payoffs, (games.games, *games.shape), concept)


def singly(games: AffineGames, place: int) -> tuple[Profile, int, bool]:
    a, b = games.payoffs(np.array([place]))
    solution = Nash().solve(Game(a[0], b[0]))
    return solution.recommended, len(solution.profiles), solution.complete


def check(games: AffineGames, answers: BatchAnswers) -> None:
    """Every answer is that of the single game, and holds against payoffs put together by themselves."""
    a, b = games.payoffs(np.arange(games.games))
    for place in range(games.games):
        profile, count, complete = singly(games, place)
        x, y = answers.defender[place], answers.attacker[place]
        assert np.abs(x - profile.defender).max() <= 1e-9
        assert np.abs(y - profile.attacker).max() <= 1e-9
        assert answers.value[place] == pytest.approx(
            [profile.defender_payoff, profile.attacker_payoff], abs=1e-9
        )
        assert (answers.equilibria[place], answers.complete[place]) == (count, complete)
        gains = (a[place] @ y).max() - x @ a[place] @ y, (x @ b[place]).max() - x @ b[place] @ y
        ranges = np.ptp(a[place]), np.ptp(b[place])
        assert all(gain <= 2e-9 * size + 1e-15 for gain, size in zip(gains, ranges, strict=True))
        assert all(
            gain <= told * size + 1e-15
            for gain, told, size in zip(gains, answers.regret[place], ranges, strict=True)
        )


@given(
    st.integers(2, 6),
    st.integers(2, 6),
    st.integers(0, 2**32 - 1),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, None, 4, 10]),
)
@settings(max_examples=80, deadline=None)
def test_games_along_a_walk_are_answered_like_single_games_ties_included(
    defences: int, attacks: int, seed: int, dear: bool, caused: bool, loud: bool, steps: int | None
) -> None:
    games = attacked(defences, attacks, games=10, seed=seed, dear=dear, caused=caused, loud=loud, steps=steps)
    check(games, solved(games))


@pytest.mark.parametrize(("defences", "attacks"), [(2, 2), (3, 2), (2, 4), (10, 8), (7, 12)])
def test_more_games_than_a_tile_holds_are_answered_like_single_games(defences: int, attacks: int) -> None:
    games = attacked(defences, attacks, games=300, seed=3)
    check(games, solved(games))


def test_without_ties_no_payoffs_are_asked_for() -> None:
    def refused(chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        raise AssertionError(f"payoffs of {len(chosen)} games")

    for shape in ((2, 2), (6, 5)):
        games = attacked(*shape, games=500, seed=1)
        answers = solve_affine(games, refused, (500, *shape))
        assert answers.complete.all()
        assert (answers.status == Status.COMPILED).all()


# As LOUD_AND_STEALTHY, but neither attack can be all of the traffic: honest errors never lose their weight.
LOUDER_AND_STEALTHY = attacker_game(
    [0.1, 0.35], [[0.1, 0.4, 0.95], [0.35, 0.35, 0.4]], [0, 0.9, 0.25], [0, 0.25, 0.05]
)

STEALTHY_AND_LOUD = Game(
    LOUD_AND_STEALTHY.defender_payoffs[:, [0, 2, 1]], LOUD_AND_STEALTHY.attacker_payoffs[:, [0, 2, 1]]
)


def around(game: Game, *intensity: float) -> AffineGames:
    """200 games near a game: the attacker is paid a little more or less wherever it attacks."""
    values = np.linspace(-1e-3, 1e-3, 200)[None, :]
    shape, p = (2, 2, *game.shape), np.array([0.0, *intensity])
    still, shared, entered = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    still[0, 0] = game.defender_payoffs[:, :1]
    shared[0, 0, :, 1:] = (game.defender_payoffs - still[0, 0])[:, 1:] / p[1:]
    shared[1, 0, :, 1:] = game.attacker_payoffs[:, 1:] / p[1:]
    shared[1, 1] = 1.0
    return AffineGames(
        values, np.array([0]), still, shared, entered, 1.0, NOWHERE, p, np.full(len(p), NOWHERE)
    )


def with_a_worse_defence(games: AffineGames) -> AffineGames:
    """One more defence that errs and costs more than all, on the line the others' errors and costs are on."""
    arrays = []
    for each in (games.still, games.shared, games.entered):
        last = each[:, :, -1:] + (each[:, :, -1:] - each[:, :, :1])
        arrays.append(np.concatenate([each, last], axis=2))
    arrays[0][0, 0, -1] -= 0.3
    return replace(games, still=arrays[0], shared=arrays[1], entered=arrays[2])


@pytest.mark.parametrize(
    "near",
    [
        around(DEAR_AND_CHEAP, 0.5),
        around(LOUD_AND_STEALTHY, 1.0, 0.2),
        around(LOUDER_AND_STEALTHY, 0.9, 0.25),
        around(STEALTHY_AND_LOUD, 0.2, 1.0),
    ],
    ids=["dear", "loud", "louder", "stealthy"],
)
@pytest.mark.parametrize("third", [False, True])
def test_where_three_equilibria_stand_side_by_side_all_are_counted_in_every_game(
    near: AffineGames, third: bool
) -> None:
    # What fits the neighbour fits here too, and is only one of three: it may not be taken for the only one.
    games = with_a_worse_defence(near) if third else near
    answers = solved(games)
    assert answers.equilibria.tolist() == [3] * 200
    assert answers.complete.all()
    some = replace(games, values=games.values[:, ::20])
    check(some, solved(some))


def test_the_weight_on_errors_may_not_turn_where_one_equilibrium_is_to_be_the_only_one() -> None:
    # Three defences on one line of errors and costs, C = 0.2625 − 0.875 e: w(μ) = 0.125 − μ turns at 1/8 < p.
    e = np.array([0.1, 0.2, 0.3])
    eps = np.array([[0.1, 0.5], [0.2, 0.9], [0.3, 0.6]])
    still, shared = np.zeros((2, 2, 2, 3, 2))
    still[0, 0] = (1 - e - (0.2625 - 0.875 * e))[:, None]
    shared[0, 0], shared[1, 0] = (1 - eps) - (1 - e)[:, None], eps - 0.55
    shared[1, 1] = 1.0
    games = AffineGames(
        np.linspace(-1e-3, 1e-3, 200)[None, :],
        np.array([0]),
        still,
        shared,
        np.zeros_like(still),
        1.0,
        NOWHERE,
        np.array([0.0, 0.5]),
        np.full(2, NOWHERE),
    )
    answers = solved(games)
    assert answers.equilibria.tolist() == [3] * 200
    check(replace(games, values=games.values[:, ::20]), solved(replace(games, values=games.values[:, ::20])))


@pytest.mark.parametrize("last", [0, 1, 2])
def test_a_neighbours_support_is_not_called_the_only_one_where_another_defence_is_worth_as_much(
    last: int,
) -> None:
    # Attacked inputs always meet the attack, and 3/4 p = 1/4 (1 − p) + 1/2 p at p = 1/2: there, and only
    # there, two defences do equally well; one more never does.
    order = np.array([[1, 2, 0], [0, 2, 1], [0, 1, 2]])[last]  # so that each of them stands last once
    e, eps = np.array([0.0, 0.5, 0.25])[order], np.array([0.75, 1.0, 0.5])[order]
    still, shared = np.zeros((2, 2, 1, 3, 2))
    still[0, 0] = (1 - e)[:, None]
    shared[0, 0], shared[1, 0, :, 1] = (e - eps)[:, None], eps - 0.1
    share = np.linspace(0.4, 0.6, 201)[None, :]
    share[0, 100] = 0.5
    games = AffineGames(
        share,
        np.array([], np.int64),
        still,
        shared,
        np.zeros_like(still),
        1.0,
        0,
        np.array([0.0, 1.0]),
        np.full(2, NOWHERE),
    )
    answers = solved(games)
    assert answers.equilibria.tolist() == [1] * 100 + [2] + [1] * 100
    assert (answers.attacker == [0, 1]).all()
    assert (answers.defender[:100, order == 0] == 1).all()
    assert (answers.defender[101:, order == 2] == 1).all()


def test_one_equilibrium_is_enough_where_that_is_asked_for() -> None:
    games = with_a_worse_defence(around(DEAR_AND_CHEAP, 0.5))
    answers = solved(games, "nash_one")
    assert (answers.equilibria == 1).all()
    assert (answers.status == Status.ONE).all()
    assert not answers.complete.any()
    assert answers.regret.max() <= 2e-9
    unique = solved(attacked(5, 4, games=100), "nash_one")
    assert unique.complete.all()  # it happens to be the only one, which is known


@pytest.mark.parametrize("shape", [(2, 2), (3, 2), (4, 3)])
@pytest.mark.parametrize("nothing", ["at stake", "paid", "honest", "attacking"])
def test_games_in_which_something_is_worth_nothing_are_answered_like_single_games(
    shape: tuple[int, int], nothing: str
) -> None:
    games = attacked(*shape, games=8)
    still, shared, values = games.still.copy(), games.shared.copy(), games.values.copy()
    if nothing == "at stake":  # V_a = 0: the defender loses the honest traffic only
        shared[0, 0] = -still[0, 0]
    elif nothing == "paid":  # R + P = 0: attacking costs, whatever it meets
        shared[1, 0] = shared[1, 0].mean(axis=0)
    elif nothing == "honest":
        still[0], shared[0, 0] = 0.0, shared[0, 0] - shared[0, 0, :, :1]
    else:
        values[1] = 0.0
    changed = replace(games, still=still, shared=shared, values=values)
    check(changed, solved(changed))


@pytest.mark.parametrize("shape", [(2, 2), (3, 2), (4, 3)])
@pytest.mark.parametrize("player", [0, 1])
def test_who_attacks_nothing_pays_nothing_for_having_begun(shape: tuple[int, int], player: int) -> None:
    games = attacked(*shape, games=12)
    entered, values = games.entered.copy(), games.values.copy()
    entered[player, 0, :, 1:] = -0.125 if player == 1 else 0.125 * np.arange(shape[0])[:, None]
    values[1, ::3] = 0.0  # no attack has any intensity, so that all are worth as much as no attack
    changed = replace(games, entered=entered, values=values)
    check(changed, solved(changed))


def test_powers_of_two_as_units_of_money_change_no_mix() -> None:
    games = attacked(6, 5, games=100)
    scale = np.array([2.0**40, 2.0**-40]).reshape(2, 1, 1, 1)
    scaled = replace(games, still=games.still * scale, shared=games.shared * scale)
    one, other = solved(games), solved(scaled)
    assert (one.defender == other.defender).all()
    assert (one.attacker == other.attacker).all()
    assert (one.regret == other.regret).all()


def test_the_order_of_games_does_not_matter_beyond_rounding() -> None:
    games = attacked(6, 5, games=400, seed=8)
    order = np.random.default_rng(0).permutation(400)
    one, other = solved(games), solved(replace(games, values=np.ascontiguousarray(games.values[:, order])))
    assert np.allclose(one.defender[order], other.defender, rtol=0, atol=1e-12)
    assert np.allclose(one.attacker[order], other.attacker, rtol=0, atol=1e-12)
    assert (one.equilibria[order] == other.equilibria).all()


def test_answers_are_those_of_solve_batch() -> None:
    games = attacked(5, 4, games=200, dear=True, loud=True, seed=11)
    answers, batch = solved(games), solve_batch(*games.payoffs(np.arange(200)))
    assert answers.equilibria.tolist() == np.bincount(batch.game_index, minlength=200).tolist()
    for place in range(200):
        here = batch.of_game(place)
        assert np.abs(batch.defender[here] - answers.defender[place]).max(axis=1).min() <= 1e-9


def test_other_concepts_are_answered_from_payoffs() -> None:
    games = attacked(4, 3, games=20)
    answers, batch = solved(games, "commitment"), solve_batch(*games.payoffs(np.arange(20)), "commitment")
    assert np.allclose(answers.defender, batch.defender)
    with pytest.raises(UnknownName, match="solved in batches"):
        solved(games, "worst_case")


def test_without_coefficients_all_games_are_solved_from_payoffs_each_different_one_once() -> None:
    games, asked = attacked(3, 3, games=4), []

    def payoffs(chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        asked.append(len(chosen))
        return games.payoffs(chosen % 4)

    answers = solve_affine(None, payoffs, (12, 3, 3))
    assert asked == [12]
    assert (answers.defender[:4] == answers.defender[4:8]).all()
    check(games, BatchAnswers("nash", *(getattr(answers, each.name)[:4] for each in fields(answers)[1:])))


def test_a_game_without_a_certified_profile_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    games = attacked(3, 3, games=3)
    found_nothing = {"nash": lambda a, *_: BatchProfiles.nothing(*a.shape[1:])}
    monkeypatch.setattr("advgame.equilibria.batch.affine_games.METHODS", found_nothing)
    with pytest.raises(SolverError, match="of game 0"):
        solve_affine(None, games.payoffs, (3, 3, 3))


def test_arrays_of_the_caller_are_filled_in_place() -> None:
    games, room = attacked(4, 3, games=50), BatchAnswers.room("nash", 50, (4, 3))
    answers = solve_affine(games, games.payoffs, (50, 4, 3), out=room)
    assert answers.defender is room.defender
    assert (room.defender == solved(games).defender).all()


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"defender": np.empty((50, 3))}, r"out.defender is float64 \(50, 3\); expected an array of float64"),
        ({"value": np.empty((50, 2), np.float32)}, "out.value is float32"),
        ({"status": None}, "out.status is NoneType"),
        ({"attacker": np.empty((3, 50)).T}, "contiguous"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(wrong: dict, complaint: str) -> None:
    games, room = attacked(4, 3, games=50), BatchAnswers.room("nash", 50, (4, 3))
    with pytest.raises(GameError, match=complaint):
        solve_affine(games, games.payoffs, (50, 4, 3), out=replace(room, **wrong))


def test_more_answers_than_memory_are_refused_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advgame.equilibria.batch.affine_games.free_bytes", lambda: 4_000)
    games = attacked(4, 3, games=50)  # 8 (4 + 3 + 2 + 2 + 1) + 2 bytes each
    with pytest.raises(GameError, match=r"50 games need 4\.8 KiB"):
        solved(games)


def test_parts_report_progress_and_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    games, told = attacked(4, 3, games=90), []
    whole = solved(games)
    monkeypatch.setattr("advgame.equilibria.batch.affine_games.PAYOFFS_AT_ONCE", 2 * 12 * 40)  # of 40 games
    parts = solve_affine(
        games, games.payoffs, (90, 4, 3), progress=lambda done, total: told.append((done, total))
    )
    assert told == [(40, 90), (80, 90), (90, 90)]
    assert np.allclose(parts.defender, whole.defender, rtol=0, atol=1e-12)


@pytest.mark.parametrize("shape", [(2, 2), (4, 3)])
def test_two_cores_answer_as_one_does(shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    games = attacked(*shape, games=1000)
    one = solved(games)
    monkeypatch.setattr("advgame.equilibria.batch.affine_games.parts_for", lambda *_: 7)
    monkeypatch.setattr("numba.get_num_threads", lambda: 2)
    two = solved(games)
    assert np.allclose(one.defender, two.defender, rtol=0, atol=1e-12)
    assert np.allclose(one.attacker, two.attacker, rtol=0, atol=1e-12)
    assert (one.complete == two.complete).all()
