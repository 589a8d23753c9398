"""Commitments against two replies in arrays, against linear programs solved by HiGHS."""

import numpy as np
import pytest
from scipy.optimize import linprog

import advgame as ag
from advgame.equilibria.batch.commitments_to_two_replies import commitments_to_two_replies


def value_by_programs(a: np.ndarray, b: np.ndarray) -> float:
    """The best commitment's value: for each reply, the best mixed strategy to which it is a best response."""
    values = []
    for reply in (0, 1):
        gain = b[:, 1 - reply] - b[:, reply]
        program = linprog(-a[:, reply], A_ub=[gain], b_ub=[0.0], A_eq=[np.ones(len(a))], b_eq=[1.0])
        values.append(-program.fun if program.status == 0 else -np.inf)
    return max(values)


@pytest.mark.parametrize("defences", [1, 2, 3, 7])
def test_what_is_proven_is_worth_as_much_as_by_linear_programs(defences: int) -> None:
    random = np.random.default_rng(defences)
    a, b = random.uniform(-1, 1, (2, 60, defences, 2))
    proven, defender, attacker = commitments_to_two_replies(a, b)
    assert proven.mean() > 0.95
    assert defender.min() >= 0
    assert defender.sum(axis=1) == pytest.approx(1)
    for place in np.flatnonzero(proven):
        pays = defender[place] @ b[place]
        assert pays @ attacker[place] == pytest.approx(pays.max(), abs=1e-12)
        value = defender[place] @ a[place] @ attacker[place]
        assert value == pytest.approx(value_by_programs(a[place], b[place]), abs=1e-9)


def test_ties_are_left_to_exact_arithmetic() -> None:
    random = np.random.default_rng(5)
    a, b = random.integers(0, 4, (2, 300, 3, 2)).astype(float)
    proven, defender, attacker = commitments_to_two_replies(a, b)
    assert 0 < proven.mean() < 1
    for place in np.flatnonzero(proven):
        alone = ag.solve(ag.Game(a[place], b[place]), "commitment").recommended
        assert defender[place] == pytest.approx(alone.defender, abs=1e-9)
        assert defender[place] @ a[place] @ attacker[place] == pytest.approx(alone.defender_payoff, abs=1e-9)
