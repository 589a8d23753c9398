"""From supports to certified mixes, compiled: the shares that make the other player indifferent.

Only differences of payoffs enter, so that exact shifts change nothing, to the last bit.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange


@njit(cache=True)
def unpack(bits, members):
    """Writes the members of a set given as bits; returns how many there are."""
    size = 0
    for member in range(64):
        if bits >> member == 0:
            break
        if bits >> member & 1:
            members[size] = member
            size += 1
    return size


@njit(cache=True)
def span(payoffs):
    """The range of a player's payoffs, 1 where there is none."""
    low = high = payoffs[0, 0]
    for i in range(payoffs.shape[0]):
        for j in range(payoffs.shape[1]):
            low, high = min(low, payoffs[i, j]), max(high, payoffs[i, j])
    return high - low if high > low else 1.0


@njit(cache=True)
def equalise(payoffs, unit, own, replies, size, system, mix):
    """Writes the mix on ``own`` rows against which the columns ``replies`` earn the same; False where none.

    Args:
        payoffs: (own strategies, replies), to the player who replies; unit: their range.
        own, replies: supports, of one ``size``.
        system: space, at least (size, size + 1).
        mix: (own strategies,) filled.
    """
    mix[:] = 0.0
    for r in range(size - 1):
        for c in range(size):
            i = own[c]
            system[r, c] = (payoffs[i, replies[r + 1]] - payoffs[i, replies[0]]) / unit
        system[r, size] = 0.0
    for c in range(size + 1):
        system[size - 1, c] = 1.0
    for k in range(size):  # elimination with partial pivoting
        top = k
        for r in range(k + 1, size):
            if abs(system[r, k]) > abs(system[top, k]):
                top = r
        if system[top, k] == 0.0:
            return False
        if top != k:
            for c in range(k, size + 1):
                system[k, c], system[top, c] = system[top, c], system[k, c]
        for r in range(k + 1, size):
            factor = system[r, k] / system[k, k]
            for c in range(k + 1, size + 1):
                system[r, c] -= factor * system[k, c]
    total = 0.0
    for k in range(size - 1, -1, -1):
        value = system[k, size]
        for c in range(k + 1, size):
            value -= system[k, c] * mix[own[c]]
        mix[own[k]] = value / system[k, k]
        if not mix[own[k]] > 0.0:
            return False
        total += mix[own[k]]
    for k in range(size):
        mix[own[k]] /= total
    return True


@njit(cache=True)
def regret(payoffs, unit, own, size, mix, reply):
    """What the replier could gain by another column than the mix ``reply``, relative to ``unit``."""
    base = 0
    best, earned = -np.inf, 0.0
    for j in range(payoffs.shape[1]):
        if reply[j] > 0.0:
            base = j
            break
    for j in range(payoffs.shape[1]):
        pays = 0.0
        for k in range(size):
            pays += mix[own[k]] * (payoffs[own[k], j] - payoffs[own[k], base])
        best = max(best, pays)
        earned += reply[j] * pays
    return max(best - earned, 0.0) / unit


@njit(cache=True, parallel=True)
def fill(a, b, pairs, starts, counts, parts, defender, attacker, regrets):
    """Fills mixes and regrets of every pair of supports; regrets are infinite where a pair has no mixes.

    Args:
        a, b: payoffs (games, m, n).
        pairs: (games, room, 2) supports as bits, of one size; counts: (games,) how many of them.
        starts: (games,) where the rows of a game begin in what is filled:
        defender, attacker, regrets: (rows, m), (rows, n), (rows, 2).
    """
    games, m, n = a.shape
    for part in prange(parts):
        rows, columns = np.empty(m, np.int64), np.empty(n, np.int64)
        system = np.empty((min(m, n), min(m, n) + 1))
        for game in range(part * games // parts, (part + 1) * games // parts):
            if counts[game] == 0:
                continue
            unit_a, unit_b = span(a[game]), span(b[game])
            for k in range(counts[game]):
                row = starts[game] + k
                size = unpack(pairs[game, k, 0], rows)
                unpack(pairs[game, k, 1], columns)
                x, y = defender[row], attacker[row]
                regrets[row] = np.inf
                if not equalise(b[game], unit_b, rows, columns, size, system, x):
                    continue
                if not equalise(a[game].T, unit_a, columns, rows, size, system, y):
                    continue
                regrets[row, 0] = regret(a[game].T, unit_a, columns, size, y, x)
                regrets[row, 1] = regret(b[game], unit_b, rows, size, x, y)
