"""Detection of rank-1 games from their payoffs, by full cross approximation: slow and accurate.

The same steps as `advgame.games.rank_one_form`: both matrices are centred by rows and columns, and a t > 0 is
sought for which their sum is of rank 1, first where a 2 × 2 minor of the largest entries vanishes.
"""

from __future__ import annotations

import numpy as np

from advgame.equilibria.kernels.compiling import part
from advgame.games.tolerances import RANK_ONE_RESIDUE

# Sums may be taken in any order: what rests on them is checked against the payoffs at the end.
QUICK = {"nnan", "ninf", "nsz", "reassoc", "contract"}


@part(fastmath=QUICK)
def centred(payoffs, out):
    """Writes the payoffs, divided by their range and without their row and column means, into ``out``."""
    rows, columns = payoffs.shape
    low = high = payoffs[0, 0]
    for i in range(rows):
        for j in range(columns):
            low, high = min(low, payoffs[i, j]), max(high, payoffs[i, j])
    unit = 1.0 / (high - low) if high > low else 1.0
    for i in range(rows):
        mean = 0.0
        for j in range(columns):
            out[i, j] = payoffs[i, j] * unit
            mean += out[i, j]
        mean /= columns
        for j in range(columns):
            out[i, j] -= mean
    for j in range(columns):
        mean = 0.0
        for i in range(rows):
            mean += out[i, j]
        mean /= rows
        for i in range(rows):
            out[i, j] -= mean
    return unit


@part(fastmath=QUICK)
def largest_size(matrix):
    """The largest absolute value of the entries."""
    size = 0.0
    for i in range(matrix.shape[0]):
        for j in range(matrix.shape[1]):
            size = max(size, abs(matrix[i, j]))
    return size


@part()
def place_of(matrix, size):
    """The position of the first entry with an absolute value."""
    for i in range(matrix.shape[0]):
        for j in range(matrix.shape[1]):
            if abs(matrix[i, j]) >= size:
                return i, j
    return 0, 0


@part(fastmath=QUICK)
def products(a, b):
    """The sums of a·b and of b·b."""
    ab = bb = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            ab += a[i, j] * b[i, j]
            bb += b[i, j] * b[i, j]
    return ab, bb


@part()
def cancels(a, b, ratio, allowed):
    """Whether a + ratio·b vanishes up to rounding.

    Args:
        a, b: (rows, columns) centred payoffs of the defender and of the attacker.
        ratio: t, the factor of b.
        allowed: largest size of an entry that still counts as 0.
    """
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            if abs(a[i, j] + ratio * b[i, j]) > allowed:
                return False
    return True


@part(fastmath=QUICK)
def largest_of_sum(a, b, ratio):
    """The position and absolute value of the largest entry of a + ratio·b.

    Args:
        a, b: (rows, columns) centred payoffs of the defender and of the attacker.
        ratio: t, the factor of b.
    """
    size = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            size = max(size, abs(a[i, j] + ratio * b[i, j]))
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            if abs(a[i, j] + ratio * b[i, j]) >= size * (1 - 1e-12):
                return i, j, size
    return 0, 0, size


@part(fastmath=QUICK)
def residue(a, b, ratio, left, right):
    """Writes the rank-1 factors of a + ratio·b; returns the pivot's position and size, and the residue.

    Args:
        a, b: (rows, columns) centred payoffs of the defender and of the attacker.
        ratio: t, the factor of b.
        left: (rows,) the left factor, written in place.
        right: (columns,) the right factor, written in place.
    """
    rows, columns = a.shape
    r, c, size = largest_of_sum(a, b, ratio)
    pivot = a[r, c] + ratio * b[r, c]
    inverse = 1.0 / pivot if pivot != 0.0 else 0.0
    for i in range(rows):
        left[i] = a[i, c] + ratio * b[i, c]
    for j in range(columns):
        right[j] = (a[r, j] + ratio * b[r, j]) * inverse
    worst = 0.0
    for i in range(rows):
        for j in range(columns):
            worst = max(worst, abs(a[i, j] + ratio * b[i, j] - left[i] * right[j]))
    return r, c, size, worst


@part()
def worst_place(a, b, ratio, left, right):
    """The position of the largest residue of a + ratio·b after subtracting the rank-1 factors.

    Args:
        a, b: (rows, columns) centred payoffs of the defender and of the attacker.
        ratio: t, the factor of b.
        left: (rows,) the left factor.
        right: (columns,) the right factor.
    """
    at_row = at_column = 0
    worst = -1.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            value = abs(a[i, j] + ratio * b[i, j] - left[i] * right[j])
            if value > worst:
                worst, at_row, at_column = value, i, j
    return at_row, at_column


@part()
def entry_residue(a, b, ratio, r, c, i, j):
    """One entry of a + ratio·b less its cross approximation through (r, c).

    Args:
        a, b: (rows, columns) centred payoffs of the defender and of the attacker.
        ratio: t, the factor of b.
        r, c: row and column of the pivot of the approximation.
        i, j: row and column of the entry.
    """
    pivot = a[r, c] + ratio * b[r, c]
    value = a[i, j] + ratio * b[i, j]
    if pivot == 0.0:
        return value
    return value - (a[i, c] + ratio * b[i, c]) * (a[r, j] + ratio * b[r, j]) / pivot


@part()
def find_ratio(a, b, left, right):
    """A t > 0 for which a + t·b has rank 0 or 1, its factors written; 0 where there is none.

    Args:
        a, b: (rows, columns) centred payoffs of the defender and of the attacker.
        left: (rows,) the left factor, written in place.
        right: (columns,) the right factor, written in place.
    """
    size_a, size_b = largest_size(a), largest_size(b)
    if size_b <= RANK_ONE_RESIDUE or size_a == 0.0:
        return 0.0
    ab, bb = products(a, b)
    ratio = -ab / bb
    if ratio > 0 and cancels(a, b, ratio, RANK_ONE_RESIDUE * min(size_a, ratio * size_b)):
        left[:] = 0.0
        right[:] = 0.0
        return ratio
    if min(a.shape) == 2:  # two rows or columns, centred, are of rank 1 for every t
        return accepted_ratio(a, b, 1.0, size_a, size_b, left, right)
    row, column = place_of(b, size_b)
    ceiling = np.inf
    for _ in range(6):
        ceiling, other_row, other_column = opposite_corner(a, row, column, ceiling)
        if other_row < 0:
            return 0.0
        first, second = minor_roots(a, b, row, column, other_row, other_column)
        for root in (first, second):
            if root > 0:
                ratio = accepted_ratio(a, b, root, size_a, size_b, left, right)
                if ratio > 0:
                    return ratio
    return 0.0


@part()
def opposite_corner(a, row, column, ceiling):
    """The largest entry below ``ceiling`` outside a row and a column, and its place; -1 for none.

    Args:
        a: (rows, columns) centred payoffs.
        row, column: the row and the column that are left out.
        ceiling: only entries less than this in size count.
    """
    best, other_row, other_column = -1.0, -1, -1
    for i in range(a.shape[0]):
        if i != row:
            for j in range(a.shape[1]):
                if j != column and best < abs(a[i, j]) < ceiling:
                    best, other_row, other_column = abs(a[i, j]), i, j
    return best, other_row, other_column


@part()
def minor_roots(a, b, row, column, k, other):
    """The t for which the minor of a + t·b with two opposite corners is 0; 0 in place of one that is not.

    Args:
        a, b: (rows, columns) centred payoffs of the defender and of the attacker.
        row, column: one corner of the minor.
        k, other: the row and the column of the opposite corner.
    """
    square = b[row, column] * b[k, other] - b[row, other] * b[k, column]
    linear = a[row, column] * b[k, other] + b[row, column] * a[k, other]
    linear -= a[row, other] * b[k, column] + b[row, other] * a[k, column]
    constant = a[row, column] * a[k, other] - a[row, other] * a[k, column]
    root = np.sqrt(max(linear * linear - 4 * square * constant, 0.0))
    half = -(linear + (root if linear >= 0 else -root)) / 2
    first = half / square if square != 0.0 else 0.0
    second = constant / half if half != 0.0 else 0.0
    return (first if np.isfinite(first) else 0.0), (second if np.isfinite(second) else 0.0)


@part()
def accepted_ratio(a, b, ratio, size_a, size_b, left, right):
    """The candidate, sharpened by secant steps if it nearly fits; 0 if it does not fit.

    Args:
        a, b: (rows, columns) centred payoffs of the defender and of the attacker.
        ratio: t, the candidate.
        size_a, size_b: size of the largest entry of a and of b.
        left: (rows,) the left factor, written in place.
        right: (columns,) the right factor, written in place.
    """
    for _ in range(3):
        r, c, size, worst = residue(a, b, ratio, left, right)
        if worst <= RANK_ONE_RESIDUE * min(size_a, ratio * size_b):
            return ratio
        if worst > 1e-3 * size:
            return 0.0
        i, j = worst_place(a, b, ratio, left, right)
        here, nudge = entry_residue(a, b, ratio, r, c, i, j), 1e-5 * ratio
        slope = (entry_residue(a, b, ratio + nudge, r, c, i, j) - here) / nudge
        if slope == 0.0 or not np.isfinite(slope) or abs(here / slope) > 0.1 * ratio:
            return 0.0
        ratio -= here / slope
    return 0.0
