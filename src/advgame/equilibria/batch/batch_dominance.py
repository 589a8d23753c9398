"""Strictly dominated strategies of many games at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.games.reduction import MOST_COMPARISONS

Masks = NDArray[np.bool_]
PAIRS_AT_ONCE = 2_000_000  # of strategies that are compared, of all games together


def surviving(a: FloatArray, b: FloatArray, near: tuple[FloatArray, FloatArray]) -> tuple[Masks, Masks]:
    """The strategies that are left when strictly dominated ones are removed, of both players in turn.

    >>> prisoners = np.array([[[3.0, 0], [5, 1]]])
    >>> surviving(prisoners, prisoners.transpose(0, 2, 1), (np.zeros(1), np.zeros(1)))
    (array([[False,  True]]), array([[False,  True]]))

    Args:
        a, b: payoffs (k, m, n) of the defender and the attacker.
        near: (k,) for each player: one strategy must pay more than another by more than this, against all
            that the opponent has left.

    Returns:
        Which defences (k, m) and attacks (k, n) are left in each game.
    """
    games, defences, attacks = a.shape
    rows, columns = np.ones((games, defences), np.bool_), np.ones((games, attacks), np.bool_)
    turned = b.transpose(0, 2, 1)
    while _remove(a, rows, columns, near[0]) + _remove(turned, columns, rows, near[1]):
        pass
    return rows, columns


def _remove(payoffs: FloatArray, own: Masks, replies: Masks, near: FloatArray) -> int:
    """Takes out a player's dominated strategies; how many there were.

    Args:
        payoffs: (k, strategies, replies) of the player.
        own: (k, strategies) which are left, changed in place.
        replies: (k, replies) which the opponent has left.
        near: (k,).
    """
    games, strategies, count = payoffs.shape
    if strategies == 1 or strategies * strategies * count > MOST_COMPARISONS:
        return 0
    removed, at_once = 0, max(1, PAIRS_AT_ONCE // strategies**2)
    for first in range(0, games, at_once):
        some = slice(first, first + at_once)
        dominated = own[some] & _dominated(payoffs[some], own[some], replies[some], near[some])
        own[some] &= ~dominated
        removed += int(dominated.sum())
    return removed


def _dominated(payoffs: FloatArray, own: Masks, replies: Masks, near: FloatArray) -> Masks:
    """Which strategies (k, strategies) another one that is left exceeds against all replies that are left."""
    games, strategies, count = payoffs.shape
    exceeds = np.broadcast_to(own[:, :, None], (games, strategies, strategies)).copy()
    for reply in range(count):
        pays = payoffs[:, :, reply]
        better = pays[:, :, None] > (pays + near[:, None])[:, None, :]
        exceeds &= better | ~replies[:, reply, None, None]
    return np.asarray(exceeds.any(axis=1))
