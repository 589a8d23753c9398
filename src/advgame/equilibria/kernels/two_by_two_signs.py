"""All equilibria of many 2 × 2 games from the signs of four payoff differences.

The four best-response differences have 3⁴ = 81 combinations of signs; a table computed by the single-game
solver lists the extreme equilibria of each. The sign of a difference of floats is exact, so
ties are recognised exactly, and pure equilibria have no regret. A regret is computed only where a player
mixed strategies.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from advgame.equilibria.kernels.compiling import njit, part
from advgame.games.tolerances import LARGEST_REGRET

MOST = 4  # extreme equilibria of a 2 × 2 game
# A player's mixed strategy: a pure strategy, or the one that makes the other indifferent
FIRST, SECOND, MIXED = 0, 1, 2
TILE = 512  # games that stay in the nearest cache while they are worked on


def _vertices(gains: tuple[int, int]) -> dict[int, set[int]]:
    """A player's extreme mixed strategies with the best responses to each, from the opponent's signs."""
    best = {1: {0}, 0: {0, 1}, -1: {1}}
    mixes = {FIRST: best[gains[0]], SECOND: best[gains[1]]}
    return {**mixes, MIXED: {0, 1}} if gains[0] * gains[1] < 0 else mixes


def _table() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """For each combination of signs, the number of extreme equilibria and the mixed strategies they pair."""
    counts, pairs = np.zeros(81, np.uint8), np.zeros((81, MOST, 2), np.uint8)
    played = {FIRST: {0}, SECOND: {1}, MIXED: {0, 1}}
    for code, (d0, d1, b0, b1) in enumerate(product((-1, 0, 1), repeat=4)):
        for x, attacks in _vertices((b0, b1)).items():
            for y, defences in _vertices((d0, d1)).items():
                if played[x] <= defences and played[y] <= attacks:
                    pairs[code, counts[code]] = x, y
                    counts[code] += 1
    return counts, pairs


COUNTS, PAIRS = _table()
EACH = COUNTS.astype(np.uint64)
# Number the mixed strategies paired in ``PAIRS``
ENTRIES = np.arange(81 * MOST, dtype=np.uint16).reshape(81, MOST)
SHARE = np.array([1.0, 0.0, 2.0])[PAIRS]  # of the first strategy; 2 where it must be computed
MIXES = np.ascontiguousarray(np.stack([SHARE, 1.0 - SHARE], axis=3).reshape(-1, 4))  # by entry
MUST = (PAIRS == MIXED).any(axis=2).ravel().astype(np.uint64)  # be computed, by entry


@part(error_model="numpy")
def signs(a, b, codes):
    """Writes the combination of signs of each game; False where a difference is no finite number.

    Args:
        a, b: (games, 2, 2) payoffs.
        codes: (games,) or longer, uint8, written in place: 0 to 80.
    """
    sound = True
    for game in range(len(a)):
        d0, d1 = a[game, 0, 0] - a[game, 1, 0], a[game, 0, 1] - a[game, 1, 1]
        b0, b1 = b[game, 0, 0] - b[game, 0, 1], b[game, 1, 0] - b[game, 1, 1]
        code = 40
        code += 27 if d0 > 0 else (-27 if d0 < 0 else 0)
        code += 9 if d1 > 0 else (-9 if d1 < 0 else 0)
        code += 3 if b0 > 0 else (-3 if b0 < 0 else 0)
        code += 1 if b1 > 0 else (-1 if b1 < 0 else 0)
        codes[game] = code
        sound &= (abs(d0) < np.inf) & (abs(d1) < np.inf) & (abs(b0) < np.inf) & (abs(b1) < np.inf)
    return sound


@njit(nogil=True, error_model="numpy")
def count(a, b, first, last):
    """How many equilibria the games ``first`` … ``last`` have.

    Args:
        a, b: (games, 2, 2) payoffs.
        first, last: the first game, and the one after the last.
    """
    codes, equilibria = np.empty(TILE, np.uint8), 0
    for begin in range(first, last, TILE):
        end = min(begin + TILE, last)
        signs(a[begin:end], b[begin:end], codes)
        equilibria += total(codes, end - begin)
    return equilibria


@part(error_model="numpy")
def total(codes, games):
    """How many equilibria games with these combinations of signs have."""
    equilibria = 0
    for place in range(games):
        equilibria += COUNTS[codes[place]]
    return equilibria


@njit(nogil=True, error_model="numpy")
def fill(a, b, first, last, row, index, defender, attacker, regret):
    """Fills the equilibria of the games ``first`` … ``last``, in order, from a row on.

    Args:
        a, b: payoffs (games, 2, 2).
        index: (rows,), defender, attacker and regret: (rows, 2), relative to the range of the payoffs.

    Returns:
        The row after the last one, -1 where there are too few rows; and whether all differences were finite
        numbers and all regrets small.
    """
    codes, space = np.empty(TILE, np.uint8), np.empty((10, TILE))
    entries, games = np.empty(MOST * TILE + MOST, np.uint16), np.empty(MOST * TILE + MOST, np.int32)
    mixed, sound = np.empty(MOST * TILE + 1, np.int32), True
    for begin in range(first, last, TILE):
        end = min(begin + TILE, last)
        sound &= signs(a[begin:end], b[begin:end], codes)
        rows = listed(codes, end - begin, entries, games)
        if row + rows > len(index):
            return -1, sound
        x, y, regrets = defender[row : row + rows], attacker[row : row + rows], regret[row : row + rows]
        look_up(entries, games, begin, index[row : row + rows], x, y, regrets)
        mixing = to_compute(entries, rows, mixed)
        for start in range(0, mixing, TILE):
            some = mixed[start : min(start + TILE, mixing)]
            sound &= mix(a[begin:end], b[begin:end], some, games, space, x, y, regrets)
        row += rows
    return row, sound


# The loops below are apart, and without branches, so that the processor need not guess.


@part(error_model="numpy")
def listed(codes, games, entries, places):
    """Lists the equilibria of a tile: which entry of the table, of which game; how many there are.

    Args:
        codes: (games,) or longer, the combinations of signs.
        games: games of the tile.
        entries: (MOST · games + MOST,) uint16, written in place: entries of the table.
        places: (MOST · games + MOST,) int32, written in place: the games in the tile.
    """
    row, one, two, three = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(3)
    for place in range(games):
        code, game = codes[place], np.int32(place)
        entries[row], entries[row + one] = ENTRIES[code, 0], ENTRIES[code, 1]
        entries[row + two], entries[row + three] = ENTRIES[code, 2], ENTRIES[code, 3]
        places[row], places[row + one], places[row + two], places[row + three] = game, game, game, game
        row += EACH[code]  # what was written in excess is written over
    return np.int64(row)


@part(error_model="numpy")
def look_up(entries, places, begin, index, defender, attacker, regret):
    """Writes the rows of a tile from the table.

    Args:
        entries, places: (rows,) or longer, as ``listed`` wrote them.
        begin: the first game of the tile.
        index: (rows,) written in place: the game of each row.
        defender, attacker: (rows, 2) written in place; a share of 2 must still be computed.
        regret: (rows, 2) written in place.
    """
    for row in range(len(index)):
        entry = entries[row]
        index[row] = begin + places[row]
        defender[row, 0], defender[row, 1] = MIXES[entry, 0], MIXES[entry, 1]
        attacker[row, 0], attacker[row, 1] = MIXES[entry, 2], MIXES[entry, 3]
        regret[row, 0], regret[row, 1] = 0.0, 0.0


@part(error_model="numpy")
def to_compute(entries, rows, mixed):
    """Lists the rows in which a player mixes; how many there are.

    Args:
        entries: (rows,) or longer, as ``listed`` wrote them.
        rows: number of rows.
        mixed: (rows + 1,) int32, filled from the start.
    """
    count = np.uint64(0)
    for row in range(rows):
        mixed[count] = row
        count += MUST[entries[row]]
    return np.int64(count)


@part(error_model="numpy")
def mix(a, b, mixed, games, space, defender, attacker, regret):
    """Computes the rows in which a player mixes; False where a regret is not small.

    In three passes: gathered, computed in parallel, written back.

    Args:
        a, b: (games of the tile, 2, 2) payoffs.
        mixed: (k,) the rows, k at most TILE.
        games: the game of each row, in the tile.
        space: (10, TILE) space.
        defender, attacker: (rows, 2) probabilities, of which these rows are written in place.
        regret: (rows, 2) relative regrets, of which these rows are written in place.
    """
    count = len(mixed)
    for k in range(count):
        row = np.uint64(mixed[k])
        game = np.uint64(games[row])
        space[0, k], space[1, k] = a[game, 0, 0], a[game, 0, 1]
        space[2, k], space[3, k] = a[game, 1, 0], a[game, 1, 1]
        space[4, k], space[5, k] = b[game, 0, 0], b[game, 0, 1]
        space[6, k], space[7, k] = b[game, 1, 0], b[game, 1, 1]
        space[8, k], space[9, k] = defender[row, 0], attacker[row, 0]
    small = True
    for k in range(count):
        d0, d1 = space[0, k] - space[2, k], space[1, k] - space[3, k]
        b0, b1 = space[4, k] - space[5, k], space[6, k] - space[7, k]
        x, y = abs(b1) / (abs(b0) + abs(b1)), abs(d1) / (abs(d0) + abs(d1))
        x = x if space[8, k] == 2.0 else space[8, k]
        y = y if space[9, k] == 2.0 else space[9, k]
        of_first, of_column = d0 * y + d1 * (1 - y), b0 * x + b1 * (1 - x)  # earns more than the second
        one = gain(of_first, x) / span(space[0, k], space[1, k], space[2, k], space[3, k])
        two = gain(of_column, y) / span(space[4, k], space[5, k], space[6, k], space[7, k])
        small &= (one <= LARGEST_REGRET) & (two <= LARGEST_REGRET)
        space[0, k], space[1, k], space[8, k], space[9, k] = one, two, x, y
    for k in range(count):
        row = np.uint64(mixed[k])
        defender[row, 0], defender[row, 1] = space[8, k], 1 - space[8, k]
        attacker[row, 0], attacker[row, 1] = space[9, k], 1 - space[9, k]
        regret[row, 0], regret[row, 1] = space[0, k], space[1, k]
    return small


@part(error_model="numpy", forceinline=True)
def span(p, q, r, s):
    """The range of four payoffs; 1 where it is 0.

    Args:
        p, q, r, s: the payoffs.
    """
    most, more = p if p > q else q, r if r > s else s
    least, less = q if p > q else p, s if r > s else r
    size = (most if most > more else more) - (least if least < less else less)
    return size if size > 0 else 1.0


@part(error_model="numpy", forceinline=True)
def gain(difference, share):
    """The gain of a player from the first strategy, played with a probability."""
    return (1 - share) * difference if difference > 0 else -share * difference
