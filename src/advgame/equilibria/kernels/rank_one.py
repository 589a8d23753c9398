"""The walk along the intensity of attack, compiled: all equilibria of many adversary–defender games.

The same steps as `advgame.games.structure` and `advgame.equilibria.rank_one`, which explain them; here
one function does each for one game, on arrays that the caller lends.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

NEAR = 1e-9  # of the largest cost: what is smaller may be a tie
RESIDUE = 1e-11  # of the smaller matrix: what may remain beside the rank-1 part

# What became of a game.
SOLVED = 0  # all equilibria, proven
TIED = 1  # near a tie: what was found holds, but there may be more
UNSTRUCTURED = 2  # not of rank 1
LOST = 3  # rounding hid the way
CROWDED = 4  # more equilibria than there was room for


# Sums may be taken in any order: what rests on them is checked against the payoffs at the end.
QUICK = {"nnan", "ninf", "nsz", "reassoc", "contract"}


@njit(cache=True, fastmath=QUICK)
def centred(payoffs, out):
    """Writes the payoffs, divided by their range and without their row and column means, into ``out``."""
    rows, columns = payoffs.shape
    low = high = payoffs[0, 0]
    for i in range(rows):
        for j in range(columns):
            low, high = min(low, payoffs[i, j]), max(high, payoffs[i, j])
    unit = 1.0 / (high - low) if high > low else 1.0
    for i in range(rows):
        mean = 0.0
        for j in range(columns):
            out[i, j] = payoffs[i, j] * unit
            mean += out[i, j]
        mean /= columns
        for j in range(columns):
            out[i, j] -= mean
    for j in range(columns):
        mean = 0.0
        for i in range(rows):
            mean += out[i, j]
        mean /= rows
        for i in range(rows):
            out[i, j] -= mean
    return unit


@njit(cache=True, fastmath=QUICK)
def largest_size(matrix):
    """The size of the entry largest in size."""
    size = 0.0
    for i in range(matrix.shape[0]):
        for j in range(matrix.shape[1]):
            size = max(size, abs(matrix[i, j]))
    return size


@njit(cache=True)
def place_of(matrix, size):
    """The place of the first entry of a size."""
    for i in range(matrix.shape[0]):
        for j in range(matrix.shape[1]):
            if abs(matrix[i, j]) >= size:
                return i, j
    return 0, 0


@njit(cache=True, fastmath=QUICK)
def products(a, b):
    """The sums of a·b and of b·b."""
    ab = bb = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            ab += a[i, j] * b[i, j]
            bb += b[i, j] * b[i, j]
    return ab, bb


@njit(cache=True)
def cancels(a, b, ratio, allowed):
    """Whether a + ratio·b is nothing."""
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            if abs(a[i, j] + ratio * b[i, j]) > allowed:
                return False
    return True


@njit(cache=True, fastmath=QUICK)
def largest_of_sum(a, b, ratio):
    """The place and the size of the largest entry of a + ratio·b."""
    size = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            size = max(size, abs(a[i, j] + ratio * b[i, j]))
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            if abs(a[i, j] + ratio * b[i, j]) >= size * (1 - 1e-12):
                return i, j, size
    return 0, 0, size


@njit(cache=True, fastmath=QUICK)
def residue(a, b, ratio, left, right):
    """Writes the rank-1 factors of a + ratio·b; returns their place, its size, and the most they leave."""
    rows, columns = a.shape
    r, c, size = largest_of_sum(a, b, ratio)
    pivot = a[r, c] + ratio * b[r, c]
    inverse = 1.0 / pivot if pivot != 0.0 else 0.0
    for i in range(rows):
        left[i] = a[i, c] + ratio * b[i, c]
    for j in range(columns):
        right[j] = (a[r, j] + ratio * b[r, j]) * inverse
    worst = 0.0
    for i in range(rows):
        for j in range(columns):
            worst = max(worst, abs(a[i, j] + ratio * b[i, j] - left[i] * right[j]))
    return r, c, size, worst


@njit(cache=True)
def worst_place(a, b, ratio, left, right):
    """The place of the largest entry that rank-1 factors leave of a + ratio·b."""
    at_row = at_column = 0
    worst = -1.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            value = abs(a[i, j] + ratio * b[i, j] - left[i] * right[j])
            if value > worst:
                worst, at_row, at_column = value, i, j
    return at_row, at_column


@njit(cache=True)
def entry_residue(a, b, ratio, r, c, i, j):
    """One entry of a + ratio·b less its cross approximation through (r, c)."""
    pivot = a[r, c] + ratio * b[r, c]
    value = a[i, j] + ratio * b[i, j]
    if pivot == 0.0:
        return value
    return value - (a[i, c] + ratio * b[i, c]) * (a[r, j] + ratio * b[r, j]) / pivot


@njit(cache=True)
def find_ratio(a, b, left, right):
    """A t > 0 for which a + t·b has rank 0 or 1, its factors written; 0 where there is none."""
    size_a, size_b = largest_size(a), largest_size(b)
    if size_b <= RESIDUE or size_a == 0.0:
        return 0.0
    ab, bb = products(a, b)
    ratio = -ab / bb
    if ratio > 0 and cancels(a, b, ratio, RESIDUE * min(size_a, ratio * size_b)):
        left[:] = 0.0
        right[:] = 0.0
        return ratio
    if min(a.shape) == 2:  # two rows or columns, centred, are of rank 1 for every t
        return accepted_ratio(a, b, 1.0, size_a, size_b, left, right)
    row, column = place_of(b, size_b)
    ceiling = np.inf
    for _ in range(6):
        ceiling, other_row, other_column = opposite_corner(a, row, column, ceiling)
        if other_row < 0:
            return 0.0
        first, second = minor_roots(a, b, row, column, other_row, other_column)
        for root in (first, second):
            if root > 0:
                ratio = accepted_ratio(a, b, root, size_a, size_b, left, right)
                if ratio > 0:
                    return ratio
    return 0.0


@njit(cache=True)
def opposite_corner(a, row, column, ceiling):
    """The largest entry below ``ceiling`` outside a row and a column, and its place; -1 for none."""
    best, other_row, other_column = -1.0, -1, -1
    for i in range(a.shape[0]):
        if i != row:
            for j in range(a.shape[1]):
                if j != column and best < abs(a[i, j]) < ceiling:
                    best, other_row, other_column = abs(a[i, j]), i, j
    return best, other_row, other_column


@njit(cache=True)
def minor_roots(a, b, row, column, k, other):
    """The t for which the minor of a + t·b with two opposite corners is 0; 0 in place of one that is not."""
    square = b[row, column] * b[k, other] - b[row, other] * b[k, column]
    linear = a[row, column] * b[k, other] + b[row, column] * a[k, other]
    linear -= a[row, other] * b[k, column] + b[row, other] * a[k, column]
    constant = a[row, column] * a[k, other] - a[row, other] * a[k, column]
    root = np.sqrt(max(linear * linear - 4 * square * constant, 0.0))
    half = -(linear + (root if linear >= 0 else -root)) / 2
    first = half / square if square != 0.0 else 0.0
    second = constant / half if half != 0.0 else 0.0
    return (first if np.isfinite(first) else 0.0), (second if np.isfinite(second) else 0.0)


@njit(cache=True)
def accepted_ratio(a, b, ratio, size_a, size_b, left, right):
    """The candidate, sharpened by secant steps if it nearly fits; 0 if it does not fit."""
    for _ in range(3):
        r, c, size, worst = residue(a, b, ratio, left, right)
        if worst <= RESIDUE * min(size_a, ratio * size_b):
            return ratio
        if worst > 1e-3 * size:
            return 0.0
        i, j = worst_place(a, b, ratio, left, right)
        here, nudge = entry_residue(a, b, ratio, r, c, i, j), 1e-5 * ratio
        slope = (entry_residue(a, b, ratio + nudge, r, c, i, j) - here) / nudge
        if slope == 0.0 or not np.isfinite(slope) or abs(here / slope) > 0.1 * ratio:
            return 0.0
        ratio -= here / slope
    return 0.0


@njit(cache=True)
def start(q, idle, slope, table, basic, nonbasic):
    """Writes the tableau of the pure defence that is best at μ = 0 against its worst attack."""
    m, n = q.shape
    row, best = 0, np.inf
    for i in range(m):
        worst = -np.inf
        for j in range(n):
            worst = max(worst, q[i, j])
        if worst + idle[i] < best:
            row, best = i, worst + idle[i]
    column = 0
    for j in range(n):
        if q[row, j] > q[row, column]:
            column = j
    for j in range(n):
        basic[j] = m + j
        for i in range(m):
            table[j, i] = (q[i, j] - q[row, j]) - (q[i, column] - q[row, column])
        table[j, m] = q[row, column] - q[row, j]
        table[j, row] = -1.0
    for i in range(m):
        nonbasic[i] = i
        table[column, i] = 1.0
        table[n, i] = q[i, column] - q[row, column] + idle[i] - idle[row]
        table[n + 1, i] = slope[i] - slope[row]
    table[column, m] = 1.0
    table[column, row] = 0.0
    table[n, row], table[n + 1, row] = 1.0, 0.0
    table[n, m] = table[n + 1, m] = 0.0
    basic[column], nonbasic[row] = row, m + column


@njit(cache=True)
def pivot(table, basic, nonbasic, row, column):
    """Exchanges a basic and a nonbasic variable."""
    rows, columns = table.shape
    inverse = 1.0 / table[row, column]
    for j in range(columns):
        table[row, j] *= inverse
    for i in range(rows):
        if i != row:
            factor = table[i, column]
            if factor != 0.0:
                table[i, column] = 0.0
                for j in range(columns):
                    table[i, j] -= factor * table[row, j]
                table[i, column] = -factor * inverse
    table[row, column] = inverse
    basic[row], nonbasic[column] = nonbasic[column], basic[row]


@njit(cache=True)
def leaving_row(table, column):
    """The row that stops the entering column first, the largest pivot among ties; -1 where there is none."""
    last = table.shape[1] - 1
    best, found = np.inf, -1
    for i in range(table.shape[0] - 2):
        if table[i, column] > 1e-11:
            ratio = table[i, last] / table[i, column]
            if ratio < best - 1e-13 or (ratio <= best + 1e-13 and table[i, column] > table[found, column]):
                best, found = min(best, ratio), i
    return found


@njit(cache=True)
def optimise_at_zero(table, basic, nonbasic):
    """Primal simplex steps until the costs at μ = 0 are least; False where rounding hides the way."""
    rows, columns = table.shape
    for step in range(2000 + 50 * rows):
        entering, best = -1, -1e-12
        for j in range(columns - 1):
            cost = table[rows - 2, j]
            if step < 50 * rows:
                if cost < best:
                    entering, best = j, cost
            elif cost < -1e-12 and (entering < 0 or nonbasic[j] < nonbasic[entering]):
                entering = j  # the first by number, once a cycle is possible (Bland)
        if entering < 0:
            return True
        leaving = leaving_row(table, entering)
        if leaving < 0:
            return False
        pivot(table, basic, nonbasic, leaving, entering)
    return False


@njit(cache=True)
def walk(q, idle, slope, intensity, table, basic, nonbasic, defender, attacker):
    """Writes the equilibria met on the walk, as rows of ``defender`` and ``attacker``.

    Args:
        q: (defences, attacks), scaled so that costs are of size 1; idle, slope: (defences,);
        intensity: (attacks,), at least 0 and 0 somewhere, at most 1.
        table, basic, nonbasic: space of shapes (attacks + 2, defences + 1), (attacks,), (defences,).

    Returns:
        How many were met, and what became of the game.
    """
    m, n = q.shape
    start(q, idle, slope, table, basic, nonbasic)
    if not optimise_at_zero(table, basic, nonbasic):
        return 0, LOST
    end = 0.0
    for j in range(n):
        end = max(end, intensity[j])
    here, met, status = 0.0, 0, SOLVED
    for _ in range(20_000):
        there, entering = end, -1
        level = tilt = 0.0
        for k in range(m):
            cost, change = table[n, k], table[n + 1, k]
            if change < -1e-13 and -cost / change < there:
                there, entering = max(-cost / change, here), k
            if nonbasic[k] >= m:
                level += intensity[nonbasic[k] - m] * cost
                tilt += intensity[nonbasic[k] - m] * change
        for j in range(n):
            if table[j, m] <= NEAR:
                status = TIED  # the adversary's optimal mixes may form a continuum
        gap_here, gap_there = level + (tilt - 1) * here, level + (tilt - 1) * there
        place = -1.0
        if here == 0 and abs(gap_here) <= NEAR:
            place = 0.0
        elif there == end and abs(gap_there) <= NEAR:
            place = end
        elif (gap_here > NEAR and gap_there < -NEAR) or (gap_here < -NEAR and gap_there > NEAR):
            place = level / (1 - tilt)
        elif (abs(gap_here) <= NEAR and here > 0) or (abs(gap_there) <= NEAR and there < end):
            status = TIED  # a crossing at a breakpoint
            place = here if abs(gap_here) <= NEAR else there
        if place >= 0:
            if met == len(defender):
                return met, CROWDED
            if not note(table, basic, nonbasic, place, defender[met], attacker[met]):
                status = TIED
            met += 1
        if there >= end:
            return met, status if met % 2 == 1 else TIED
        leaving = leaving_row(table, entering)
        if leaving < 0:
            return met, LOST
        pivot(table, basic, nonbasic, leaving, entering)
        here = there
    return met, LOST


@njit(cache=True)
def note(table, basic, nonbasic, place, defender, attacker):
    """Writes the mixes of the basis at μ = place; False where one of them may not be the only one."""
    n, m = len(basic), len(nonbasic)
    clear = True
    defender[:] = 0.0
    attacker[:] = 0.0
    total = 0.0
    for j in range(n):
        if basic[j] < m:
            defender[basic[j]] = max(table[j, m], 0.0)
            total += defender[basic[j]]
    for i in range(m):
        defender[i] /= total
    total = 0.0
    for k in range(m):
        reduced = table[n, k] + place * table[n + 1, k]
        if reduced <= NEAR:
            clear = False
        if nonbasic[k] >= m:
            attacker[nonbasic[k] - m] = max(reduced, 0.0)
            total += max(reduced, 0.0)
    for j in range(n):
        attacker[j] /= total
    return clear


@njit(cache=True, fastmath=QUICK)
def regrets(a, b, x, y):
    """What each player could gain by another reply, relative to that player's payoff range."""
    m, n = a.shape
    best_a = best_b = -np.inf
    earned_a = earned_b = 0.0
    low_a = high_a = a[0, 0]
    low_b = high_b = b[0, 0]
    for i in range(m):
        pays = 0.0
        for j in range(n):
            pays += a[i, j] * y[j]
            low_a, high_a = min(low_a, a[i, j]), max(high_a, a[i, j])
            low_b, high_b = min(low_b, b[i, j]), max(high_b, b[i, j])
        best_a = max(best_a, pays)
        earned_a += x[i] * pays
    for j in range(n):
        pays = 0.0
        for i in range(m):
            if x[i] > 0:
                pays += x[i] * b[i, j]
        best_b = max(best_b, pays)
        earned_b += y[j] * pays
    one, other = max(best_a - earned_a, 0.0), max(best_b - earned_b, 0.0)
    return (one / (high_a - low_a) if high_a > low_a else one), (
        other / (high_b - low_b) if high_b > low_b else other
    )


@njit(cache=True)
def equalise(payoffs, rows, columns, size, transposed, system, mix):
    """Writes the positive mix of ``columns`` against which ``rows`` pay the same; False where there is none.

    With ``transposed`` the mix is of rows, against which the columns pay the same.
    """
    width = size + 1
    for r in range(size):
        for c in range(size):
            system[r, c] = payoffs[rows[c], columns[r]] if transposed else payoffs[rows[r], columns[c]]
        system[r, size], system[r, width] = -1.0, 0.0
    for c in range(size):
        system[size, c] = 1.0
    system[size, size], system[size, width] = 0.0, 1.0
    for k in range(width):  # elimination with partial pivoting
        top = k
        for r in range(k + 1, width):
            if abs(system[r, k]) > abs(system[top, k]):
                top = r
        if system[top, k] == 0.0:
            return False
        if top != k:
            for c in range(k, width + 1):
                system[k, c], system[top, c] = system[top, c], system[k, c]
        for r in range(k + 1, width):
            factor = system[r, k] / system[k, k]
            if factor != 0.0:
                for c in range(k + 1, width + 1):
                    system[r, c] -= factor * system[k, c]
    for k in range(width - 1, -1, -1):
        value = system[k, width]
        for c in range(k + 1, width):
            value -= system[k, c] * system[c, width]
        system[k, width] = value / system[k, k]
    for c in range(size):
        if not (system[c, width] > 0.0) or system[c, width] > 2.0:
            return False
        mix[c] = system[c, width]
    return True


@njit(cache=True)
def polish(a, b, x, y, rows, columns, system, mix, other):
    """Solves the supports of a profile anew from the payoffs, where that leaves less regret; its regrets."""
    m, n = a.shape
    before = regrets(a, b, x, y)
    if max(before[0], before[1]) < 1e-15:
        return before
    p = q = 0
    for i in range(m):
        if x[i] > NEAR:
            rows[p] = i
            p += 1
    for j in range(n):
        if y[j] > NEAR:
            columns[q] = j
            q += 1
    if p != q:
        return before
    if not equalise(b, rows, columns, p, True, system, mix):
        return before
    if not equalise(a, rows, columns, p, False, system, other):
        return before
    old_x, old_y = x.copy(), y.copy()
    x[:] = 0.0
    y[:] = 0.0
    for k in range(p):
        x[rows[k]], y[columns[k]] = mix[k], other[k]
    after = regrets(a, b, x, y)
    if max(after[0], after[1]) <= max(before[0], before[1]):
        return after
    x[:] = old_x
    y[:] = old_y
    return before


@njit(cache=True, parallel=True)
def solve_many(a, b, blocks, counts, status, defender, attacker, regret):
    """Fills, for every game, how many equilibria were met, what became of it, and each with its regrets.

    Args:
        a, b: payoffs (games, defences, attacks).
        blocks: into how many parts the games are divided among threads.
        counts, status: (games,). With room for ``slots`` equilibria of a game:
        defender: (games, slots, defences); attacker: (games, slots, attacks);
        regret: (games, slots, 2).
    """
    games, m, n = a.shape
    for block in prange(blocks):
        unit_a, unit_b, q = np.empty((m, n)), np.empty((m, n)), np.empty((m, n))
        left, right = np.empty(m), np.empty(n)
        idle, slope, intensity = np.empty(m), np.empty(m), np.empty(n)
        table = np.empty((n + 2, m + 1))
        basic, nonbasic = np.empty(n, np.int64), np.empty(m, np.int64)
        size = min(m, n) + 1
        system, mix, other = np.empty((size, size + 1)), np.empty(size), np.empty(size)
        rows, columns = np.empty(m, np.int64), np.empty(n, np.int64)
        for game in range(block * games // blocks, (block + 1) * games // blocks):
            scale_a, scale_b = centred(a[game], unit_a), centred(b[game], unit_b)
            ratio = find_ratio(unit_a, unit_b, left, right)
            if ratio <= 0:
                counts[game], status[game] = 0, UNSTRUCTURED
                continue
            form(a[game], b[game], scale_a, scale_b, ratio, left, right, q, idle, slope, intensity)
            met, state = walk(
                q, idle, slope, intensity, table, basic, nonbasic, defender[game], attacker[game]
            )
            for k in range(met):
                one, two = polish(
                    a[game], b[game], defender[game, k], attacker[game, k], rows, columns, system, mix, other
                )
                regret[game, k, 0], regret[game, k, 1] = one, two
                if max(one, two) > 2e-9:
                    state = LOST
            counts[game], status[game] = met, state


@njit(cache=True)
def form(a, b, scale_a, scale_b, ratio, left, right, q, idle, slope, intensity):
    """Writes the rank-1 form of a game, scaled so that its costs are of size 1."""
    m, n = a.shape
    lowest, highest = right[0], right[0]
    for j in range(n):
        lowest, highest = min(lowest, right[j]), max(highest, right[j])
    reach = highest - lowest
    low_q = low_i = low_s = np.inf
    high_q = high_i = high_s = -np.inf
    for i in range(m):
        gain = 0.0
        for j in range(n):
            q[i, j] = ratio * scale_b * b[i, j]
            low_q, high_q = min(low_q, q[i, j]), max(high_q, q[i, j])
            gain += scale_a * a[i, j] + q[i, j]
        idle[i] = -(gain / n + left[i] * lowest)
        slope[i] = -left[i] * reach
        low_i, high_i = min(low_i, idle[i]), max(high_i, idle[i])
        low_s, high_s = min(low_s, slope[i]), max(high_s, slope[i])
    unit = 1.0 / max(high_q - low_q, max(high_i - low_i, high_s - low_s))
    for i in range(m):
        idle[i] *= unit
        slope[i] *= unit
        for j in range(n):
            q[i, j] *= unit
    for j in range(n):
        intensity[j] = (right[j] - lowest) / reach if reach > 0 else 0.0
