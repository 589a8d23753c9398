"""The signs of minors, 64 games at a time: which pairs of supports carry the equilibria of general games.

With F(S, K) the determinant of the rows S of a player's payoffs and a row of ones, restricted to the
columns K, |K| = |S| + 1, Cramer's rule gives the mix on the support I against which the replies J pay
the same as x_i ∝ ± F(I∖i, J), and what a reply j outside J gains as ± F(I, J∪j). The signs of all F
therefore decide every pair (I, J) of supports of one size; Laplace's expansion along the last row
makes each F from those of one row less.

A sign counts only beyond a bound of its rounding error. A pair that no certain sign speaks against,
but that not all signs are certain of, marks the game as tied. Every extreme equilibrium of any game,
degenerate or not, has supports within such a pair: where x is played on I₀ and J₁ are the best replies
to it, and y on J₀ with I₁, a pair I₀ ⊆ I ⊆ I₁, J₀ ⊆ J ⊆ J₁ of one size exists, and by Cramer's rule no
sign of it is against x and y. So what is found in a game without a tie is complete.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

LANES = 64  # games side by side, one for each bit of a word
EVERY = np.uint64(2**64 - 1)
NONE = np.uint64(0)
BITS = np.array([1 << lane for lane in range(LANES)], np.uint64)
SMALLEST, LARGEST = 1e-280, 1e300  # ranges of payoffs that can be divided by without loss

# What became of a game.
SOLVED = 0  # all equilibria, proven
TIED = 1  # near a tie: there may be more
CROWDED = 2  # more equilibria than there was room for


class Supports(NamedTuple):
    """The sets of rows and of columns of a matrix, numbered; sets are bits."""

    depth: NDArray[np.int64]  # (row sets,) sizes, in an order in which a set follows itself without its last
    last: NDArray[np.int64]  # (row sets,) the last member, -1 of none
    base: NDArray[np.int64]  # (row sets,) where the words of a row set start
    place: NDArray[np.int64]  # (2**rows,) base by the row set's bits, -1 where it is too large
    first: NDArray[np.int64]  # (columns + 2,) the first number of the column sets of a size, -1 for size 0
    columns: NDArray[np.int64]  # (column sets,) bits, by size
    size: NDArray[np.int64]  # (column sets,) how many members
    without: NDArray[np.int64]  # (column sets, columns) rank without the t-th member
    members: NDArray[np.int64]  # (column sets, columns) the t-th member
    tolerance: NDArray[np.float64]  # (depths,) bounds of the rounding error of F by the number of rows
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
    sets = [chosen for size in range(1, columns + 1) for chosen in combinations(range(columns), size)]
    first = np.concatenate([[0, 0], np.cumsum([comb(columns, size) for size in range(1, columns + 1)])])
    rank = np.zeros(1 << columns, np.int64)
    for number, chosen in enumerate(sets):
        rank[_bits(chosen)] = number - first[len(chosen)]
    without, members = np.zeros((2, len(sets), columns), np.int64)
    for number, chosen in enumerate(sets):
        members[number, : len(chosen)] = chosen
        without[number, : len(chosen)] = [rank[_bits(chosen) ^ 1 << member] for member in chosen]
    return Supports(
        np.array([len(chosen) for chosen in ordered]),
        np.array([chosen[-1] if chosen else -1 for chosen in ordered]),
        base[:-1],
        place,
        first,
        np.array([_bits(chosen) for chosen in sets]),
        np.array([len(chosen) for chosen in sets]),
        without,
        members,
        _tolerances(deepest),
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


@njit(cache=True)
def load(payoffs, first, transposed, entries, unusable):
    """Writes 64 games side by side, each row between -1/2 and 1/2; marks games that are out of range.

    Lanes beyond the last game repeat it. Neither shift nor scale of a row moves an equilibrium.
    """
    games = len(payoffs)
    rows, columns = entries.shape[0], entries.shape[1]
    for lane in range(LANES):
        game = min(first + lane, games - 1)
        for i in range(rows):
            low, high = np.inf, -np.inf
            for j in range(columns):
                value = payoffs[game, j, i] if transposed else payoffs[game, i, j]
                low, high = min(low, value), max(high, value)
            span = high - low
            if span != 0.0 and not (SMALLEST < span < LARGEST):
                unusable[lane] = True
            inverse = 1.0 / span if span > SMALLEST else 0.0
            for j in range(columns):
                value = payoffs[game, j, i] if transposed else payoffs[game, i, j]
                entries[i, j, lane] = (value - low) * inverse - 0.5 if span > 0.0 else 0.0


@njit(cache=True, inline="always")
def two_products(values, depth, q, entries, row, a, b, c, d, more):
    """Writes into F number q, or adds with ``more``, the entry a times F number b less c times d."""
    if more:
        for lane in range(LANES):
            values[depth, q, lane] += (
                entries[row, a, lane] * values[depth - 1, b, lane]
                - entries[row, c, lane] * values[depth - 1, d, lane]
            )
    else:
        for lane in range(LANES):
            values[depth, q, lane] = (
                entries[row, a, lane] * values[depth - 1, b, lane]
                - entries[row, c, lane] * values[depth - 1, d, lane]
            )


@njit(cache=True, inline="always")
def three_products(values, depth, q, entries, row, a, b, c, d, e, f):
    """Writes into F number q the entry a times F number b, less c times d, plus e times f."""
    for lane in range(LANES):
        values[depth, q, lane] = (
            entries[row, a, lane] * values[depth - 1, b, lane]
            - entries[row, c, lane] * values[depth - 1, d, lane]
            + entries[row, e, lane] * values[depth - 1, f, lane]
        )


@njit(cache=True, inline="always")
def pack(values, depth, q, bound, bits):
    """Which lanes are surely above 0, and which surely below, as bits."""
    above = below = NONE
    for lane in range(LANES):
        above |= bits[lane] if values[depth, q, lane] > bound else NONE
        below |= bits[lane] if values[depth, q, lane] < -bound else NONE
    return above, below


@njit(cache=True, fastmath={"contract"})
def minors(entries, sets, values, above, below, bits):
    """Writes the signs of all F of 64 games.

    Args:
        entries: (rows, columns, 64) between -1/2 and 1/2.
        sets: the supports of that shape.
        values: (depths, most column sets of one size, 64), space.
        above, below: (words,) bit per game where F is surely positive, surely negative.
        bits: (64,) the bit of each lane.
    """
    depths, rows, bases, sizes = sets.depth, sets.last, sets.base, sets.first
    members, without, tolerance = sets.members, sets.without, sets.tolerance
    for s in range(len(depths)):
        depth, row, base = depths[s], rows[s], bases[s]
        first = sizes[depth + 1]
        for q in range(sizes[depth + 2] - first):
            if depth == 0:
                for lane in range(LANES):
                    values[0, q, lane] = 1.0
                above[base + q], below[base + q] = EVERY, NONE
            else:
                expand(values, depth, q, entries, row, members, without, first + q)
                above[base + q], below[base + q] = pack(values, depth, q, tolerance[depth], bits)


@njit(cache=True, inline="always")
def expand(values, depth, q, entries, row, members, without, k):
    """Laplace's expansion of F along its last row: the signs alternate, and the last column's is plus."""
    t = depth - 1
    a, b, c, d = members[k, depth], without[k, depth], members[k, t], without[k, t]
    if depth % 2 == 1:
        two_products(values, depth, q, entries, row, a, b, c, d, False)
        t -= 1
    else:
        e, f = members[k, t - 1], without[k, t - 1]
        three_products(values, depth, q, entries, row, a, b, c, d, e, f)
        t -= 2
    swapped = 1 - depth % 2  # whether column t is subtracted and t - 1 added
    while t > 0:
        plus, minus = t - swapped, t - 1 + swapped
        a, b, c, d = members[k, plus], without[k, plus], members[k, minus], without[k, minus]
        two_products(values, depth, q, entries, row, a, b, c, d, True)
        t -= 2


@njit(cache=True)
def agree(above, below, sets, others, strict, plus, minus, words):
    """Writes for every pair of supports in which games the replies pay the same, and best, to the support.

    Args:
        above, below: as ``minors`` wrote them.
        sets, others: the supports of the same shape, and of the transposed one, whose ``columns`` are the
            sets of rows.
        strict: whether every sign must be sure of it, or none be surely against it.
        plus, minus: (most column sets of one size,) space: the games in which all F so far agree with one
            sign, and with the other.
        words: filled by size, then by set of rows, then by set of columns.
    """
    place, bits, without = sets.place, others.columns, sets.without
    start = 0
    for size in range(1, min(len(sets.first), len(others.first)) - 1):
        count = sets.first[size + 1] - sets.first[size]
        wider, most = sets.first[size + 1], sets.first[min(size + 2, len(sets.first) - 1)]
        for s in range(others.first[size], others.first[size + 1]):
            for q in range(count):
                plus[q] = minus[q] = EVERY
            flipped = size % 2 == 0  # the r-th member, r = 1, 2, …, has the sign (-1)^(r + size)
            rest = bits[s]
            while rest:
                member = rest & -rest
                rest ^= member
                base = place[bits[s] ^ member]
                if flipped:
                    restrict(minus, plus, above, below, base, count, strict)
                else:
                    restrict(plus, minus, above, below, base, count, strict)
                flipped = not flipped
            base = place[bits[s]]
            for k in range(wider, most):  # with one reply more
                word = base + k - wider
                up = ~(~above[word] if strict else below[word])
                down = ~(~below[word] if strict else above[word])
                if size % 2 == 1:
                    up, down = down, up
                for t in range(size + 1):  # which has t members below it: the sign (-1)^(size - t + 1)
                    q = without[k, t]
                    plus[q] &= down
                    minus[q] &= up
                    up, down = down, up
            for q in range(count):
                words[start + q] = plus[q] | minus[q]
            start += count


@njit(cache=True, inline="always")
def restrict(one, other, above, below, base, count, strict):
    """Keeps in ``one`` the games in which F is above 0, and in ``other`` those in which it is below."""
    if strict:
        for q in range(count):
            one[q] &= above[base + q]
            other[q] &= below[base + q]
    else:
        for q in range(count):
            one[q] &= ~below[base + q]
            other[q] &= ~above[base + q]


@njit(cache=True)
def note(word, sure, first, games, s, r, pairs, counts, status):
    """Lists a pair of supports, by number, for games that surely have it; marks those that may have it."""
    while word:
        bit = word & (~word + np.uint64(1))
        word ^= bit
        lane = 0
        while BITS[lane] != bit:
            lane += 1
        game = first + lane
        if game >= games:
            continue
        if not sure & bit:
            status[game] = TIED
        elif counts[game] == pairs.shape[1]:
            status[game] = CROWDED
        else:
            pairs[game, counts[game], 0], pairs[game, counts[game], 1] = s, r
            counts[game] += 1


@njit(cache=True)
def match(first_a, first_b, may, sure, first, pairs, counts, status):
    """Lists the pairs of supports of 64 games on which both players agree.

    Args:
        first_a, first_b: ``first`` of both supports.
        may, sure: (2, words) as from ``agree``, of the row player's payoffs and of the column player's.
    """
    start = 0
    for size in range(1, min(len(first_a), len(first_b)) - 1):
        rows, columns = first_a[size + 1] - first_a[size], first_b[size + 1] - first_b[size]
        for s in range(rows):
            for r in range(columns):
                here, there = start + s * columns + r, start + r * rows + s
                word = may[0, there] & may[1, here]
                if word != NONE:
                    certain = sure[0, there] & sure[1, here]
                    s_number, r_number = first_a[size] + s, first_b[size] + r
                    note(word, certain, first, len(counts), s_number, r_number, pairs, counts, status)
        start += rows * columns


@njit(cache=True)
def pairs_of_supports(sets_a, sets_b):
    """How many pairs of supports of one size there are."""
    total = 0
    for size in range(1, min(len(sets_a.first), len(sets_b.first)) - 1):
        rows = sets_a.first[size + 1] - sets_a.first[size]
        total += rows * (sets_b.first[size + 1] - sets_b.first[size])
    return total


@njit(cache=True)
def unsure(above, below):
    """Whether any sign of any game is uncertain."""
    missing = NONE
    for word in range(len(above)):
        missing |= ~(above[word] | below[word])
    return missing != NONE


@njit(cache=True, parallel=True)
def find_many(a, b, sets_a, sets_b, parts, pairs, counts, status):
    """Finds the pairs of supports of all equilibria of every game.

    Args:
        a, b: payoffs (games, m, n) of the row and of the column player.
        sets_a, sets_b: ``supports(n, m)`` and ``supports(m, n)``.
        parts: into how many parts the games are divided among threads.
        pairs: (games, room, 2) filled with the numbers of the row sets, in ``sets_a.columns``, and of the
            column sets, in ``sets_b.columns``.
        counts, status: (games,) filled with how many pairs there are, and what became of the game.
    """
    games, m, n = a.shape
    blocks = (games + LANES - 1) // LANES
    for part in prange(parts):
        signs_a, signs_b = np.empty((2, sets_a.words), np.uint64), np.empty((2, sets_b.words), np.uint64)
        of_a, of_b = np.empty((n, m, LANES)), np.empty((m, n, LANES))
        widest = max(np.max(np.diff(sets_a.first)), np.max(np.diff(sets_b.first)))
        values = np.empty((min(m, n) + 1, widest, LANES))
        plus, minus = np.empty(widest, np.uint64), np.empty(widest, np.uint64)
        every_pair = np.empty((2, 2, pairs_of_supports(sets_a, sets_b)), np.uint64)
        unusable = np.empty(LANES, np.bool_)
        for block in range(part * blocks // parts, (part + 1) * blocks // parts):
            first = block * LANES
            last = min(first + LANES, games)
            unusable[:] = False
            load(a, first, True, of_a, unusable)
            load(b, first, False, of_b, unusable)
            minors(of_a, sets_a, values, signs_a[0], signs_a[1], BITS)
            minors(of_b, sets_b, values, signs_b[0], signs_b[1], BITS)
            counts[first:last] = 0
            status[first:last] = SOLVED
            strictest = 0
            if unsure(signs_a[0], signs_a[1]) or unsure(signs_b[0], signs_b[1]):
                strictest = 1
            for strict in range(strictest + 1):
                words = every_pair[strict]
                agree(signs_a[0], signs_a[1], sets_a, sets_b, strict == 1, plus, minus, words[0])
                agree(signs_b[0], signs_b[1], sets_b, sets_a, strict == 1, plus, minus, words[1])
            may, sure = every_pair[0], every_pair[strictest]
            match(sets_a.first, sets_b.first, may, sure, first, pairs, counts, status)
            for game in range(first, last):
                if unusable[game - first] or (status[game] == SOLVED and counts[game] % 2 == 0):
                    status[game] = TIED
