from fractions import Fraction
from itertools import combinations
from math import comb

import numpy as np
import pytest
from numba import njit
from numpy.typing import NDArray

from advgame.equilibria import BatchSolution, solve_batch
from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.algorithms.enumeration import extreme_equilibria
from advgame.equilibria.batch.gathered import Status
from advgame.equilibria.batch.general_games import MOST_MINORS, fits, general_equilibria
from advgame.equilibria.kernels import lemke_howson_pivots, minors, modular_signs, profiles, simd32, supports
from advgame.games import Game
from tests.equilibria.kernels.parts import callable_part

settle, leaving_row = map(callable_part, (modular_signs.settle, lemke_howson_pivots.leaving_row))
load, list_minors = map(callable_part, (minors.load, minors.minors))

Games = NDArray[np.float64]
Mixes = set[tuple[float, ...]]


def mixes(solution: BatchSolution, game: int) -> Mixes:
    place = solution.of_game(game)
    both = np.hstack([solution.defender[place], solution.attacker[place]]).round(8) + 0.0
    return set(map(tuple, both.tolist()))


def exactly(a: Games, b: Games) -> Mixes:
    """The extreme equilibria by enumeration in whole numbers."""
    pairs = extreme_equilibria(Game(a, b), Deadline(60))
    return {tuple((np.array([*x, *y], float).round(8) + 0.0).tolist()) for x, y in pairs}


def drawn(kind: str, seed: int, *shape: int) -> tuple[Games, Games]:
    random = np.random.default_rng(seed)
    if kind == "normal":
        a, b = random.normal(size=(2, *shape))
    else:
        a, b = random.integers(-6, 7, (2, *shape)).astype(float)
    return a, b


@pytest.mark.parametrize("kind", ["normal", "whole"])
@pytest.mark.parametrize(
    ("shape", "games"),
    [((3, 3), 400), ((4, 4), 200), ((3, 5), 150), ((5, 3), 150), ((2, 5), 100), ((5, 5), 60), ((6, 6), 20)],
)
def test_general_games_are_answered_as_by_exact_enumeration(
    kind: str, shape: tuple[int, int], games: int
) -> None:
    a, b = drawn(kind, 7, games, *shape)
    solution = solve_batch(a, b)
    assert solution.complete.all()
    assert solution.regret.max() <= 2e-9
    if kind == "normal":
        assert (solution.status == Status.COMPILED).all()
    else:
        assert (solution.status == Status.COMPILED).any()
    for game in range(games):
        assert mixes(solution, game) == exactly(a[game], b[game])


@pytest.mark.parametrize(("size", "games"), [(7, 4), (8, 3)])
def test_larger_games_are_answered_as_by_exact_enumeration(size: int, games: int) -> None:
    a, b = drawn("normal", 11, games, size, size)
    solution = solve_batch(a, b)
    assert (solution.status == Status.COMPILED).all()
    for game in range(games):
        assert mixes(solution, game) == exactly(a[game], b[game])


def with_ties(
    kind: str, random: np.random.Generator, games: int, rows: int, columns: int
) -> tuple[Games, Games]:
    """Games that are degenerate by the dozen, for one reason each."""
    shape = (2, games, rows, columns)
    if kind == "few whole numbers":
        a, b = random.integers(-1, 2, shape).astype(float)
    elif kind == "shares out of ten":  # whole numbers, but for the rounding of each
        a, b = random.integers(0, 5, shape) / 10 + random.integers(0, 3, (2, games, 1, 1)) / 10
    else:
        a, b = random.normal(size=shape)
        a[:, 1], b[:, 1] = a[:, 0], b[:, 0]
        a[..., -1], b[..., -1] = a[..., 0], b[..., 0]
    return a, b


@pytest.mark.parametrize("kind", ["few whole numbers", "shares out of ten", "duplicates"])
@pytest.mark.parametrize("shape", [(3, 3), (2, 4), (4, 3), (4, 4)])
def test_games_full_of_ties_are_compiled_and_answered_as_by_exact_enumeration(
    kind: str, shape: tuple[int, int]
) -> None:
    a, b = with_ties(kind, np.random.default_rng(3), 80, *shape)
    found, proven = general_equilibria(a, b)
    assert proven.mean() > 0.95  # the rest needs mixes that rounding cannot tell from pure ones
    for game in np.flatnonzero(proven):
        rows = found.game == game
        listed = np.hstack([found.defender[rows], found.attacker[rows]]).round(8) + 0.0
        assert set(map(tuple, listed.tolist())) == exactly(a[game], b[game])
        assert found.regret[rows].max() < 1e-15


def test_each_extreme_equilibrium_of_a_game_without_stakes_is_listed_once() -> None:
    solution = solve_batch(np.zeros((2, 4, 5)), np.zeros((2, 4, 5)))
    assert solution.status.tolist() == [Status.COMPILED] * 2
    assert len(mixes(solution, 0)) == len(solution.game_index) // 2 == 4 * 5


def test_signs_hidden_by_rounding_are_those_of_whole_numbers() -> None:
    random = np.random.default_rng(8)
    payoffs = random.normal(size=(1, 4, 4))
    payoffs[0, 1] = payoffs[0, 0] * 3 + 2.0**-60 * random.integers(-1, 2, 4)  # parallel, by a hair
    payoffs[0, 3] = payoffs[0, 2] / 4  # exactly parallel
    sets, words, _, _ = signs(payoffs)
    hidden = ~(words[0] | words[1]) & np.uint64(1)
    assert hidden.sum() > 10
    assert settle(payoffs, 0, False, sets, 0, words[0], words[1])
    for size in range(5):
        for chosen in combinations(range(4), size):
            base = sets.place[sum(1 << row for row in chosen)]
            for rank, kept in enumerate(combinations(range(4), size + 1)):
                sign = determinant(
                    [[1] * (size + 1), *([Fraction(payoffs[0, i, j]) for j in kept] for i in chosen)]
                )
                assert bool(words[0, base + rank] & np.uint64(1)) == (sign > 0)
                assert bool(words[1, base + rank] & np.uint64(1)) == (sign < 0)


def determinant(matrix: list[list[Fraction]]) -> Fraction:
    """By expansion along the first row."""
    if not matrix:
        return Fraction(1)
    return sum(
        (
            (-1) ** place * value * determinant([[*row[:place], *row[place + 1 :]] for row in matrix[1:]])
            for place, value in enumerate(matrix[0])
        ),
        Fraction(0),
    )


def test_payoffs_too_far_apart_for_the_primes_are_left_to_the_single_game_solver() -> None:
    a, b = drawn("normal", 4, 1, 4, 4)
    a[0, :, 0] = 2.0**-1000
    a[0, 1] = a[0, 0]
    sets, words, _, _ = signs(a)
    assert not settle(a, 0, False, sets, 0, words[0], words[1])
    solution = solve_batch(a, b)
    assert solution.complete.all()
    assert mixes(solution, 0) == exactly(a[0], b[0])


def test_ties_broken_by_a_hair_are_not_proven_by_signs_alone() -> None:
    a, b = drawn("normal", 5, 50, 4, 4)
    a[:, 3] = a[:, 2] * (1 + 2.0**-52)  # two defences that rounding can hardly tell apart
    b[:, 3] = b[:, 2]
    solution = solve_batch(a, b)
    for game in range(50):
        assert mixes(solution, game) == exactly(a[game], b[game])


def test_games_with_more_equilibria_than_there_is_room_for_are_given_more() -> None:
    # both earn 1 where they meet: each set of strategies, played alike, is an equilibrium, and no other is;
    # a little noise moves these 2⁶ - 1 regular equilibria slightly and unties what is not played
    payoffs = np.eye(6) + 0.01 * np.random.default_rng(0).normal(size=(6, 6))
    solution = solve_batch(payoffs[None], payoffs[None])
    assert solution.status.tolist() == [Status.COMPILED]
    assert len(solution.game_index) == 2**6 - 1
    for count in range(1, 7):
        for chosen in map(list, combinations(range(6), count)):
            mix = np.zeros(6)
            mix[chosen] = 1 / count
            off = np.abs(solution.defender - mix).max(axis=1) + np.abs(solution.attacker - mix).max(axis=1)
            assert off.min() < 0.1


@pytest.mark.parametrize("concept", ["nash", "nash_one"])
def test_powers_of_two_change_no_bit_and_exact_shifts_no_answer(concept: str) -> None:
    random = np.random.default_rng(2)
    a, b = random.integers(-(2**20), 2**20, (2, 150, 5, 4)) / 2.0**20
    plain = solve_batch(a, b, concept)
    for changed, within in (
        (solve_batch(a * 2.0**50, b * 2.0**-50, concept), 0.0),
        (solve_batch(a + 2.0**12, b - 2.0**20, concept), 1e-12),
    ):
        np.testing.assert_allclose(changed.defender, plain.defender, rtol=0, atol=within)
        np.testing.assert_allclose(changed.attacker, plain.attacker, rtol=0, atol=within)
        assert (changed.status == plain.status).all()


def test_the_place_of_a_game_in_the_batch_changes_nothing() -> None:
    a, b = drawn("normal", 8, 130, 4, 4)  # two blocks of games and a part of one
    whole = solve_batch(a, b)
    for game in (0, 63, 64, 127, 129):
        alone = solve_batch(a[game : game + 1], b[game : game + 1])
        assert (alone.defender == whole.defender[whole.of_game(game)]).all()


def signs(payoffs: Games) -> tuple[supports.Supports, NDArray[np.uint64], NDArray[np.float64], int]:
    """The supports, the words of signs, the bounds and the bits of exact games of one (1, rows, columns)."""
    _, rows, columns = payoffs.shape
    sets = supports.supports(rows, columns)
    entries, bounds = np.empty((2, rows, columns, 32)), np.empty((2, rows + 1, 32))
    bounds = bounds[:, : len(sets.tolerance)].copy()
    many = np.repeat(payoffs, 64, axis=0)
    exact = load(many, 0, False, sets, entries, bounds, np.empty((4, rows, 32)))
    values, words = np.empty((rows + 1, sets.widest, 32)), np.zeros((2, sets.words), np.uint64)
    for half in range(2):
        list_minors(entries, half, bounds, sets, values, words[0], words[1])
    return sets, words, bounds, exact


@pytest.mark.parametrize("kind", ["normal", "whole"])
def test_minors_have_the_signs_of_determinants(kind: str) -> None:
    rows, columns = 4, 5
    payoffs = drawn(kind, 6, 1, rows, columns)[0]
    sets, words, bounds, exact = signs(payoffs)
    assert bool(exact) == (kind == "whole") == (bounds.max() == 0)
    for size in range(rows + 1):
        for chosen in map(list, combinations(range(rows), size)):
            base = sets.place[sum(1 << row for row in chosen)]
            for rank, kept in enumerate(combinations(range(columns), size + 1)):
                block = payoffs[0][np.ix_(chosen, list(kept))]
                determinant = np.linalg.det(np.vstack([np.ones(size + 1), block]))
                determinant = round(determinant) if kind == "whole" else determinant
                assert bool(words[0, base + rank] >> np.uint64(40) & np.uint64(1)) == (determinant > 0)
                assert bool(words[1, base + rank] >> np.uint64(40) & np.uint64(1)) == (determinant < 0)


def test_every_set_of_strategies_has_its_number() -> None:
    sets = supports.supports(3, 6)
    assert len(sets.depth) == 2**3
    assert sets.words == sum(comb(3, size) * comb(6, size + 1) for size in range(4))
    # At most one column more than rows
    assert np.diff(sets.first).tolist() == [0, 6, 15, 20, 15]


def test_payoffs_of_extreme_ranges_are_proven_in_whole_numbers() -> None:
    a, b = drawn("normal", 9, 4, 3, 3)
    plain, proven = general_equilibria(a, b)
    small, also = general_equilibria(a * 2.0**-1000, b)
    assert proven.all()
    assert also.all()
    assert (small.defender == plain.defender).all()


def test_games_that_are_too_large_do_not_fit() -> None:
    assert fits((12, 12))
    assert not fits((13, 13))
    assert not fits((2, 40))
    assert comb(24, 12) <= MOST_MINORS


def regrets(solution: BatchSolution, a: Games, b: Games) -> NDArray[np.float64]:
    """What each player could gain in each profile, from the payoffs."""
    to_defender = np.einsum("kij,kj->ki", a, solution.attacker)
    to_attacker = np.einsum("kij,ki->kj", b, solution.defender)
    earned = (to_defender * solution.defender).sum(1), (to_attacker * solution.attacker).sum(1)
    return np.array([to_defender.max(1) - earned[0], to_attacker.max(1) - earned[1]])


@pytest.mark.parametrize("shape", [(2, 2), (1, 4), (5, 1), (3, 7), (10, 10), (30, 20)])
@pytest.mark.parametrize("kind", ["normal", "whole", "opposed", "cyclic"])
def test_one_equilibrium_of_any_game_is_found_and_not_called_all(shape: tuple[int, int], kind: str) -> None:
    a, b = drawn("whole" if kind == "whole" else "normal", 1, 60, *shape)
    if kind == "opposed":
        a = np.random.default_rng(4).integers(-2, 3, (60, *shape)).astype(float)
        b = -a
    if kind == "cyclic":  # no pure equilibrium wherever both have several strategies
        distance = np.subtract.outer(np.arange(shape[0]), np.arange(shape[1])) % max(shape)
        a, b = a / 100 + distance, b / 100 - distance
    solution = solve_batch(a, b, "nash_one")
    assert (solution.status == Status.ONE).all()
    assert not solution.complete.any()
    assert (solution.game_index == np.arange(60)).all()
    assert np.abs(solution.defender.sum(axis=1) - 1).max() < 1e-12
    assert min(solution.defender.min(), solution.attacker.min()) >= 0
    assert regrets(solution, a, b).max() < 1e-8
    assert solution.regret.max() <= 2e-9


def test_one_equilibrium_is_among_all() -> None:
    a, b = drawn("normal", 12, 200, 4, 5)
    one, every = solve_batch(a, b, "nash_one"), solve_batch(a, b)
    assert (one.defender.max(axis=1) < 1).any()
    for game in range(200):
        assert mixes(one, game) <= mixes(every, game)


def test_games_on_which_the_path_is_lost_are_answered_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = drawn("normal", 13, 6, 3, 3)
    kernel = lemke_howson_pivots.solve_some

    def losing(*arguments: object) -> None:
        kernel(*arguments)
        state = arguments[4]
        assert isinstance(state, np.ndarray)
        state[2] = lemke_howson_pivots.LOST

    monkeypatch.setattr(lemke_howson_pivots, "solve_some", losing)
    solution = solve_batch(a, b, "nash_one")
    assert solution.status.tolist() == [3, 3, 2, 3, 3, 3]
    assert solution.game_index.tolist() == [0, 1, 2, 3, 4, 5]
    assert regrets(solution, a, b).max() < 1e-8


def test_of_rows_that_tie_the_lexicographically_least_leaves() -> None:
    # three rows stop the entering column at once; beside their own slack's 1 the rows hold zeros, so the
    # first row is the largest in the first slack's column, the second in the second's, and the last is least
    table = np.array([[2.0, 1.0, 1.0], [2.0, 1.5, 1.0], [2.0, 1.25, 1.0]])
    ties = np.empty(3, np.int64)
    home = np.array([0, 1, -1, -2, -3])  # two strategies in the columns, three slacks in the rows
    assert leaving_row(table, home, 0, 2, ties) == 2
    assert leaving_row(table, home, 1, 2, ties) == 1  # no tie: 1/1.5 is the least ratio


def exact_sign(payoffs: Games, rows: tuple[int, ...], columns: tuple[int, ...]) -> int:
    matrix = [[Fraction(payoffs[0, i, j]) for j in columns] for i in rows]
    value = determinant([[Fraction(1)] * len(columns), *matrix])
    return (value > 0) - (value < 0)


@pytest.mark.parametrize("bits", [10, 16, 17, 18, 20, 21, 30, 50])
@pytest.mark.parametrize("thorough", [False, True])
def test_no_sign_is_called_certain_that_rounding_may_have_made(bits: int, thorough: bool) -> None:
    # rows that are multiples of each other but for a constant: F is 0, or as small as it can be
    random = np.random.default_rng(bits)
    payoffs = random.integers(-(2**bits) // 8, 2**bits // 8, (1, 4, 4)).astype(float)
    payoffs[0, 1] = 3 * payoffs[0, 0] + 1
    payoffs[0, 3] = payoffs[0, 2] - payoffs[0, 0] + random.integers(0, 2, 4)
    sets, words, bounds, _ = signs(payoffs)
    if thorough:
        assert settle(payoffs, 0, False, sets, 0, words[0], words[1])
    assert (bounds.max() == 0) == (bits < 18)
    for size in range(5):
        for chosen in combinations(range(4), size):
            base = sets.place[sum(1 << row for row in chosen)]
            for rank, kept in enumerate(combinations(range(4), size + 1)):
                told = [bool(word[base + rank] & np.uint64(1)) for word in words]
                sign = exact_sign(payoffs, chosen, kept)
                assert told[0] <= (sign > 0)
                assert told[1] <= (sign < 0)
                if thorough:
                    assert any(told) == (sign != 0)


def test_large_minors_have_their_signs_modulo_primes_too() -> None:
    # nothing is known beforehand: every sign is that of its residues, of the least and of the largest F
    random = np.random.default_rng(21)
    payoffs = random.normal(size=(1, 4, 4)) * 2.0 ** random.integers(-30, 30, (1, 4, 4))
    sets = supports.supports(4, 4)
    above, below = np.zeros((2, sets.words), np.uint64)
    assert settle(payoffs, 0, False, sets, 5, above, below)
    for size in range(4):
        for chosen in combinations(range(4), size):
            base = sets.place[sum(1 << row for row in chosen)]
            for rank, kept in enumerate(combinations(range(4), size + 1)):
                sign = exact_sign(payoffs, chosen, kept)
                assert above[base + rank] == (np.uint64(32) if sign > 0 else 0)
                assert below[base + rank] == (np.uint64(32) if sign < 0 else 0)


def test_the_regrets_of_profiles_that_are_no_equilibria_are_those_of_the_payoffs() -> None:
    random = np.random.default_rng(22)
    m, n = 3, 4
    a, b = random.normal(size=(1, m, n)), 100 * random.normal(size=(1, m, n))
    sets = supports.supports(n, m), supports.supports(m, n)
    pairs = np.array([[i, j, j, i] for i in range(m) for j in range(n)], np.int32)  # each against each
    count, one = len(pairs), np.zeros(1, np.int64)
    index, regret = np.empty(count, np.int64), np.empty((count, 2))
    x, y = np.empty((count, m)), np.empty((count, n))
    profiles.fill(a, b, 0, 1, *sets, pairs, one, one, np.array([count]), index, x, y, regret)
    for row, (i, j, _, _) in enumerate(pairs):
        gains = (a[0, :, j].max() - a[0, i, j]) / np.ptp(a), (b[0, i].max() - b[0, i, j]) / np.ptp(b)
        assert regret[row] == pytest.approx(gains, abs=1e-14)
        assert (x[row].argmax(), y[row].argmax()) == (i, j)
        assert x[row].sum() == y[row].sum() == 1


@njit
def _in_lanes(one: Games, other: Games, words: NDArray[np.uint64], out: Games) -> None:
    first, second = simd32.load(one, 0), simd32.load(other, 0)
    words[0], words[1] = simd32.whole(first), simd32.above(first, second)
    words[2] = simd32.below(first, second)
    simd32.store(out, 0, simd32.least(first, second))
    simd32.store(out, 32, simd32.most(first, second))
    simd32.store(out, 64, simd32.times(first, second))
    simd32.store(out, 96, simd32.minus(first, second))
    simd32.store(out, 128, simd32.plus_times(first, first, second))
    simd32.store(out, 160, simd32.minus_times(first, first, second))


def test_lanes_reckon_alike_with_a_compiler_and_without_one() -> None:
    border = 2.0**51
    edges = [0.0, -0.0, 0.5, -0.5, 1.5, 2.5, 1.0, -3.0, border, border - 1, border - 0.5, -border, 1 - border]
    more = [
        border + 1,
        2 * border,
        -3 * border,
        2.0**52 + 1,
        2.0**53,
        1e300,
        1e-300,
        0.1,
        1 / 3,
        2.0**50 + 0.25,
    ]
    one = np.array([*edges, *more, *np.arange(32 - len(edges) - len(more), dtype=float) / 4])
    other = np.abs(np.random.default_rng(23).permutation(one))
    other[:4] = np.abs(one[:4])  # what is at its bound is not beyond it
    answers = []
    for reckon in (_in_lanes, _in_lanes.py_func):
        words, out = np.zeros(3, np.uint64), np.zeros(6 * 32)
        reckon(one, other, words, out)
        answers.append((words.tolist(), out))
    assert answers[0][0] == answers[1][0]
    assert answers[0][0][0] == sum(
        1 << lane for lane, each in enumerate(one) if each == np.floor(each) and abs(each) < border
    )
    assert answers[0][1][:128].tolist() == answers[1][1][:128].tolist()
    # Sums of products may be rounded once less
    assert answers[0][1] == pytest.approx(answers[1][1], rel=1e-12)
