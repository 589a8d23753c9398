"""Compiled certificates of equilibria: the regret of each player, computed from the payoffs."""

from __future__ import annotations

import numpy as np

from advgame.equilibria.kernels.compiling import part
from advgame.equilibria.kernels.simd4 import larger, smaller
from advgame.games.tolerances import PLAYED

EXACT = 2e-15  # a regret that other floats are not sure to lessen

# Sums may be taken in any order: rounding is far below what a certificate allows.
QUICK = {"nnan", "ninf", "nsz", "reassoc", "contract"}


@part(error_model="numpy")
def spread_of(payoffs):
    """The range of payoffs."""
    low = high = payoffs[0, 0]
    for i in range(payoffs.shape[0]):
        for j in range(payoffs.shape[1]):
            low, high = smaller(low, payoffs[i, j]), larger(high, payoffs[i, j])
    return high - low


@part(error_model="numpy", forceinline=True)
def played(mixes, which, floor, out):
    """Writes the strategies played with a probability above a floor; returns how many there are.

    Args:
        mixes: (mixes, strategies) probabilities.
        which: the row that is looked at.
        floor: a probability counts as played above this.
        out: (strategies,) int64, filled from the start.
    """
    count = 0
    for i in range(mixes.shape[1]):
        out[count] = i
        count += mixes[which, i] > floor
    return count


@part(error_model="numpy", fastmath=QUICK, forceinline=True)
def regrets_of(a, b, x, y, which, range_a, range_b, rows, columns):
    """What each player could gain by another strategy, relative to the ranges given; absolute where one is 0.

    Only differences of payoffs of played strategies enter, so adding constants loses no digits.

    Args:
        a, b: payoffs (defences, attacks).
        x, y: mixed strategies (rows, defences) and (rows, attacks), of which ``which`` is used.
        which: that one.
        range_a, range_b: the ranges of the payoffs.
        rows, columns: space of shapes (defences,) and (attacks,).
    """
    m, n = a.shape
    p, q = played(x, which, 0.0, rows), played(y, which, 0.0, columns)
    best_a = best_b = -np.inf
    earned_a = earned_b = 0.0
    base_a, base_b = a[0, 0], b[0, 0]
    for i in range(m):
        pays = 0.0
        for c in range(q):
            pays += (a[i, columns[c]] - base_a) * y[which, columns[c]]
        best_a = larger(best_a, pays)
        earned_a += x[which, i] * pays
    for j in range(n):
        pays = 0.0
        for r in range(p):
            pays += (b[rows[r], j] - base_b) * x[which, rows[r]]
        best_b = larger(best_b, pays)
        earned_b += y[which, j] * pays
    one, other = larger(best_a - earned_a, 0.0), larger(best_b - earned_b, 0.0)
    return (one / range_a if range_a > 0 else one), (other / range_b if range_b > 0 else other)


@part()
def equalise(payoffs, rows, columns, size, transposed, system, mix):
    """Writes the positive mixed strategy of ``columns`` that makes ``rows`` indifferent; False if none does.

    With ``transposed`` the mixed strategy is of rows, against which the columns pay the same. All equations
    are of differences and in their unit, so that exact shifts and powers of two as scale change no bit.

    Args:
        payoffs: (defences, attacks) payoffs to the player who is made indifferent.
        rows: the first ``size`` entries are the defences of the support.
        columns: the first ``size`` entries are the attacks of the support.
        size: strategies of each player in the support.
        transposed: whether the mixed strategy is of rows.
        system: (size + 1, size + 2) space at least.
        mix: (size,) or longer, written in place.
    """
    width, unit, base = size + 1, 0.0, payoffs[rows[0], columns[0]]
    for r in range(size):
        for c in range(size):
            system[r, c] = payoffs[rows[c], columns[r]] if transposed else payoffs[rows[r], columns[c]]
            system[r, c] -= base
            unit = max(unit, abs(system[r, c]))
    unit = unit if unit > 0.0 else 1.0
    for r in range(size):
        system[r, size], system[r, width] = -unit, 0.0
    for c in range(size):
        system[size, c] = unit
    system[size, size], system[size, width] = 0.0, unit
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


@part(error_model="numpy")
def sharpened(a, b, x, y, which, one, two, range_a, range_b, rows, columns, system, mix, other):
    """Solves a profile's supports again from the payoffs if that reduces the regret; returns the regrets.

    Args:
        a, b, x, y, which, range_a, range_b, rows, columns: as for ``regrets_of``.
        one, two: the regrets so far.
        system: (size, size + 1) space, for size − 1 strategies in each support.
        mix, other: (size + defences,) and (size + attacks,) space; the ends keep the old mixed strategies.
    """
    p, q = played(x, which, PLAYED, rows), played(y, which, PLAYED, columns)
    if p != q:
        return one, two
    transposed = p == q  # no constant: for True and for False all would be compiled once more
    if not equalise(b, rows, columns, p, transposed, system, mix):
        return one, two
    if not equalise(a, rows, columns, p, not transposed, system, other):
        return one, two
    old_x, old_y = len(mix) - x.shape[1], len(other) - y.shape[1]
    for i in range(x.shape[1]):
        mix[old_x + i], x[which, i] = x[which, i], 0.0
    for j in range(y.shape[1]):
        other[old_y + j], y[which, j] = y[which, j], 0.0
    for k in range(p):
        x[which, rows[k]], y[which, columns[k]] = mix[k], other[k]
    gains = regrets_of(a, b, x, y, which, range_a, range_b, rows, columns)
    if larger(gains[0], gains[1]) <= larger(one, two):
        return gains
    for i in range(x.shape[1]):
        x[which, i] = mix[old_x + i]
    for j in range(y.shape[1]):
        y[which, j] = other[old_y + j]
    return one, two
