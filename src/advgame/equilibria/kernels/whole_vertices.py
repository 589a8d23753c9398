"""Every vertex of a degenerate best-response polytope, in 64-bit integers: exact, or refused.

The polytope is {z ≥ 0 : M z ≤ 1} for integer M ≥ 1. All bases that are feasible for the lexicographically
perturbed right-hand side are visited along its edges from the origin; several may belong to one vertex.
Pivots are fraction-free (Edmonds 1967; Bareiss 1968): every entry is an integer over one common
denominator. A tableau with an entry of 2³¹ or more is refused, so that no product overflows.
"""

from __future__ import annotations

import numpy as np

from advgame.equilibria.kernels.compiling import njit, part

DONE, OVERFLOW, FULL = range(3)  # what became of the search
LARGEST = 2**31 - 1


@part()
def before(table, basic, nonbasic, unit, first_slack, column, one, other):
    """Whether a row stops the entering column before another, ties decided lexicographically.

    Args:
        table: (replies, own strategies + 1) int64, the tableau times ``unit``.
        basic: (replies,) labels of the rows.
        nonbasic: (own strategies,) labels of the columns.
        unit: the common denominator of the tableau.
        first_slack: the label of the first slack.
        column: the column of the variable that enters.
        one, other: the two rows.
    """
    replies, own = table.shape[0], table.shape[1] - 1
    p, q = table[one, column], table[other, column]
    difference = table[one, own] * q - table[other, own] * p
    if difference != 0:
        return difference < 0
    for slack in range(first_slack, first_slack + replies):
        first, second = np.int64(0), np.int64(0)
        if basic[one] == slack:
            first = unit
        elif basic[other] == slack:
            second = unit
        else:
            for k in range(own):
                if nonbasic[k] == slack:
                    first, second = table[one, k], table[other, k]
        difference = first * q - second * p
        if difference != 0:
            return difference < 0
    return False


@part()
def leaving_row(table, basic, nonbasic, unit, first_slack, column):
    """The row that stops the entering column first: there is one, because M is positive.

    Args:
        table: (replies, own strategies + 1) int64, the tableau times ``unit``.
        basic: (replies,) labels of the rows.
        nonbasic: (own strategies,) labels of the columns.
        unit: the common denominator of the tableau.
        first_slack: the label of the first slack.
        column: the column of the variable that enters.
    """
    row = -1
    for i in range(table.shape[0]):
        if table[i, column] > 0 and (
            row < 0 or before(table, basic, nonbasic, unit, first_slack, column, i, row)
        ):
            row = i
    return row


@part()
def exchange(table, moved, unit, row, column):
    """Writes the tableau after a pivot, whose entry is the new denominator; returns its largest entry.

    Args:
        table: (replies, own strategies + 1) int64, the tableau times ``unit``.
        moved: of the same shape, written in place.
        unit: the common denominator of the tableau.
        row: the row of the variable that leaves.
        column: the column of the variable that enters.
    """
    rows, columns = table.shape
    pivot, largest = table[row, column], np.int64(0)
    for i in range(rows):
        factor = table[i, column]
        for j in range(columns):
            if i == row:
                moved[i, j] = table[i, j]
            else:
                moved[i, j] = (table[i, j] * pivot - factor * table[row, j]) // unit
        if i != row:
            moved[i, column] = -factor
    moved[row, column] = unit
    for i in range(rows):
        for j in range(columns):
            largest = max(largest, abs(moved[i, j]))
    return largest


@njit(nogil=True)
def search(matrix, first_own, first_slack, tables, bases, positive, values):
    """Writes the vertices of all bases.

    Args:
        matrix: M, (replies, own strategies), whole numbers from 1 on; replies and own strategies: 63 at most.
        first_own, first_slack: the labels of the first own strategy and of the first slack.
        tables: (depth, replies, own strategies + 1) and bases: (depth, replies + own strategies + 1), room
            for tableaus that wait.
        positive: (room,) filled with the labels of the variables that are not 0, as bits.
        values: (room, own strategies) filled with a multiple of the vertex.

    Returns:
        How many bases were found, and what became of the search.
    """
    replies, own = matrix.shape
    for i in range(replies):
        for k in range(own):
            tables[0, i, k] = matrix[i, k]
        tables[0, i, own] = 1
        bases[0, i] = first_slack + i
    for k in range(own):
        bases[0, replies + k] = first_own + k
    bases[0, replies + own] = 1  # the denominator
    start = np.uint64(0)
    for i in range(replies):
        start |= np.uint64(1) << np.uint64(first_slack + i)
    seen = {start}
    waiting, count = 1, 0
    table, labels = np.empty((replies, own + 1), np.int64), np.empty(replies + own + 1, np.int64)
    while waiting > 0:
        waiting -= 1
        table[:], labels[:] = tables[waiting], bases[waiting]
        basic, nonbasic, unit = labels[:replies], labels[replies:-1], labels[replies + own]
        if count == len(positive):
            return count, FULL
        inside, bits = np.uint64(0), np.uint64(0)
        values[count] = 0
        for i in range(replies):
            bit = np.uint64(1) << np.uint64(basic[i])
            inside |= bit
            if table[i, own] > 0:
                bits |= bit
                if first_own <= basic[i] < first_own + own:
                    values[count, basic[i] - first_own] = table[i, own]
        positive[count] = bits
        count += 1
        for k in range(own):
            row = leaving_row(table, basic, nonbasic, unit, first_slack, k)
            neighbour = (
                inside ^ (np.uint64(1) << np.uint64(basic[row])) ^ (np.uint64(1) << np.uint64(nonbasic[k]))
            )
            if neighbour in seen:
                continue
            seen.add(neighbour)
            if waiting == len(tables):
                return count, FULL
            if exchange(table, tables[waiting], unit, row, k) > LARGEST:
                return count, OVERFLOW
            bases[waiting] = labels
            bases[waiting, row], bases[waiting, replies + k] = nonbasic[k], basic[row]
            bases[waiting, replies + own] = table[row, k]
            waiting += 1
    return count, DONE


@njit(nogil=True)
def meet(of_x, of_y, pairs):
    """Writes the places of pairs in which every label is 0 in one of both; returns how many there are.

    Args:
        of_x, of_y: (vertices,) labels that are not 0, as bits, of either player.
        pairs: (room, 2) written in place as far as it reaches.
    """
    count = 0
    for i in range(len(of_x)):
        for j in range(len(of_y)):
            if of_x[i] & of_y[j] == 0:
                if count < len(pairs):
                    pairs[count, 0], pairs[count, 1] = i, j
                count += 1
    return count
