"""Commitments of two defences in arrays against those of single games."""

import numpy as np
import pytest

import advgame as ag
from advgame.equilibria.batch.commitments_of_two import commitments_of_two


@pytest.mark.parametrize("attacks", [1, 2, 3, 6])
def test_what_is_proven_is_the_commitment_of_the_single_game(attacks: int) -> None:
    random = np.random.default_rng(attacks)
    a, b = random.uniform(-1, 1, (2, 300, 2, attacks))
    proven, defender, attacker = commitments_of_two(a, b)
    assert proven.mean() > 0.99
    for place in np.flatnonzero(proven):
        alone = ag.solve(ag.Game(a[place], b[place]), "commitment").recommended
        assert defender[place] == pytest.approx(alone.defender, abs=1e-9)
        assert attacker[place] == pytest.approx(alone.attacker, abs=1e-9)


def test_ties_are_left_to_exact_arithmetic() -> None:
    random = np.random.default_rng(5)
    a, b = random.integers(0, 3, (2, 500, 2, 3)).astype(float)
    proven, defender, attacker = commitments_of_two(a, b)
    assert 0 < proven.mean() < 1
    for place in np.flatnonzero(proven):
        solution = ag.solve(ag.Game(a[place], b[place]), "commitment")
        value = defender[place] @ a[place] @ attacker[place]
        assert value == pytest.approx(solution.recommended.defender_payoff, abs=1e-9)
        assert defender[place] == pytest.approx(solution.recommended.defender, abs=1e-9)
