"""All equilibria of many adversary–defender games, compiled: structure, walk and certificate, game by game.

A game is brought to its rank-1 form (`detection`), walked along its intensity of attack, on a dense tableau
(`tableau_walk`) or, where it is large, on what is played only (`support_walk`), and every equilibrium met is
held against the payoffs.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from advgame.equilibria.kernels.crossings import CROWDED, LOST, NEAR, SOLVED, TIED, UNSTRUCTURED
from advgame.equilibria.kernels.detection import lines_for, rank_one_form
from advgame.equilibria.kernels.quads import larger, smaller
from advgame.equilibria.kernels.support_walk import desk, support_walk
from advgame.equilibria.kernels.tableau_walk import tableau, walk, walk_from

__all__ = [
    "CROWDED",
    "LOST",
    "SOLVED",
    "TIED",
    "UNSTRUCTURED",
    "equalise",
    "polish",
    "regrets",
    "solve_many",
    "walk",
]

LARGE = 6000  # payoffs of a player, from which on walking on what is played is quicker
EXACT = 2e-15  # a regret that no other mix of floats is sure to lessen
CERTAIN = 2e-9  # the largest regret of an equilibrium

# Sums may be taken in any order: what rests on them is checked against the payoffs at the end.
QUICK = {"nnan", "ninf", "nsz", "reassoc", "contract"}


@njit(cache=True, parallel=True)
def solve_many(a, b, blocks, counts, status, filled, defender, attacker, regret):
    """Writes the equilibria of all games, those of each block of games one after the other.

    Args:
        a, b: payoffs (games, defences, attacks).
        blocks: into how many parts the games are divided among threads.
        counts, status: (games,) how many equilibria were met, and what became of a game.
        filled: (blocks,) how many equilibria were written.
        defender, attacker, regret: (blocks, room, defences), (blocks, room, attacks), (blocks, room, 2). A
            game for whose equilibria there is no room left is crowded, and none of them is written.
    """
    for block in prange(blocks):
        filled[block] = solve_some(
            a, b, block, blocks, counts, status, defender[block], attacker[block], regret[block]
        )


@njit(cache=True, error_model="numpy")
def solve_some(a, b, block, blocks, counts, status, defender, attacker, regret):
    """Writes the equilibria of one block of games, and gives back how many there are."""
    games, m, n = a.shape
    large = m * n >= LARGE
    idle, slope, intensity = np.empty(m), np.empty(m), np.empty(n)
    left, lines = np.empty(m), lines_for(n)
    table = np.empty((0, 0)) if large else tableau(m, n)
    basic, nonbasic = np.empty(n, np.int64), np.empty(m, np.int64)
    at = desk(m, n) if large else desk(1, 1)
    size = min(m, n) + 1
    system, mix, other = np.empty((size, size + 1)), np.empty(size), np.empty(size)
    rows, columns = np.empty(m, np.int64), np.empty(n, np.int64)
    written = 0
    for game in range(block * games // blocks, (block + 1) * games // blocks):
        counts[game] = 0
        gain, row, range_a, range_b = rank_one_form(a[game], b[game], idle, slope, intensity, left, lines)
        if gain <= 0:
            status[game] = UNSTRUCTURED
            continue
        if written == len(defender):
            status[game] = CROWDED
            continue
        x, y = defender[written:], attacker[written:]
        if large:
            met, state = support_walk(b[game], gain, idle, slope, intensity, row, False, at, x, y)
        else:
            met, state = walk_from(
                b[game], gain, idle, slope, intensity, row, False, table, basic, nonbasic, x, y
            )
        status[game] = state
        if state == CROWDED:
            continue
        for k in range(written, written + met):
            gains = regrets_of(a[game], b[game], defender, attacker, k, range_a, range_b, rows, columns)
            if max(gains[0], gains[1]) >= EXACT:
                gains = sharpened(
                    a[game], b[game], defender, attacker, k, gains, range_a, range_b, rows, columns, system, mix, other
                )
            regret[k, 0], regret[k, 1] = gains
            if not max(gains[0], gains[1]) <= CERTAIN:
                status[game] = LOST
        counts[game] = met
        written += met
    return written


@njit(cache=True)
def regrets(a, b, x, y):
    """What each player could gain by another reply, relative to that player's payoff range."""
    rows, columns = np.empty(len(x), np.int64), np.empty(len(y), np.int64)
    mixes = x.reshape(1, len(x)), y.reshape(1, len(y))
    return regrets_of(a, b, *mixes, 0, spread_of(a), spread_of(b), rows, columns)


@njit(cache=True, error_model="numpy")
def spread_of(payoffs):
    """The range of payoffs."""
    low = high = payoffs[0, 0]
    for i in range(payoffs.shape[0]):
        for j in range(payoffs.shape[1]):
            low, high = smaller(low, payoffs[i, j]), larger(high, payoffs[i, j])
    return high - low


@njit(cache=True, error_model="numpy", forceinline=True)
def played(mixes, which, floor, out):
    """Writes the strategies that a mix plays with more than a floor, and gives back how many they are."""
    count = 0
    for i in range(mixes.shape[1]):
        out[count] = i
        count += mixes[which, i] > floor
    return count


@njit(cache=True, error_model="numpy", fastmath=QUICK, forceinline=True)
def regrets_of(a, b, x, y, which, range_a, range_b, rows, columns):
    """What each player could gain by another reply, relative to the ranges given; absolute where one is 0.

    Only what is played is multiplied.

    Args:
        a, b: payoffs (defences, attacks).
        x, y: mixes (mixes, defences) and (mixes, attacks), of which one each is meant.
        which: that one.
        range_a, range_b: the ranges of the payoffs.
        rows, columns: space of shapes (defences,) and (attacks,).
    """
    m, n = a.shape
    p, q = played(x, which, 0.0, rows), played(y, which, 0.0, columns)
    best_a = best_b = -np.inf
    earned_a = earned_b = 0.0
    for i in range(m):
        pays = 0.0
        for c in range(q):
            pays += a[i, columns[c]] * y[which, columns[c]]
        best_a = larger(best_a, pays)
        earned_a += x[which, i] * pays
    for j in range(n):
        pays = 0.0
        for r in range(p):
            pays += b[rows[r], j] * x[which, rows[r]]
        best_b = larger(best_b, pays)
        earned_b += y[which, j] * pays
    one, other = larger(best_a - earned_a, 0.0), larger(best_b - earned_b, 0.0)
    return (one / range_a if range_a > 0 else one), (other / range_b if range_b > 0 else other)


@njit(cache=True)
def equalise(payoffs, rows, columns, size, transposed, system, mix):
    """Writes the positive mix of ``columns`` against which ``rows`` pay the same; False where there is none.

    With ``transposed`` the mix is of rows, against which the columns pay the same.
    """
    width = size + 1
    for r in range(size):
        for c in range(size):
            system[r, c] = payoffs[rows[c], columns[r]] if transposed else payoffs[rows[r], columns[c]]
        system[r, size], system[r, width] = -1.0, 0.0
    for c in range(size):
        system[size, c] = 1.0
    system[size, size], system[size, width] = 0.0, 1.0
    for k in range(width):  # elimination with partial pivoting
        top = k
        for r in range(k + 1, width):
            if abs(system[r, k]) > abs(system[top, k]):
                top = r
        if system[top, k] == 0.0:
            return False
        if top != k:
            for c in range(k, width + 1):
                system[k, c], system[top, c] = system[top, c], system[k, c]
        for r in range(k + 1, width):
            factor = system[r, k] / system[k, k]
            if factor != 0.0:
                for c in range(k + 1, width + 1):
                    system[r, c] -= factor * system[k, c]
    for k in range(width - 1, -1, -1):
        value = system[k, width]
        for c in range(k + 1, width):
            value -= system[k, c] * system[c, width]
        system[k, width] = value / system[k, k]
    for c in range(size):
        if not (system[c, width] > 0.0) or system[c, width] > 2.0:
            return False
        mix[c] = system[c, width]
    return True


@njit(cache=True)
def polish(a, b, x, y, rows, columns, system, mix, other):
    """Solves the supports of a profile anew from the payoffs, where that leaves less regret; its regrets."""
    mixes = x.reshape(1, len(x)), y.reshape(1, len(y))
    ranges = spread_of(a), spread_of(b)
    before = regrets_of(a, b, *mixes, 0, *ranges, rows, columns)
    if max(before[0], before[1]) < EXACT:
        return before
    return sharpened(a, b, *mixes, 0, before, *ranges, rows, columns, system, mix, other)


@njit(cache=True, error_model="numpy")
def sharpened(a, b, x, y, which, before, range_a, range_b, rows, columns, system, mix, other):
    """Solves the supports of a profile anew from the payoffs, where that leaves less regret; its regrets.

    Args:
        a, b, x, y, which, range_a, range_b, rows, columns: as for ``regrets_of``.
        before: the regrets so far.
        system, mix, other: space of shapes (size, size + 1), (size,), (size,) for size − 1 strategies played.
    """
    p, q = played(x, which, NEAR, rows), played(y, which, NEAR, columns)
    if p != q:
        return before
    if not equalise(b, rows, columns, p, True, system, mix):
        return before
    if not equalise(a, rows, columns, p, False, system, other):
        return before
    old_x, old_y = x[which].copy(), y[which].copy()
    x[which] = 0.0
    y[which] = 0.0
    for k in range(p):
        x[which, rows[k]], y[which, columns[k]] = mix[k], other[k]
    after = regrets_of(a, b, x, y, which, range_a, range_b, rows, columns)
    if max(after[0], after[1]) <= max(before[0], before[1]):
        return after
    x[which] = old_x
    y[which] = old_y
    return before
