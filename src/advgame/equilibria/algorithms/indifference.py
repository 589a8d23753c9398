"""The square system behind mixed equilibria: the strategy that makes the opponent indifferent."""

from __future__ import annotations

import numpy as np

from advgame.arrays import FloatArray
from advgame.games import Game, certified_profile
from advgame.games.tolerances import PLAYED

# HiGHS stops within 1e-7 of an optimum by default, which is too coarse for a certificate.
TIGHT = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


def indifferent_mix(payoffs: FloatArray) -> FloatArray | None:
    """The mixed strategy over the columns against which all rows of a square matrix earn the same.

    >>> indifferent_mix(np.array([[3.0, 0.0], [2.0, 1.0]])).round(9).tolist()
    [0.5, 0.5]

    Returns:
        Probabilities (columns,), all positive; None if there are none.
    """
    size = len(payoffs)
    scale = float(np.abs(payoffs).max()) or 1.0
    system = np.block([[payoffs / scale, -np.ones((size, 1))], [np.ones((1, size)), np.zeros((1, 1))]])
    try:
        mixed_strategy = np.linalg.solve(system, np.append(np.zeros(size), 1.0))[:-1]
    except np.linalg.LinAlgError:
        return None
    return (
        np.asarray(mixed_strategy)
        if np.all(np.isfinite(mixed_strategy)) and np.all(mixed_strategy > 0)
        else None
    )


def sharpened(game: Game, defender: FloatArray, attacker: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The profile with the same supports solved from the game's own payoffs, if its regret is smaller.

    Args:
        game: the game.
        defender: (defences,) probabilities near those of an equilibrium.
        attacker: (attacks,) probabilities near those of an equilibrium.
    """
    rows, columns = np.flatnonzero(defender > PLAYED), np.flatnonzero(attacker > PLAYED)
    if len(rows) != len(columns):
        return defender, attacker
    inside = np.ix_(rows, columns)
    strategies = (
        indifferent_mix(game.attacker_payoffs[inside].T),
        indifferent_mix(game.defender_payoffs[inside]),
    )
    if strategies[0] is None or strategies[1] is None:
        return defender, attacker
    sharp = np.zeros_like(defender), np.zeros_like(attacker)
    sharp[0][rows], sharp[1][columns] = strategies
    pairs = ((defender, attacker), sharp)
    return min(pairs, key=lambda pair: certified_profile(game, *pair).certificate.regret)
