"""The square system behind every mixed equilibrium: the mix that makes the opponent indifferent."""

from __future__ import annotations

import numpy as np

from advgame.games.game import FloatArray

# HiGHS stops within 1e-7 of an optimum by default, which is more than a certificate allows.
TIGHT = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


def indifferent_mix(payoffs: FloatArray) -> FloatArray | None:
    """The mix of the columns against which all rows of a square matrix pay the same.

    >>> indifferent_mix(np.array([[3.0, 0.0], [2.0, 1.0]]))
    array([0.5, 0.5])

    Returns:
        Probabilities (columns,), all positive; None where there is no such mix.
    """
    size = len(payoffs)
    scale = float(np.abs(payoffs).max()) or 1.0
    system = np.block([[payoffs / scale, -np.ones((size, 1))], [np.ones((1, size)), np.zeros((1, 1))]])
    try:
        mix = np.linalg.solve(system, np.append(np.zeros(size), 1.0))[:-1]
    except np.linalg.LinAlgError:
        return None
    return np.asarray(mix) if np.all(np.isfinite(mix)) and np.all(mix > 0) else None
