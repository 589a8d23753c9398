from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advgame.equilibria import Commitment, solve
from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.algorithms.enumeration import best_response_vertices
from advgame.games import Game
from tests.equilibria.games import attacker_game, fine_numbers, games

DETER = 0.4 / 0.5342  # the probability of defending at which an attack of cost 0.6 just stops paying


def worth(game: Game, mixed_strategy: np.ndarray) -> float:
    """What a mixed strategy earns against the best response that hurts most, written out once more."""
    pays = mixed_strategy @ game.attacker_payoffs
    slack = 1e-12 * max(float(np.ptp(game.attacker_payoffs)), 1e-300)
    replies = np.flatnonzero(pays >= pays.max() - slack)
    return float((mixed_strategy @ game.defender_payoffs)[replies].min())


def test_at_the_edge_of_deterrence_the_weak_form_goes_a_hair_further() -> None:
    game = attacker_game([0.0522, 0.1466], [[0.0522, 1.0], [0.1466, 0.4658]], [0, 0.3], [0, 0.6])
    strong, weak = solve(game, "commitment"), solve(game, "weak_commitment")
    assert weak.bound == pytest.approx(0.9478 - 0.0944 * DETER, abs=1e-12)
    assert strong.recommended.defender[1] < weak.recommended.defender[1] < DETER + 1e-4
    assert (weak.recommended.defender @ game.attacker_payoffs)[1] < 0  # the attack now loses money
    assert 0 < weak.bound - weak.recommended.defender_payoff < 1e-6
    assert "approaches" in weak.remark


def test_a_smaller_distance_from_the_supremum_can_be_asked_for() -> None:
    game = Game([[0, 3], [2, 1]], [[1, 0], [0, 1]])  # by hand: 3 − 2x for x > 1/2 of the second defence
    for within in (0.1, 1e-3, 1e-8):
        solution = Commitment(weak=True, within=within).solve(game)
        assert solution.bound == pytest.approx(2, abs=1e-9)
        assert 2 - 3 * within - 1e-9 <= solution.recommended.defender_payoff < 2
        assert worth(game, solution.recommended.defender) == solution.recommended.defender_payoff


def test_a_distance_at_which_only_rounding_breaks_the_tie_is_answered_with_the_supremum_alone() -> None:
    barely = Game([[0, 3, 0], [2, 1, 0]], [[1e-6, 0, -1], [0, 1e-6, -1]])
    solution = Commitment(weak=True, within=1e-8).solve(barely)
    assert solution.bound == pytest.approx(2, abs=1e-9)
    assert solution.profiles == ()
    assert "set a larger within" in solution.remark
    assert Commitment(weak=True, within=1e-4).solve(barely).profiles


def test_a_supremum_is_attained_where_the_reply_is_strictly_best() -> None:
    solution = solve(Game([[1, 5], [2, 6]], [[0, 1], [0, 1]]), "weak_commitment")
    assert solution.recommended.defender.tolist() == [0, 1]
    assert solution.recommended.defender_payoff == solution.bound == 6
    assert "may not reach it" not in solution.remark


def test_replies_that_always_pay_the_attacker_the_same_are_guarded_against_together() -> None:
    # The attacker never cares, so the weak commitment is the maximin mixed strategy: (1/2, 1/2) is worth 1/2.
    indifferent = Game([[1, 0], [0, 1]], [[0, 0], [0, 0]])
    solution = solve(indifferent, "weak_commitment")
    assert solution.recommended.defender == pytest.approx([0.5, 0.5])
    assert solution.bound == pytest.approx(0.5)
    assert solve(indifferent, "commitment").recommended.defender_payoff == 1
    assert solve(indifferent, "weak_pure_commitment").recommended.defender_payoff == 0


def test_a_reply_that_is_only_ever_tied_cannot_be_induced() -> None:
    # Reply 3 ties only where the first two do (x = 1/2); the strong form gets 10 from it, the weak form 0.
    game = Game([[0, 0, 10], [0, 0, 10]], [[2, 0, 1], [0, 2, 1]])
    assert solve(game, "commitment").recommended.defender_payoff == pytest.approx(10)
    assert solve(game, "weak_commitment").bound == 0


@given(games(most=4) | games(most=3, entries=fine_numbers), st.integers(0, 1_000_000))
@settings(max_examples=100, deadline=None)
def test_no_mixed_strategy_beats_the_supremum_and_ours_comes_within_what_is_said(
    game: Game, seed: int
) -> None:
    solution = solve(game, "weak_commitment")
    span = float(np.ptp(game.defender_payoffs))
    assert solution.bound is not None
    assert solution.recommended.certificate.valid
    assert worth(game, solution.recommended.defender) >= solution.bound - 1.01e-6 * span - 1e-12
    for mixed_strategy in np.random.default_rng(seed).dirichlet(np.ones(game.shape[0]), size=50):
        assert worth(game, mixed_strategy) <= solution.bound + 1e-9 * (1 + span)


@given(games(most=4))
@settings(max_examples=80, deadline=None)
def test_weak_commitment_lies_between_the_weak_single_defence_and_the_strong_form(game: Game) -> None:
    weak, strong = solve(game, "weak_commitment"), solve(game, "commitment").recommended
    single = solve(game, "weak_pure_commitment").recommended
    by_hand = max(worth(game, mixed_strategy) for mixed_strategy in np.eye(game.shape[0]))
    assert single.defender_payoff == by_hand
    assert weak.bound is not None
    assert by_hand - 1e-9 <= weak.bound <= strong.defender_payoff + 1e-9


@given(games(most=3, entries=fine_numbers))
@settings(max_examples=60, deadline=None)
def test_corners_of_the_regions_with_an_inside_give_the_same_supremum(game: Game) -> None:
    """Exact vertices of the best-response regions; a region has an inside iff its centre is strict."""
    to_attacker = tuple(zip(*game.exact_payoffs[1], strict=True))
    rows, columns = game.shape
    corners = list(best_response_vertices(to_attacker, Deadline(10)))
    best = -np.inf
    for column in range(columns):
        own = [mix for mix, labels in corners if labels >> (rows + column) & 1]
        if not own:
            continue
        centre = [sum(parts) / len(own) for parts in zip(*own, strict=True)]
        pays = [sum(a * b for a, b in zip(centre, reply, strict=True)) for reply in to_attacker]
        gap = min((pays[column] - pay for k, pay in enumerate(pays) if k != column), default=1)
        if 0 < gap < 1e-6 or to_attacker.count(to_attacker[column]) > 1:
            return  # too near to a tie to tell in floats, or replies that are the same to the attacker
        if gap > 0:
            values = [
                float(sum(x * game.exact_payoffs[0][i][column] for i, x in enumerate(mix))) for mix in own
            ]
            best = max(best, *values)
    assert solve(game, "weak_commitment").bound == pytest.approx(best, abs=1e-8)


def exact_worth(game: Game, mixed_strategy: np.ndarray) -> Fraction:
    """What a mixed strategy earns against the best response that hurts most, in rational numbers."""
    a, b = game.exact_payoffs
    shares = [Fraction(share) for share in mixed_strategy.tolist()]
    pays, worths = (
        [sum(s * row[j] for s, row in zip(shares, payoffs, strict=True)) for j in range(len(payoffs[0]))]
        for payoffs in (b, a)
    )
    return min(w for w, pay in zip(worths, pays, strict=True) if pay == max(pays)) / sum(shares)


@pytest.mark.parametrize("constant", [0.0, 1e6, 1e8, -1e11])
@pytest.mark.parametrize("near", [0.0, 1e-13, 1e-11])
def test_what_is_claimed_is_earned_exactly_whatever_ties(constant: float, near: float) -> None:
    for seed in range(30):
        random = np.random.default_rng([seed, 3])
        a, b = random.integers(-3, 4, (2, *random.integers(2, 4, 2)))
        game = Game(a, b / 7 + near * random.integers(-2, 3, b.shape) + constant)
        for concept in ("weak_commitment", "weak_pure_commitment"):
            solution = solve(game, concept)
            found = solution.recommended
            assert exact_worth(game, found.defender) >= Fraction(found.defender_payoff) - Fraction(1, 10**9)
            if "may not reach it" not in solution.remark and solution.bound is not None:
                assert found.defender_payoff == pytest.approx(solution.bound, abs=1e-8)


def test_an_unfavourable_tie_beside_a_constant_is_not_reported_as_attained() -> None:
    random = np.random.default_rng(366)
    random.integers(2, 5, 2)
    a, b = random.integers(-3, 4, (2, 2, 2)).astype(float)
    game = Game(a, b / 7 + 1e8)
    solution = solve(game, "weak_commitment")
    assert float(exact_worth(game, solution.recommended.defender)) == pytest.approx(solution.bound, abs=1e-5)


@pytest.mark.parametrize(("pay", "reply"), [(1 + 2**-50, 1), (1.0, 0), (1 - 2**-50, 0)])
def test_replies_to_a_single_defence_tie_only_if_they_are_equal(pay: float, reply: int) -> None:
    found = solve(Game([[0, 5]], [[1, pay]]), "weak_pure_commitment").recommended
    assert found.attacker.tolist() == np.eye(2)[reply].tolist()
    assert found.defender_payoff == 5 * reply
