"""Equilibria from the vertices of both best-response polytopes: pairs in which each label is basic once.

In a nondegenerate game the basic variables of one vertex are then the nonbasic ones of the other (von Stengel
2002, doi:10.1016/S1574-0005(02)03008-4). The mixed strategies are computed from the payoffs, not from the
tableaus, so that they contain no rounding errors of the search.
"""

from __future__ import annotations

import numpy as np

from advgame.equilibria.kernels.compiling import njit, part
from advgame.equilibria.kernels.profiles import equalise, regret, spread
from advgame.games.tolerances import LARGEST_REGRET


@part()
def place_of(table, sets, wanted):
    """The position of a set of labels in a hash table, or the free position for it.

    Args:
        table: (2ᵏ,) places in ``sets``, -1 where free.
        sets: (vertices, words) sets of labels.
        wanted: (words,) a set of labels.
    """
    mixed = np.uint64(0)
    for word in wanted:
        mixed = (mixed ^ word) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    mask = np.uint64(len(table) - 1)
    place = mixed & mask
    while table[place] >= 0:
        known, same = table[place], True
        for word in range(len(wanted)):
            same &= sets[known, word] == wanted[word]
        if same:
            break
        place = (place + np.uint64(1)) & mask
    return place


@part(allocates=True)
def indexed(sets):
    """A hash table of sets of labels, (vertices, words); and whether no set is there twice."""
    size = 16
    while size < 2 * len(sets):
        size *= 2
    table, distinct = np.full(size, -1, np.int64), True
    for k in range(len(sets)):
        place = place_of(table, sets, sets[k])
        distinct &= table[place] < 0
        table[place] = k
    return table, distinct


@njit(nogil=True)
def meet(of_x, of_y, every, partners):
    """Finds the vertices of x that have a partner.

    Args:
        of_x, of_y: (vertices, words) basic variables as bits.
        every: (words,) all labels.
        partners: (vertices of x,) int64, filled from the start with places in ``of_x``.

    Returns:
        How many there are, and whether no vertex is there twice: otherwise the search went wrong.
    """
    distinct_x = indexed(of_x)[1]
    table, distinct_y = indexed(of_y)
    count, wanted = 0, np.empty(len(every), np.uint64)
    for i in range(len(of_x)):
        for word in range(len(every)):
            wanted[word] = of_x[i, word] ^ every[word]
        if table[place_of(table, of_y, wanted)] >= 0:
            partners[count] = i
            count += 1
    return count, distinct_x and distinct_y


@njit(nogil=True)
def fill(a, b, of_a, scales, basic, places, x, y, regrets, earned):
    """Writes the equilibria of pairs of vertices.

    Args:
        a, b: payoffs (m, n); of_a: (n, m), the defender's turned; scales: (2,) one over their ranges.
        basic: (vertices, words) basic variables of the defender's polytope, as bits.
        places: (pairs,) which of these.
        x, y: (pairs, m), (pairs, n), filled with mixed strategies.
        regrets, earned: (pairs, 2), filled: relative to the ranges, and what both earn.

    Returns:
        How many were filled: of a pair that plays nothing, or is no equilibrium, nothing is written.
    """
    m, n = a.shape
    rows, columns = np.empty((1, m), np.int64), np.empty((1, n), np.int64)
    most = min(m, n)
    system, mix_x, mix_y = np.empty((most, most + 1)), np.empty(most), np.empty(most)
    pays_x, pays_y = np.empty(m), np.empty(n)
    count = 0
    for place in places:
        p = q = 0
        for label in range(m + n):
            is_basic = basic[place, label >> 6] >> np.uint64(label & 63) & np.uint64(1) == np.uint64(1)
            if label < m and is_basic:
                rows[0, p] = label
                p += 1
            elif label >= m and not is_basic:  # an attack is played where its slack is 0
                columns[0, q] = label - m
                q += 1
        if p == 0 or p != q:
            continue
        if not (
            equalise(b, scales[1], rows, 0, columns, 0, p, system, mix_x)
            and equalise(of_a, scales[0], columns, 0, rows, 0, p, system, mix_y)
        ):
            continue
        one = regret(of_a, scales[0], columns, 0, q, mix_y, rows, 0, p, mix_x, pays_x)
        other = regret(b, scales[1], rows, 0, p, mix_x, columns, 0, q, mix_y, pays_y)
        if not max(one, other) <= LARGEST_REGRET:
            continue
        spread(mix_x, rows, 0, p, x, count)
        spread(mix_y, columns, 0, q, y, count)
        regrets[count, 0], regrets[count, 1] = one, other
        earned[count, 0] = earned[count, 1] = 0.0
        for i in range(p):
            for j in range(q):
                share = mix_x[i] * mix_y[j]
                earned[count, 0] += share * a[rows[0, i], columns[0, j]]
                earned[count, 1] += share * b[rows[0, i], columns[0, j]]
        count += 1
    return count
