"""What is told of games that cannot be solved as they are given, and of games in which little is at stake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from advgame.equilibria import CONCEPTS, BatchSolution, solve, solve_batch
from advgame.equilibria.batch.buffers import BatchBuffers
from advgame.equilibria.batch.gathered import BatchProfiles, Status
from advgame.equilibria.batch.solve_batch import METHODS
from advgame.errors import GameError, UnknownName
from advgame.games import BayesianGame, Game
from tests.equilibria.brute_force import every_extreme_equilibrium
from tests.equilibria.games import attacker_game

SHAPES = [(1, 1), (1, 3), (3, 1), (2, 2), (3, 3), (9, 8)]


def pennies(games: int, shape: tuple[int, int] = (2, 2)) -> tuple[np.ndarray, np.ndarray]:
    a = np.zeros((games, *shape))
    a[:] = np.subtract.outer(np.arange(shape[0]), np.arange(shape[1])) % 2
    return a, -a


# Payoffs that are no numbers.


@pytest.mark.parametrize("concept", METHODS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_payoff_that_is_not_a_number_is_named_with_its_game_and_position(
    concept: str, shape: tuple[int, int], value: float
) -> None:
    for player, name in enumerate(["defender_payoffs", "attacker_payoffs"]):
        payoffs = pennies(7, shape)
        payoffs[player][5, -1, -1] = value
        place = (
            rf"{name}\[5, {shape[0] - 1}, {shape[1] - 1}\] is {value}; every payoff must be a finite number"
        )
        with pytest.raises(GameError, match=place):
            solve_batch(*payoffs, concept)


@pytest.mark.parametrize("player", [0, 1])
@pytest.mark.parametrize("place", [(0, 0), (0, 1), (1, 0), (1, 1)])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_the_kernel_of_2_by_2_games_meets_every_payoff(
    player: int, place: tuple[int, int], value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Only the kernel is left to find it
    monkeypatch.setattr("advgame.equilibria.batch.solve_batch.refuse_infinite", lambda *_: None)
    payoffs = pennies(600)
    payoffs[player][577][place] = value
    with pytest.raises(GameError, match=rf"\[577, {place[0]}, {place[1]}\] is {value}"):
        solve_batch(*payoffs)


def test_a_game_without_any_number_is_named() -> None:
    a, b = pennies(3)
    a[1] = np.inf  # of which every difference is not even infinite
    with pytest.raises(GameError, match=r"defender_payoffs\[1, 0, 0\] is inf"):
        solve_batch(a, b)


@pytest.mark.parametrize("concept", METHODS)
@pytest.mark.parametrize("shape", [(2, 2), (3, 3)])
def test_an_error_in_a_later_chunk_names_the_game_by_its_number_in_the_batch(
    concept: str, shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("advgame.equilibria.batch.solve_batch.CHUNK_BYTES", 8 * 4 * (sum(shape) + 2) * 20)
    a, b = pennies(50, shape)
    b[43, 1, 0] = np.nan
    with pytest.raises(GameError, match=r"attacker_payoffs\[43, 1, 0\] is nan"):
        solve_batch(a, b, concept)


def test_the_first_of_several_errors_is_reported() -> None:
    a, b = pennies(50, (3, 3))
    a[30, 2, 1], a[12, 0, 2] = np.inf, np.nan
    with pytest.raises(GameError, match=r"defender_payoffs\[12, 0, 2\] is nan"):
        solve_batch(a, b)


@pytest.mark.parametrize("concept", ["commitment", "pure_commitment"])
def test_payoffs_further_apart_than_a_float_holds_are_refused_where_ranges_are_needed(concept: str) -> None:
    a, b = pennies(1, (3, 3))
    a[0, 0, 0], a[0, 2, 2] = 1e308, -1e308
    with pytest.raises(GameError, match="differ by more than a float64 can hold; scale them down"):
        solve_batch(a, b, concept)


def test_rounded_differences_are_not_trusted_where_signs_are_read() -> None:
    a, b = np.array([[[1e308, 0.0], [-1e308, 1.0]]]), np.array([[[0.0, 1.0], [0.0, 1.0]]])
    with pytest.raises(GameError, match="scale them down"):
        solve_batch(a, b)


# Arrays that are no games.


@pytest.mark.parametrize("concept", METHODS)
@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (
            np.full((1, 2, 2), Fraction(1, 2)),
            "of object; give floats or whole numbers. Fractions are solved exactly",
        ),
        (np.array([[["1", "2"], ["3", "4"]]]), "holds, but of <U1"),
        (np.ones((1, 2, 2), np.complex128), "holds, but of complex128"),
        (np.ones((1, 2, 2), np.bool_), "holds, but of bool"),
        (np.ones((1, 2, 2), "datetime64[s]"), "holds, but of datetime64"),
        ([[[2**70, 1], [0, 1]]], "holds, but of object"),
        ([[[1, 2], [3]]], r"defender_payoffs is no array of numbers; give floats of shape \(k, m, n\)"),
        (None, r"has shape \(\)"),
        (np.zeros((2, 2)), r"has shape \(2, 2\); expected \(k, m, n\)"),
        (np.zeros((1, 1, 2, 2)), r"has shape \(1, 1, 2, 2\)"),
        (np.zeros((1, 0, 2)), "with at least one strategy of each player"),
        (np.zeros((1, 2, 0)), "with at least one strategy of each player"),
        (np.zeros((0, 0, 0)), "with at least one strategy of each player"),
    ],
    ids=lambda each: each if isinstance(each, str) else None,
)
def test_arrays_that_are_not_games_are_refused_for_either_player(
    concept: str, given: object, complaint: str
) -> None:
    with pytest.raises(GameError, match=complaint):
        solve_batch(given, np.zeros((1, 2, 2)), concept)  # type: ignore[arg-type]
    with pytest.raises(GameError, match=complaint.replace("defender", "attacker")):
        solve_batch(np.zeros((1, 2, 2)), given, concept)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"), [((3, 2, 2), (2, 2, 2)), ((1, 2, 3), (1, 3, 2)), ((0, 2, 2), (1, 2, 2))]
)
def test_an_error_for_different_shapes_states_both(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    with pytest.raises(GameError) as told:
        solve_batch(np.zeros(one), np.zeros(other))
    assert f"defender_payoffs is {one} and attacker_payoffs {other}" in str(told.value)


@pytest.mark.parametrize("kind", [np.int64, np.uint64])
def test_whole_numbers_that_no_float_holds_are_named(kind: type) -> None:
    a = np.zeros((4, 3, 2), kind)
    a[2, 1, 1] = 2**53
    assert solve_batch(a, a).complete.all()
    a[2, 1, 1] = 2**53 + 1
    with pytest.raises(GameError, match=r"\[2, 1, 1\] is 9007199254740993; whole numbers must be within"):
        solve_batch(a, a)
    assert solve_batch(a.astype(float), a.astype(float)).complete.all()  # rounded by the caller, who knows


def test_negative_whole_numbers_that_no_float_holds_are_named() -> None:
    b = np.zeros((1, 2, 2), np.int64)
    b[0, 0, 1] = -(2**53) - 1
    with pytest.raises(GameError, match=r"attacker_payoffs\[0, 0, 1\] is -9007199254740993"):
        solve_batch(0 * b, b)


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int64, np.float16, np.float32])
def test_numbers_of_any_kind_that_a_float_holds_are_solved_like_floats(kind: type) -> None:
    random = np.random.default_rng(3)
    a, b = random.integers(0, 100, (2, 40, 3, 3))
    plain, other = solve_batch(a.astype(float), b.astype(float)), solve_batch(a.astype(kind), b.astype(kind))
    assert (plain.defender == other.defender).all()
    assert (plain.game_index == other.game_index).all()


# No games at all.


@pytest.mark.parametrize("concept", METHODS)
@pytest.mark.parametrize("shape", SHAPES)
def test_of_no_games_nothing_is_listed(concept: str, shape: tuple[int, int]) -> None:
    none = np.zeros((0, *shape))
    for solution in (
        solve_batch(none, none, concept),
        solve_batch(none, none, concept, out=BatchBuffers.for_shape(0, *shape)),
        solve_batch(none, none, concept, out=BatchBuffers.for_shape(5, *shape), time_limit_seconds=0),
    ):
        assert solution.defender.shape == (0, shape[0])
        assert solution.attacker.shape == (0, shape[1])
        assert solution.regret.shape == (0, 2)
        assert len(solution.game_index) == len(solution.status) == len(solution.complete) == 0
        assert solution.remark == ""


# Time, memory and room.


@pytest.mark.parametrize("seconds", ["soon", "1", np.nan, -1, -np.inf, [1], True, 1j])
def test_a_time_limit_that_is_not_a_number_of_seconds_is_refused(seconds: object) -> None:
    with pytest.raises(GameError, match="give a number of seconds from 0 on, or None"):
        solve_batch(*pennies(3), time_limit_seconds=seconds)  # type: ignore[arg-type]


@pytest.mark.parametrize("seconds", [None, 60, 60.0, np.inf, np.float32(60), np.int64(60), Fraction(60)])
def test_a_time_limit_may_be_any_number_of_seconds(seconds: float) -> None:
    assert solve_batch(*pennies(3), time_limit_seconds=seconds).complete.all()


@pytest.mark.parametrize("concept", METHODS)
def test_more_games_than_memory_are_refused_with_the_number_that_fits(
    concept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = pennies(1000, (3, 2))
    # 8 bytes for each of the game's number, its 5 probabilities and 2 regrets, and 2 for what became of it
    monkeypatch.setattr("advgame.equilibria.batch.solve_batch.free_bytes", lambda: 1000 * 66 - 1)
    with pytest.raises(
        GameError, match=r"1,000 games of 3 × 2 need 64\.5 KiB or more .* about 999 games at a time"
    ):
        solve_batch(a, b, concept)
    assert len(solve_batch(a[:999], b[:999], concept).status) == 999
    assert len(solve_batch(a, b, concept, out=BatchBuffers.for_shape(1000, 3, 2)).status) == 1000
    # A system that does not state its free memory
    monkeypatch.setattr("advgame.equilibria.batch.solve_batch.free_bytes", lambda: None)
    assert len(solve_batch(a, b, concept).status) == 1000


def test_more_equilibria_than_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    room = BatchProfiles.room

    def full(rows: int, *shape: int) -> BatchProfiles:
        if rows > 0:
            raise MemoryError
        return room(rows, *shape)

    monkeypatch.setattr("advgame.equilibria.batch.gathered.BatchProfiles.room", full)
    with pytest.raises(GameError, match=r"no memory for .* equilibria of 2 × 2 games; solve fewer"):
        solve_batch(*pennies(10))


Change = Callable[[BatchBuffers], object]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            lambda room: replace(room, game_index=room.game_index.tolist()),
            "game_index is a list; expected an array",
        ),
        (
            lambda room: replace(room, status=room.status.astype(int)),
            r"status is int64 \(9,\); expected uint8 \(9,\)",
        ),
        (
            lambda room: replace(room, complete=room.complete[:8]),
            r"complete is bool \(8,\); expected bool \(9,\)",
        ),
        (
            lambda room: replace(room, regret=room.regret[:, :1]),
            r"regret is float64 \(18, 1\); expected float64 \(18, 2",
        ),
        (lambda room: replace(room, defender=room.defender[:5]), r"defender is float64 \(5, 2\)"),
        (lambda room: replace(room, defender=room.defender.ravel()), r"defender is float64 \(36,\)"),
        (lambda room: replace(room, attacker=np.empty((18, 3), np.float32)), "attacker is float32"),
        (lambda room: replace(room, attacker=np.empty((3, 18)).T), "attacker cannot be written row by row"),
        (
            lambda room: replace(room, regret=np.broadcast_to(0.0, (18, 2))),
            "regret cannot be written row by row",
        ),
        (lambda room: replace(room, regret=room.defender), "defender and regret share memory"),
        (lambda room: replace(room, complete=room.status.view(np.bool_)), "complete and status share memory"),
    ],
)
def test_buffers_that_do_not_fit_together_are_refused(change: Change, complaint: str) -> None:
    with pytest.raises(GameError, match=complaint):
        change(BatchBuffers.for_shape(9, 2, 3))


@pytest.mark.parametrize(
    ("room", "complaint"),
    [
        (BatchBuffers.for_shape(9, 2, 2), r"room for 9 games of 2 × 2; expected at least 10 of 2 × 2"),
        (BatchBuffers.for_shape(10, 2, 3), r"room for 10 games of 2 × 3; expected at least 10 of 2 × 2"),
        (BatchBuffers.for_shape(10, 1, 2), r"room for 10 games of 1 × 2"),
        (np.empty((10, 2)), "out is a ndarray; expected BatchBuffers"),
    ],
)
def test_buffers_that_do_not_fit_the_games_are_refused(room: BatchBuffers, complaint: str) -> None:
    with pytest.raises(GameError, match=complaint):
        solve_batch(*pennies(10), out=room)


@pytest.mark.parametrize("player", [0, 1])
def test_buffers_in_which_the_payoffs_stand_are_refused(player: int) -> None:
    payoffs, room = list(pennies(10)), BatchBuffers.for_shape(10, 2, 2)
    payoffs[player] = room.defender.reshape(10, 2, 2)
    payoffs[player][:] = 0.0
    name = ("defender_payoffs", "attacker_payoffs")[player]
    with pytest.raises(GameError, match=f"out shares memory with {name}; answers would overwrite games"):
        solve_batch(*payoffs, out=room)


def test_an_unknown_concept_is_answered_before_the_games_are_looked_at() -> None:
    with pytest.raises(
        UnknownName, match=r"No concept solved in batches is called 'nahs'; did you mean 'nash'"
    ):
        solve_batch(None, None, "nahs")  # type: ignore[arg-type]


# Games too large for a method.


def test_games_too_large_to_be_listed_name_the_method_that_answers_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("advgame.equilibria.batch.all_equilibria.WORK_WITHOUT_HOPE", 0.05)
    a, b = np.random.default_rng(0).normal(size=(2, 2, 14, 14))
    solution = solve_batch(a, b)
    assert not solution.complete.any()
    assert set(solution.status.tolist()) <= {Status.PARTIAL, Status.UNSOLVED}
    assert (
        "concept='nash_one' answers games of any size with one" in solution.remark
        or (solution.status == Status.UNSOLVED).all()
    )
    one = solve_batch(a, b, "nash_one")
    assert (one.status == Status.ONE).all()
    assert one.remark == ""


def test_too_many_types_to_be_crossed_name_what_answers_them() -> None:
    random = np.random.default_rng(1)
    types = [random.normal(size=(4, 3, 8)) for _ in range(2)]
    many = BayesianGame([*types[0]] * 5, [*types[1]] * 5, np.full(20, 1 / 20))
    with pytest.raises(GameError, match="remove attacks or types, or compute a commitment"):
        many.normal_form()


def test_a_rule_that_larger_games_have_no_answer_to_names_the_others() -> None:
    same = Game(np.eye(3), np.eye(3))
    with pytest.raises(
        GameError, match=r"defined for 2 × 2 games only, and this game is 3 × 3 .* choose another rule"
    ):
        solve(same, replace(CONCEPTS["nash"], rule="risk_dominant"))  # type: ignore[type-var]


# Nothing at stake for one player.


def listed(solution: BatchSolution, game: int) -> set[tuple[float, ...]]:
    place = solution.of_game(game)
    both = np.hstack([solution.defender[place], solution.attacker[place]]).round(9) + 0.0
    return set(map(tuple, both.tolist()))


def batch_of(game: Game) -> tuple[np.ndarray, np.ndarray]:
    return game.defender_payoffs[None], game.attacker_payoffs[None]


def test_an_attacker_who_earns_nothing_and_pays_does_not_attack() -> None:
    # R + P = 0: every attack costs, so the most accurate defence is all that matters
    game = attacker_game([0.1, 0.3], [[0.1, 0.6], [0.3, 0.2]], [0, 1], [0, 0.2], reward=0.0)
    assert listed(solve_batch(*batch_of(game)), 0) == {(1, 0, 1, 0)}


def test_an_attacker_who_earns_nothing_and_pays_nothing_may_do_anything() -> None:
    # U_D = [[0.9, 0.4], [0.7, 0.8]]: by hand, the defences earn the same where 1/3 of the traffic is attacked
    game = attacker_game([0.1, 0.3], [[0.1, 0.6], [0.3, 0.2]], [0, 1], [0, 0], reward=0.0)
    third = round(1 / 3, 9), round(2 / 3, 9)
    assert listed(solve_batch(*batch_of(game)), 0) == {
        (1, 0, 1, 0),
        (1, 0, third[1], third[0]),
        (0, 1, third[1], third[0]),
        (0, 1, 0, 1),
    }


def test_a_defender_who_loses_nothing_to_attacks_maximises_clean_accuracy() -> None:
    # V_a = 0: attacked inputs cost nothing, so the most accurate defence is best while any traffic is honest
    game = attacker_game([0.1, 0.3], [[0.1, 0.6], [0.3, 0.2]], [0, 0.5], [0, 0.3], worth=(1.0, 0.0))
    assert listed(solve_batch(*batch_of(game)), 0) == {(1, 0, 0, 1)}


def test_a_defender_to_whom_nothing_is_left_plays_anything_that_invites_the_attack() -> None:
    # V_a = 0, and all traffic may be attacked: the attack earns 0.3 or −0.1, so it pays for P(first) ≥ 1/4
    game = attacker_game([0.1, 0.3], [[0.1, 0.6], [0.3, 0.2]], [0, 1], [0, 0.3], worth=(1.0, 0.0))
    assert listed(solve_batch(*batch_of(game)), 0) == {(1, 0, 0, 1), (0.25, 0.75, 0, 1)}


@pytest.mark.parametrize("nothing", ["V_a", "R + P"])
@pytest.mark.parametrize("shape", [(3, 3), (3, 4), (4, 3)])
def test_games_in_which_one_player_has_nothing_at_stake_have_the_equilibria_of_exact_enumeration(
    nothing: str, shape: tuple[int, int]
) -> None:
    random, games = np.random.default_rng(6), []
    for _ in range(12):
        clean = random.integers(0, 5, shape[0]) / 16
        attacked = np.column_stack([clean, random.integers(0, 17, (shape[0], shape[1] - 1)) / 16])
        share = np.append(0, random.integers(1, 5, shape[1] - 1) / 4)
        cost, dear = (
            np.append(0, random.integers(0, 3, shape[1] - 1) / 4),
            random.integers(0, 3, shape[0]) / 16,
        )
        worth, reward = ((1.0, 0.0), 1.0) if nothing == "V_a" else ((1.0, 1.0), 0.0)
        games.append(attacker_game(clean, attacked, share, cost, dear, worth=worth, reward=reward))
    a, b = (np.array([getattr(game, f"{who}_payoffs") for game in games]) for who in ("defender", "attacker"))
    solution = solve_batch(a, b)
    assert solution.complete.all()
    for place, game in enumerate(games):
        exact = {
            tuple(np.round([*map(float, x), *map(float, y)], 9) + 0.0)
            for x, y in every_extreme_equilibrium(game)
        }
        assert listed(solution, place) == exact
