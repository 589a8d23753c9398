"""Every vertex of a best-response polytope by reverse search, in floating point with error estimates.

The polytope {z ≥ 0 : M z ≤ 1}, 1 ≤ M ≤ 2, has the origin as the only minimum of a positive cost. From every
other vertex Dantzig's rule leads to a parent of less cost, so that the vertices form a tree whose root is the
origin; it is searched depth first by finding the neighbours whose parent the current vertex is (Avis and
Fukuda 1992, doi:10.1007/BF02293050). Nothing is stored but the tableaus between the root and the current
vertex. The same tree, descended at random, gives an estimate of its size before it is searched (Knuth 1975;
Avis and Devroye 2000).

The result is right if no basic variable of any vertex is 0, and every sign that was decided is that of the
exact number. A checksum column measures the rounding of each tableau; a basic variable less than a safe
multiple of it makes the polytope ``TIED``. As a further check, the numbers h_k of vertices with k edges of
rising cost must read the same from both ends (Dehn and Sommerville), which the caller tests.
"""

from __future__ import annotations

import numpy as np

from advgame.equilibria.kernels.compiling import njit

DONE, TIED, BLURRED, FULL, DEEP = range(5)  # what became of a search; BLURRED: another cost may do
SAFE = 1e3  # a basic variable must exceed the tableau's measured rounding by this factor
LEAST = 1e-12  # … and this
ROUNDING = 1.5e-14  # 64 units of rounding: what mapping payoffs to [1, 2] costs, per size of the tableau
MOST_DEEP = 400  # vertices between the root and any other

# Columns after those of the k nonbasic variables.
LEVEL, CHECK = 0, 1


@njit(error_model="numpy")
def start(matrix, first_own, first_slack, cost, table, basic, nonbasic):
    """Writes the tableau of the origin.

    Args:
        matrix: M, (replies, own strategies).
        first_own, first_slack: the labels of the first own strategy and of the first slack.
        cost: (own strategies,), positive.
        table: (replies + 1, own strategies + 2), its last row for the reduced costs.
        basic, nonbasic: (replies,), (own strategies,) labels.
    """
    replies, own = matrix.shape
    for i in range(replies):
        total = 2.0
        for k in range(own):
            table[i, k] = matrix[i, k]
            total += matrix[i, k]
        table[i, own + LEVEL], table[i, own + CHECK] = 1.0, total
        basic[i] = first_slack + i
    for k in range(own):
        table[replies, k] = cost[k]
        nonbasic[k] = first_own + k
    table[replies, own + LEVEL] = table[replies, own + CHECK] = 0.0


@njit(error_model="numpy")
def margin(table):
    """How small a basic variable may be for its sign to be certain."""
    replies, own = table.shape[0] - 1, table.shape[1] - 2
    worst, largest = 0.0, 0.0
    for i in range(replies):
        total, size = 1.0 + table[i, own + LEVEL], 1.0
        for k in range(own):
            total += table[i, k]
            size += abs(table[i, k])
        worst = max(worst, abs(total - table[i, own + CHECK]))
        largest = max(largest, size)
    return LEAST + SAFE * worst + ROUNDING * largest


@njit(error_model="numpy")
def edges(table, least, row_of, ratio):
    """Writes for every column the row that stops it first; False where a neighbour has a variable near 0.

    Args:
        table: (replies + 1, own strategies + 2) a tableau.
        least: a variable below this may be 0; see ``margin``.
        row_of: (own strategies,) int64, written in place.
        ratio: (own strategies,) written in place: how far each edge leads.
    """
    replies, own = table.shape[0] - 1, table.shape[1] - 2
    for k in range(own):
        ratio[k], row_of[k] = np.inf, -1
    for i in range(replies):
        level = table[i, own + LEVEL]
        for k in range(own):
            if table[i, k] > 0.0 and level < ratio[k] * table[i, k]:
                ratio[k], row_of[k] = level / table[i, k], i
    nearest = np.inf
    for i in range(replies):
        level = table[i, own + LEVEL]
        for k in range(own):
            left = level - ratio[k] * table[i, k] if row_of[k] != i else ratio[k]
            nearest = min(nearest, left)
    return nearest > least


@njit(error_model="numpy")
def is_child(table, row, column):
    """Whether Dantzig's rule leads from the neighbour along a column back: 1 yes, 0 no, -1 uncertain.

    Args:
        table: (replies + 1, own strategies + 2) a tableau.
        row: the row of the variable that leaves.
        column: the column of the variable that enters.
    """
    replies, own = table.shape[0] - 1, table.shape[1] - 2
    pivot, cost = table[row, column], table[replies, column]
    uncertain = False
    for k in range(own):
        if k != column:
            ahead = table[replies, k] * pivot + cost * (1.0 - table[row, k])
            blur = 1e-11 * (abs(table[replies, k] * pivot) + cost * (1.0 + abs(table[row, k])))
            if ahead < -blur:
                return 0
            uncertain |= ahead <= blur
    return -1 if uncertain else 1


@njit(error_model="numpy")
def exchange(table, moved, row, column):
    """Writes the tableau in which a basic and a nonbasic variable have changed places.

    Args:
        table: (replies + 1, own strategies + 2) a tableau.
        moved: of the same shape, written in place.
        row: the row of the variable that leaves.
        column: the column of the variable that enters.
    """
    rows, columns = table.shape
    own = columns - 2
    inverse = 1.0 / table[row, column]
    for j in range(columns):
        moved[row, j] = table[row, j] * inverse
    for i in range(rows):
        if i != row:
            factor = table[i, column]
            for j in range(columns):
                moved[i, j] = table[i, j] - factor * moved[row, j]
            moved[i, column] = -factor * inverse
    moved[row, column] = inverse
    moved[rows - 1, own + LEVEL] = moved[rows - 1, own + CHECK] = 0.0


@njit(error_model="numpy")
def descend(tables, basics, nonbasics, depth, row, column):
    """Goes down to a child.

    Args:
        tables: (depths, replies + 1, own strategies + 2) of which ``depth`` + 1 is written in place.
        basics, nonbasics: (depths, replies) and (depths, own strategies) labels, written likewise.
        depth: where the parent stands.
        row: the row of the variable that leaves.
        column: the column of the variable that enters.
    """
    exchange(tables[depth], tables[depth + 1], row, column)
    basics[depth + 1], nonbasics[depth + 1] = basics[depth], nonbasics[depth]
    basics[depth + 1, row], nonbasics[depth + 1, column] = nonbasics[depth, column], basics[depth, row]


@njit(error_model="numpy", nogil=True)
def search(matrix, first_own, first_slack, cost, found, rising):
    """Writes the sets of basic variables of all vertices.

    Args:
        matrix, first_own, first_slack: as for ``start``; cost: (own strategies,), positive and generic.
        found: (room, words) of 64 bits each, bit b set where label b is basic.
        rising: (own strategies + 1,), filled with the number of vertices with so many edges of rising cost.

    Returns:
        How many vertices were found, and what became of the search.
    """
    replies, own = matrix.shape
    tables = np.empty((MOST_DEEP + 1, replies + 1, own + 2))
    basics, nonbasics = np.empty((MOST_DEEP + 1, replies), np.int64), np.empty((MOST_DEEP + 1, own), np.int64)
    row_of, ratio = np.empty((MOST_DEEP + 1, own), np.int64), np.empty(own)
    column_at = np.zeros(MOST_DEEP + 1, np.int64)
    start(matrix, first_own, first_slack, cost, tables[0], basics[0], nonbasics[0])
    depth, count, new = 0, 0, True
    rising[:] = 0
    while depth >= 0:
        table = tables[depth]
        if new:
            if count == len(found):
                return count, FULL
            found[count] = 0
            for label in basics[depth]:
                found[count, label >> 6] |= np.uint64(1) << np.uint64(label & 63)
            count += 1
            if not edges(table, margin(table), row_of[depth], ratio):
                return count, TIED
            up = 0
            for k in range(own):
                up += table[replies, k] > 0.0
            rising[up] += 1
            column_at[depth], new = 0, False
        k = column_at[depth]
        if k == own:
            depth -= 1
            continue
        column_at[depth] = k + 1
        if table[replies, k] <= 0.0:
            continue
        state = is_child(table, row_of[depth, k], k)
        if state < 0:
            return count, BLURRED
        if state:
            if depth == MOST_DEEP:
                return count, DEEP
            descend(tables, basics, nonbasics, depth, row_of[depth, k], k)
            depth, new = depth + 1, True
    return count, DONE


@njit(error_model="numpy", nogil=True)
def estimate(matrix, cost, probes, most):
    """How many vertices there are about, from random ways down the tree; at least the number seen.

    Args:
        matrix, cost: as for ``search``.
        probes: how many ways are tried; most: a number beyond which the exact size does not matter.

    Returns:
        The mean over the probes of 1 + c₁ + c₁c₂ + …, where cₖ is the number of children at depth k.
    """
    replies, own = matrix.shape
    tables = np.empty((2, replies + 1, own + 2))
    basics, nonbasics = np.empty((2, replies), np.int64), np.empty((2, own), np.int64)
    row_of, ratio, children = np.empty(own, np.int64), np.empty(own), np.empty(own, np.int64)
    total, state = 0.0, np.uint64(88172645463325252)
    for probe in range(probes):
        start(matrix, 0, own, cost, tables[0], basics[0], nonbasics[0])
        product = 1.0
        total += 1.0
        for _ in range(MOST_DEEP):
            edges(tables[0], 0.0, row_of, ratio)
            count = 0
            for k in range(own):
                if tables[0, replies, k] > 0.0 and is_child(tables[0], row_of[k], k) == 1:
                    children[count] = k
                    count += 1
            if count == 0:
                break
            product *= count
            total += product
            if total > most * probes:
                return total / (probe + 1)
            state ^= state << np.uint64(13)  # Marsaglia's xorshift: the same ways every time
            state ^= state >> np.uint64(7)
            state ^= state << np.uint64(17)
            k = children[np.int64(state % np.uint64(count))]
            descend(tables, basics, nonbasics, 0, row_of[k], k)
            tables[0], basics[0], nonbasics[0] = tables[1], basics[1], nonbasics[1]
    return total / probes
