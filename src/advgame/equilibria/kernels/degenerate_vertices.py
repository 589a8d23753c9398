"""Extreme equilibria of degenerate games from the exact signs of their minors.

A mixed strategy with support I is a vertex of the division of a player's mixed strategies by best response
iff some replies J, as many as I has strategies, pay the same to no other mixed strategy on I. By Cramer's
rule the F that make this mixed strategy then have one sign, turned as the rule asks, and no F that says what
another reply gains is against it; a reply whose F is 0 is a best one too. A pair of vertices is an extreme
equilibrium iff what either plays is a best response to the other (Vorob'ev; Kuhn; Mangasarian 1964; see Avis,
Rosenberg, Savani and von Stengel 2010, doi:10.1007/s00199-009-0449-x).
"""

from __future__ import annotations

import numpy as np

from advgame.equilibria.kernels.compiling import njit, part

ONE = np.uint64(1)
FULL = -1  # there was no room for all


@njit()
def list_vertices(words, above, below, game, sets, others, vertices):
    """Lists the vertices of the mixed strategies of one player; returns how many, or ``FULL``.

    Args:
        words: (pairs,) the third kind that ``minors.agree_unsure`` writes; above, below: the signs.
        game: the bit of the game, every sign of which is known: what is neither above nor below is 0.
        sets, others: the supports of the payoffs to the player who replies, and of the transposed shape.
        vertices: (room, 4) filled with the number of the support among ``others``, the number of replies that
            determine the mixed strategy among ``sets``, the support's bits, and the bits of all best
            responses.
    """
    shift, start, total = np.uint64(game), 0, 0
    for size in range(1, min(len(sets.first), len(others.first)) - 1):
        first = sets.first[size]
        count = sets.first[size + 1] - first
        for s in range(others.first[size], others.first[size + 1]):
            of_support = total
            wider = np.uint64(sets.place[others.columns[s]])
            for q in range(count):
                if not words[start + q] >> shift & ONE:
                    continue
                k = first + q
                best = sets.columns[k]
                for u in range(sets.joined.shape[1] - size):
                    word = wider + sets.joined[k, u]
                    if not (above[word] | below[word]) >> shift & ONE:
                        best |= 1 << sets.others[k, u]
                if listed(vertices, of_support, total, best):
                    continue
                if total == len(vertices):
                    return FULL
                vertices[total, 0], vertices[total, 1] = s, k
                vertices[total, 2], vertices[total, 3] = others.columns[s], best
                total += 1
            start += count
    return total


@part()
def listed(vertices, first, after, best):
    """Whether a vertex with these best responses is among those from ``first`` on, which share its support.

    Args:
        vertices: (room, 4) vertices as ``list_vertices`` writes them.
        first: the first row that is looked at.
        after: the row after the last one.
        best: the bits of the best responses.
    """
    known = False
    for place in range(first, after):
        known |= vertices[place, 3] == best
    return known


@njit()
def meet(of_x, x_count, of_y, y_count, first, last, pairs):
    """Lists the pairs of vertices that are best responses to each other; returns how many, or ``FULL``.

    Args:
        of_x, of_y: as from ``list_vertices``, of either player, with their counts.
        first, last: the part of ``pairs`` (pairs, 4) that may be filled with the supports and determining
            replies of x, then of y.
    """
    total = first
    for i in range(x_count):
        for j in range(y_count):
            if of_x[i, 2] & ~of_y[j, 3] == 0 and of_y[j, 2] & ~of_x[i, 3] == 0:
                if total == last:
                    return FULL
                pairs[total, 0], pairs[total, 1] = of_x[i, 0], of_x[i, 1]
                pairs[total, 2], pairs[total, 3] = of_y[j, 0], of_y[j, 1]
                total += 1
    return total - first
