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
rising cost must be symmetric (Dehn–Sommerville), which the caller tests.
"""

from __future__ import annotations

import numpy as np

from advgame.equilibria.kernels.compiling import njit, part
from advgame.equilibria.kernels.simd4 import (
    WIDTH,
    larger,
    load,
    padded,
    sizes,
    smaller,
    smallest,
    spread,
    store,
    total,
    where_above,
)

DONE, TIED, BLURRED, FULL, DEEP = range(5)  # what became of a search; BLURRED: another cost may do
SAFE = 1e3  # a basic variable must exceed the tableau's measured rounding by this factor
LEAST = 1e-12  # … and this
ROUNDING = 1.5e-14  # 64 units of rounding: what mapping payoffs to [1, 2] costs, per size of the tableau
MOST_DEEP = 400  # vertices between the root and any other

# Columns after those of the k nonbasic variables; rows are padded with zeros to whole quads.
LEVEL, CHECK = 0, 1


@part(error_model="numpy")
def start(matrix, first_own, first_slack, cost, table, basic, nonbasic):
    """Writes the tableau of the origin.

    Args:
        matrix: M, (replies, own strategies).
        first_own, first_slack: the labels of the first own strategy and of the first slack.
        cost: (own strategies,), positive.
        table: (replies + 1, padded(own strategies + 2)), its last row for the reduced costs. The check is
            what a row's other entries, with its column of the identity, sum to, with the other sign.
        basic, nonbasic: (replies,), (own strategies,) labels.
    """
    replies, own = matrix.shape
    table[:] = 0.0
    for i in range(replies):
        check = -2.0
        for k in range(own):
            table[i, k] = matrix[i, k]
            check -= matrix[i, k]
        table[i, own + LEVEL], table[i, own + CHECK] = 1.0, check
        basic[i] = first_slack + i
    for k in range(own):
        table[replies, k] = cost[k]
        nonbasic[k] = first_own + k


@part(error_model="numpy")
def margin(table, own):
    """The smallest basic variable whose sign is certain.

    Args:
        table: (replies + 1, padded(own strategies + 2)) a tableau.
        own: number of own strategies.
    """
    worst, largest = 0.0, 0.0
    for i in range(table.shape[0] - 1):
        entries = load(table, i, 0)
        sums, size = entries, sizes(entries)
        for q in range(WIDTH, table.shape[1], WIDTH):
            entries = load(table, i, q)
            sums, size = sums + entries, size + sizes(entries)
        worst = larger(worst, abs(1.0 + total(sums)))
        beside = abs(table[i, own + LEVEL]) + abs(table[i, own + CHECK])
        largest = larger(largest, 1.0 + total(size) - beside)
    return LEAST + SAFE * worst + ROUNDING * largest


@part(error_model="numpy")
def edges(table, own, row_of, room, inverse):
    """Writes for every column the row that stops it first; returns the least variable of all neighbours.

    Args:
        table: (replies + 1, padded(own strategies + 2)) a tableau.
        own: number of own strategies.
        row_of: (own strategies,) int64, written in place.
        room: (2, padded(own strategies + 2)) space.
        inverse: (replies,) space.
    """
    replies, width = table.shape[0] - 1, table.shape[1]
    one, half, never = spread(1.0), spread(0.5), spread(np.inf)
    for i in range(replies):
        inverse[i] = 1.0 / table[i, own + LEVEL]
    for q in range(0, width, WIDTH):
        most = row = spread(0.0)
        number = 0.0
        for i in range(replies):  # what share of the level a row loses per unit of the variable
            share = load(table, i, q) * spread(inverse[i])
            row = where_above(share, most, spread(number), row)
            most = larger(share, most)
            number += 1.0
        ratio = one / most  # how far each edge leads
        nearest, number = ratio, 0.0
        for i in range(replies):  # what is left of the level, but where the row stops the column
            left = spread(table[i, own + LEVEL]) - ratio * load(table, i, q)
            left = where_above(sizes(spread(number) - row), half, left, never)
            nearest = smaller(left, nearest)
            number += 1.0
        store(row, room, 0, q)
        store(nearest, room, 1, q)
    nearest_of_all = np.inf
    for k in range(own):
        row_of[k] = np.int64(room[0, k])
        nearest_of_all = smaller(room[1, k], nearest_of_all)
    return nearest_of_all


@part(error_model="numpy")
def children(table, own, row_of, beside, kids):
    """Writes the columns along which the neighbours' parent is this vertex, by Dantzig's rule; how many.

    Args:
        table: (replies + 1, padded(own strategies + 2)) a tableau.
        own: number of own strategies.
        row_of: (own strategies,) from ``edges``.
        beside: (1, padded(own strategies + 2)), 0 for own strategies and infinite for other columns.
        kids: (own strategies,) written in place.

    Returns:
        The number of children; -1 where rounding leaves one uncertain.
    """
    last, width, count = table.shape[0] - 1, table.shape[1], 0
    one, blur = spread(1.0), spread(1e-11)
    for k in range(own):
        if table[last, k] > 0.0:
            row, beside[0, k] = row_of[k], np.inf
            pivot, cost = spread(table[row, k]), spread(table[last, k])
            low = high = spread(np.inf)
            for q in range(0, width, WIDTH):  # the reduced costs at the neighbour, less that of going back
                first, second, other = load(table, last, q) * pivot, load(table, row, q), load(beside, 0, q)
                ahead = first + cost * (one - second) + other
                near = blur * (sizes(first) + cost * (one + sizes(second)))
                low, high = smaller(ahead - near, low), smaller(ahead + near, high)
            beside[0, k] = 0.0
            if smallest(low) > 0.0:
                kids[count] = k
                count += 1
            elif smallest(high) >= 0.0:
                return -1
    return count


@part(error_model="numpy")
def exchange(table, moved, own, row, column):
    """Writes the tableau in which a basic and a nonbasic variable have changed places.

    Args:
        table: (replies + 1, padded(own strategies + 2)) a tableau.
        moved: of the same shape, written in place.
        own: number of own strategies.
        row: the row of the variable that leaves.
        column: the column of the variable that enters.
    """
    rows, width = table.shape
    inverse = 1.0 / table[row, column]
    scale = spread(inverse)
    for q in range(0, width, WIDTH):
        store(load(table, row, q) * scale, moved, row, q)
    for i in range(rows):
        if i != row:
            factor = spread(table[i, column])
            for q in range(0, width, WIDTH):
                store(load(table, i, q) - factor * load(moved, row, q), moved, i, q)
            moved[i, column] = -table[i, column] * inverse
    moved[row, column] = inverse
    moved[rows - 1, own + LEVEL] = moved[rows - 1, own + CHECK] = 0.0


@part(error_model="numpy")
def descend(tables, basics, nonbasics, depth, row, column):
    """Moves to a child of the current vertex.

    Args:
        tables: (depths, replies + 1, padded(own strategies + 2)) of which ``depth`` + 1 is written in place.
        basics, nonbasics: (depths, replies) and (depths, own strategies) labels, written likewise.
        depth: where the parent stands.
        row: the row of the variable that leaves.
        column: the column of the variable that enters.
    """
    replies, own = basics.shape[1], nonbasics.shape[1]
    exchange(tables[depth], tables[depth + 1], own, row, column)
    for i in range(replies):
        basics[depth + 1, i] = basics[depth, i]
    for k in range(own):
        nonbasics[depth + 1, k] = nonbasics[depth, k]
    basics[depth + 1, row], nonbasics[depth + 1, column] = nonbasics[depth, column], basics[depth, row]


@part(error_model="numpy", allocates=True)
def columns_beside(own):
    """The argument of ``children``: (1, padded(own strategies + 2))."""
    beside = np.zeros((1, padded(own + 2)))
    beside[0, own:] = np.inf
    return beside


@njit(error_model="numpy", nogil=True)
def search(matrix, first_own, first_slack, cost, vertices, rising):
    """Writes the sets of basic variables of all vertices.

    Args:
        matrix, first_own, first_slack: as for ``start``; cost: (own strategies,), positive and generic.
        vertices: (room, words) of 64 bits each, bit b set where label b is basic.
        rising: (own strategies + 1,), filled with the number of vertices with so many edges of rising cost.

    Returns:
        How many vertices were found, and what became of the search.
    """
    replies, own = matrix.shape
    words, width = vertices.shape[1], padded(own + 2)
    tables = np.empty((MOST_DEEP + 1, replies + 1, width))
    basics, nonbasics = np.empty((MOST_DEEP + 1, replies), np.int64), np.empty((MOST_DEEP + 1, own), np.int64)
    rows, kids = np.empty((MOST_DEEP + 1, own), np.int64), np.empty((MOST_DEEP + 1, own), np.int64)
    left = np.empty(MOST_DEEP + 1, np.int64)  # children that are still to be visited
    room, inverse, beside = np.empty((2, width)), np.empty(replies), columns_beside(own)
    start(matrix, first_own, first_slack, cost, tables[0], basics[0], nonbasics[0])
    depth, count = 0, 0
    rising[:] = 0
    while True:
        if count == len(vertices):
            return count, FULL
        for word in range(words):
            vertices[count, word] = 0
        for i in range(replies):
            label = basics[depth, i]
            vertices[count, label >> 6] |= np.uint64(1) << np.uint64(label & 63)
        count += 1
        table, row_of = tables[depth], rows[depth]
        if not edges(table, own, row_of, room, inverse) > margin(table, own):
            return count, TIED
        up = 0
        for k in range(own):
            up += table[replies, k] > 0.0
        rising[up] += 1
        left[depth] = children(table, own, row_of, beside, kids[depth])
        if left[depth] < 0:
            return count, BLURRED
        while left[depth] == 0:
            if depth == 0:
                return count, DONE
            depth -= 1
        if depth == MOST_DEEP:
            return count, DEEP
        left[depth] -= 1
        column = kids[depth, left[depth]]
        descend(tables, basics, nonbasics, depth, rows[depth, column], column)
        depth += 1


@njit(error_model="numpy", nogil=True)
def estimate(matrix, cost, probes, most):
    """An estimate of the number of vertices from random descents of the tree; at least the number visited.

    Args:
        matrix, cost: as for ``search``.
        probes: how many ways are tried; most: a number beyond which the exact size does not matter.

    Returns:
        The mean over the probes of 1 + c₁ + c₁c₂ + …, where cₖ is the number of children at depth k.
    """
    replies, own = matrix.shape
    width = padded(own + 2)
    tables = np.empty((2, replies + 1, width))
    basics, nonbasics = np.empty((2, replies), np.int64), np.empty((2, own), np.int64)
    row_of, kids = np.empty(own, np.int64), np.empty(own, np.int64)
    room, inverse, beside = np.empty((2, width)), np.empty(replies), columns_beside(own)
    size, state = 0.0, np.uint64(88172645463325252)
    for probe in range(probes):
        start(matrix, 0, own, cost, tables[0], basics[0], nonbasics[0])
        product = 1.0
        size += 1.0
        for _ in range(MOST_DEEP):
            edges(tables[0], own, row_of, room, inverse)
            count = children(tables[0], own, row_of, beside, kids)
            if count <= 0:
                break
            product *= count
            size += product
            if size > most * probes:
                return size / (probe + 1)
            state ^= state << np.uint64(13)  # Marsaglia's xorshift: the same ways every time
            state ^= state >> np.uint64(7)
            state ^= state << np.uint64(17)
            k = kids[np.int64(state % np.uint64(count))]
            descend(tables, basics, nonbasics, 0, row_of[k], k)
            tables[0] = tables[1]
            basics[0], nonbasics[0] = basics[1], nonbasics[1]
    return size / probes
