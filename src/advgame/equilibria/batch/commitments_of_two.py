"""Mixed commitments of two defences in many games by array operations, without compiled code.

A reply is a best response on an interval of the second defence's probability q, between roots of the
attacker's differences; the defender's value on it is linear, so the best commitment lies at an end of one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.games.tolerances import MAY_TIE

Committed = tuple[NDArray[np.bool_], FloatArray, FloatArray]


def commitments_of_two(a: FloatArray, b: FloatArray) -> Committed:
    """The best mixed commitment of each game, with ties of the attacker in the defender's favour.

    >>> a, b = np.array([[[0.0, 3], [2, 1]]]), np.array([[[1.0, 0], [0, 1]]])
    >>> proven, defender, attacker = commitments_of_two(a, b)
    >>> proven.tolist(), defender.tolist(), attacker.tolist()
    ([True], [[0.5, 0.5]], [[0.0, 1.0]])

    Args:
        a: (k, 2, attacks), the defender's payoffs.
        b: (k, 2, attacks), the attacker's payoffs.

    Returns:
        (k,) whether no other commitment is worth nearly as much; (k, 2) and (k, attacks) the commitment and
        the reply.
    """
    games = np.arange(len(a))
    low, high = _intervals(b)
    ends = np.stack([low, high])  # (ends, games, replies)
    worth = (1 - ends) * a[:, 0] + ends * a[:, 1]
    slack = MAY_TIE * np.ptp(a, axis=(1, 2))
    worth = np.where(high - low < -MAY_TIE, -np.inf, worth)
    flat = worth.transpose(1, 0, 2).reshape(len(a), -1)
    best = flat.argmax(axis=1)
    end, reply = np.divmod(best, a.shape[2])
    chosen = ends[end, games, reply]
    rivals = worth >= (flat[games, best] - slack)[:, None]
    elsewhere = np.abs(ends - chosen[:, None]) > MAY_TIE
    narrow = rivals & (np.abs(high - low) <= MAY_TIE)  # a reply that is best in one point only, or in none
    doubtful = (rivals & elsewhere | narrow).any(axis=(0, 2))
    doubtful |= (rivals.any(axis=0) & (np.arange(a.shape[2]) != reply[:, None])).any(axis=1)
    proven = ~doubtful & np.isfinite(flat[games, best])
    return proven, np.stack([1 - chosen, chosen], axis=1), np.eye(a.shape[2])[reply]


def _intervals(b: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(games, replies) from where to where in q each reply is a best response; reversed where nowhere."""
    start = b[:, 0, :, None] - b[:, 0, None, :]  # (games, reply, other) at q = 0
    rise = b[:, 1, :, None] - b[:, 1, None, :] - start
    with np.errstate(divide="ignore", invalid="ignore"):
        root = -start / rise
    low = np.where(rise > 0, root, 0.0).max(axis=2)
    high = np.where(rise < 0, root, 1.0).min(axis=2)
    never = ((rise == 0) & (start < 0)).any(axis=2)
    low, high = np.maximum(low, 0.0), np.minimum(high, 1.0)
    return np.where(never, 1.0, low), np.where(never, 0.0, high)
