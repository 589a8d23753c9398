"""Robust commitments against enumeration, against sampled attackers, and against the laws they keep."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import advgame as ag
from advgame.decision.attacker_amounts import attacker_amounts
from advgame.equilibria.algorithms.uncertain_attacker import UncertainAmounts, possible_replies, worst_reply
from advgame.equilibria.concepts.robust_commitment import RobustCommitment
from advgame.errors import GameError
from advgame.games import Game

BRANCHING = "advgame.equilibria.concepts.robust_commitment.best_by_branching"
NEAR = 1e-4  # of the payoff range: the strict inequalities are kept by a millionth of it


def drawn(seed: int, defences: int, attacks: int) -> tuple[Game, UncertainAmounts]:
    """An adversary–defender game, with a reward and costs that are uncertain."""
    random = np.random.default_rng(seed)
    error = random.uniform(0, 1, (defences, attacks))
    share = np.append(0.0, random.uniform(0.1, 0.5, attacks - 1))
    cost = np.append(0.0, random.uniform(0.0, 0.8, attacks - 1))
    worth = (1 - share) * (1 - error[:, :1]) + share * (1 - error)
    pays = share * (error - cost)
    effects = np.zeros((attacks, defences, attacks))
    effects[0] = share * error  # the reward
    for attack in range(1, attacks):
        effects[attack, :, attack] = -share[attack]
    reach = np.append(1.0, cost[1:]) * random.uniform(0, 0.2)
    return Game(worth, pays), UncertainAmounts(effects, -reach, reach)


def guaranteed(game: Game, amounts: UncertainAmounts) -> float:
    solution = RobustCommitment(amounts=amounts).solve(game)
    return worst_reply(game, amounts, solution.recommended.defender)[1]


@pytest.mark.parametrize("method", ["break points", "tree", "program"])
@pytest.mark.parametrize("seed", range(40))
def test_of_two_defences_the_best_by_enumeration_of_all_break_points_is_found(
    seed: int, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guaranteed value is piecewise linear in the probability of one defence.

    It breaks only where a sure advantage at some corner of the amounts is 0, or two attacks cost the same.
    """
    if method != "break points":
        monkeypatch.setattr("advgame.equilibria.concepts.robust_commitment.FEW_ATTACKS", 0)
    if method == "program":
        monkeypatch.setattr(BRANCHING, lambda *_: None)
    game, amounts = drawn(seed, 2, 2 + seed % 4)
    breaks = {0.0, 1.0}
    corners = product(*zip(amounts.low, amounts.high, strict=True))
    payoffs = [game.defender_payoffs]
    payoffs += [game.attacker_payoffs + np.tensordot(corner, amounts.effects, axes=1) for corner in corners]
    for matrix in payoffs:
        difference = matrix[:, :, None] - matrix[:, None, :]
        with np.errstate(divide="ignore", invalid="ignore"):
            at = (difference[1] / (difference[1] - difference[0])).ravel()
        breaks |= set(at[np.isfinite(at) & (at > 0) & (at < 1)].tolist())
    near = [share + step for share in breaks for step in (-1e-9, 0.0, 1e-9)]
    best = max(
        worst_reply(game, amounts, np.array([share, 1 - share]))[1] for share in near if 0 <= share <= 1
    )
    assert guaranteed(game, amounts) == pytest.approx(best, abs=NEAR)


@pytest.mark.parametrize("seed", range(12))
def test_of_three_defences_no_mixed_strategy_on_a_grid_guarantees_more(seed: int) -> None:
    game, amounts = drawn(1000 + seed, 3, 4)
    grid = [np.array([i, j, 60 - i - j]) / 60 for i in range(61) for j in range(61 - i)]
    best = max(worst_reply(game, amounts, each)[1] for each in grid)
    assert guaranteed(game, amounts) >= best - NEAR


@pytest.mark.parametrize("seed", range(30))
def test_against_two_replies_pairs_of_defences_guarantee_what_the_program_finds(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    game, amounts = drawn(3000 + seed, 3 + seed % 5, 2)
    by_pairs = RobustCommitment(amounts=amounts).solve(game)
    monkeypatch.setattr(
        "advgame.equilibria.concepts.robust_commitment._best_against_two_replies", lambda *_: None
    )
    by_program = RobustCommitment(amounts=amounts).solve(game)
    assert by_program.method != "all pairs of defences"
    assert by_pairs.bound == pytest.approx(by_program.bound, abs=NEAR)
    values = [
        worst_reply(game, amounts, solution.recommended.defender)[1] for solution in (by_pairs, by_program)
    ]
    assert values[0] == pytest.approx(values[1], abs=NEAR)


def test_amounts_that_raise_a_reply_with_one_defence_and_lower_it_with_another_need_the_program() -> None:
    random = np.random.default_rng(3)
    game = Game(*random.uniform(0, 1, (2, 3, 2)))
    amounts = UncertainAmounts(random.uniform(-1, 1, (2, 3, 2)), np.full(2, -0.02), np.full(2, 0.02))
    assert (np.sign(amounts.effects[:, :, 0] - amounts.effects[:, :, 1]).min(axis=1) < 0).any()
    solution = RobustCommitment(amounts=amounts).solve(game)
    assert solution.method != "all pairs of defences"


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(2, 5))
def test_no_attacker_within_the_margin_takes_more_than_the_guarantee_leaves(
    seed: int, defences: int, attacks: int
) -> None:
    game, amounts = drawn(seed, defences, attacks)
    defender = RobustCommitment(amounts=amounts).solve(game).recommended.defender
    least = worst_reply(game, amounts, defender)[1]
    random = np.random.default_rng(seed)
    for _ in range(20):
        deviation = random.uniform(amounts.low, amounts.high)
        pays = defender @ (game.attacker_payoffs + np.tensordot(deviation, amounts.effects, axes=1))
        assert (defender @ game.defender_payoffs)[int(pays.argmax())] >= least - 1e-9


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(2, 5))
def test_a_mixture_never_guarantees_less_than_the_best_single_defence(
    seed: int, defences: int, attacks: int
) -> None:
    game, amounts = drawn(seed, defences, attacks)
    single = RobustCommitment(pure=True, amounts=amounts).solve(game)
    assert single.bound == max(worst_reply(game, amounts, row)[1] for row in np.eye(defences))
    assert guaranteed(game, amounts) >= single.bound - 1e-12


@pytest.mark.parametrize("seed", range(20))
def test_without_a_margin_it_comes_near_the_supremum_of_weak_commitments(seed: int) -> None:
    game, _ = drawn(2000 + seed, 3, 4)
    supremum = ag.solve(game, "weak_commitment").bound
    value = guaranteed(game, UncertainAmounts.certain(game))
    assert supremum - NEAR <= value <= supremum + 1e-9


def test_a_wider_margin_guarantees_no_more() -> None:
    game, _ = drawn(7, 4, 5)
    values = [RobustCommitment(margin=margin).solve(game).bound for margin in (0.0, 0.02, 0.05, 0.1, 0.3)]
    assert values == sorted(values, reverse=True)
    assert values[0] > values[-1]


def test_two_defences_by_hand() -> None:
    """The attack pays .3 (.5342 q' …): with cost .6 raised to .57 and reward raised to 1.05 it pays nothing
    where 1.05 (q .4658 + (1 − q)) = .57, that is q = .48 / (1.05 × .5342).
    """
    scenario = ag.case("cifar10-two-defences")
    game = ag.build_game(scenario)
    profile = RobustCommitment(amounts=attacker_amounts(scenario)).solve(game).recommended
    assert profile.defender[1] == pytest.approx(0.48 / (1.05 * 0.5342), abs=1e-5)


def test_a_reply_that_is_surely_beaten_is_not_possible_and_a_tie_is() -> None:
    game = Game([[0, 5, 9]], [[1, 1, 0]])
    certain = UncertainAmounts.certain(game)
    assert possible_replies(game, certain, np.ones(1)).tolist() == [0, 1]
    assert worst_reply(game, certain, np.ones(1)) == (0, 0.0)
    assert possible_replies(game, certain, np.ones(1), slack=1.5).tolist() == [0, 1, 2]


def test_intervals_must_hold_the_amount_and_margins_be_below_one() -> None:
    with pytest.raises(GameError, match="does not contain the amount"):
        UncertainAmounts(np.zeros((1, 1, 1)), np.array([0.1]), np.array([0.2]))
    with pytest.raises(GameError, match=r"expected \(k, defences, attacks\)"):
        UncertainAmounts(np.zeros((2, 1, 1)), np.zeros(1), np.zeros(2))
    with pytest.raises(GameError, match=r"is -0\.1; expected 0"):
        RobustCommitment(margin=-0.1)


@pytest.mark.parametrize("defences", [2, 3])
def test_the_remark_says_that_replies_ruled_out_by_less_do_not_count(defences: int) -> None:
    """Attacks that differ by a thousandth of the attacker's range: a smaller lead rules one out as surely."""
    game = Game(
        [[0, 3, 5], [2, 1, 5], [-5, -5, -5]][:defences],
        [[0.001, 0, -1], [0, 0.001, -1], [0, 0, -1]][:defences],
    )
    solution = RobustCommitment(margin=0.0).solve(game)
    nearer = np.array([0.49999, 0.50001, 0.0])[:defences]
    _, guaranteed = worst_reply(game, UncertainAmounts.certain(game), nearer)
    assert solution.bound is not None
    assert guaranteed > solution.bound + 1e-4  # ten millionths of the payoff range and more
    assert (
        "ruled out only where another pays a millionth of the attacker's payoff range more" in solution.remark
    )
