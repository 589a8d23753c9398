"""Lists of the equilibria of general games: against exact enumeration, known counts and a mocked clock."""

from __future__ import annotations

from itertools import count

import numpy as np
import pytest

from advgame.equilibria import Nash, Solution, solve
from advgame.equilibria.algorithms import deadline, vertex_matching
from advgame.equilibria.algorithms.deadline import Deadline, WorkDone
from advgame.equilibria.algorithms.enumeration import extreme_equilibria
from advgame.equilibria.algorithms.lemke_howson import one_equilibrium
from advgame.equilibria.algorithms.vertex_matching import matched_vertices
from advgame.equilibria.kernels import lemke_howson_pivots
from advgame.equilibria.kernels.compiled import is_ready
from advgame.games import Game
from tests.equilibria.brute_force import every_extreme_equilibrium


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """The code for single games, which solve would not wait for."""
    vertex_matching.compile_search()


def mixes(solution: Solution) -> set[tuple[float, ...]]:
    return {(*each.defender.round(8), *each.attacker.round(8)) for each in solution.profiles}


def exactly(game: Game) -> set[tuple[float, ...]]:
    return {tuple(np.array([*x, *y], float).round(8)) for x, y in every_extreme_equilibrium(game)}


@pytest.mark.parametrize("shape", [(3, 3), (3, 5), (5, 4)])
def test_random_games_have_the_equilibria_that_brute_force_finds(shape: tuple[int, int]) -> None:
    random = np.random.default_rng(5)
    for _ in range(4):
        game = Game(*random.normal(size=(2, *shape)))
        matched = matched_vertices(game, Deadline(60))
        listed = {tuple(np.round([*x, *y], 8)) for x, y in zip(*matched.pairs, strict=True)}
        assert matched.complete
        assert listed == exactly(game)


def test_a_tied_game_is_never_called_complete_by_floating_point() -> None:
    random = np.random.default_rng(6)
    complete = 0
    for _ in range(150):
        game = Game(*random.integers(0, 4, (2, 3, 4)))
        matched = matched_vertices(game, Deadline(60))
        listed = {tuple(np.round([*x, *y], 8)) for x, y in zip(*matched.pairs, strict=True)}
        complete += matched.complete
        assert not matched.complete or listed == exactly(game)
    assert 0 < complete < 100


@pytest.mark.parametrize("shift", [1e-6, 1e-9, 1e-12, 1e-15])
def test_payoffs_that_nearly_tie_are_listed_rightly(shift: float) -> None:
    random = np.random.default_rng(7)
    for _ in range(15):
        a, b = random.integers(0, 3, (2, 4, 4)) + shift * random.normal(size=(2, 4, 4))
        solution, exact = solve(Game(a, b)), solve(Game(a, b), Nash(exact=True))
        assert solution.complete
        assert len(solution.profiles) == len(exact.profiles)


def test_every_subset_is_an_equilibrium_of_a_game_of_coordination() -> None:
    solution = solve(Game(np.eye(12), np.eye(12)))
    assert solution.complete
    assert len(solution.profiles) == len(solution.components) == 2**12 - 1


def test_a_game_of_twelve_strategies_agrees_with_exact_enumeration_of_its_parts() -> None:
    # two games of six side by side: an equilibrium of the whole is one of a part, or a mixture of both
    random = np.random.default_rng(8)
    a, b = (np.kron(np.eye(2), np.ones((6, 6))) * (2 + random.random((12, 12))) for _ in range(2))
    parts = [len(extreme_equilibria(Game(a[s, s], b[s, s]), Deadline(60))) for s in (slice(6), slice(6, 12))]
    solution = solve(Game(a, b))
    assert solution.complete
    assert len(solution.profiles) == parts[0] + parts[1] + parts[0] * parts[1]


def test_games_too_large_to_be_listed_are_answered_with_one_equilibrium_at_once() -> None:
    random = np.random.default_rng(9)
    for shape in ((30, 30), (100, 100), (25, 80)):
        solution = solve(Game(*random.normal(size=(2, *shape))), Nash(work_limit=2))
        assert not solution.complete
        assert [each.certificate.valid for each in solution.profiles] == [True]
        assert "work_limit" in solution.remark


def test_a_limit_on_work_gives_some_equilibria_the_same_ones_every_time() -> None:
    game = Game(*np.random.default_rng(10).normal(size=(2, 11, 11)))
    whole, part, again = solve(game), solve(game, Nash(work_limit=0.003)), solve(game, Nash(work_limit=0.003))
    assert whole.complete
    assert not part.complete
    assert 0 < len(part.profiles) < len(whole.profiles)
    assert mixes(part) == mixes(again) < mixes(whole)


def slowed(monkeypatch: pytest.MonkeyPatch, step: float) -> None:
    """A clock that moves on by so many seconds whenever it is read."""
    ticks = count()
    monkeypatch.setattr(deadline, "monotonic", lambda: next(ticks) * step)


@pytest.mark.parametrize("work", [0.01, 1.0])
def test_a_slow_clock_changes_no_answer(work: float, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(11)
    tied = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 0]])
    zero_sum = random.integers(0, 3, (7, 7))
    games = [
        Game(*random.normal(size=(2, 9, 9))),
        Game(*random.integers(0, 2, (2, 5, 5))),
        Game(zero_sum, -zero_sum),
        Game(tied, np.zeros((3, 3))),
    ]
    quick = [solve(game, Nash(work_limit=work)) for game in games]
    slowed(monkeypatch, 1e-3)  # a deadline is asked some thousands of times
    slow = [solve(game, Nash(work_limit=work)) for game in games]
    assert [(mixes(each), each.complete, each.remark) for each in quick] == [
        (mixes(each), each.complete, each.remark) for each in slow
    ]


def test_what_a_part_of_the_work_spends_counts_for_the_whole() -> None:
    whole = Deadline(60, work=3.0)
    part = whole.part(1.0)
    with pytest.raises(WorkDone):
        part.spend(1.5)
    assert whole.work_left == 1.5
    whole.check()


def test_without_compiled_code_the_same_equilibria_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(12)
    small, large = Game(*random.normal(size=(2, 4, 5))), Game(*random.normal(size=(2, 25, 25)))
    with_code = solve(small)
    monkeypatch.setattr(vertex_matching, "is_cached", lambda *_: False)
    monkeypatch.setattr("advgame.equilibria.algorithms.lemke_howson.is_cached", lambda *_: False)
    without = solve(small)
    assert without.complete
    assert mixes(without) == mixes(with_code)
    assert solve(large).recommended.certificate.valid
    assert "could be listed" in solve(large).remark


def test_code_that_was_never_compiled_is_not_ready() -> None:
    from numba import njit

    @njit
    def doubled(number):  # type: ignore[no-untyped-def]
        return 2 * number

    assert not is_ready(doubled, 1)
    assert doubled(1) == 2
    assert is_ready(doubled, 1)
    assert not is_ready(doubled, 1.0)


def test_compiled_code_and_python_walk_to_equilibria_from_the_same_game(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    game = Game(*np.random.default_rng(13).normal(size=(2, 12, 9)))
    a, b = game.defender_payoffs[None].copy(), game.attacker_payoffs[None].copy()
    answers = np.empty((1, 12)), np.empty((1, 9)), np.empty((1, 2))
    lemke_howson_pivots.solve_some(a, b, 0, 1, np.empty(1, np.uint8), *answers)
    compiled_pair = one_equilibrium(game, Deadline(60))
    monkeypatch.setattr("advgame.equilibria.algorithms.lemke_howson.is_cached", lambda *_: False)
    for pair in (compiled_pair, one_equilibrium(game, Deadline(60))):
        assert pair is not None
        x, y = map(np.array, pair)
        assert (game.defender_payoffs @ y).max() - x @ game.defender_payoffs @ y < 1e-9
        assert (x @ game.attacker_payoffs).max() - x @ game.attacker_payoffs @ y < 1e-9


@pytest.mark.parametrize("shape", [(3, 4), (5, 5), (4, 6)])
def test_small_games_with_a_dominated_defence_are_listed_and_certified(shape: tuple[int, int]) -> None:
    a, b = np.random.default_rng(14).normal(size=(2, *shape))
    a[1] = a[0] - 0.5
    solution = solve(Game(a, b))
    assert solution.complete
    assert mixes(solution) == exactly(Game(a, b))
    for each in solution.profiles:
        x, y = each.defender, each.attacker
        earned, regret = (x @ a @ y, x @ b @ y), ((a @ y).max() - x @ a @ y) / np.ptp(a)
        assert (each.defender_payoff, each.attacker_payoff) == pytest.approx(earned, abs=1e-12)
        assert each.certificate.defender_regret == pytest.approx(regret, abs=1e-12)


def test_pairs_of_vertices_are_found_where_labels_fill_several_words() -> None:
    random = np.random.default_rng(15)
    for shape in ((3, 70), (3, 130)):
        a, b = random.normal(size=(2, *shape))
        matched = matched_vertices(Game(a, b), Deadline(60))
        assert matched.complete
        exact = solve(Game(a, b), Nash(exact=True))
        assert len(matched.defenders) == len(exact.profiles)
