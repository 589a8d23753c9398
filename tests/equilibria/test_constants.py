"""Games with large constants: the same answers as without, or as rational enumeration of the floats."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from advgame.equilibria import CONCEPTS, AttackerTypes, Nash, solve, solve_batch
from advgame.equilibria.batch.solve_batch import METHODS
from advgame.games import BayesianGame, Game
from advgame.games.best_responses import attacker_best_responses, defender_best_responses
from benchmarks.constants import checked
from tests.equilibria.brute_force import every_extreme_equilibrium

CONSTANTS = (1e6, 1e7, 1e8, -1e12)


@pytest.mark.parametrize("shape", [(2, 3), (3, 3), (4, 3)])
def test_no_list_called_complete_differs_from_rational_enumeration(shape: tuple[int, int]) -> None:
    outcomes = checked(7, shape, 40)
    assert {kind for (_, _, kind), count in outcomes.items() if count} == {"same"}


@pytest.mark.parametrize("exact", [False, True])
def test_a_constant_hides_no_equilibrium(exact: bool) -> None:
    payoffs = np.array([[0, 1, -2], [-1, -2, 1], [-1, -1, -2]]) + 10**8
    solution = Nash(exact=exact).solve(Game(payoffs, -payoffs))
    assert len(solution.profiles) == 2
    assert solution.complete
    assert solution.recommended.defender_payoff == 10**8 - 0.5


def test_near_constants_of_two_players_are_solved_as_in_rationals() -> None:
    a = [[1000000.001, 999999.998], [1000000.0, 1000000.009]]
    b = [[-1000000.002, -999999.998], [-1000000.0, -1000000.008]]
    ((x, y),) = every_extreme_equilibrium(Game(a, b))
    (profile,) = solve(Game(a, b)).profiles
    batch = solve_batch([a], [b])
    for defender, attacker in ((profile.defender, profile.attacker), (batch.defender[0], batch.attacker[0])):
        np.testing.assert_allclose(defender, np.array(x, float), rtol=1e-12)
        np.testing.assert_allclose(attacker, np.array(y, float), rtol=1e-12)


def plain_and_shifted(constant: float, way: str) -> tuple[Game, Game]:
    """A game in multiples of 2⁻¹⁰, so that no sum is rounded."""
    a, b = np.random.default_rng(3).integers(0, 1025, (2, 5, 4)) / 1024
    if way == "constant-sum":
        return Game(a, -a), Game(a + constant, constant - a)
    return Game(a, b), Game(a + constant, b - constant)


@pytest.mark.parametrize("constant", CONSTANTS)
@pytest.mark.parametrize("concept", CONCEPTS)
def test_every_concept_answers_as_without_constants(concept: str, constant: float) -> None:
    for way in ("constant-sum", "each"):
        plain, shifted = (solve(game, concept) for game in plain_and_shifted(constant, way))
        assert len(plain.profiles) == len(shifted.profiles)
        assert plain.complete == shifted.complete
        for one, other in zip(plain.profiles, shifted.profiles, strict=True):
            np.testing.assert_allclose(other.defender, one.defender, atol=1e-9)
            if concept != "weak_commitment":  # several replies may harm alike
                np.testing.assert_allclose(other.attacker, one.attacker, atol=1e-9)
            assert other.defender_payoff == pytest.approx(
                one.defender_payoff + constant, abs=4e-16 * abs(constant) + 1e-9
            )
            assert other.certificate.valid


@pytest.mark.parametrize("concept", METHODS)
def test_batches_answer_as_without_constants(concept: str) -> None:
    pairs = [plain_and_shifted(constant, "each") for constant in CONSTANTS]
    plain, shifted = (
        solve_batch(
            np.array([pair[which].defender_payoffs for pair in pairs]),
            np.array([pair[which].attacker_payoffs for pair in pairs]),
            concept,
        )
        for which in (0, 1)
    )
    assert plain.status.tolist() == shifted.status.tolist()
    np.testing.assert_allclose(shifted.defender, plain.defender, atol=1e-12)
    np.testing.assert_allclose(shifted.attacker, plain.attacker, atol=1e-12)
    np.testing.assert_allclose(shifted.regret, plain.regret, atol=1e-12)


def test_a_solution_bears_the_constant_in_its_bound() -> None:
    game = Game(np.array([[0, 3], [2, 1]]) + 1e9, np.array([[1, 0], [0, 1]]) - 1e9)
    for concept in ("commitment", "weak_commitment"):
        assert solve(game, concept).bound == 1e9 + 2


@pytest.mark.parametrize("announced", [False, True])
def test_types_of_attacker_are_answered_as_without_constants(announced: bool) -> None:
    random = np.random.default_rng(1)
    a, b = random.integers(0, 1025, (2, 2, 3, 2)) / 1024
    plain = AttackerTypes(announced).solve(BayesianGame(list(a), list(b), [0.25, 0.75]))
    shifted = AttackerTypes(announced).solve(BayesianGame(list(a + 1e9), list(b - 1e9), [0.25, 0.75]))
    assert plain.complete == shifted.complete
    np.testing.assert_allclose(shifted.recommended.defender, plain.recommended.defender, atol=1e-9)
    assert shifted.recommended.defender_payoff == pytest.approx(
        plain.recommended.defender_payoff + 1e9, abs=1e-6
    )
    if announced:
        assert plain.bound is not None
        assert shifted.bound == pytest.approx(plain.bound + 1e9, abs=1e-6)


def test_replies_that_only_a_constant_makes_alike_are_distinguished() -> None:
    game = Game(np.array([[0, 1e-3], [1e-3, 0]]) + 1e9, np.array([[0, 1e-3], [1e-3, 0]]) + 1e9)
    mix: NDArray[np.float64] = np.array([1 / 3, 2 / 3])
    assert defender_best_responses(game, mix) == (0,)
    assert attacker_best_responses(game, mix) == (0,)
