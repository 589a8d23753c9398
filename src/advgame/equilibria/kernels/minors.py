"""The signs of minors, 64 games at a time: which pairs of supports carry the equilibria of general games.

With F(S, K) the determinant of the rows S of a player's payoffs and a row of ones, restricted to the
columns K, |K| = |S| + 1, Cramer's rule gives the mix on the support I against which the replies J pay
the same as x_i ∝ ± F(I∖i, J), and what a reply j outside J gains as ± F(I, J∪j). The signs of all F
therefore decide every pair (I, J) of supports of one size; Laplace's expansion along the last row
makes each F from those of one row less.

A sign counts only beyond a bound of its rounding error. Where all payoffs of a game are whole numbers of
a common unit, and few, every F is computed without rounding, the bound is 0, and what is not certain is
exactly 0. A pair that no certain sign speaks against, but that not all signs are certain of, marks the
game as tied. Every extreme equilibrium of any game, degenerate or not, has supports within such a pair:
where x is played on I₀ and J₁ are the best replies to it, and y on J₀ with I₁, a pair I₀ ⊆ I ⊆ I₁,
J₀ ⊆ J ⊆ J₁ of one size exists, and by Cramer's rule no sign of it is against x and y. So what is found
in a game without a tie is complete; of a game with ties whose signs are known exactly,
`advgame.equilibria.kernels.vertices` lists the extreme equilibria.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from math import comb, floor, log2
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from advgame.equilibria.kernels import lanes, residues, vertices
from advgame.equilibria.kernels.compiling import njit
from advgame.equilibria.kernels.lanes import FULL, WIDTH

GAMES = 64  # side by side, one for each bit of a word
EVERY = np.uint64(2**64 - 1)
NONE = np.uint64(0)
ONE = np.uint64(1)
SMALLEST, LARGEST = 1e-280, 1e300  # ranges of payoffs that can be divided by without loss
HALVES = np.full(WIDTH, 0.5)

# What became of a game.
SOLVED = 0  # all equilibria, proven
TIED = 1  # near a tie: there may be more
CROWDED = 2  # more equilibria than there was room for

MOST_VERTICES = 1 << 16  # of one player's mixes; games with more are left as tied


class Supports(NamedTuple):
    """The sets of rows and of columns of a matrix, numbered; sets are bits."""

    depth: NDArray[np.int64]  # (row sets,) sizes, in an order in which a set follows itself without its last
    last: NDArray[np.int64]  # (row sets,) the last member, -1 of none
    base: NDArray[np.int64]  # (row sets,) where the words of a row set start
    place: NDArray[np.int64]  # (2**rows,) base by the row set's bits, -1 where it is too large
    first: NDArray[np.int64]  # (sizes + 1,) the first number of the column sets of a size, 0 for size 0
    columns: NDArray[np.int64]  # (column sets,) bits, by size
    size: NDArray[np.int64]  # (column sets,) how many members
    members: NDArray[np.int64]  # (column sets, columns) the t-th member
    others: NDArray[np.int64]  # (column sets, columns) the t-th column that is no member
    terms: NDArray[np.int64]  # (column sets, columns, 2) the members from the last on: their lanes of a row
    #                           of the matrix, and the lanes of the F of the columns without them
    joined: NDArray[np.uint64]  # (column sets, columns) rank of the set with the t-th other column
    turned: NDArray[np.uint64]  # (column sets, columns) all bits where Cramer's rule turns that sign
    tolerance: NDArray[np.float64]  # (depths,) bounds of the rounding error of F by the number of rows
    whole: float  # a range of whole numbers up to this leaves every F without rounding
    widest: int  # the most column sets of one size
    words: int  # in all


@lru_cache(maxsize=64)
def supports(rows: int, columns: int) -> Supports:
    """The sets of rows and columns that minors of a matrix of this shape are made of."""
    deepest = min(rows, columns - 1)
    ordered = _nested(rows, deepest)
    sizes = [comb(columns, len(chosen) + 1) for chosen in ordered]
    base = np.concatenate([[0], np.cumsum(sizes)])
    place = np.full(1 << rows, -1, np.int64)
    for chosen, start in zip(ordered, base, strict=False):
        place[_bits(chosen)] = start
    widest = min(columns, rows + 1)
    sets = [chosen for size in range(1, widest + 1) for chosen in combinations(range(columns), size)]
    first = np.concatenate([[0, 0], np.cumsum([comb(columns, size) for size in range(1, widest + 1)])])
    rank = {chosen: number - int(first[len(chosen)]) for number, chosen in enumerate(sets)}
    members, others = np.zeros((2, len(sets), columns), np.int64)
    terms = np.zeros((len(sets), columns, 2), np.int64)
    joined, turned = np.zeros((2, len(sets), columns), np.uint64)
    for number, chosen in enumerate(sets):
        members[number, : len(chosen)] = chosen
        for t, member in enumerate(reversed(chosen)):
            less = tuple(each for each in chosen if each != member)
            terms[number, t] = WIDTH * member, WIDTH * rank.get(less, 0)
        outside = [each for each in range(columns) if each not in chosen]
        others[number, : len(outside)] = outside
        for t, other in enumerate(outside if len(chosen) < widest else []):
            more = tuple(sorted((*chosen, other)))
            joined[number, t] = rank[more]
            turned[number, t] = EVERY if (len(chosen) - more.index(other)) % 2 == 0 else NONE
    return Supports(
        np.array([len(chosen) for chosen in ordered]),
        np.array([chosen[-1] if chosen else -1 for chosen in ordered]),
        base[:-1],
        place,
        first,
        np.array([_bits(chosen) for chosen in sets]),
        np.array([len(chosen) for chosen in sets]),
        members,
        others,
        terms,
        joined,
        turned,
        _tolerances(deepest),
        _whole(deepest),
        int(np.diff(first).max()),
        int(base[-1]),
    )


def _nested(rows: int, deepest: int) -> list[tuple[int, ...]]:
    """All sets of rows up to a size, each right after those that begin like it."""
    return sorted(chosen for size in range(deepest + 1) for chosen in combinations(range(rows), size))


def _bits(chosen: tuple[int, ...]) -> int:
    return sum(1 << member for member in chosen)


def _tolerances(deepest: int) -> NDArray[np.float64]:
    """Bounds of the rounding error of F with 0, 1, … rows, for entries of at most 1/2, twice over.

    By induction along the expansion: k + 1 products of an entry (off by 4 units of rounding at most)
    and a smaller F (off by its bound, and at most (k − 1 + 1)!/2^(k−1) in size), then their sum.
    """
    unit = 2.0**-53
    size, error, bounds = 1.0, 0.0, [0.0]
    for k in range(1, deepest + 1):
        error = (k + 1) * (0.5 * error + 4 * unit * size + 0.5 * size * (k + 3) * unit)
        size *= (k + 1) / 2
        bounds.append(2 * error)
    return np.array(bounds)


def _whole(deepest: int) -> float:
    """The power of two up to which rows of whole numbers may range while no F is rounded, 0 if none.

    Rows scaled to sizes of at most 1/2 are multiples of a unit u, and F with k rows one of uᵏ. By
    Hadamard's inequality |F| ≤ √(k+1)^(k+1) / 2ᵏ; what is summed up to make it stays below
    (k + 1)/2 times the bound for k − 1, which must be below 2⁵³ uᵏ.
    """
    most = 50.0
    for k in range(1, deepest + 1):
        sums = log2((k + 1) / 2) + k / 2 * log2(k) - (k - 1)
        most = min(most, (53 - sums) / k)
    return 2.0 ** floor(most - 1e-9) if most >= 1 else 0.0


@njit(error_model="numpy")
def load(payoffs, first, transposed, sets, entries, bounds, space):
    """Writes 64 games side by side, each row between -1/2 and 1/2, and how far their F may be rounded.

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


@njit(error_model="numpy")
def scale(entries, half, sets, bounds, space):
    """Brings the rows of one half between -1/2 and 1/2; a bit for each game of which nothing is rounded."""
    rows, columns = entries.shape[1], entries.shape[2]
    low, span, power, grid, usable = space[0], space[1], space[2], space[3, 0], np.ones(WIDTH, np.bool_)
    certain = np.empty(WIDTH, np.bool_)
    bits_of_span, bits_of_power = span.view(np.int64), power.view(np.int64)
    first, exact = half * rows * columns * WIDTH, FULL if sets.whole > 0.0 else NONE
    for i in range(rows):
        row = first + i * columns * WIDTH
        least = most = lanes.load(entries, row)
        for j in range(1, columns):
            values = lanes.load(entries, row + j * WIDTH)
            least, most = lanes.least(values, least), lanes.most(values, most)
        lanes.store(low, i * WIDTH, least)
        lanes.store(span, i * WIDTH, lanes.minus(most, least))
        for lane in range(WIDTH):
            usable[lane] &= (span[i, lane] == 0.0) | (span[i, lane] > SMALLEST) & (span[i, lane] < LARGEST)
            bits_of_power[i, lane] = (2045 << 52) - (bits_of_span[i, lane] & (2047 << 52))
            power[i, lane] = power[i, lane] if span[i, lane] > SMALLEST else 0.0  # over 1 to 2 times the span
            grid[lane] = power[i, lane] * sets.whole
        units = lanes.load(grid, 0)
        for j in range(columns):
            exact &= lanes.whole(lanes.times(lanes.load(entries, row + j * WIDTH), units))
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
    halves = lanes.load(HALVES, 0)
    for i in range(rows):
        least, unit = lanes.load(low, i * WIDTH), lanes.load(span, i * WIDTH)
        for j in range(columns):
            place = first + (i * columns + j) * WIDTH
            values = lanes.times(lanes.minus(lanes.load(entries, place), least), unit)
            lanes.store(entries, place, lanes.minus(values, halves))
    return exact


@njit()
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
        bound = lanes.load(bounds, first_bound + depth * WIDTH)
        for q in range(sizes[depth + 2] - sizes[depth + 1]):
            word = base + q
            if depth == 0:
                for lane in range(WIDTH):
                    values[0, q, lane] = 1.0
                above[word], below[word] = EVERY, NONE
                continue
            k = sizes[depth + 1] + q
            f = lanes.times(
                lanes.load(entries, row + terms[k, 0, 0]), lanes.load(values, shorter + terms[k, 0, 1])
            )
            for t in range(1, depth + 1):  # along the last row: signs alternate, the last column's is plus
                entry = lanes.load(entries, row + terms[k, t, 0])
                minor = lanes.load(values, shorter + terms[k, t, 1])
                f = lanes.minus_times(f, entry, minor) if t % 2 == 1 else lanes.plus_times(f, entry, minor)
            lanes.store(values, here + q * WIDTH, f)
            above[word] = above[word] & kept | lanes.above(f, bound) << shift
            below[word] = below[word] & kept | lanes.below(f, bound) << shift


@njit()
def agree(above, sets, others, space, words):
    """Writes for every pair of supports in which games the replies pay the same, and best, to the support.

    The signs of all F must be certain. A pair agrees where those that Cramer's rule asks for are alike.

    Args:
        above: (words,) as ``minors`` wrote it.
        sets, others: the supports of the same shape, and of the transposed one, whose ``columns`` are the
            sets of rows.
        space: (3, most column sets of one size): of which the first two hold the games in which some F so
            far, and every F, is above 0 once turned.
        words: (pairs,) filled by size, then by set of rows, then by set of columns.
    """
    place, rows_of, joined, turned = sets.place, others.columns, sets.joined, sets.turned
    columns, start = joined.shape[1], 0
    some, every = space[0], space[1]
    for size in range(1, sizes(sets, others)):
        first = sets.first[size]
        count = sets.first[size + 1] - first
        for s in range(others.first[size], others.first[size + 1]):
            for q in range(count):
                some[q], every[q] = NONE, EVERY
            turn = EVERY if size % 2 == 0 else NONE  # member r = 1, 2, … has the sign (-1)^(r + size)
            rest = rows_of[s]
            while rest:
                member = rest & -rest
                rest ^= member
                base = place[rows_of[s] ^ member]
                for q in range(count):
                    some[q] |= above[base + q] ^ turn
                    every[q] &= above[base + q] ^ turn
                turn = ~turn
            wider = np.uint64(place[rows_of[s]])
            for q in range(count):
                one, all_of_them = some[q], every[q]
                for u in range(columns - size):  # with one reply more
                    word = above[wider + joined[first + q, u]] ^ turned[first + q, u]
                    one |= word
                    all_of_them &= word
                words[start + q] = ~one | all_of_them
            start += count


@njit()
def agree_unsure(above, below, sets, others, space, words):
    """Writes the same as ``agree`` where some signs are uncertain, or 0.

    Args:
        above, below, sets, others: as for ``agree``.
        space: (3, most column sets of one size).
        words: (3, pairs) filled with the games in which no sign is against the pair, in which all signs
            are for it, and in which those that make the mix are, and no other is against it.
    """
    place, rows_of, joined, turned = sets.place, others.columns, sets.joined, sets.turned
    columns, start = joined.shape[1], 0
    some, other, sure = space[0], space[1], space[2]
    for size in range(1, sizes(sets, others)):
        first = sets.first[size]
        count = sets.first[size + 1] - first
        for s in range(others.first[size], others.first[size + 1]):
            for q in range(count):
                some[q], other[q], sure[q] = NONE, NONE, EVERY
            turn = EVERY if size % 2 == 0 else NONE
            rest = rows_of[s]
            while rest:
                member = rest & -rest
                rest ^= member
                base = place[rows_of[s] ^ member]
                for q in range(count):
                    up, down = above[base + q], below[base + q]
                    some[q] |= up & ~turn | down & turn
                    other[q] |= down & ~turn | up & turn
                    sure[q] &= up | down
                turn = ~turn
            wider = np.uint64(place[rows_of[s]])
            for q in range(count):
                one, two, certain = some[q], other[q], sure[q]
                for u in range(columns - size):
                    word, turn = wider + joined[first + q, u], turned[first + q, u]
                    up, down = above[word], below[word]
                    one |= up & ~turn | down & turn
                    two |= down & ~turn | up & turn
                    certain &= up | down
                may = ~(one & two)
                words[0, start + q] = may
                words[1, start + q] = may & certain
                words[2, start + q] = may & sure[q]
            start += count


@njit()
def sizes(sets, others):
    """One more than the largest size of a pair of supports."""
    return min(len(sets.first), len(others.first)) - 1


@njit()
def pairs_of_supports(sets, others):
    """How many pairs of supports of one size there are."""
    total = 0
    for size in range(1, sizes(sets, others)):
        total += (sets.first[size + 1] - sets.first[size]) * (others.first[size + 1] - others.first[size])
    return total


@njit()
def unsure(above, below):
    """The games in which any sign is uncertain."""
    missing = NONE
    for word in range(len(above)):
        missing |= ~(above[word] | below[word])
    return missing


@njit()
def match(sets_a, sets_b, words_a, words_b, sure, limit, listed, counts, status):
    """Lists the pairs of supports of 64 games on which both players agree; returns how many.

    Args:
        words_a, words_b: as from ``agree`` or ``agree_unsure``; sure: in which row a pair is certain.
        limit: how many of the 64 games there are.
        listed: (room, 3) filled with the game, the number of its set of rows and that of its set of columns.
        counts, status: (64,) how many pairs each game has, and what became of it: updated.
    """
    start = total = 0
    first_a, first_b = sets_a.first, sets_b.first
    games = EVERY >> np.uint64(GAMES - limit)
    for size in range(1, sizes(sets_a, sets_b)):
        rows, columns = first_a[size + 1] - first_a[size], first_b[size + 1] - first_b[size]
        for s in range(rows):
            for r in range(columns):
                here, there = start + s * columns + r, start + r * rows + s
                word = words_a[0, there] & words_b[0, here] & games
                if word == NONE:
                    continue
                certain = words_a[sure, there] & words_b[sure, here]
                while word:
                    lane = lanes.lowest(word)
                    word &= word - ONE
                    if not certain >> np.uint64(lane) & ONE:
                        status[lane] = TIED
                    elif total == len(listed):
                        status[lane] = CROWDED if status[lane] == SOLVED else status[lane]
                    else:
                        listed[total, 0] = lane
                        listed[total, 1], listed[total, 2] = first_a[size] + s, first_b[size] + r
                        total += 1
                        counts[lane] += 1
        start += rows * columns
    return total


@njit()
def hand_out(listed, total, limit, first, last, pairs, starts, counts, status):
    """Writes what ``match`` listed game by game; returns where what is written ends.

    Args:
        listed, total: as from ``match``; limit: how many of the 64 games there are.
        first, last: the part of ``pairs`` (pairs, 4) that may be filled.
        starts: (64,) filled with the first pair of each game; counts, status: (64,) updated.
    """
    following = np.empty(GAMES, np.int64)
    place = first
    for lane in range(limit):
        if status[lane] == SOLVED and counts[lane] % 2 == 0:
            status[lane] = TIED  # games without ties have odd numbers of equilibria
        if status[lane] == SOLVED and place + counts[lane] > last:
            status[lane] = CROWDED
        if status[lane] != SOLVED:
            counts[lane] = 0
        starts[lane] = following[lane] = place
        place += counts[lane]
    for k in range(total):
        lane = listed[k, 0]
        if status[lane] == SOLVED:
            row = following[lane]
            pairs[row, 0] = pairs[row, 3] = listed[k, 1]
            pairs[row, 1] = pairs[row, 2] = listed[k, 2]
            following[lane] += 1
    return place


@njit()
def untie(lane, signs_a, signs_b, sets_a, sets_b, words_a, words_b, first, last, pairs):
    """Lists the extreme equilibria of a game whose signs are known exactly, ties or not.

    Args:
        lane: the bit of the game; signs_a, signs_b: (2, words) above and below, of either player's payoffs.
        words_a, words_b: (3, pairs of supports) as from ``agree_unsure``.
        first, last: the part of ``pairs`` (pairs, 4) that may be filled.

    Returns:
        How many there are, and what became of the game.
    """
    most = min(words_a.shape[1], MOST_VERTICES)
    of_x, of_y = np.empty((most, 4), np.int64), np.empty((most, 4), np.int64)
    y_count = vertices.list_vertices(words_a[2], signs_a[0], signs_a[1], lane, sets_a, sets_b, of_y)
    x_count = vertices.list_vertices(words_b[2], signs_b[0], signs_b[1], lane, sets_b, sets_a, of_x)
    if min(x_count, y_count) == vertices.FULL:
        return 0, TIED
    met = vertices.meet(of_x, x_count, of_y, y_count, first, last, pairs)
    if met == vertices.FULL:
        return 0, CROWDED
    return met, SOLVED if met > 0 else TIED


@njit()
def find_block(a, b, first, last, sets_a, sets_b, thorough, space, begin, end, pairs, starts, counts, status):
    """Finds the pairs of supports of up to 64 games; returns where what is filled of ``pairs`` ends.

    Args:
        first, last: the first game, and the one after the last of all.
        space: as from ``workspace``. The rest as for ``find_some``.
    """
    limit = min(GAMES, last - first)
    starts, counts, status = starts[first:], counts[first:], status[first:]
    if limit < GAMES:  # the last game is repeated in place of those that are missing
        a, b, first = repeated(a, first, last), repeated(b, first, last), 0
    signs_a, signs_b, words_a, words_b = space.signs_a, space.signs_b, space.words_a, space.words_b
    exact_a = load(a, first, True, sets_a, space.of_a, space.bounds_a, space.rows)
    exact_b = load(b, first, False, sets_b, space.of_b, space.bounds_b, space.rows)
    for half in range(2):
        minors(space.of_a, half, space.bounds_a, sets_a, space.values, signs_a[0], signs_a[1])
        minors(space.of_b, half, space.bounds_b, sets_b, space.values, signs_b[0], signs_b[1])
    if thorough:
        for lane in range(limit):
            bit, game = ONE << np.uint64(lane), first + lane
            if not exact_a & bit and residues.settle(a, game, True, sets_a, lane, signs_a[0], signs_a[1]):
                exact_a |= bit
            if not exact_b & bit and residues.settle(b, game, False, sets_b, lane, signs_b[0], signs_b[1]):
                exact_b |= bit
    certain = unsure(signs_a[0], signs_a[1]) | unsure(signs_b[0], signs_b[1]) == NONE
    if certain:
        agree(signs_a[0], sets_a, sets_b, space.sets, words_a[0])
        agree(signs_b[0], sets_b, sets_a, space.sets, words_b[0])
    else:
        agree_unsure(signs_a[0], signs_a[1], sets_a, sets_b, space.sets, words_a)
        agree_unsure(signs_b[0], signs_b[1], sets_b, sets_a, space.sets, words_b)
    sure = 0 if certain else 1
    for lane in range(limit):
        counts[lane], status[lane] = 0, SOLVED
    total = match(sets_a, sets_b, words_a, words_b, sure, limit, space.listed, counts, status)
    place = hand_out(space.listed, total, limit, begin, end, pairs, starts, counts, status)
    if certain:
        return place
    for lane in range(limit):
        if status[lane] == TIED and exact_a & exact_b & ONE << np.uint64(lane):
            starts[lane] = place
            counts[lane], status[lane] = untie(
                lane, signs_a, signs_b, sets_a, sets_b, words_a, words_b, place, end, pairs
            )
            place += counts[lane]
    return place


@njit()
def repeated(payoffs, first, last):
    """The 64 games from ``first`` on, the one before ``last`` again and again where they are fewer."""
    block = np.empty((GAMES, payoffs.shape[1], payoffs.shape[2]))
    for lane in range(GAMES):
        game = min(first + lane, last - 1)
        for i in range(payoffs.shape[1]):
            for j in range(payoffs.shape[2]):
                block[lane, i, j] = payoffs[game, i, j]
    return block


class Workspace(NamedTuple):
    """What the work on 64 games needs room for; a, b: of the row and of the column player's payoffs."""

    of_a: NDArray[np.float64]
    of_b: NDArray[np.float64]
    bounds_a: NDArray[np.float64]
    bounds_b: NDArray[np.float64]
    rows: NDArray[np.float64]
    values: NDArray[np.float64]
    signs_a: NDArray[np.uint64]
    signs_b: NDArray[np.uint64]
    sets: NDArray[np.uint64]
    words_a: NDArray[np.uint64]
    words_b: NDArray[np.uint64]
    listed: NDArray[np.int32]


@njit()
def workspace(m, n, sets_a, sets_b, room):
    """Room for the work on 64 games of shape (m, n), and to list so many pairs."""
    widest = max(sets_a.widest, sets_b.widest)
    count = pairs_of_supports(sets_a, sets_b)
    return Workspace(
        np.empty((2, n, m, WIDTH)),
        np.empty((2, m, n, WIDTH)),
        np.empty((2, len(sets_a.tolerance), WIDTH)),
        np.empty((2, len(sets_b.tolerance), WIDTH)),
        np.empty((4, max(m, n), WIDTH)),
        np.empty((min(m, n) + 1, widest, WIDTH)),
        np.empty((2, sets_a.words), np.uint64),
        np.empty((2, sets_b.words), np.uint64),
        np.empty((3, widest), np.uint64),
        np.empty((3, count), np.uint64),
        np.empty((3, count), np.uint64),
        np.empty((room, 3), np.int32),
    )


@njit(nogil=True)
def find_some(a, b, first, last, sets_a, sets_b, thorough, pairs, begin, end, starts, counts, status):
    """Finds the pairs of supports of all equilibria of the games ``first`` … ``last``.

    Args:
        a, b: payoffs (games, m, n) of the row and of the column player.
        first: a multiple of 64.
        sets_a, sets_b: ``supports(n, m)`` and ``supports(m, n)``.
        thorough: whether signs that rounding hides are computed in whole numbers.
        pairs: (pairs, 4), of which ``begin`` … ``end`` may be filled: the number of the row set and of the
            column set that determine the row player's mix, then of the column and of the row set that
            determine the column player's; row sets have their numbers in ``sets_a.columns``, column sets in
            ``sets_b.columns``.
        starts, counts, status: (games,) filled with the first pair, how many there are, and what became of
            the game.
    """
    space = workspace(a.shape[1], a.shape[2], sets_a, sets_b, max(end - begin, 1024))
    place = begin
    for game in range(first, last, GAMES):
        place = find_block(
            a, b, game, last, sets_a, sets_b, thorough, space, place, end, pairs, starts, counts, status
        )
