from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advgame.equilibria import BatchSolution, solve, solve_batch
from advgame.equilibria.batch.gathered import Status
from advgame.errors import GameError
from advgame.games import Game
from tests.equilibria.games import DEAR_AND_CHEAP, attacker_game

CONCEPTS = ("commitment", "pure_commitment")

# Standard 94.78 % / 0 %, defended 85.34 % / 53.42 %; an attacked input costs 0.6.
CIFAR = attacker_game([0.0522, 0.1466], [[0.0522, 1.0], [0.1466, 0.4658]], [0, 0.3], [0, 0.6])


def values(a: np.ndarray, solution: BatchSolution) -> np.ndarray:
    return np.einsum("gi,gij,gj->g", solution.defender, a, solution.attacker)


def attacker_games(random: np.random.Generator, shape: tuple[int, int], count: int) -> list[Game]:
    defences, attacks = shape
    games = []
    for _ in range(count):
        clean = random.uniform(0.02, 0.3, defences)
        attacked = clean[:, None] + (1 - clean[:, None]) * random.uniform(0, 1, (defences, attacks - 1))
        games.append(
            attacker_game(
                clean,
                np.column_stack([clean, attacked]),
                np.append(0, random.uniform(0.05, 0.5, attacks - 1)),
                np.append(0, random.uniform(0, 0.5, attacks - 1)),
                random.uniform(0, 0.05, defences),
            )
        )
    return games


def best_corner(game: Game) -> float:
    """The commitment's worth from all corners of all best-response regions, each by solving its equations."""
    a, b = game.defender_payoffs, game.attacker_payoffs
    rows, columns = game.shape
    best = -np.inf
    for reply in range(columns):
        walls = np.vstack([(b[:, [reply]] - b).T, np.eye(rows)])  # each ≥ 0 in the region
        for chosen in combinations([k for k in range(len(walls)) if k != reply], rows - 1):
            system = np.vstack([walls[list(chosen)], np.ones(rows)])
            if np.linalg.matrix_rank(system) < rows:
                continue
            corner = np.linalg.solve(system, np.append(np.zeros(rows - 1), 1.0))
            if (walls @ corner).min() >= -1e-9:
                best = max(best, float(corner @ a[:, reply]))
    return best


def test_the_mixed_strategy_deters_with_the_smallest_probability_that_does() -> None:
    both = solve_batch(CIFAR.defender_payoffs[None], CIFAR.attacker_payoffs[None], "commitment")
    deter = 0.4 / 0.5342  # at this probability of defending the attack just stops paying
    assert both.defender[0] == pytest.approx([1 - deter, deter])
    assert both.attacker.tolist() == [[1, 0]]
    assert not both.complete.any()  # as alone: another mixed strategy may be worth the same
    assert both.status.tolist() == [Status.ONE]


def test_a_single_defence_is_committed_to_as_a_comparison_by_hand_says() -> None:
    # rows earn 4 (reply 1), 2 (reply 0, tied, in the defender's favour) and 3 (reply 1)
    a = np.array([[[9.0, 1.0], [2.0, 0.0], [5.0, 3.0]]])
    b = np.array([[[0.0, 1.0], [4.0, 4.0], [1.0, 2.0]]])
    solution = solve_batch(a, b, "pure_commitment")
    assert solution.defender.tolist() == [[0, 0, 1]]
    assert solution.attacker.tolist() == [[0, 1]]
    b[0, 0] = 1.0
    assert solve_batch(a, b, "pure_commitment").defender.tolist() == [[1, 0, 0]]


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_no_corner_of_a_best_response_region_is_worth_more(defences: int, attacks: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    a, b = random.integers(-4, 5, (2, 8, defences, attacks)).astype(float)
    earned = values(a, solve_batch(a, b, "commitment"))
    for game in range(8):
        assert earned[game] == pytest.approx(best_corner(Game(a[game], b[game])), abs=1e-8)


@pytest.mark.parametrize("concept", CONCEPTS)
@pytest.mark.parametrize("shape", [(2, 2), (1, 4), (4, 1), (3, 5), (10, 8)])
@pytest.mark.parametrize("entries", ["normal", "whole", "few", "attacker"])
def test_batches_are_worth_what_single_games_are(concept: str, shape: tuple[int, int], entries: str) -> None:
    random = np.random.default_rng(17)
    drawn = {
        "normal": lambda: random.normal(size=(2, 60, *shape)),
        "whole": lambda: random.integers(-3, 4, (2, 60, *shape)).astype(float),
        "few": lambda: random.integers(0, 2, (2, 60, *shape)).astype(float),
        "attacker": lambda: np.array(
            [(g.defender_payoffs, g.attacker_payoffs) for g in attacker_games(random, shape, 60)]
        ).swapaxes(0, 1),
    }
    a, b = drawn[entries]()
    together = solve_batch(a, b, concept)
    assert together.game_index.tolist() == list(range(60))
    assert together.regret.max() <= 2e-9
    pays = np.einsum("gi,gij->gj", together.defender, b)
    assert (np.einsum("gj,gj->g", pays, together.attacker) >= pays.max(axis=1) - 1e-12).all()
    for game, earned in enumerate(values(a, together)):
        alone = solve(Game(a[game], b[game]), concept).recommended
        assert earned == pytest.approx(alone.defender_payoff, abs=1e-12)
        if entries in ("normal", "attacker"):  # without ties there is one best commitment
            assert together.defender[game] == pytest.approx(alone.defender, abs=1e-8)


@pytest.mark.parametrize("shape", [(20, 15), (30, 40)])
def test_larger_games_are_compiled_and_agree_with_linear_programs(shape: tuple[int, int]) -> None:
    games = attacker_games(np.random.default_rng(3), shape, 4)
    a, b = (np.array([getattr(g, f"{who}_payoffs") for g in games]) for who in ("defender", "attacker"))
    together = solve_batch(a, b, "commitment")
    assert (together.status == Status.ONE).all()
    assert ((together.defender > 0).sum(axis=1) >= 2).any()
    for earned, game in zip(values(a, together), games, strict=True):
        assert earned == pytest.approx(solve(game, "commitment").recommended.defender_payoff, abs=1e-12)


@pytest.mark.parametrize("concept", CONCEPTS)
def test_powers_of_two_and_renamed_strategies_change_nothing(concept: str) -> None:
    random = np.random.default_rng(1)
    a, b = random.normal(size=(2, 50, 4, 5))
    plain = solve_batch(a, b, concept)
    scaled = solve_batch(a * 2.0**50, b * 2.0**-50, concept)
    assert (plain.defender == scaled.defender).all()
    assert (plain.attacker == scaled.attacker).all()
    turned = solve_batch(a[:, ::-1, ::-1], b[:, ::-1, ::-1], concept)
    assert plain.defender == pytest.approx(turned.defender[:, ::-1], abs=1e-12)


def test_several_equilibria_do_not_disturb_the_commitment() -> None:
    one = solve_batch(
        DEAR_AND_CHEAP.defender_payoffs[None], DEAR_AND_CHEAP.attacker_payoffs[None], "commitment"
    )
    # by hand: not attacked, the dear defence earns 0.725 and the cheap one at most 0.7
    assert one.defender[0] == pytest.approx([1, 0])
    assert one.attacker[0].tolist() == [1, 0]


def test_payoffs_too_near_for_their_range_to_be_inverted_are_left_to_the_single_game_solver() -> None:
    a = np.array([[[3e-310, 0.0], [2e-310, 1e-310]]])
    b = np.array([[[0.0, 1.0], [1.0, 0.0]]])
    solution = solve_batch(a, b, "pure_commitment")
    assert solution.status.tolist() == [Status.PARTIAL]
    assert solution.defender.tolist() == [[0, 1]]


def test_payoffs_wider_than_a_float_can_hold_are_refused() -> None:
    a = np.array([[[1e308, -1e308], [0.0, 0.0]]])
    with pytest.raises(GameError, match="scale them down"):
        solve_batch(a, np.eye(2)[None], "commitment")
