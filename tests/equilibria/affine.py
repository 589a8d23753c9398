"""Families of attacker–defender games told by coefficients, written without the payoff terms."""

from __future__ import annotations

import numpy as np

from advgame.games.affine import NOWHERE, AffineGames


def attacked(
    defences: int,
    attacks: int,
    *,
    games: int = 40,
    seed: int = 0,
    dear: bool = False,
    caused: bool = False,
    loud: bool = False,
    steps: int | None = None,
) -> AffineGames:
    """Games along a random walk of the cost of all attacks and of the largest share.

    U_D = (1 − p_j)(1 − e_i) + p_j (1 − ε_ij) − C_i and U_A = p_j (ε_ij − c_j − cost), or with ε_ij − e_i for
    errors that are caused.

    Args:
        defences, attacks: how many, *no attack* included.
        games: how many.
        seed: of everything.
        dear: whether the defences cost different amounts.
        caused: whether only caused errors pay.
        loud: whether the attacks have caps of their own.
        steps: round all numbers to ``1/steps``, which makes ties common.
    """
    random = np.random.default_rng(seed)

    def numbers(low: float, high: float, *shape: int) -> np.ndarray:
        drawn = random.uniform(low, high, shape)
        return drawn if steps is None else np.round(drawn * steps) / steps

    e, eps = numbers(0.0, 0.3, defences), numbers(0.2, 1.0, defences, attacks)
    c, cost_of = numbers(0.0, 0.3, attacks), numbers(0.0, 0.1, defences) if dear else np.zeros(defences)
    steps_taken = random.normal(0, 0.05, (2, games)).cumsum(axis=1)
    walk = np.abs(np.array([[0.2], [0.4]]) + steps_taken)
    values = np.clip(walk, 0, 1) if steps is None else np.round(np.clip(walk, 0, 1) * steps) / steps
    still, shared = np.zeros((2, 2, 2, defences, attacks))
    still[0, 0] = (1 - e - cost_of)[:, None]
    shared[0, 0] = (1 - eps) - (1 - e)[:, None]
    shared[1, 0] = eps - c - (e[:, None] if caused else 0.0)
    shared[1, 1] = -1.0
    caps = np.append(0.0, numbers(0.1, 1.0, attacks - 1) if loud else np.ones(attacks - 1))
    nowhere = np.full(attacks, NOWHERE)
    return AffineGames(values, np.array([0]), still, shared, np.zeros_like(still), 1.0, 1, caps, nowhere)
