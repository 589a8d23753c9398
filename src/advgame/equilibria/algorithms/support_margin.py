"""The margin by which given supports carry an equilibrium."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray

Places = NDArray[np.intp]


def support_margin(
    defender_payoffs: FloatArray, attacker_payoffs: FloatArray, rows: Places, columns: Places
) -> float:
    """The smallest quantity that must be positive for two supports of equal size to carry an equilibrium.

    These are the probabilities on the supports, and for every strategy outside them the player's loss from
    it, relative to the payoff range. If the margin is positive, the supports carry an equilibrium; if it is
    negative, they do not. It is continuous in the payoffs, so the equilibrium ends at its root.

    >>> a, b = np.array([[3.0, 0.0], [2.0, 1.0]]), np.array([[0.0, 2.0], [1.0, 0.0]])
    >>> round(support_margin(a, b, np.array([0, 1]), np.array([0, 1])), 3)  # 1/3, 2/3 against 1/2, 1/2
    0.333

    Args:
        defender_payoffs: (defences, attacks).
        attacker_payoffs: (defences, attacks).
        rows: (k,) indices of the defences played.
        columns: (k,) indices of the attacks played.

    Returns:
        The margin; −1 if the supports determine no mixed strategies.
    """
    inside = np.ix_(rows, columns)
    defender = _indifferent(attacker_payoffs[inside].T, attacker_payoffs)
    attacker = _indifferent(defender_payoffs[inside], defender_payoffs)
    if defender is None or attacker is None:
        return -1.0
    to_defender = defender_payoffs[:, columns] @ attacker
    to_attacker = defender @ attacker_payoffs[rows]
    return min(
        float(defender.min()),
        float(attacker.min()),
        _least_loss(to_defender, rows, np.ptp(defender_payoffs)),
        _least_loss(to_attacker, columns, np.ptp(attacker_payoffs)),
    )


def _indifferent(square: FloatArray, payoffs: FloatArray) -> FloatArray | None:
    """The weights of the columns, summing to 1, against which all rows earn the same."""
    size = len(square)
    scale = float(np.ptp(payoffs)) or 1.0
    system = np.zeros((size + 1, size + 1))
    system[:size, :size] = (square - payoffs.min()) / scale
    system[:size, size] = -1.0
    system[size, :size] = 1.0
    try:
        solved = np.linalg.solve(system, np.append(np.zeros(size), 1.0))
    except np.linalg.LinAlgError:
        return None
    return np.asarray(solved[:-1]) if np.all(np.isfinite(solved)) else None


def _least_loss(pays: FloatArray, played: Places, scale: float) -> float:
    """The loss of the best strategy outside the support relative to those inside; 1 if there is none."""
    outside = np.delete(pays, played)
    if len(outside) == 0:
        return 1.0
    return float(pays[played].max() - outside.max()) / (float(scale) or 1.0)
