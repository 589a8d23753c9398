from fractions import Fraction
from time import sleep

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advgame.equilibria import Nash, Solution, solve
from advgame.equilibria.algorithms import components
from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.algorithms.enumeration import extreme_equilibria
from advgame.equilibria.algorithms.vertex_matching import Matched, compile_search
from advgame.equilibria.concepts import nash
from advgame.equilibria.rank_one.path import walk
from advgame.games import Game
from advgame.games.profile import exactly_certified_profiles
from advgame.games.rank_one_form import rank_one_form
from benchmarks.game_classes import dual_cyclic
from tests.equilibria.games import (
    KNOWN,
    LOUD_AND_STEALTHY,
    Known,
    attacker_game,
    attacker_games,
    fine_numbers,
    games,
)


def pairs(solution: Solution) -> set[tuple[tuple[float, ...], tuple[float, ...]]]:
    return {
        (tuple(profile.defender.round(9).tolist()), tuple(profile.attacker.round(9).tolist()))
        for profile in solution.profiles
    }


def by_supports(game: Game) -> set[tuple[tuple[float, ...], tuple[float, ...]]]:
    """All equilibria of a nondegenerate game, from every pair of supports of one size: another algorithm."""
    from itertools import combinations

    rows, columns = game.shape
    found = set()
    for size in range(1, min(rows, columns) + 1):
        for i in combinations(range(rows), size):
            for j in combinations(range(columns), size):
                x = _equalising([[row[b] for b in j] for row in [game.exact_payoffs[1][a] for a in i]])
                y = _equalising(
                    [
                        list(c)
                        for c in zip(*[[game.exact_payoffs[0][a][b] for b in j] for a in i], strict=True)
                    ]
                )
                if x is None or y is None:
                    continue
                mix_x = [Fraction(0)] * rows
                mix_y = [Fraction(0)] * columns
                for a, share in zip(i, x, strict=True):
                    mix_x[a] = share
                for b, share in zip(j, y, strict=True):
                    mix_y[b] = share
                if _is_equilibrium(game, mix_x, mix_y):
                    found.add(
                        (tuple(round(float(s), 9) for s in mix_x), tuple(round(float(s), 9) for s in mix_y))
                    )
    return found


def _equalising(payoffs: list[list[Fraction]]) -> list[Fraction] | None:
    """The positive mix of the rows that makes all columns pay the same, by Cramer's rule in fractions."""
    size = len(payoffs)
    matrix = [[payoffs[row][column] for row in range(size)] + [Fraction(-1)] for column in range(size)]
    matrix.append([Fraction(1)] * size + [Fraction(0)])
    whole = _determinant(matrix)
    if whole == 0:
        return None
    target = [Fraction(0)] * size + [Fraction(1)]
    shares = [
        _determinant([[*line[:k], value, *line[k + 1 :]] for line, value in zip(matrix, target, strict=True)])
        / whole
        for k in range(size)
    ]
    return shares if min(shares) > 0 else None


def _determinant(matrix: list[list[Fraction]]) -> Fraction:
    if len(matrix) == 1:
        return matrix[0][0]
    return sum(
        (
            (-1) ** k * matrix[0][k] * _determinant([[*line[:k], *line[k + 1 :]] for line in matrix[1:]])
            for k in range(len(matrix))
        ),
        Fraction(0),
    )


def _is_equilibrium(game: Game, x: list[Fraction], y: list[Fraction]) -> bool:
    to_defender, to_attacker = game.exact_payoffs
    rows = [sum(a * b for a, b in zip(row, y, strict=True)) for row in to_defender]
    columns = [
        sum(a * b for a, b in zip(column, x, strict=True)) for column in zip(*to_attacker, strict=True)
    ]
    earned = (
        sum(a * b for a, b in zip(rows, x, strict=True)),
        sum(a * b for a, b in zip(columns, y, strict=True)),
    )
    return earned == (max(rows), max(columns))


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.name)
@pytest.mark.parametrize("exact", [False, True])
def test_games_known_by_hand_are_solved_completely(known: Known, exact: bool) -> None:
    solution = solve(known.game, Nash(exact=exact))
    expected = {
        (tuple(round(float(s), 9) for s in x), tuple(round(float(s), 9) for s in y))
        for x, y in known.equilibria
    }
    assert pairs(solution) == expected
    assert solution.complete
    assert all(profile.certificate.valid for profile in solution.profiles)


@given(games(most=3, entries=fine_numbers))
@settings(max_examples=40, deadline=None)
def test_small_games_agree_with_every_pair_of_supports_tried(game: Game) -> None:
    solution = solve(game)
    assert by_supports(game) <= pairs(solution)
    assert solution.complete


@given(attacker_games())
@settings(max_examples=80, deadline=None)
def test_the_rank_one_walk_finds_what_enumeration_finds(game: Game) -> None:
    form = rank_one_form(game)
    if form is None:
        return
    path = walk(form, game, Deadline(30))
    if not path.complete:
        return  # a tie: enumeration answers
    enumerated = extreme_equilibria(game, Deadline(30))
    assert len(path.pairs) == len(enumerated)
    for x, y in enumerated:
        assert any(
            np.allclose([*map(float, x), *map(float, y)], [*mine[0], *mine[1]], atol=1e-7)
            for mine in path.pairs
        )


@given(attacker_games(most=4, steps=4))
@settings(max_examples=250, deadline=None)
def test_the_walk_calls_nothing_complete_that_has_ties(game: Game) -> None:
    form = rank_one_form(game)
    if form is None:
        return
    path = walk(form, game, Deadline(30))
    if path.complete:
        enumerated = extreme_equilibria(game, Deadline(30))
        assert len(path.pairs) == len(enumerated)


@given(attacker_games(most=4, steps=5))
@settings(max_examples=60, deadline=None)
def test_ties_leave_no_equilibrium_out(game: Game) -> None:
    solution, exact = solve(game), solve(game, Nash(exact=True))
    assert solution.complete
    assert pairs(solution) == pairs(exact)


def test_the_walk_itself_finds_all_three_equilibria_of_loud_and_stealthy_attacks() -> None:
    form = rank_one_form(LOUD_AND_STEALTHY)
    assert form is not None
    path = walk(form, LOUD_AND_STEALTHY, Deadline(30))
    assert path.complete
    assert sorted(round(y[1] + 0.2 * y[2], 6) for _, y in path.pairs) == [0.2, round(5 / 7, 6), 1.0]


@given(games(), st.sampled_from([2.0, 0.5, 2.0**40, 2.0**-40]), st.integers(-3, 3))
@settings(max_examples=60, deadline=None)
def test_positive_affine_changes_of_payoffs_change_no_equilibrium(
    game: Game, factor: float, shift: int
) -> None:
    changed = Game(game.defender_payoffs * factor, game.attacker_payoffs + shift)
    assert pairs(solve(changed)) == pairs(solve(game))


@given(games(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_relabelled_strategies_give_relabelled_equilibria(game: Game, random) -> None:
    rows, columns = list(range(game.shape[0])), list(range(game.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    inside = np.ix_(rows, columns)
    relabelled = solve(Game(game.defender_payoffs[inside], game.attacker_payoffs[inside]))
    expected = {
        (tuple(x[row] for row in rows), tuple(y[column] for column in columns)) for x, y in pairs(solve(game))
    }
    assert pairs(relabelled) == expected


@given(games())
@settings(max_examples=60, deadline=None)
def test_a_dominated_strategy_added_is_never_played(game: Game) -> None:
    worse = game.defender_payoffs.min(axis=0, keepdims=True) - 1
    larger = Game(
        np.vstack([game.defender_payoffs, worse]),
        np.vstack([game.attacker_payoffs, np.full((1, game.shape[1]), 7.0)]),
    )
    assert pairs(solve(larger)) == {((*x, 0.0), y) for x, y in pairs(solve(game))}


@given(games(most=3))
@settings(max_examples=60, deadline=None)
def test_a_duplicated_row_may_be_played_in_place_of_the_first(game: Game) -> None:
    doubled = Game(
        np.vstack([game.defender_payoffs, game.defender_payoffs[:1]]),
        np.vstack([game.attacker_payoffs, game.attacker_payoffs[:1]]),
    )
    expected = {((*x, 0.0), y) for x, y in pairs(solve(game))}
    expected |= {((0.0, *x[1:], x[0]), y) for x, y in pairs(solve(game))}
    assert pairs(solve(doubled)) == expected


@given(games())
@settings(max_examples=60, deadline=None)
def test_every_mix_inside_a_component_is_an_equilibrium(game: Game) -> None:
    solution = solve(game)
    for component in solution.components:
        x, y = component.defender.mean(axis=0), component.attacker.mean(axis=0)
        assert (game.defender_payoffs @ y).max() - x @ game.defender_payoffs @ y < 1e-9
        assert (x @ game.attacker_payoffs).max() - x @ game.attacker_payoffs @ y < 1e-9


def test_a_continuum_is_one_component_of_two_extreme_mixes() -> None:
    solution = solve(Game([[1, 0], [0, 1]], [[0, 0], [1, 1]]))
    sizes = sorted((len(each.defender), len(each.attacker)) for each in solution.components)
    assert sizes == [(1, 2), (1, 2), (2, 1)]


def test_the_recommended_equilibrium_is_the_worst_for_the_defender() -> None:
    solution = solve(Game([[3, 0], [0, 2]], [[2, 0], [0, 3]]))
    assert solution.recommended.defender_payoff == pytest.approx(6 / 5)


def test_exact_answers_are_fractions_with_a_regret_of_exactly_zero() -> None:
    third = Fraction(1, 3)
    solution = solve(Game([[third, 0], [0, 2 * third]], [[0, third], [third, 0]]), Nash(exact=True))
    assert solution.profiles[0].exact_mixes == ((Fraction(1, 2), Fraction(1, 2)), (Fraction(2, 3), third))
    assert solution.profiles[0].certificate.exact
    assert solution.profiles[0].certificate.regret == 0


def test_a_float_is_read_as_the_exact_number_it_stores() -> None:
    just_above = np.nextafter(1.0, 2.0)
    assert len(solve(Game([[1.0], [1.0]], [[0.0], [0.0]])).profiles) == 2
    assert len(solve(Game([[1.0], [just_above]], [[0.0], [0.0]])).profiles) == 1


def test_twenty_defences_against_nine_attacks_mix_three_of_each() -> None:
    random = np.random.default_rng(7)
    clean, attacked = random.uniform(0.05, 0.2, 20), random.uniform(0.2, 0.9, (20, 8))
    game = attacker_game(clean, np.column_stack([clean, attacked]), [0, *[0.4] * 8], np.zeros(9))
    solution = solve(game)
    assert solution.complete
    assert (solution.recommended.defender > 1e-9).sum() >= 3
    assert (solution.recommended.attacker > 1e-9).sum() >= 3
    assert solution.recommended.certificate.valid


def test_a_game_too_large_to_be_enumerated_in_time_has_a_remark() -> None:
    random = np.random.default_rng(3)
    game = Game(random.normal(size=(14, 14)), random.normal(size=(14, 14)))
    solution = solve(game, Nash(work_limit=0.02))
    assert not solution.complete
    assert "could be listed" in solution.remark
    assert len(solution.profiles) > 0
    assert all(profile.certificate.valid for profile in solution.profiles)


def test_duplicates_too_many_to_be_listed_are_not_called_complete() -> None:
    cyclic = np.repeat(np.repeat(np.array([[0, 2, 1], [1, 0, 2], [2, 1, 0]]), 5, axis=0), 5, axis=1)
    solution = solve(Game(cyclic, -cyclic))  # three groups of five on each side: 5⁶ choices
    assert not solution.complete
    assert "15,625" in solution.remark
    # Each group is represented by its first strategy
    assert [profile.certificate.valid for profile in solution.profiles] == [True]


def test_large_games_without_structure_get_one_certified_equilibrium() -> None:
    random = np.random.default_rng(5)
    for payoffs in (random.normal(size=(2, 60, 40)), random.integers(0, 3, size=(2, 40, 60))):
        solution = solve(Game(*payoffs), Nash(work_limit=2))
        assert solution.recommended.certificate.valid
        assert not solution.complete


def test_a_walk_without_time_claims_nothing() -> None:
    random = np.random.default_rng(7)
    clean, attacked = random.uniform(0.05, 0.2, 60), random.uniform(0.2, 0.9, (60, 39))
    share, cost = [0, *random.uniform(0.1, 0.5, 39)], [0, *random.uniform(0, 0.3, 39)]
    game = attacker_game(clean, np.column_stack([clean, attacked]), share, cost)
    solution = solve(game, Nash(time_limit_seconds=0.0))
    assert not solution.complete
    assert "limit" in solution.remark
    assert all(profile.certificate.valid for profile in solution.profiles)


def test_a_large_zero_sum_game_that_ran_out_of_time_is_not_said_to_have_ties() -> None:
    payoffs = np.random.default_rng(1).normal(size=(120, 120))
    solution = solve(Game(payoffs, -payoffs), Nash(time_limit_seconds=0.0))
    assert not solution.complete
    assert "time limit" in solution.remark
    assert "tie" not in solution.remark.lower().replace("time", "")
    assert all(profile.certificate.valid for profile in solution.profiles)


def test_sets_too_many_to_put_together_are_not_put_together_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    game = Game(np.eye(3), np.zeros((3, 3)))  # any mixed strategy of the attacker, any best response to it
    assert len(solve(game).components) > 3
    monkeypatch.setattr(components, "MOST", 3)
    solution = solve(game)
    assert solution.complete
    assert solution.components == ()
    assert "too many equilibrium components" in solution.remark


def test_equilibria_that_floats_cannot_separate_are_two_in_rational_numbers() -> None:
    third, hair = Fraction(1, 3), Fraction(1, 10**30)
    # the second row pays s − 1/3 and the third 2 (s − 1/3 − hair) at a share s of the second column
    rows = [[0, 0], [-third, 1 - third], [-2 * (third + hair), 2 - 2 * (third + hair)]]
    game = Game(rows, [[0, 0]] * 3)
    exact = solve(game, Nash(exact=True))
    mixes = {profile.exact_mixes for profile in exact.profiles}
    assert len(mixes) == len(exact.profiles)
    assert {y[1] for _, y in mixes if y} == {0, third, third + 2 * hair, 1}
    assert len(solve(game).profiles) < len(exact.profiles)  # told once where they are the same floats


def test_without_time_for_exactness_nothing_inexact_is_given() -> None:
    random = np.random.default_rng(5)
    solution = solve(Game(*random.normal(size=(2, 20, 20))), Nash(exact=True, work_limit=0.1))
    assert solution.profiles == ()
    assert "could be listed" in solution.remark


def test_an_attacker_who_earns_nothing_does_the_worst() -> None:
    random = np.random.default_rng(2)
    game = Game(random.normal(size=(30, 12)), np.zeros((30, 12)))
    solution = solve(game)
    assert not solution.complete
    zero_sum = solve(Game(game.defender_payoffs, -game.defender_payoffs)).recommended
    assert solution.recommended.defender_payoff == pytest.approx(zero_sum.defender_payoff)


def test_two_equilibria_one_float_apart_are_two() -> None:
    # the defences differ by 1.1e-16 under the attack, so both are best where 5.6e-16 do not attack
    game = Game([[0.8, np.nextafter(0.56, 0)], [0.6, 0.56]], [[0.0, 0.12], [0.0, 0.0]])
    assert len(solve(game).profiles) == len(solve(game, Nash(exact=True)).profiles) == 2


def test_listing_and_the_single_equilibrium_share_one_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[float] = []

    def listing(_: Game, deadline: Deadline) -> Matched:
        limits.append(deadline.seconds)
        sleep(0.3)
        return Matched.nothing((9, 9), too_large=True)

    def single(_: Game, deadline: Deadline) -> None:
        limits.append(deadline.seconds)

    monkeypatch.setattr(nash, "matched_vertices", listing)
    monkeypatch.setattr(nash, "one_equilibrium", single)
    solve(Game(*np.random.default_rng(1).normal(size=(2, 9, 9))), Nash(time_limit_seconds=10.0))
    assert limits[0] <= 9.0
    assert limits[1] <= 9.7


def test_thousands_of_equilibria_are_listed_as_few_are() -> None:
    compile_search()
    pays = np.diag(np.random.default_rng(2).uniform(0.5, 1.0, 7))
    solution = solve(Game(pays, pays[::-1, ::-1].T.copy()))
    assert solution.complete
    assert len(solution.profiles) == len(solution.components) == 2**7 - 1
    worth = np.diag(pays)
    supports = set()
    for profile in solution.profiles:
        assert profile.certificate.valid
        supports.add(tuple(profile.defender > 0))
        share = (profile.attacker > 0) / worth  # attacks are played in proportion to one over their worth
        assert np.allclose(profile.attacker, share / share.sum(), atol=1e-12)
    assert len(supports) == 2**7 - 1


def test_exact_certificates_of_many_are_those_of_each_in_fractions() -> None:
    random = np.random.default_rng(3)
    for _ in range(40):
        a, b = (
            [[Fraction(int(n), int(d)) for n, d in zip(row, under, strict=True)] for row, under in pair]
            for pair in (
                zip(random.integers(-9, 10, (3, 4)), random.integers(1, 7, (3, 4)), strict=True)
                for _ in range(2)
            )
        )
        x = [Fraction(int(n)) for n in random.integers(0, 5, 3)]
        y = [Fraction(int(n)) for n in random.integers(0, 5, 4)]
        if not sum(x) or not sum(y):
            continue
        x, y = [n / sum(x) for n in x], [n / sum(y) for n in y]
        game = Game(a, b)
        (profile,) = exactly_certified_profiles(game, [(tuple(x), tuple(y))])
        earns = [sum(p * q for p, q in zip(row, y, strict=True)) for row in a]
        costs = [sum(p * q for p, q in zip(column, x, strict=True)) for column in zip(*b, strict=True)]
        earned = sum(p * q for p, q in zip(earns, x, strict=True))
        paid = sum(p * q for p, q in zip(costs, y, strict=True))
        ranges = [float(np.ptp(each)) or 1.0 for each in (game.defender_payoffs, game.attacker_payoffs)]
        assert profile.defender_payoff == float(earned)
        assert profile.attacker_payoff == float(paid)
        assert profile.certificate.defender_regret == pytest.approx(float(max(earns) - earned) / ranges[0])
        assert profile.certificate.attacker_regret == pytest.approx(float(max(costs) - paid) / ranges[1])
        assert (profile.certificate.regret == 0) == (max(earns) == earned and max(costs) == paid)


def test_dual_cyclic_games_with_near_ties_are_listed_within_the_work_limit() -> None:
    # Savani and von Stengel (2006): the only equilibrium plays every strategy.
    a, b = (payoffs[0] for payoffs in dual_cyclic(np.random.default_rng(2), 1, 10, 10))
    solution = Nash().solve(Game(a, b))
    assert solution.complete
    (profile,) = solution.profiles
    assert profile.certificate.valid
    assert min(*profile.defender, *profile.attacker) > 0
