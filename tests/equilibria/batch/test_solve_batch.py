import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advgame.equilibria import BatchSolution, solve, solve_batch
from advgame.equilibria.batch.gathered import Status
from advgame.errors import GameError, UnknownName
from advgame.games import Game
from tests.equilibria.games import DEAR_AND_CHEAP, LOUD_AND_STEALTHY, attacker_game


def mixes(solution: BatchSolution, game: int) -> set[tuple[float, ...]]:
    place = solution.of_game(game)
    both = np.hstack([solution.defender[place], solution.attacker[place]]).round(8) + 0.0
    return set(map(tuple, both.tolist()))


def singly(a: np.ndarray, b: np.ndarray) -> set[tuple[float, ...]]:
    profiles = solve(Game(a, b)).profiles
    return {tuple((np.hstack([p.defender, p.attacker]).round(8) + 0.0).tolist()) for p in profiles}


def test_every_combination_of_signs_of_a_2_by_2_game_is_answered_like_a_single_game() -> None:
    # all 3⁴ signs of the four differences, ties included
    codes = np.array(np.meshgrid(*[[-1.0, 0.0, 1.0]] * 4)).reshape(4, -1).T
    a, b = np.zeros((81, 2, 2)), np.zeros((81, 2, 2))
    a[:, 0, 0], a[:, 0, 1], b[:, 0, 0], b[:, 1, 0] = (codes * [1, 2, 3, 4]).T
    together = solve_batch(a, b)
    assert together.complete.all()
    assert (together.status == Status.COMPILED).all()
    for game in range(81):
        assert mixes(together, game) == singly(a[game], b[game])


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**32 - 1), st.booleans())
@settings(max_examples=60, deadline=None)
def test_games_of_attacker_and_defender_are_answered_like_single_games(
    defences: int, attacks: int, seed: int, ties: bool
) -> None:
    random = np.random.default_rng(seed)

    def numbers(*shape: int) -> np.ndarray:
        drawn = random.uniform(0, 1, shape)
        return np.round(drawn * 4) / 4 if ties else drawn

    games = []
    for _ in range(8):
        clean = numbers(defences) / 2
        attacked = np.column_stack([clean, numbers(defences, attacks)])
        shares, costs = np.append(0, numbers(attacks)), np.append(0, numbers(attacks))
        games.append(attacker_game(clean, attacked, shares, costs, numbers(defences) / 4))
    a = np.array([game.defender_payoffs for game in games])
    b = np.array([game.attacker_payoffs for game in games])
    together = solve_batch(a, b)
    assert together.complete.all()
    assert together.regret.max() <= 2e-9
    for game in range(8):
        assert mixes(together, game) == singly(a[game], b[game])


def test_several_equilibria_are_all_found_and_stand_together() -> None:
    one = solve_batch(LOUD_AND_STEALTHY.defender_payoffs[None], LOUD_AND_STEALTHY.attacker_payoffs[None])
    assert one.game_index.tolist() == [0, 0, 0]
    assert sorted((one.attacker @ [0, 1, 0.2]).round(6)) == [0.2, round(5 / 7, 6), 1.0]
    assert one.status.tolist() == [Status.COMPILED]
    two = solve_batch(DEAR_AND_CHEAP.defender_payoffs[None], DEAR_AND_CHEAP.attacker_payoffs[None])
    assert len(two.game_index) == 3


def test_games_with_and_without_structure_are_answered_in_their_places() -> None:
    random = np.random.default_rng(4)
    a, b = random.normal(size=(2, 6, 4, 4))
    clean = random.uniform(0, 0.4, 4)
    structured = attacker_game(
        clean, np.column_stack([clean, random.uniform(0, 1, (4, 3))]), [0, 0.5, 0.2, 0.5], [0, 0.1, 0, 0.2]
    )
    a[2], b[2] = structured.defender_payoffs, structured.attacker_payoffs
    together = solve_batch(a, b)
    assert together.status.tolist() == [Status.COMPILED] * 6
    assert (np.diff(together.game_index) >= 0).all()
    for game in range(6):
        assert mixes(together, game) == singly(a[game], b[game])


def test_chunks_change_nothing_and_report_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(9)
    a, b = random.normal(size=(2, 50, 2, 2))
    whole = solve_batch(a, b)
    # 20 games at a time
    monkeypatch.setattr("advgame.equilibria.batch.solve_batch.CHUNK_BYTES", 8 * 4 * 6 * 20)
    told: list[tuple[int, int]] = []
    parts = solve_batch(a, b, progress=lambda done, total: told.append((done, total)))
    assert told == [(20, 50), (40, 50), (50, 50)]
    assert (parts.game_index == whole.game_index).all()
    assert (parts.defender == whole.defender).all()


def test_shifts_and_powers_of_two_change_nothing() -> None:
    random = np.random.default_rng(1)
    a, b = random.normal(size=(2, 200, 2, 2))
    plain, changed = solve_batch(a, b), solve_batch(a * 2.0**50, b * 2.0**-50)
    assert (plain.defender == changed.defender).all()
    assert (plain.attacker == changed.attacker).all()


@pytest.mark.parametrize(
    ("a", "b", "complaint"),
    [
        (np.zeros((2, 2)), np.zeros((2, 2)), r"expected \(k, m, n\)"),
        (np.zeros((2, 0, 2)), np.zeros((2, 0, 2)), "at least one strategy"),
        (np.zeros((3, 2, 2)), np.zeros((3, 2, 3)), "both need one shape"),
        (np.full((1, 2, 2), np.nan), np.zeros((1, 2, 2)), r"defender_payoffs\[0, 0, 0\] is nan"),
        ([[["a"]]], [[[1]]], "no array of numbers"),
    ],
)
def test_arrays_that_are_no_games_are_refused(a: object, b: object, complaint: str) -> None:
    with pytest.raises(GameError, match=complaint):
        solve_batch(a, b)  # type: ignore[arg-type]


def test_a_concept_that_is_not_solved_in_batches_is_refused() -> None:
    with pytest.raises(UnknownName, match="concept solved in batches"):
        solve_batch(np.zeros((1, 2, 2)), np.zeros((1, 2, 2)), concept="worst_case")
