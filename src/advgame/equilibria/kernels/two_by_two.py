"""Two strategies each, millions at a time: the signs of four differences name all equilibria.

The four best-reply differences have 3⁴ = 81 combinations of signs; a table made from the single-game
solver's rule lists the extreme equilibria of each. The sign of a difference of floats is exact, so
no tie is invented and none is overlooked.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

MOST = 4  # extreme equilibria of a 2 × 2 game
FIRST, SECOND, MIXED = 0, 1, 2  # a player's mix: a pure strategy, or the one that makes the other indifferent


def _vertices(gains: tuple[int, int]) -> dict[int, set[int]]:
    """A player's extreme mixes, each with the best replies to it, from the signs of the reply's gains."""
    best = {1: {0}, 0: {0, 1}, -1: {1}}
    mixes = {FIRST: best[gains[0]], SECOND: best[gains[1]]}
    return {**mixes, MIXED: {0, 1}} if gains[0] * gains[1] < 0 else mixes


def _table() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """For each combination of signs, how many extreme equilibria there are and which mixes they pair."""
    counts, pairs = np.zeros(81, np.uint8), np.zeros((81, MOST, 2), np.uint8)
    played = {FIRST: {0}, SECOND: {1}, MIXED: {0, 1}}
    for code, (d0, d1, b0, b1) in enumerate(product((-1, 0, 1), repeat=4)):
        for x, attacks in _vertices((b0, b1)).items():
            for y, defences in _vertices((d0, d1)).items():
                if played[x] <= defences and played[y] <= attacks:
                    pairs[code, counts[code]] = x, y
                    counts[code] += 1
    return counts, pairs


COUNTS, PAIRS = _table()


@njit(cache=True, inline="always")
def _code(a, b):
    d0, d1 = a[0, 0] - a[1, 0], a[0, 1] - a[1, 1]
    b0, b1 = b[0, 0] - b[0, 1], b[1, 0] - b[1, 1]
    code = 1 + (d0 > 0) - (d0 < 0)
    code = 3 * code + 1 + (d1 > 0) - (d1 < 0)
    code = 3 * code + 1 + (b0 > 0) - (b0 < 0)
    return 3 * code + 1 + (b1 > 0) - (b1 < 0)


@njit(cache=True, parallel=True)
def count(defender_payoffs, attacker_payoffs, codes, counts):
    """Fills ``codes`` and ``counts`` (games,) from payoffs (games, 2, 2)."""
    for game in prange(len(codes)):
        code = _code(defender_payoffs[game], attacker_payoffs[game])
        codes[game] = code
        counts[game] = COUNTS[code]


@njit(cache=True, parallel=True)
def fill(defender_payoffs, attacker_payoffs, codes, starts, index, defender, attacker, regret):
    """Fills game_index, both mixes and both relative regrets of every equilibrium, games in order."""
    for game in prange(len(codes)):
        a, b = defender_payoffs[game], attacker_payoffs[game]
        code, row = codes[game], starts[game]
        for which in range(COUNTS[code]):
            index[row] = game
            x = _mix(PAIRS[code, which, 0], b[0, 0] - b[0, 1], b[1, 0] - b[1, 1])
            y = _mix(PAIRS[code, which, 1], a[0, 0] - a[1, 0], a[0, 1] - a[1, 1])
            defender[row, 0], defender[row, 1] = x, 1 - x
            attacker[row, 0], attacker[row, 1] = y, 1 - y
            regret[row, 0] = _regret(a[0, 0] * y + a[0, 1] * (1 - y), a[1, 0] * y + a[1, 1] * (1 - y), x, a)
            regret[row, 1] = _regret(b[0, 0] * x + b[1, 0] * (1 - x), b[0, 1] * x + b[1, 1] * (1 - x), y, b)
            row += 1


@njit(cache=True, inline="always")
def _mix(kind, first_gain, second_gain):
    """The probability of the first strategy."""
    if kind == FIRST:
        return 1.0
    if kind == SECOND:
        return 0.0
    first, second = abs(first_gain) / 2, abs(second_gain) / 2
    return second / (first + second)


@njit(cache=True, inline="always")
def _regret(first, second, share, payoffs):
    """What a player could gain, relative to the range of that player's payoffs."""
    low = min(min(payoffs[0, 0], payoffs[0, 1]), min(payoffs[1, 0], payoffs[1, 1]))
    high = max(max(payoffs[0, 0], payoffs[0, 1]), max(payoffs[1, 0], payoffs[1, 1]))
    gain = max(first, second) - (share * first + (1 - share) * second)
    scale = high - low
    return max(gain, 0.0) / scale if scale > 0 else max(gain, 0.0)
