"""2 × 2 games solved from prices and shares, without storing their payoffs.

A 2 × 2 game is decided by four differences: what each player's first strategy earns more than the second,
against either strategy of the opponent. A difference counts only if it exceeds its rounding error. Where the
signs leave one equilibrium, either one player has a strictly dominated strategy and the other a strict best
response, or the best responses form a cycle. All other games are left to solvers that read the payoffs.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from advgame.equilibria.kernels.compiling import njit, part
from advgame.games.tolerances import LARGEST_REGRET

TILE = 128  # games whose payoffs are added up together

# What is played: 3 × the defender's kind + the attacker's, each the first strategy, the second, or both.
FIRST, SECOND, BOTH = 0, 1, 2
MIXED = 3 * BOTH + BOTH
LEFT = 9  # to be solved from its payoffs


def _table() -> NDArray[np.uint8]:
    """What is played for each combination of signs (−1, 0 near a tie, 1) of the four differences."""
    kinds = np.full(81, LEFT, np.uint8)
    for code, (d0, d1, b0, b1) in enumerate(product((-1, 0, 1), repeat=4)):
        row = FIRST if d0 > 0 else SECOND  # the answer to the first attack, and so on
        column = FIRST if b0 > 0 else SECOND
        if d0 * d1 > 0 and (b0, b1)[row] != 0:
            kinds[code] = 3 * row + (FIRST if (b0, b1)[row] > 0 else SECOND)
        elif b0 * b1 > 0 and (d0, d1)[column] != 0:
            kinds[code] = 3 * (FIRST if (d0, d1)[column] > 0 else SECOND) + column
        elif d0 * d1 < 0 and b0 * b1 < 0 and d0 * b0 < 0:
            kinds[code] = MIXED
    return kinds


KINDS = _table()


class Sums(NamedTuple):
    """The quantities that decide the games. With p > 0 every sum is Σ_b φ_b (still_b + p shared_b).

    The first four sums are the differences: of the defender against the first attack and the second, of the
    attacker against the first defence and the second. Then follow the defender's payoffs of the second
    defence against both attacks, and the attacker's of the second attack against both defences.
    """

    price_rows: np.ndarray  # (features − 1,) where among the numbers each price stands
    largest: float
    largest_row: int
    cap: float
    cap_row: int
    still: np.ndarray  # (8, features)
    shared: np.ndarray  # (8, features)
    near: np.ndarray  # (2,) a difference below it may be a tie; of defender and attacker


@part(error_model="numpy", forceinline=True)
def _sign(difference, near):
    """0 for −, 1 near a tie, 2 for +."""
    return 2 if difference > near else (0 if difference < -near else 1)


# Along a line, only one number changes, so every difference rises or falls all the way, in floats too.


@njit(nogil=True, error_model="numpy")
def map_some(sums, numbers, values, row, first, last, code, defend, attack):
    """Fills, for every game of the lines first … last, the kind of equilibrium and both P(second strategy).

    Args:
        sums: what the games are told by.
        numbers: (numbers, lines), of which the one in ``row`` is not read:
        values: (length,) rising, are its values along every line.
        row: which number changes along the lines.
        first, last: the lines to fill.
        code, defend, attack: (lines, length).

    Returns:
        How many games are left.
    """
    fixed, slope, cuts, left = np.empty(4), np.empty(4), np.empty(11, np.int64), 0
    for line in range(first, last):
        top, start = _line(sums, numbers, values, row, line, fixed, slope)
        _cut(values, top, fixed, slope, sums.near, start, cuts)
        code[line, :start], defend[line, :start], attack[line, :start] = LEFT, 0.0, 0.0
        left += start
        for place in range(10):
            low, high = cuts[place], cuts[place + 1]
            if low < high:
                value, signs = min(values[low], top), 0
                for s in range(4):
                    signs = 3 * signs + _sign(fixed[s] + slope[s] * value, sums.near[s // 2])
                kind = KINDS[signs]
                code[line, low:high] = kind
                if kind == MIXED:
                    left += _mix(
                        values[low:high],
                        top,
                        fixed,
                        slope,
                        code[line, low:high],
                        defend[line, low:high],
                        attack[line, low:high],
                    )
                else:
                    defend[line, low:high] = 1.0 if 3 <= kind < 6 else 0.0
                    attack[line, low:high] = 1.0 if kind % 3 == 1 else 0.0
                    left += high - low if kind == LEFT else 0
    return left


@part(error_model="numpy")
def _line(sums, numbers, values, row, line, fixed, slope):
    """Writes the differences of a line as fixed + slope v; the most v counts; where p > 0 begins."""
    share, largest, cap = np.inf, sums.largest, sums.cap
    if sums.largest_row >= 0:
        largest = numbers[sums.largest_row, line]
    if sums.cap_row >= 0:
        cap = numbers[sums.cap_row, line]
    along = row in (sums.largest_row, sums.cap_row)
    if along:
        top = cap if row == sums.largest_row else largest
    else:
        top, share = np.inf, min(largest, cap)
    for s in range(4):
        still, shared, at = sums.still[s, 0], sums.shared[s, 0], 0
        for b in range(1, sums.still.shape[1]):
            if sums.price_rows[b - 1] == row:
                at = b
            else:
                price = numbers[sums.price_rows[b - 1], line]
                still += sums.still[s, b] * price
                shared += sums.shared[s, b] * price
        if along:
            fixed[s], slope[s] = still, shared
        else:
            fixed[s] = still + share * shared
            slope[s] = sums.still[s, at] + share * sums.shared[s, at] if at > 0 else 0.0
    length = len(values)
    if not along:
        return top, 0 if share > 0.0 else length
    return top, _first_beyond(values, top, 0.0, 1.0, 0.0) if top > 0.0 else length


@part(error_model="numpy")
def _first_beyond(values, top, fixed, slope, level):
    """The first place where the rising fixed + slope v is beyond a level; the length if it never is."""
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if fixed + slope * min(values[middle], top) > level:
            high = middle
        else:
            low = middle + 1
    return low


@part(error_model="numpy")
def _cut(values, top, fixed, slope, near, start, cuts):
    """Writes the places at which a sign changes, in order, from ``start`` to the length of the line."""
    cuts[0], cuts[1] = start, len(values)
    for s in range(4):
        turn = 1.0 if slope[s] >= 0.0 else -1.0
        for side in range(2):
            level = near[s // 2] * (2 * side - 1)
            place = _first_beyond(values, top, turn * fixed[s], turn * slope[s], level)
            place = max(place, start)
            last = 2 + 2 * s + side
            while cuts[last - 1] > place:
                cuts[last] = cuts[last - 1]
                last -= 1
            cuts[last] = place
    cuts[10] = len(values)


@part(error_model="numpy", fastmath={"contract", "nsz"})
def _mix(values, top, fixed, slope, code, defend, attack):
    """Writes both P(second strategy) where best responses form a cycle; returns how many games are left."""
    left = 0
    f0, f1, f2, f3 = fixed[0], fixed[1], fixed[2], fixed[3]
    s0, s1, s2, s3 = slope[0], slope[1], slope[2], slope[3]
    for c in range(len(values)):
        v = min(values[c], top)
        d0, d1, b0, b1 = f0 + s0 * v, f1 + s1 * v, f2 + s2 * v, f3 + s3 * v
        x, y = _second(d0, d1, b0, b1)
        defend[c], attack[c] = x, y
        certain = _excess(d0, d1, b0, b1, x, y) <= 0.0
        code[c] = MIXED if certain else LEFT
        left += 0 if certain else 1
    return left


@part(error_model="numpy", forceinline=True)
def _second(d0, d1, b0, b1):
    """P(second strategy) of the defender, who makes the attacker indifferent, and of the attacker."""
    in_d, in_b = abs(d0) + abs(d1), abs(b0) + abs(b1)
    inverse = 1.0 / (in_d * in_b)  # one division for both
    return abs(b0) * in_d * inverse, abs(d0) * in_b * inverse


@part(error_model="numpy", forceinline=True)
def _excess(d0, d1, b0, b1, x, y):
    """By how much the larger of both players' regrets exceeds the tolerance."""
    gain, range_ = abs(d0 * (1.0 - y) + d1 * y), max(abs(d0), abs(d1))
    lure, reach = abs(b0 * (1.0 - x) + b1 * x), max(abs(b0), abs(b1))
    return max(gain - LARGEST_REGRET * range_, lure - LARGEST_REGRET * reach)


# Anything may change from game to game here, so the sums are added up a tile at a time.


@njit(nogil=True, error_model="numpy")
def solve_some(sums, numbers, first, last, code, defender, attacker, value, regret):
    """Fills the answers of games first … last: kind of equilibrium, both mixed strategies, values, regrets.

    Args:
        sums: what the games are told by.
        numbers: (numbers, games).
        first, last: the games to solve.
        code: (games,); the other arrays: (games, 2).
    """
    share, total, kind, out = np.ones(TILE), np.zeros((8, TILE)), np.zeros(TILE), np.zeros((6, TILE))
    for start in range(first, last, TILE):
        width = min(TILE, last - start)
        _add_up(sums, numbers, start, width, share, total)
        for c in range(TILE):
            signs = 3 * _sign(total[0, c], sums.near[0]) + _sign(total[1, c], sums.near[0])
            signs = 3 * (3 * signs + _sign(total[2, c], sums.near[1])) + _sign(total[3, c], sums.near[1])
            kind[c] = KINDS[signs] if share[c] > 0.0 else LEFT
        _play(total, kind, out)
        here = slice(start, start + width)
        _interleave(out[0], out[1], out[2], out[3], defender[here], attacker[here], value[here])
        for c in range(width):
            code[start + c] = np.uint8(kind[c])
            regret[start + c, 0], regret[start + c, 1] = out[4, c], out[5, c]


@part(error_model="numpy", fastmath={"contract", "nsz"})
def _play(total, kind, out):
    """Writes both P(second strategy), values and regrets; LEFT where rounding spoils a mixed strategy."""
    for c in range(TILE):
        d0, d1, b0, b1 = total[0, c], total[1, c], total[2, c], total[3, c]
        mixed, x, y = kind[c] == MIXED, 0.0, 0.0
        x = 1.0 if (kind[c] >= 3.0) & (kind[c] < 6.0) else 0.0
        y = 1.0 if (kind[c] == 1.0) | (kind[c] == 4.0) else 0.0
        both_x, both_y = _second(d0, d1, b0, b1)
        x, y = both_x if mixed else x, both_y if mixed else y
        gain, lure = d0 * (1.0 - y) + d1 * y, b0 * (1.0 - x) + b1 * x
        out[0, c], out[1, c] = x, y
        out[2, c] = (1.0 - y) * total[4, c] + y * total[5, c] + (1.0 - x) * gain
        out[3, c] = (1.0 - x) * total[6, c] + x * total[7, c] + (1.0 - y) * lure
        lost, missed = max(x * gain, (x - 1.0) * gain), max(y * lure, (y - 1.0) * lure)
        lost, missed = lost / max(abs(d0), abs(d1)), missed / max(abs(b0), abs(b1))
        out[4, c], out[5, c] = lost if mixed else 0.0, missed if mixed else 0.0
        kind[c] = LEFT if mixed & (max(lost, missed) > LARGEST_REGRET) else kind[c]


@part(error_model="numpy")
def _interleave(x, y, won, taken, defender, attacker, value):
    for c in range(len(value)):
        defender[c, 0], defender[c, 1] = 1.0 - x[c], x[c]
        attacker[c, 0], attacker[c, 1] = 1.0 - y[c], y[c]
        value[c, 0], value[c, 1] = won[c], taken[c]


@part(error_model="numpy", fastmath={"contract"})
def _add_up(sums, numbers, start, width, share, total):
    """Writes the intensities of the attack and the sums of a tile of games."""
    for c in range(TILE):
        share[c] = min(sums.largest, sums.cap)
    for row in (sums.largest_row, sums.cap_row):
        if row >= 0:
            number = numbers[row, start : start + width]
            for c in range(width):
                share[c] = min(number[c], share[c])
    for s in range(8):
        still, shared = sums.still[s, 0], sums.shared[s, 0]
        for c in range(TILE):
            total[s, c] = still + shared * share[c]
        for b in range(1, sums.still.shape[1]):
            still, shared, row = sums.still[s, b], sums.shared[s, b], sums.price_rows[b - 1]
            if still != 0.0 or shared != 0.0:
                number = numbers[row, start : start + width]
                for c in range(width):
                    total[s, c] += (still + shared * share[c]) * number[c]
