from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from advgame.equilibria import AttackerTypes, BayesianSolution, solve
from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.algorithms.enumeration import extreme_equilibria
from advgame.equilibria.concepts.bayesian_solution import bayesian_profile
from advgame.equilibria.rank_one import degenerate, exact_path
from advgame.errors import GameError, SolverError
from advgame.games import BayesianGame, Game
from tests.equilibria.games import LOUD_AND_STEALTHY, attacker_game

seeds = st.integers(0, 1_000_000)


def structured(seed: int, *, most_attacks: int = 3) -> BayesianGame:
    """Types with attacks, costs, rewards and shares of their own, against the same defences."""
    random = np.random.default_rng(seed)
    defences, types = int(random.integers(2, 5)), int(random.integers(1, 4))
    clean, dear = 0.3 * random.random(defences), 0.2 * random.random(defences)
    games = []
    for _ in range(types):
        attacks = int(random.integers(1, most_attacks))
        errors = np.column_stack([clean, random.random((defences, attacks))])
        share, cost = np.append(0, random.random(attacks)), np.append(0, 0.5 * random.random(attacks))
        games.append(attacker_game(clean, errors, share, cost, dear, reward=0.5 + random.random()))
    return of_types(games, random.dirichlet(np.ones(types)))


def coupled(seed: int) -> BayesianGame:
    """Games of rank 1 with a strong common part, of which many have several equilibria."""
    random = np.random.default_rng(seed)
    defences, types = int(random.integers(2, 5)), int(random.integers(1, 4))
    direction, games = 2 * random.normal(size=defences), []
    for _ in range(types):
        shape = defences, int(random.integers(2, 4))
        to_attacker = random.normal(size=shape)
        common = np.outer(direction, random.normal(size=shape[1])) + random.normal(size=shape[1])
        games.append(Game(common - random.uniform(0.5, 2) * to_attacker, to_attacker))
    return of_types(games, random.dirichlet(np.ones(types)))


def unstructured(seed: int, *, whole: bool = False) -> BayesianGame:
    random = np.random.default_rng(seed)
    defences, types = int(random.integers(1, 4)), int(random.integers(1, 4))
    shapes = [(defences, int(random.integers(1, 4))) for _ in range(types)]
    draw = (
        (lambda shape: random.integers(-3, 4, shape)) if whole else (lambda shape: random.normal(size=shape))
    )
    games = [Game(draw(shape), draw(shape)) for shape in shapes]
    return of_types(games, random.dirichlet(np.ones(types)))


def of_types(games: list[Game], priors: np.ndarray) -> BayesianGame:
    return BayesianGame(
        [game.defender_payoffs for game in games], [game.attacker_payoffs for game in games], priors
    )


def mixes(solution: BayesianSolution) -> set[tuple[float, ...]]:
    return {
        tuple((np.concatenate([each.defender, *each.attackers]) + 0.0).round(6).tolist())
        for each in solution.profiles
    }


def enumerated(game: BayesianGame, normal_form: Game | None = None) -> set[tuple[float, ...]]:
    """All extreme equilibria of the normal form in exact arithmetic, as mixes of the types."""
    found = set()
    for x, y in extreme_equilibria(normal_form or game.normal_form(), Deadline(60)):
        joint = np.array(y, float).reshape(game.attack_counts)
        parts = [np.moveaxis(joint, h, 0).reshape(count, -1).sum(1) for h, count in enumerate(joint.shape)]
        found.add(tuple((np.concatenate([np.array(x, float), *parts]) + 0.0).round(6).tolist()))
    return found


def regrets(game: BayesianGame, defender: np.ndarray, attackers: tuple[np.ndarray, ...]) -> list[float]:
    """What every player could gain, written out once more, in money."""
    earned = sum(p * a @ y for p, a, y in zip(game.priors, game.defender_payoffs, attackers, strict=True))
    pays = [defender @ b for b in game.attacker_payoffs]
    return [
        float(earned.max() - defender @ earned),
        *(float(pay.max() - pay @ y) for pay, y in zip(pays, attackers, strict=True)),
    ]


@given(seeds)
@settings(max_examples=60, deadline=None)
def test_the_walk_over_all_types_finds_what_exact_enumeration_of_the_normal_form_finds(seed: int) -> None:
    for game in (structured(seed), coupled(seed)):
        solution = AttackerTypes().solve(game)
        assert solution.complete
        assert mixes(solution) == enumerated(game)
        for each in solution.profiles:
            assert each.valid
            assert max(regrets(game, each.defender, each.attackers)) < 1e-8


def test_games_of_rank_one_need_no_normal_form() -> None:
    methods = [AttackerTypes().solve(coupled(seed)).method for seed in range(40)]
    assert methods.count("rank-1 path over all types") >= 38
    assert max(len(AttackerTypes().solve(coupled(seed)).profiles) for seed in range(40)) >= 3


def test_five_types_with_twenty_attacks_each_are_solved_without_their_three_million_combinations() -> None:
    random = np.random.default_rng(3)
    clean, games = 0.3 * random.random(30), []
    for _ in range(5):
        errors = np.column_stack([clean, random.random((30, 19))])
        games.append(attacker_game(clean, errors, [0, *random.random(19)], [0, *0.5 * random.random(19)]))
    solution = AttackerTypes().solve(of_types(games, np.full(5, 0.2)))
    assert solution.complete
    assert solution.recommended.regret < 2e-9


def test_one_type_is_the_game_itself() -> None:
    solution = AttackerTypes().solve(of_types([LOUD_AND_STEALTHY], np.ones(1)))
    assert len(solution.profiles) == 3
    expected = solve(LOUD_AND_STEALTHY).recommended
    assert solution.recommended.defender_payoff == pytest.approx(expected.defender_payoff)


def test_two_copies_of_a_type_are_as_one_in_what_they_do_together() -> None:
    both = AttackerTypes().solve(of_types([LOUD_AND_STEALTHY] * 2, np.array([0.3, 0.7])))
    values = {round(each.defender_payoff, 9) for each in both.profiles}
    assert values >= {round(each.defender_payoff, 9) for each in solve(LOUD_AND_STEALTHY).profiles}


def test_a_type_that_earns_nothing_by_attacking_stays_away_and_is_counted_by_its_odds() -> None:
    # Pennies against the first type; the second always stays away, which pays the defender 1 in row 1 only.
    pennies = Game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    away = Game([[1, 0], [0, 0]], [[1, 0], [1, 0]])
    solution = AttackerTypes().solve(of_types([pennies, away], np.array([0.5, 0.5])))
    (profile,) = solution.profiles
    # 0.5 (2y − 1) + 0.5 = 0.5 (1 − 2y) gives y = 1/4
    assert profile.attackers[0] == pytest.approx([0.25, 0.75])
    assert profile.attackers[1].tolist() == [1, 0]
    assert profile.defender == pytest.approx([0.5, 0.5])


@given(seeds, st.booleans())
@example(61438, True)  # rounded, the normal form breaks a tie
@settings(max_examples=40, deadline=None)
def test_any_small_game_is_answered_by_its_normal_form(seed: int, whole: bool) -> None:
    game = unstructured(seed, whole=whole)
    solution = AttackerTypes().solve(game)
    assert max(regrets(game, solution.recommended.defender, solution.recommended.attackers)) < 1e-8
    if solution.complete:
        assert_spans(solution, enumerated(game, exact_normal_form(game)))


def tied(seed: int, *, most_attacks: int = 3) -> BayesianGame:
    """Types with accuracies in tenths and prices in quarters: payoffs that tie often."""
    random = np.random.default_rng(seed)
    defences, types = int(random.integers(2, 5)), int(random.integers(2, 4))
    clean, dear = random.integers(0, 3, defences) / 10, random.integers(0, 3, defences) / 20
    games = []
    for _ in range(types):
        attacks = int(random.integers(1, most_attacks))
        errors = np.column_stack([clean, random.integers(0, 11, (defences, attacks)) / 10])
        share = np.append(0, random.choice([0.25, 0.5, 1.0], attacks))
        cost = np.append(0, random.choice([0.0, 0.25, 0.5], attacks))
        games.append(attacker_game(clean, errors, share, cost, dear, reward=random.choice([0.5, 1.0])))
    return of_types(games, np.array([0.5, 0.5] if types == 2 else [0.25, 0.25, 0.5]))


def exact_normal_form(game: BayesianGame) -> Game:
    """Every combination of attacks as a column, in rational numbers, so that no tie is broken by rounding."""
    odds = [Fraction(each) for each in game.priors.tolist()]
    columns = list(product(*map(range, game.attack_counts)))
    payoffs = [each.exact_payoffs for each in game.types]
    return Game(
        *(
            [
                [
                    sum(w * each[player][row][j] for w, each, j in zip(odds, payoffs, column, strict=True))
                    for column in columns
                ]
                for row in range(game.defences)
            ]
            for player in (0, 1)
        )
    )


def test_tied_types_have_all_extreme_equilibria_of_the_normal_form_and_no_others() -> None:
    in_rationals = 0
    for seed in range(60):
        game = tied(seed)
        solution = AttackerTypes().solve(game)
        assert solution.complete
        assert_spans(solution, enumerated(game, exact_normal_form(game)))
        in_rationals += "rational numbers" in solution.method
    assert in_rationals > 15


def assert_spans(solution: BayesianSolution, whole: set[tuple[float, ...]]) -> None:
    """That the profiles are equilibria of the normal form and all others lie between them.

    What is extreme among mixes of combinations need not be so among mixes of each type.
    """
    found = mixes(solution)
    assert found <= whole
    for extra in whole - found:
        assert in_the_hull(np.array(extra), [np.array(each) for each in found], solution.game.defences)


def in_the_hull(point: np.ndarray, found: list[np.ndarray], defences: int) -> bool:
    """Whether the types' mixes are a mixture of those found with the same mixed strategy of the defences."""
    alike = [each for each in found if np.allclose(each[:defences], point[:defences], atol=1e-6)]
    if not alike:
        return False
    corners = np.vstack([np.array(alike).T, np.ones(len(alike))])
    program = linprog(
        np.zeros(len(alike)),
        np.vstack([corners, -corners]),
        np.concatenate([np.append(point, 1) + 1e-5, -np.append(point, 1) + 1e-5]),
    )
    return program.status == 0


def test_a_part_of_the_attacks_of_all_types_is_enough() -> None:
    for seed in range(60, 90):
        game = tied(seed, most_attacks=6)
        whole = AttackerTypes().solve(game)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(exact_path, "SMALL", 0)
            patch.setattr(exact_path, "AT_ONCE", 1)
            assert mixes(AttackerTypes().solve(game)) == mixes(whole)


def test_without_time_the_equilibria_against_types_are_partial_and_say_so() -> None:
    random = np.random.default_rng(3)
    clean, games = 0.3 * random.random(30), []
    for _ in range(3):
        errors = np.column_stack([clean, random.random((30, 19))])
        games.append(attacker_game(clean, errors, [0, *random.random(19)], [0, *0.5 * random.random(19)]))
    solution = AttackerTypes(time_limit_seconds=0.0).solve(of_types(games, np.full(3, 1 / 3)))
    assert not solution.complete
    assert "limit" in solution.remark
    assert all(profile.valid for profile in solution.profiles)


def test_ties_against_types_too_many_to_list_leave_the_worst_and_the_best() -> None:
    compared = 0
    for seed in range(40):
        game = tied(seed)
        every = AttackerTypes().solve(game)
        if len(every.profiles) < 2 or "rational" not in every.method:
            continue
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(degenerate, "MOST_LISTED", 1)
            solution = AttackerTypes().solve(game)
        assert not solution.complete
        earned = [profile.defender_payoff for profile in every.profiles]
        # Ties broken by rounding count here
        assert solution.recommended.defender_payoff <= min(earned) + 1e-8
        assert max(profile.defender_payoff for profile in solution.profiles) >= max(earned) - 1e-8
        compared += 1
    assert compared > 3


def best_by_hand(game: BayesianGame) -> float:
    """One linear program for every combination of replies."""
    best = -np.inf
    for replies in product(*map(range, game.attack_counts)):
        chosen = list(zip(game.priors, game.defender_payoffs, game.attacker_payoffs, replies, strict=True))
        worth = sum(p * a[:, j] for p, a, _, j in chosen)
        gains = np.hstack([b - b[:, [j]] for _, _, b, j in chosen]).T
        rows = len(worth)
        program = linprog(
            -worth, gains, np.zeros(len(gains)), np.ones((1, rows)), [1.0], options={"presolve": False}
        )
        best = max(best, -program.fun) if program.status == 0 else best
    return best


@given(seeds, st.booleans())
@settings(max_examples=40, deadline=None)
def test_the_announced_mixed_strategy_is_the_best_over_all_combinations_of_replies(
    seed: int, whole: bool
) -> None:
    game = unstructured(seed, whole=whole)
    solution = AttackerTypes(announced=True).solve(game)
    best = best_by_hand(game)
    assert solution.recommended.defender_payoff == pytest.approx(best, abs=1e-7)
    assert solution.recommended.valid
    assert solution.bound is not None
    assert solution.bound >= best - 1e-7
    assert solution.gap == pytest.approx(0, abs=1e-6)


@given(seeds)
@settings(max_examples=30, deadline=None)
def test_announcing_is_worth_no_less_than_any_equilibrium(seed: int) -> None:
    game = coupled(seed)
    announced = AttackerTypes(announced=True).solve(game).recommended.defender_payoff
    for profile in AttackerTypes().solve(game).profiles:
        assert announced >= profile.defender_payoff - 1e-7


def test_announcing_to_one_type_is_the_ordinary_commitment() -> None:
    alone = AttackerTypes(announced=True).solve(of_types([LOUD_AND_STEALTHY], np.ones(1))).recommended
    ordinary = solve(LOUD_AND_STEALTHY, "commitment").recommended
    assert alone.defender_payoff == pytest.approx(ordinary.defender_payoff, abs=1e-9)


def test_without_time_there_is_an_answer_with_a_bound_and_a_gap() -> None:
    random = np.random.default_rng(1)
    games = [Game(random.normal(size=(15, 10)), random.normal(size=(15, 10))) for _ in range(5)]
    solution = AttackerTypes(announced=True, time_limit_seconds=0.0).solve(of_types(games, np.full(5, 0.2)))
    assert solution.recommended.valid
    assert solution.gap is not None
    assert solution.gap > 0.1
    assert "time limit was reached" in solution.remark
    assert solution.bound is not None
    assert solution.bound <= sum(0.2 * game.defender_payoffs.max() for game in games) + 1e-9


def test_equilibria_of_a_large_game_without_structure_are_refused_with_what_to_do() -> None:
    random = np.random.default_rng(2)
    games = [Game(random.normal(size=(4, 12)), random.normal(size=(4, 12))) for _ in range(5)]
    with pytest.raises(GameError, match="compute a commitment"):
        AttackerTypes().solve(of_types(games, np.full(5, 0.2)))


def test_a_profile_that_one_type_gains_by_leaving_is_not_certified() -> None:
    pennies = Game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    game = of_types([pennies, pennies], np.array([0.5, 0.5]))
    row, first, second = np.array([1.0, 0.0]), np.array([1.0, 0.0]), np.array([0.0, 1.0])
    profile = bayesian_profile(game, row, [first, second])
    assert profile.attacker_regrets == (1.0, 0.0)
    assert profile.defender_regret == 0
    assert not profile.valid
    with pytest.raises(SolverError):
        _ = BayesianSolution("x", game, (), complete=False, rule="", method="", remark="nothing").recommended
