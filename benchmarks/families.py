"""The games that are timed: every family draws k games of one shape from a seed, and nothing else.

``random`` games have independent normal payoffs. In ``attacker–defender`` games a classifier is
attacked: clean errors of 0.02 to 0.3, attacked errors above them, shares of the traffic and costs per
attack, costs per defence. ``several equilibria`` are attacker–defender games, up to the choice of
prices, whose defences and attacks stand at three intensities: at each, the defence fits the attack and
the attack the defence, so that three equilibria and more are the rule.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Games = tuple[FloatArray, FloatArray]  # what defender and attacker earn, each (games, defences, attacks)
Family = Callable[[np.random.Generator, int, int, int], Games]


def random_games(random: np.random.Generator, games: int, defences: int, attacks: int) -> Games:
    """Independent standard normal payoffs."""
    a, b = random.normal(size=(2, games, defences, attacks))
    return a, b


def attacker_defender(random: np.random.Generator, games: int, defences: int, attacks: int) -> Games:
    """A classifier's defences against attacks; the first attack is none. Every other game has equal shares.

    The defender earns (1 − p_j)(1 − e_i) + p_j (1 − ε_ij) − C_i and the attacker p_j (ε_ij − c_j) with
    e_i in [0.02, 0.3], ε_ij in [e_i, 1], p_j in [0.05, 0.5], c_j in [0, 0.3] and C_i in [0, 0.05].
    A defence that errs more on clean inputs errs less on attacked ones, apart from chance.
    """
    clean = random.uniform(0.02, 0.3, (games, defences))
    hardened = (clean - 0.02) / 0.28  # from 0 to 1: what the clean error has bought
    exposed = (
        0.3 + 0.7 * random.uniform(0, 1, (games, defences, attacks)) * (1.2 - hardened[:, :, None]) / 1.2
    )
    error = clean[:, :, None] + (1 - clean[:, :, None]) * exposed
    share = random.uniform(0.05, 0.5, (games, attacks))
    share[::2] = share[::2, :1]
    cost = random.uniform(0.0, 0.3, (games, attacks))
    share[:, 0] = 0.0  # not to attack
    p, e = share[:, None, :], clean[:, :, None]
    kept = (1 - p) * (1 - e) + p * (1 - error) - random.uniform(0, 0.05, (games, defences))[:, :, None]
    return kept, p * (error - cost[:, None, :])


def several_equilibria(random: np.random.Generator, games: int, defences: int, attacks: int) -> Games:
    """Games of rank 1 with three to nine equilibria, supports of three and more among them.

    Attack j has intensity p_j and defence i is tuned to s_i, both near 0, 1/2 or 1. The attacker earns
    Q_ij = −(s_i − p_j)² + chance and the defender −Q_ij − 2 (s_i² − 2 s_i p_j).
    """
    rungs = np.arange(3) / 2
    tuned = rungs[np.arange(defences) % 3] + random.uniform(-0.1, 0.1, (games, defences))
    intensity = rungs[np.arange(attacks) % 3] + random.uniform(0, 0.2, (games, attacks))
    intensity[:, 0] = 0.0
    s, p = tuned[:, :, None] / 1.2, intensity[:, None, :] / 1.2
    value = -((s - p) ** 2) + 0.3 * random.uniform(0, 1, (games, defences, attacks))
    return -value - 2 * (s**2 - 2 * s * p), value


def zero_sum(random: np.random.Generator, games: int, defences: int, attacks: int) -> Games:
    """Payoffs between 0 and 1 that one player wins and the other loses."""
    won = random.random((games, defences, attacks))
    return won, -won


FAMILIES: dict[str, Family] = {
    "random": random_games,
    "attacker–defender": attacker_defender,
    "several equilibria": several_equilibria,
    "zero-sum": zero_sum,
}


def draw(family: str, shape: tuple[int, int], games: int, seed: int = 1) -> Games:
    """The games of a family: the same for the same seed, for every solver."""
    from benchmarks.game_classes import CLASSES

    return {**CLASSES, **FAMILIES}[family](np.random.default_rng(seed), games, *shape)
