"""Pairs of supports that carry the equilibria of general games, 64 games at a time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from advgame.equilibria.kernels import degenerate_vertices, modular_signs, simd32
from advgame.equilibria.kernels.compiling import njit, part
from advgame.equilibria.kernels.minors import load, minors
from advgame.equilibria.kernels.simd32 import WIDTH
from advgame.equilibria.kernels.states import CROWDED, SOLVED, TIED
from advgame.equilibria.kernels.supports import EVERY, NONE, ONE, pairs_of_supports, sizes

GAMES = 64  # in parallel, one for each bit of a word


MOST_VERTICES = 1 << 16  # of one player's mixed strategies; games with more are left as tied


@part()
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


@part()
def agree_unsure(above, below, sets, others, space, words):
    """Writes the same as ``agree`` where some signs are uncertain, or 0.

    Args:
        above, below, sets, others: as for ``agree``.
        space: (3, most column sets of one size).
        words: (3, pairs) filled with the games in which no sign is against the pair, in which all signs
            are for it, and in which those that make the mixed strategy are, and no other is against it.
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


@part()
def unsure(above, below):
    """The games in which any sign is uncertain."""
    missing = NONE
    for word in range(len(above)):
        missing |= ~(above[word] | below[word])
    return missing


@part()
def match(sets_a, sets_b, words_a, words_b, sure, limit, listed, counts, status):
    """Lists the pairs of supports of 64 games on which both players agree; returns how many.

    Args:
        words_a, words_b: as from ``agree`` or ``agree_unsure``; sure: in which row a pair is certain.
        limit: how many of the 64 games there are.
        listed: (room, 3) filled with the game, the number of its set of rows and that of its set of columns.
        counts, status: (64,) how many pairs each game has, and the status of it: updated.
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
                    lane = simd32.lowest(word)
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


@part(allocates=True)
def hand_out(listed, total, limit, first, last, pairs, starts, counts, status):
    """Writes the list of ``match`` game by game; returns the end of the written part.

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


@part(allocates=True)
def untie(lane, signs_a, signs_b, sets_a, sets_b, words_a, words_b, first, last, pairs):
    """Lists the extreme equilibria of a game whose signs are known exactly, ties or not.

    Args:
        lane: the bit of the game; signs_a, signs_b: (2, words) above and below, of either player's payoffs.
        words_a, words_b: (3, pairs of supports) as from ``agree_unsure``.
        first, last: the part of ``pairs`` (pairs, 4) that may be filled.

    Returns:
        How many there are, and the status of the game.
    """
    most = min(words_a.shape[1], MOST_VERTICES)
    of_x, of_y = np.empty((most, 4), np.int64), np.empty((most, 4), np.int64)
    y_count = degenerate_vertices.list_vertices(
        words_a[2], signs_a[0], signs_a[1], lane, sets_a, sets_b, of_y
    )
    x_count = degenerate_vertices.list_vertices(
        words_b[2], signs_b[0], signs_b[1], lane, sets_b, sets_a, of_x
    )
    if min(x_count, y_count) == degenerate_vertices.FULL:
        return 0, TIED
    count = degenerate_vertices.meet(of_x, x_count, of_y, y_count, first, last, pairs)
    if count == degenerate_vertices.FULL:
        return 0, CROWDED
    return count, SOLVED if count > 0 else TIED


@part(allocates=True)
def find_block(a, b, first, last, sets_a, sets_b, thorough, space, begin, end, pairs, starts, counts, status):
    """Finds the pairs of supports of up to 64 games; returns the end of the filled part of ``pairs``.

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
            if not exact_a & bit and modular_signs.settle(
                a, game, True, sets_a, lane, signs_a[0], signs_a[1]
            ):
                exact_a |= bit
            if not exact_b & bit and modular_signs.settle(
                b, game, False, sets_b, lane, signs_b[0], signs_b[1]
            ):
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


@part(allocates=True)
def repeated(payoffs, first, last):
    """The 64 games from ``first`` on, the one before ``last`` again and again where they are fewer.

    Args:
        payoffs: (games, rows, columns).
        first, last: the first game, and the one after the last.
    """
    block = np.empty((GAMES, payoffs.shape[1], payoffs.shape[2]))
    for lane in range(GAMES):
        game = min(first + lane, last - 1)
        for i in range(payoffs.shape[1]):
            for j in range(payoffs.shape[2]):
                block[lane, i, j] = payoffs[game, i, j]
    return block


class Workspace(NamedTuple):
    """Work space for 64 games; a, b: of the row and of the column player's payoffs."""

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


@part(allocates=True)
def workspace(m, n, sets_a, sets_b, room):
    """Work space for 64 games of shape (m, n) and for so many pairs.

    Args:
        m, n: numbers of rows and of columns.
        sets_a, sets_b: ``supports(n, m)`` and ``supports(m, n)``.
        room: pairs that can be listed.
    """
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
            column set that determine the row player's mixed strategy, then of the column and of the row set
            that determine the column player's; row sets have their numbers in ``sets_a.columns``, column sets
            in ``sets_b.columns``.
        starts, counts, status: (games,) filled with the first pair, how many there are, and what became of
            the game.
    """
    space = workspace(a.shape[1], a.shape[2], sets_a, sets_b, max(end - begin, 1024))
    place = begin
    for game in range(first, last, GAMES):
        place = find_block(
            a, b, game, last, sets_a, sets_b, thorough, space, place, end, pairs, starts, counts, status
        )
