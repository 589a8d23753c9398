"""From supports to certified mixes, compiled: the shares that make the other player indifferent.

Only differences of payoffs enter, so that exact shifts change nothing, to the last bit.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange


@njit(cache=True, inline="always")
def load(payoffs, game, transposed, matrix):
    """Copies the payoffs of one game; returns the lowest, and one over their range or 1."""
    rows, columns = matrix.shape
    low, high = np.inf, -np.inf
    for i in range(rows):
        least, most = np.inf, -np.inf  # of a row, so that rows need not wait for each other
        for j in range(columns):
            value = payoffs[game, j, i] if transposed else payoffs[game, i, j]
            least = value if value < least else least
            most = value if value > most else most
            matrix[i, j] = value
        low = least if least < low else low
        high = most if most > high else high
    return low, (1.0 / (high - low) if high > low else 1.0)


@njit(cache=True, inline="always")
def equalise(payoffs, scale, own, replies, size, system, mix):
    """Writes the shares of ``own`` rows against which ``replies`` earn the same; False where there are none.

    Args:
        payoffs: (own strategies, replies), to the player who replies; scale: one over their range.
        own, replies: supports, of one ``size``.
        system: space, at least (size, size + 1).
        mix: filled with ``size`` shares.
    """
    if size == 1:
        mix[0] = 1.0
        return True
    if size == 2:
        first = (payoffs[own[0], replies[1]] - payoffs[own[0], replies[0]]) * scale
        second = (payoffs[own[1], replies[1]] - payoffs[own[1], replies[0]]) * scale
        mix[0] = second / (second - first) if first * second < 0.0 else -1.0
        mix[1] = 1.0 - mix[0]
        return mix[0] > 0.0 and mix[1] > 0.0
    for r in range(size - 1):
        for c in range(size):
            system[r, c] = (payoffs[own[c], replies[r + 1]] - payoffs[own[c], replies[0]]) * scale
        system[r, size] = 0.0
    for c in range(size + 1):
        system[size - 1, c] = 1.0
    for k in range(size):
        if not eliminate(system, k, size):
            return False
    total = 0.0
    for k in range(size - 1, -1, -1):
        value = system[k, size]
        for c in range(k + 1, size):
            value -= system[k, c] * mix[c]
        mix[k] = value / system[k, k]
        if not mix[k] > 0.0:
            return False
        total += mix[k]
    for k in range(size):
        mix[k] /= total
    return True


@njit(cache=True, inline="always")
def eliminate(system, k, size):
    """One step of elimination with partial pivoting; False where the column is empty."""
    top = k
    for r in range(k + 1, size):
        if abs(system[r, k]) > abs(system[top, k]):
            top = r
    if system[top, k] == 0.0:
        return False
    if top != k:
        for c in range(k, size + 1):
            system[k, c], system[top, c] = system[top, c], system[k, c]
    inverse = 1.0 / system[k, k]
    for r in range(k + 1, size):
        factor = system[r, k] * inverse
        for c in range(k + 1, size + 1):
            system[r, c] -= factor * system[k, c]
    return True


@njit(cache=True, inline="always")
def regret(payoffs, scale, own, size, mix, replies, count, reply, pays):
    """What the replier gains by the best column instead of the mix ``reply``, relative to the range."""
    base = replies[0]
    pays[:] = 0.0
    for k in range(size):
        for j in range(len(pays)):
            pays[j] += mix[k] * (payoffs[own[k], j] - payoffs[own[k], base])
    best, earned = -np.inf, 0.0
    for j in range(len(pays)):
        best = max(best, pays[j])
    for k in range(count):
        earned += reply[k] * pays[replies[k]]
    return max(best - earned, 0.0) * scale


@njit(cache=True, inline="always")
def spread(mix, support, size, out, row):
    """Writes the shares of a support into a row of whole mixes."""
    for strategy in range(out.shape[1]):
        out[row, strategy] = 0.0
    for k in range(size):
        out[row, support[k]] = mix[k]


@njit(cache=True, parallel=True)
def fill(a, b, sets_a, sets_b, pairs, starts, counts, parts, defender, attacker, regrets):
    """Fills mixes and regrets of every pair of supports; regrets are infinite where a pair has no mixes.

    Args:
        a, b: payoffs (games, m, n).
        sets_a, sets_b: ``supports(n, m)`` and ``supports(m, n)`` of the minors.
        pairs: (games, room, 2) numbers of supports; counts: (games,) how many of them.
        starts: (games,) where the rows of a game begin in what is filled:
        defender, attacker, regrets: (rows, m), (rows, n), (rows, 2).
    """
    games, m, n = a.shape
    for part in prange(parts):
        x, y, to_defender, to_attacker = np.empty(m), np.empty(n), np.empty(m), np.empty(n)
        of_a, of_b = np.empty((n, m)), np.empty((m, n))
        system = np.empty((min(m, n), min(m, n) + 1))
        for game in range(part * games // parts, (part + 1) * games // parts):
            if counts[game] == 0:
                continue
            scale_a, scale_b = load(a, game, True, of_a)[1], load(b, game, False, of_b)[1]
            for k in range(counts[game]):
                row = starts[game] + k
                rows, columns = sets_a.members[pairs[game, k, 0]], sets_b.members[pairs[game, k, 1]]
                size = sets_a.size[pairs[game, k, 0]]
                one = other = np.inf
                x[:size] = y[:size] = 0.0
                if equalise(of_b, scale_b, rows, columns, size, system, x) and equalise(
                    of_a, scale_a, columns, rows, size, system, y
                ):
                    one = regret(of_a, scale_a, columns, size, y, rows, size, x, to_defender)
                    other = regret(of_b, scale_b, rows, size, x, columns, size, y, to_attacker)
                spread(x, rows, size, defender, row)
                spread(y, columns, size, attacker, row)
                regrets[row, 0], regrets[row, 1] = one, other
