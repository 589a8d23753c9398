"""Processes by which two players learn from repeated play; each returns time averages of their strategies.

All but regret matching are nashpy's (doi:10.21105/joss.00904). nashpy draws from numpy's global generator,
which is seeded here for one call and put back afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from advgame.arrays import FloatArray
from advgame.catalogue import Catalogue

Averages = tuple[FloatArray, FloatArray]  # (rounds + 1, defences), (rounds + 1, attacks)
Process = Callable[[FloatArray, FloatArray, int, int, int], Averages]
STEP = 0.05  # of time, in a round of the replicator dynamics
LOGIT_NOISE = 0.02  # of the payoff range: how far from a best response stochastic fictitious play strays
INTENSITY = 30.0  # of introspection: e to this power, per payoff range, are the odds of the better strategy


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """numpy's global generator with a seed, and as it was before afterwards.

    >>> with seeded(1):
    ...     first = np.random.random()
    >>> with seeded(1):
    ...     first == np.random.random()
    True

    Args:
        seed: a whole number of at least 0.
    """
    before = np.random.get_state()
    np.random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(before)


def fictitious_play(a: FloatArray, b: FloatArray, rounds: int, seed: int, slowness: int) -> Averages:
    """Each side best-responds to how often the other has played what (Brown 1951).

    >>> pennies = np.array([[1.0, -1.0], [-1.0, 1.0]])
    >>> x, y = fictitious_play(pennies, -pennies, 1000, 0, 1)
    >>> bool(np.abs(x[-1] - 0.5).max() < 0.05)
    True

    Args:
        a: (defences, attacks) payoffs of the defender.
        b: (defences, attacks) payoffs of the attacker.
        rounds: how often both play.
        seed: of the choice among equally good responses.
        slowness: not used: both sides move in every round.
    """
    del slowness
    with seeded(seed):
        counts = [tuple(map(np.array, pair)) for pair in _nashpy(a, b).fictitious_play(iterations=rounds)]
    return _frequencies(counts)


def stochastic_fictitious_play(
    a: FloatArray, b: FloatArray, rounds: int, seed: int, slowness: int
) -> Averages:
    """As fictitious play, with a logit response to payoffs that are disturbed a little (Fudenberg & Levine).

    Args:
        a: (defences, attacks) payoffs of the defender.
        b: (defences, attacks) payoffs of the attacker.
        rounds: how often both play.
        seed: of responses and disturbances.
        slowness: not used: both sides move in every round.
    """
    del slowness
    settings = {"etha": LOGIT_NOISE, "epsilon_bar": LOGIT_NOISE / 10}
    with seeded(seed):
        steps = _nashpy(a, b).stochastic_fictitious_play(iterations=rounds, **settings)
        counts = [tuple(map(np.array, pair)) for pair, _ in steps]
    return _frequencies(counts)


def introspection(a: FloatArray, b: FloatArray, rounds: int, seed: int, slowness: int) -> Averages:
    """One side at a time compares its strategy with another at random, and more often takes the better one.

    After Couto, Giaimo and Hilbe 2022 (doi:10.1088/1367-2630/ac6f76).

    Args:
        a: (defences, attacks) payoffs of the defender.
        b: (defences, attacks) payoffs of the attacker.
        rounds: how often a side may change.
        seed: of all choices.
        slowness: not used: a side is chosen at random in every round.
    """
    del slowness
    with seeded(seed):
        actions = np.array(list(_nashpy(a, b).introspection_dynamics(rounds, INTENSITY)))
    played = [np.eye(size)[actions[:, side]] for side, size in enumerate(a.shape)]
    return _running_mean(played[0]), _running_mean(played[1])


def replicator(a: FloatArray, b: FloatArray, rounds: int, seed: int, slowness: int) -> Averages:
    """Shares of strategies grow with what they pay beyond the average (Taylor 1979), from a random mixture.

    Args:
        a: (defences, attacks) payoffs of the defender.
        b: (defences, attacks) payoffs of the attacker.
        rounds: steps of time.
        seed: of the mixture at the start.
        slowness: how many times slower the attacker adapts than the defender.
    """
    random = np.random.default_rng(seed)
    x, y = (random.dirichlet(np.ones(size)) for size in a.shape)
    times = STEP * np.arange(rounds + 1)
    path = _nashpy(a, b / slowness).asymmetric_replicator_dynamics(x0=x, y0=y, timepoints=times)
    clipped = [np.clip(side, 0.0, None) for side in path]
    shares = [side / side.sum(axis=1, keepdims=True) for side in clipped]
    return _running_mean(shares[0]), _running_mean(shares[1])


def regret_matching(a: FloatArray, b: FloatArray, rounds: int, seed: int, slowness: int) -> Averages:
    """Each side plays in proportion to its regrets for not having played otherwise (Hart & Mas-Colell 2000).

    Expected payoffs are used, so that only the first mixture is random (doi:10.1111/1468-0262.00153).
    In zero-sum games the averages converge to an equilibrium, at most like 1/√rounds.

    >>> pennies = np.array([[1.0, -1.0], [-1.0, 1.0]])
    >>> x, y = regret_matching(pennies, -pennies, 2000, 0, 1)
    >>> bool(np.abs(x[-1] - 0.5).max() < 0.03)
    True

    Args:
        a: (defences, attacks) payoffs of the defender.
        b: (defences, attacks) payoffs of the attacker.
        rounds: how often both play.
        seed: of the first mixture.
        slowness: the number of rounds between changes of the attacker's mixture.
    """
    random = np.random.default_rng(seed)
    x, y = (random.dirichlet(np.ones(size)) for size in a.shape)
    regrets = np.zeros(a.shape[0]), np.zeros(a.shape[1])
    played = np.empty((rounds + 1, a.shape[0])), np.empty((rounds + 1, a.shape[1]))
    for step in range(rounds + 1):
        played[0][step], played[1][step] = x, y
        to_defender, to_attacker = a @ y, x @ b
        regrets = regrets[0] + to_defender - x @ to_defender, regrets[1] + to_attacker - y @ to_attacker
        x = _in_proportion(regrets[0], x)
        if (step + 1) % slowness == 0:
            y = _in_proportion(regrets[1], y)
    return _running_mean(played[0]), _running_mean(played[1])


PROCESSES: Catalogue[Process] = Catalogue(
    "learning process",
    {
        "fictitious_play": fictitious_play,
        "stochastic_fictitious_play": stochastic_fictitious_play,
        "replicator": replicator,
        "introspection": introspection,
        "regret_matching": regret_matching,
    },
)


def _in_proportion(regrets: FloatArray, before: FloatArray) -> FloatArray:
    positive = np.maximum(regrets, 0.0)
    total = positive.sum()
    return positive / total if total > 0 else before


def _frequencies(counts: list[tuple[Any, ...]]) -> Averages:
    """The relative frequencies of plays, of both sides; before the first round all are equally likely."""
    sides = [np.array([pair[side] for pair in counts], dtype=float) for side in (0, 1)]
    for side in sides:
        side[0] = 1.0
    first, second = (side / side.sum(axis=1, keepdims=True) for side in sides)
    return first, second


def _running_mean(played: FloatArray) -> FloatArray:
    return np.asarray(np.cumsum(played, axis=0) / np.arange(1, len(played) + 1)[:, None])


def _nashpy(a: FloatArray, b: FloatArray) -> Any:
    import nashpy

    return nashpy.Game(a, b)
