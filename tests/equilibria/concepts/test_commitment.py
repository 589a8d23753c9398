import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advgame.equilibria import Commitment, WorstCase, solve
from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.algorithms.enumeration import best_response_vertices
from advgame.equilibria.algorithms.maximin import _secured
from advgame.equilibria.concepts.commitment import Plan, _committed_profile
from advgame.games import Game
from tests.equilibria.games import attacker_game, games

# Standard 94.78 % / 0 %, defended 85.34 % / 53.42 %; an attacked input costs 0.6.
CIFAR = {
    "clean_error": [0.0522, 0.1466],
    "attacked_error": [[0.0522, 1.0], [0.1466, 0.4658]],
    "cost": [0, 0.6],
}
DETER = (1.0 - 0.6) / 0.5342  # the probability of defending at which the attack just stops paying


def cifar(share: float) -> Game:
    return attacker_game(share=[0, share], **CIFAR)


def test_a_mixed_commitment_deters_with_the_smallest_probability_that_does() -> None:
    committed = solve(cifar(0.3), "commitment").recommended
    assert committed.defender == pytest.approx([1 - DETER, DETER])
    assert committed.attacker.tolist() == [1, 0]
    assert committed.defender_payoff == pytest.approx(0.9478 - 0.0944 * DETER)


@pytest.mark.parametrize(
    ("concept", "edge"), [("pure_commitment", 0.0944 / 0.9478), ("commitment", 0.0944 * DETER / 0.9478)]
)
def test_commitment_pays_from_the_share_the_closed_form_gives(concept: str, edge: float) -> None:
    assert edge == pytest.approx(0.09960 if concept == "pure_commitment" else 0.07458, abs=5e-6)
    assert solve(cifar(edge - 1e-6), concept).recommended.defender[1] == 0
    assert solve(cifar(edge + 1e-6), concept).recommended.defender[1] > 0.7


@given(games(most=4))
@settings(max_examples=80, deadline=None)
def test_commitment_is_never_worth_less_than_any_equilibrium_or_any_single_defence(game: Game) -> None:
    mixed_strategy = solve(game, "commitment").recommended
    single = solve(game, "pure_commitment").recommended
    assert mixed_strategy.certificate.valid
    assert mixed_strategy.defender_payoff >= single.defender_payoff - 1e-9
    for profile in solve(game).profiles:
        assert mixed_strategy.defender_payoff >= profile.defender_payoff - 1e-9


@given(games(most=4), st.integers(0, 1_000_000))
@settings(max_examples=60, deadline=None)
def test_no_mixed_strategy_drawn_at_random_beats_the_commitment(game: Game, seed: int) -> None:
    value = solve(game, Commitment()).recommended.defender_payoff
    for mix in np.random.default_rng(seed).dirichlet(np.ones(game.shape[0]), size=50):
        pays = mix @ game.attacker_payoffs
        replies = np.flatnonzero(pays >= pays.max() - 1e-12)
        assert (mix @ game.defender_payoffs)[replies].max() <= value + 1e-9


@given(games(most=4))
@settings(max_examples=60, deadline=None)
def test_the_worst_case_mixed_strategy_secures_what_the_zero_sum_game_is_worth(game: Game) -> None:
    secured = solve(game, WorstCase()).recommended
    zero_sum = solve(Game(game.defender_payoffs, -game.defender_payoffs))
    assert secured.certificate.valid
    assert secured.defender_payoff == pytest.approx(zero_sum.recommended.defender_payoff, abs=1e-9)
    assert (secured.defender @ game.defender_payoffs).min() == pytest.approx(
        secured.defender_payoff, abs=1e-8
    )


@given(games(most=4))
@settings(max_examples=100, deadline=None)
def test_the_commitment_is_the_best_corner_of_the_attackers_best_response_regions(game: Game) -> None:
    to_attacker = tuple(zip(*game.exact_payoffs[1], strict=True))
    rows, columns = game.shape
    values = [
        float(sum(share * game.exact_payoffs[0][row][column] for row, share in enumerate(mix)))
        for mix, labels in best_response_vertices(to_attacker, Deadline(10))
        for column in range(columns)
        if labels >> (rows + column) & 1
    ]
    assert solve(game, "commitment").recommended.defender_payoff == pytest.approx(max(values), abs=1e-9)


def test_a_plan_that_others_beat_is_not_certified() -> None:
    game = cifar(0.3)
    never = Plan(np.array([1.0, 0.0]), reply=1)  # worth 0.66346; the best is worth more
    profile = _committed_profile(game, never, bound=0.9478 - 0.0944 * DETER)
    assert not profile.certificate.valid
    assert profile.certificate.defender_regret > 0.5


def test_a_mixed_strategy_that_secures_less_than_another_is_not_certified() -> None:
    game = cifar(0.3)
    profile = _secured(game, np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    assert profile.certificate.defender_regret > 0.3
    assert not profile.certificate.valid
