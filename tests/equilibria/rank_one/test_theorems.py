"""What is proven about games of attacker and defender, checked exactly on games drawn at random."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advgame.equilibria import Nash, Solution, solve
from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.algorithms.enumeration import extreme_equilibria
from advgame.games import Game
from tests.equilibria.brute_force import (
    Mix,
    coordination_game,
    every_extreme_equilibrium,
    fraction_game,
    lattice_game,
)

seeds = st.integers(0, 1_000_000)


def fractions(*values: str) -> list[Fraction]:
    return [Fraction(value) for value in values]


def exactly(game: Game) -> set[tuple[Mix, Mix]]:
    """All extreme equilibria of a game, in rational numbers."""
    solution = solve(game, Nash(exact=True))
    assert solution.complete
    return {profile.exact_mixes for profile in solution.profiles if profile.exact_mixes is not None}


def mean(values: list[Fraction], mix: Mix) -> Fraction:
    return sum((value * share for value, share in zip(values, mix, strict=True)), Fraction(0))


def test_a_costly_accurate_defence_is_dropped_once_attacked_and_then_the_attack_pays() -> None:
    # equal shares but unequal costs: three equilibria, of intensities 0, 1/4 and 1/2
    share = fractions("0", "1/2")
    game = fraction_game(
        fractions("1/10", "3/10"),
        [fractions("1/10", "1/2"), fractions("3/10", "3/5")],
        share,
        fractions("0", "11/20"),
        fractions("7/40", "0"),
    )
    half = Fraction(1, 2)
    expected = {((1, 0), (1, 0)), ((half, half), (half, half)), ((0, 1), (0, 1))}
    assert exactly(game) == expected == every_extreme_equilibrium(game)
    assert sorted(mean(share, y) for _, y in exactly(game)) == fractions("0", "1/4", "1/2")


def test_a_loud_and_a_stealthy_attack_have_three_equilibria_at_equal_costs() -> None:
    share = fractions("0", "1", "1/5")
    game = fraction_game(
        fractions("1/10", "7/20"),
        [fractions("1/10", "2/5", "19/20"), fractions("7/20", "7/20", "2/5")],
        share,
        fractions("0", "1/4", "1/20"),
        fractions("0", "0"),
    )
    assert exactly(game) == every_extreme_equilibrium(game)
    assert sorted(mean(share, y) for _, y in exactly(game)) == fractions("1/5", "5/7", "1")


def of_attacker_and_defender(a: list[int], b: list[int], value: list[list[int]]) -> Game:
    """The bimatrix game (Q − a bᵀ to be paid, Q earned) as one of attacker and defender, b being least at 0.

    With V_a = V_b large, shares p_j proportional to b_j − b_0, attacks that cost 3/4 each, and defences whose
    costs take up what is left; attacked errors are at least the clean ones.
    """
    unit = Fraction(1, max(b) - b[0])
    share = [(each - b[0]) * unit for each in b]
    worth = 40 * max(max(map(abs, row)) for row in value) / min(share[1:]) + 4 * max(a) / unit
    error = [Fraction(each) / unit / worth for each in a]
    attacked = [
        [e, *(Fraction(3, 4) + (v - row[0]) / (p * worth) for v, p in zip(row[1:], share[1:], strict=True))]
        for e, row in zip(error, value, strict=True)
    ]
    cost = [Fraction(0), *[Fraction(3, 4)] * (len(b) - 1)]
    dear = [row[0] - each * b[0] - Fraction(each) / unit for each, row in zip(a, value, strict=True)]
    assert all(
        e <= attacked_error <= 1 for e, row in zip(error, attacked, strict=True) for attacked_error in row
    )
    return fraction_game(error, attacked, share, cost, dear, worth=(worth, worth))


def test_every_game_of_rank_one_is_a_game_of_attacker_and_defender() -> None:
    random = np.random.default_rng(11)
    several = 0
    for _ in range(300):
        defences, attacks = (int(count) for count in random.integers(2, 6, 2))
        a = random.integers(0, 7, defences).tolist()
        b = [0, *random.integers(1, 7, attacks - 1).tolist()]
        value = random.integers(-5, 6, (defences, attacks)).tolist()
        bimatrix = Game(np.outer(a, b) - np.array(value), value)
        expected = set(extreme_equilibria(bimatrix, Deadline(60)))
        assert exactly(of_attacker_and_defender(a, b, value)) == expected
        several += len(expected) > 1
    assert several > 50


@given(seeds)
@settings(max_examples=40, deadline=None)
def test_a_higher_intensity_never_goes_with_a_less_accurate_defence(seed: int) -> None:
    random = np.random.default_rng(seed)
    defences, attacks = (int(count) for count in random.integers(2, 6, 2))
    a = random.integers(0, 7, defences).tolist()
    b = random.integers(0, 7, attacks).tolist()
    value = random.integers(-5, 6, (defences, attacks))
    equilibria = exactly(Game(np.outer(a, b) - value, value))
    for (x, y), (other_x, other_y) in combinations(equilibria, 2):
        dx = [after - before for before, after in zip(x, other_x, strict=True)]
        dy = [after - before for before, after in zip(y, other_y, strict=True)]
        gain = sum(
            u * v * int(q) for u, row in zip(dx, value, strict=True) for v, q in zip(dy, row, strict=True)
        )
        # with e = a and β = 1: 0 ≤ dxᵀ Q dy ≤ (e·dx)(p·dy)
        assert 0 <= gain <= mean(a, tuple(dx)) * mean(b, tuple(dy))


@given(seeds)
@settings(max_examples=60, deadline=None)
def test_at_one_share_and_costs_in_line_with_errors_all_equilibria_are_worth_the_same(seed: int) -> None:
    random = np.random.default_rng(seed)
    defences, attacks = (int(count) for count in random.integers(2, 6, 2))
    clean = [Fraction(int(k), 20) for k in random.integers(0, 11, defences)]
    errors = [[e, *(Fraction(int(k), 20) for k in random.integers(0, 21, attacks))] for e in clean]
    share = [Fraction(0), *[Fraction(int(random.integers(1, 4)), 4)] * attacks]
    cost = [Fraction(0), *(Fraction(int(k), 4) for k in random.integers(0, 3, attacks))]
    line, caused = Fraction(int(random.integers(0, 3)), 4), bool(random.integers(2))
    worth = Fraction(1), Fraction(int(random.integers(1, 5)), 2)
    game = fraction_game(clean, errors, share, cost, [line * e for e in clean], worth=worth, caused=caused)
    equilibria = exactly(game)
    intensities = {mean(share, y) for _, y in equilibria}
    if len(intensities) > 1:  # only where payoffs tie: attacking earns nothing, and accuracy is the same
        assert len({mean(clean, x) for x, _ in equilibria}) == 1
        _, to_attacker = game.exact_payoffs
        assert {max(mean(list(c), x) for c in zip(*to_attacker, strict=True)) for x, _ in equilibria} == {0}


def test_at_one_share_and_equal_costs_the_equilibrium_is_unique() -> None:
    random = np.random.default_rng(3)
    for _ in range(200):
        defences, attacks = (int(count) for count in random.integers(3, 9, 2))
        clean = random.uniform(0.02, 0.3, defences)
        attacked = random.uniform(0.1, 0.95, (defences, attacks))
        p = np.append(0, np.full(attacks, random.uniform(0.05, 0.9)))
        c = np.append(0, random.uniform(0, 0.5, attacks))
        errors = np.column_stack([clean, attacked])
        game = Game((1 - p) * (1 - clean[:, None]) + p * (1 - errors), p * (errors - c))
        solution = solve(game)
        assert solution.complete
        assert len(solution.profiles) == 1


# The ends of what a scenario's numbers can be, where the structure changes. All are compared with every
# pair of vertices.
ENDS = {
    "no breach costs anything": {"worth": (1, 0)},
    "no success pays": {"reward": (0, 0)},
    "nothing honest is worth anything": {"worth": (0, 1)},
    "nothing is worth anything": {"worth": (0, 0)},
    "nothing is worth anything to anybody": {"worth": (0, 0), "reward": (0, 0)},
    "only caused errors pay": {"caused": True},
    "only caused errors pay, and all inputs are worth the same": {"caused": True, "worth": (2, 2)},
}


@pytest.mark.parametrize("settings_at_the_end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("free", [False, True])
def test_at_the_ends_of_the_numbers_every_equilibrium_is_found(settings_at_the_end: dict, free: bool) -> None:
    random = np.random.default_rng(2)
    for _ in range(6):
        game = at_an_end(random, free=free, **settings_at_the_end)
        assert exactly(game) == every_extreme_equilibrium(game)
        floats = Game(game.defender_payoffs, game.attacker_payoffs)
        solution = solve(floats)
        assert solution.complete
        assert rounded(solution) == rounded(solve(floats, Nash(exact=True)))


def at_an_end(random: np.random.Generator, *, free: bool, **numbers: object) -> Game:
    """Four defences and three attacks with shares of their own; in eighths, so that floats are exact."""
    clean = [Fraction(int(k), 8) for k in random.integers(0, 4, 4)]
    errors = [[e, *(Fraction(int(k), 8) for k in random.integers(2, 9, 3))] for e in clean]
    share = [Fraction(0), *(Fraction(int(k), 4) for k in random.integers(1, 5, 3))]
    cost = [Fraction(0), *(Fraction(0) if free else Fraction(int(k), 4) for k in random.integers(0, 3, 3))]
    dear = [Fraction(0) if free else Fraction(int(k), 8) for k in random.integers(0, 2, 4)]
    return fraction_game(clean, errors, share, cost, dear, **numbers)  # type: ignore[arg-type]


def rounded(solution: Solution) -> set[tuple[float, ...]]:
    return {
        tuple((np.concatenate([each.defender, each.attacker]) + 0.0).round(9)) for each in solution.profiles
    }


def test_without_adversarial_traffic_the_cheapest_defence_is_played_against_any_mix() -> None:
    game = fraction_game(
        fractions("1/10", "1/5"),
        [fractions("1/10", "1", "1/2")] * 2,
        [Fraction(0)] * 3,
        [Fraction(0)] * 3,
        fractions("1/4", "0"),
    )
    solution = solve(game)
    assert solution.complete
    assert {tuple(profile.defender) for profile in solution.profiles} == {(0.0, 1.0)}
    assert len(solution.profiles) == 3


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_defences_with_equal_clean_accuracy_leave_a_zero_sum_game(seed: int) -> None:
    random = np.random.default_rng(seed)
    errors = [[Fraction(1, 10), *(Fraction(int(k), 10) for k in random.integers(0, 11, 3))] for _ in range(4)]
    game = fraction_game(
        [Fraction(1, 10)] * 4,
        errors,
        fractions("0", "1/4", "1/2", "1"),
        fractions("0", "1/4", "1/4", "0"),
        fractions("0", "0", "1/8", "1/8"),
    )
    equilibria = exactly(game)
    # all equilibria of a strategically zero-sum game are exchangeable: a product of two sets
    assert len(equilibria) == len({x for x, _ in equilibria}) * len({y for _, y in equilibria})
    assert equilibria == every_extreme_equilibrium(game)


def test_tied_lattice_games_in_floats_agree_with_every_pair_of_vertices() -> None:
    random = np.random.default_rng(8)
    for _ in range(40):
        game = coordination_game(random, *random.integers(3, 5, 2))
        floats = Game(game.defender_payoffs * 0.1, game.attacker_payoffs * 0.3)
        expected = every_extreme_equilibrium(floats)
        assert exactly(floats) == expected
        solution = solve(floats)
        assert solution.complete
        assert len(solution.profiles) == len(expected)


def test_three_hundred_games_with_and_without_ties_are_answered_as_enumeration_answers_them() -> None:
    random = np.random.default_rng(2026)
    methods = set()
    for number in range(300):
        game = drawn(random, number % 4)
        solution = solve(game)
        methods.add(solution.method)
        assert solution.complete
        enumerated = extreme_equilibria(game, Deadline(60))
        # told once where they are the same floats
        expected = {tuple(float(share) for mix in pair for share in mix) for pair in enumerated}
        found = [np.concatenate([each.defender, each.attacker]) for each in solution.profiles]
        assert len(found) == len(expected)
        apart = np.abs(np.array(list(expected))[:, None] - np.array(found)[None]).max(axis=2)
        assert apart.min(axis=0).max() < 1e-7
        assert apart.min(axis=1).max() < 1e-7
    assert {"rank-1 path", "rank-1 path in rational numbers"} <= methods


def drawn(random: np.random.Generator, kind: int) -> Game:
    """Up to six by six: numbers on a lattice, coordination, the same nearly tied, and no ties at all."""
    if kind == 0:
        return lattice_game(random, most=6, floats=True)
    game = coordination_game(random, *random.integers(2, 7, 2))
    if kind == 1:
        return Game(game.defender_payoffs * 0.1, game.attacker_payoffs * 0.3)
    noise = 10.0 ** -random.integers(5, 15) if kind == 2 else 1.0
    attacked = noise * random.normal(size=game.shape)
    return Game(game.defender_payoffs - attacked, game.attacker_payoffs + attacked)
