"""The signs of minors, 64 games at a time: which pairs of supports carry the equilibria of general games.

With F(S, K) the determinant of the rows S of a player's payoffs and a row of ones, restricted to the columns
K, |K| = |S| + 1, Cramer's rule gives the mixed strategy on the support I against which the replies J pay the
same as x_i ∝ ± F(I∖i, J), and what a reply j outside J gains as ± F(I, J∪j). The signs of all F therefore
decide every pair (I, J) of supports of one size; Laplace's expansion along the last row makes each F from
those of one row less.

A sign counts only beyond a bound of its rounding error. Where all payoffs of a game are whole numbers of
a common unit, and few, every F is computed without rounding, the bound is 0, and what is not certain is
exactly 0. A pair that is excluded by no certain sign, but not confirmed by certain signs alone, marks the
game as tied. Every extreme equilibrium of any game, degenerate or not, has supports within such a pair:
where x is played on I₀ and J₁ are the best responses to it, and y on J₀ with I₁, a pair I₀ ⊆ I ⊆ I₁,
J₀ ⊆ J ⊆ J₁ of one size exists, and by Cramer's rule none of its signs excludes x and y. So the list of a game
without ties is complete; of a game with ties whose signs are known exactly,
`advgame.equilibria.kernels.degenerate_vertices` lists the extreme equilibria.
"""

from __future__ import annotations

import numpy as np

from advgame.equilibria.kernels import simd32
from advgame.equilibria.kernels.compiling import part
from advgame.equilibria.kernels.simd32 import FULL, WIDTH
from advgame.equilibria.kernels.supports import EVERY, NONE, ONE

SMALLEST, LARGEST = 1e-280, 1e300  # ranges of payoffs that can be divided by without loss
HALVES = np.full(WIDTH, 0.5)


@part(error_model="numpy")
def load(payoffs, first, transposed, sets, entries, bounds, space):
    """Writes 64 games, one per lane, each row scaled to -1/2 … 1/2, and error bounds of F.

    Neither shift nor scale of a row moves an equilibrium. Where all rows are whole numbers of a unit of
    their own, and few, they are scaled by powers of two, and nothing is rounded.

    Args:
        payoffs: (games, rows, columns), or with ``transposed`` (games, columns, rows).
        first: the first of the 64; sets: the supports of the shape (rows, columns).
        entries: (2, rows, columns, 32), the games in two halves; bounds: (2, depths, 32).
        space: (4, rows, 32).

    Returns:
        A bit for each game of which nothing is rounded.
    """
    rows, columns = entries.shape[1], entries.shape[2]
    for half in range(2):
        begin = first + half * WIDTH
        for i in range(rows):
            for j in range(columns):
                if transposed:
                    for lane in range(WIDTH):
                        entries[half, i, j, lane] = payoffs[begin + lane, j, i]
                else:
                    for lane in range(WIDTH):
                        entries[half, i, j, lane] = payoffs[begin + lane, i, j]
    exact = scale(entries, 0, sets, bounds, space)
    return exact | scale(entries, 1, sets, bounds, space) << np.uint64(WIDTH)


@part(error_model="numpy", allocates=True)
def scale(entries, half, sets, bounds, space):
    """Brings the rows of one half between -1/2 and 1/2; a bit for each game of which nothing is rounded.

    Args:
        entries: (2, rows, columns, 32) payoffs, changed in place.
        half: 0 or 1, the half of the 64 games.
        sets: the supports of the shape (rows, columns).
        bounds: (2, depths, 32) written in place for the half.
        space: (4, rows, 32) space.
    """
    rows, columns = entries.shape[1], entries.shape[2]
    low, span, power, grid, usable = space[0], space[1], space[2], space[3, 0], np.ones(WIDTH, np.bool_)
    certain = np.empty(WIDTH, np.bool_)
    bits_of_span, bits_of_power = span.view(np.int64), power.view(np.int64)
    first, exact = half * rows * columns * WIDTH, FULL if sets.whole > 0.0 else NONE
    for i in range(rows):
        row = first + i * columns * WIDTH
        least = most = simd32.load(entries, row)
        for j in range(1, columns):
            values = simd32.load(entries, row + j * WIDTH)
            least, most = simd32.least(values, least), simd32.most(values, most)
        simd32.store(low, i * WIDTH, least)
        simd32.store(span, i * WIDTH, simd32.minus(most, least))
        for lane in range(WIDTH):
            usable[lane] &= (span[i, lane] == 0.0) | (span[i, lane] > SMALLEST) & (span[i, lane] < LARGEST)
            bits_of_power[i, lane] = (2045 << 52) - (bits_of_span[i, lane] & (2047 << 52))
            power[i, lane] = power[i, lane] if span[i, lane] > SMALLEST else 0.0  # over 1 to 2 times the span
            grid[lane] = power[i, lane] * sets.whole
        units = simd32.load(grid, 0)
        for j in range(columns):
            exact &= simd32.whole(simd32.times(simd32.load(entries, row + j * WIDTH), units))
    for lane in range(WIDTH):
        certain[lane] = exact >> np.uint64(lane) & ONE != NONE
    for k in range(bounds.shape[1]):
        for lane in range(WIDTH):
            bound = 0.0 if certain[lane] else sets.tolerance[k]
            bounds[half, k, lane] = bound if usable[lane] else np.inf
    for i in range(rows):
        for lane in range(WIDTH):
            inverse = 1.0 / span[i, lane] if span[i, lane] > SMALLEST else 0.0
            span[i, lane] = power[i, lane] if certain[lane] else inverse
    for lane in range(WIDTH):
        if not usable[lane]:
            exact &= ~(ONE << np.uint64(lane))
    halves = simd32.load(HALVES, 0)
    for i in range(rows):
        least, unit = simd32.load(low, i * WIDTH), simd32.load(span, i * WIDTH)
        for j in range(columns):
            place = first + (i * columns + j) * WIDTH
            values = simd32.times(simd32.minus(simd32.load(entries, place), least), unit)
            simd32.store(entries, place, simd32.minus(values, halves))
    return exact


@part()
def minors(entries, half, bounds, sets, values, above, below):
    """Writes the signs of all F of one half of 64 games.

    Args:
        entries, bounds: as ``load`` wrote them; half: 0 or 1; sets: the supports of that shape.
        values: (depths, most column sets of one size, 32), space.
        above, below: (words,) bit per game where F is surely positive, surely negative; the first half
            writes them, the second one adds to them.
    """
    depths, rows, bases, sizes, terms = sets.depth, sets.last, sets.base, sets.first, sets.terms
    level = values.shape[1] * WIDTH  # numbers of F of one depth
    row_length = entries.shape[2] * WIDTH
    first_row = half * entries.shape[1] * row_length
    first_bound = half * bounds.shape[1] * WIDTH
    kept, shift = (EVERY if half else NONE), np.uint64(half * WIDTH)
    for s in range(len(depths)):
        depth, base = depths[s], bases[s]
        row, here = first_row + rows[s] * row_length, depth * level
        shorter = here - level
        bound = simd32.load(bounds, first_bound + depth * WIDTH)
        for q in range(sizes[depth + 2] - sizes[depth + 1]):
            word = base + q
            if depth == 0:
                for lane in range(WIDTH):
                    values[0, q, lane] = 1.0
                above[word], below[word] = EVERY, NONE
                continue
            k = sizes[depth + 1] + q
            f = simd32.times(
                simd32.load(entries, row + terms[k, 0, 0]), simd32.load(values, shorter + terms[k, 0, 1])
            )
            for t in range(1, depth + 1):  # along the last row: signs alternate, the last column's is plus
                entry = simd32.load(entries, row + terms[k, t, 0])
                minor = simd32.load(values, shorter + terms[k, t, 1])
                f = simd32.minus_times(f, entry, minor) if t % 2 == 1 else simd32.plus_times(f, entry, minor)
            simd32.store(values, here + q * WIDTH, f)
            above[word] = above[word] & kept | simd32.above(f, bound) << shift
            below[word] = below[word] & kept | simd32.below(f, bound) << shift
