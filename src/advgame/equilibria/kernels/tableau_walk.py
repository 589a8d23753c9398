"""The path along the intensity of attack on a dense tableau: all equilibria of a small game.

The same steps as `advgame.equilibria.rank_one.parametric_simplex`, which explains them, on arrays of the
caller.
"""

from __future__ import annotations

import numpy as np

from advgame.equilibria.kernels.compiling import part
from advgame.equilibria.kernels.crossings import THIN, crossing
from advgame.equilibria.kernels.simd4 import (
    WIDTH,
    larger,
    load,
    padded,
    smaller,
    smallest,
    spread,
    store,
    total,
    where_above,
)
from advgame.equilibria.kernels.states import CROWDED, LOST, SOLVED, TIED
from advgame.games.tolerances import FALLING, MAY_TIE, SAME_RATIO, SAVES_NOTHING, SMALLEST_PIVOT

MOST_STEPS = 20_000

# The rows of a tableau after those of the m nonbasic variables: the levels of the basic ones; the costs of
# the nonbasic ones at μ = 0 and per μ, their intensities, how what leaves depends on them; a pivot's notes.
FURTHER_ROWS = 7
LEVEL, COST, PER, INTENSITY, LEAVING, KEPT, PLACE = range(FURTHER_ROWS)


@part(allocates=True)
def tableau(m, n):
    """An empty tableau for games of m defences and n attacks."""
    return np.empty((m + FURTHER_ROWS, padded(max(m, n))))


@part(error_model="numpy", forceinline=True)
def start(b, gain, idle, slope, intensity, row, table, basic, nonbasic):
    """Writes the tableau of one pure defence against its worst attack, with Q = gain · b.

    Variable i < m is the share of defence i, m + j the slack of attack j. A row of the tableau belongs to a
    nonbasic variable, a column to a basic one.

    Args:
        b: (defences, attacks) payoffs to the attacker.
        gain: the factor by which they become costs, Q = gain · b.
        idle: (defences,) cost at μ = 0.
        slope: (defences,) cost per μ.
        intensity: (attacks,) from 0 to 1.
        row: the pure defence.
        table: the ``tableau``, written in place.
        basic: (attacks,) written in place.
        nonbasic: (defences,) written in place.
    """
    m, n = b.shape
    column = 0
    for j in range(n):
        column = j if b[row, j] > b[row, column] else column
    last, none, unit = padded(n) - WIDTH, spread(0.0), spread(gain)
    for i in range(m):
        ahead = b[i, column] - b[row, column]
        store(none, table, i, last)
        if n >= WIDTH:
            for k in range(0, n, WIDTH):
                j = min(k, n - WIDTH)
                store(((load(b, i, j) - load(b, row, j)) - spread(ahead)) * unit, table, i, j)
        else:
            for j in range(n):
                table[i, j] = ((b[i, j] - b[row, j]) - ahead) * gain
        table[i, column] = 1.0
        table[m + COST, i] = ahead * gain + (idle[i] - idle[row])
        table[m + PER, i] = slope[i] - slope[row]
        table[m + INTENSITY, i] = table[m + LEAVING, i] = 0.0
        nonbasic[i] = i
    for i in range(m, padded(m)):  # what never enters
        table[m + COST, i] = 1.0
        table[m + PER, i] = table[m + INTENSITY, i] = table[m + LEAVING, i] = 0.0
    for j in range(n):
        table[row, j] = -1.0
        table[m + LEVEL, j] = (b[row, column] - b[row, j]) * gain
        basic[j] = m + j
    for j in range(n, padded(n)):  # what never leaves
        table[m + LEVEL, j] = 1.0
    table[row, column], table[m + LEVEL, column] = 0.0, 1.0
    table[m + COST, row], table[m + PER, row], table[m + INTENSITY, row] = 1.0, 0.0, intensity[column]
    basic[column], nonbasic[row] = row, m + column


@part(error_model="numpy", forceinline=True)
def pivot(m, n, intensity, table, basic, nonbasic, row, column):
    """Exchanges the nonbasic variable of a row and the basic one of a column.

    Args:
        m, n: numbers of defences and of attacks.
        intensity: (attacks,) from 0 to 1.
        table: the ``tableau``, changed in place.
        basic: (attacks,) variables of the columns, changed in place.
        nonbasic: (defences,) variables of the rows, changed in place.
        row: the row of the nonbasic variable that enters.
        column: the column of the basic variable that leaves.
    """
    over = 1.0 / table[row, column]
    wide, tall = padded(n), padded(m)
    over_lanes = spread(over)
    for j in range(0, wide, WIDTH):
        store(load(table, row, j) * over_lanes, table, m + KEPT, j)
    for i in range(m + 1):  # the levels, too
        factor = table[i, column]
        share = spread(factor)
        for j in range(0, wide, WIDTH):
            store(load(table, i, j) - share * load(table, m + KEPT, j), table, i, j)
        table[i, column] = factor * over
        if i < m:
            table[m + LEAVING, i] = factor
    none = spread(0.0)
    for j in range(0, wide, WIDTH):
        store(none - load(table, m + KEPT, j), table, row, j)
    table[row, column] = over
    cost, per = table[m + COST, row] * over, table[m + PER, row] * over
    costs, pers = spread(cost), spread(per)
    for i in range(0, tall, WIDTH):
        leaving = load(table, m + LEAVING, i)
        store(load(table, m + COST, i) - costs * leaving, table, m + COST, i)
        store(load(table, m + PER, i) - pers * leaving, table, m + PER, i)
    table[m + COST, row], table[m + PER, row] = -cost, -per
    basic[column], nonbasic[row] = nonbasic[row], basic[column]
    table[m + INTENSITY, row] = intensity[nonbasic[row] - m] if nonbasic[row] >= m else 0.0


@part(error_model="numpy", forceinline=True)
def leaving_column(m, n, table, row):
    """The leaving variable by the ratio test, of ties the one with the largest pivot; −1 for none.

    Args:
        m, n: numbers of defences and of attacks.
        table: the ``tableau``; its row PLACE is written.
        row: the row of the nonbasic variable that enters.
    """
    least, free, limit = spread(np.inf), spread(np.inf), spread(SMALLEST_PIVOT)
    for j in range(0, padded(n), WIDTH):
        entering = load(table, row, j)
        ratio = where_above(entering, limit, load(table, m + LEVEL, j) / entering, free)
        store(ratio, table, m + PLACE, j)
        least = smaller(least, ratio)
    bound = smallest(least) + SAME_RATIO
    if bound == np.inf:
        return -1
    column, tied = -1, 0
    for j in range(n):
        fits = table[m + PLACE, j] <= bound
        column = j if fits else column
        tied += fits
    if tied > 1:
        for j in range(n):
            if table[m + PLACE, j] <= bound and table[row, j] > table[row, column]:
                column = j
    return column


@part(error_model="numpy", forceinline=True)
def optimise_at_zero(m, n, intensity, table, basic, nonbasic):
    """Primal simplex steps until the costs at μ = 0 are least.

    Args:
        m, n: numbers of defences and of attacks.
        intensity: (attacks,) from 0 to 1.
        table: the ``tableau``, changed in place.
        basic: (attacks,) variables of the columns, changed in place.
        nonbasic: (defences,) variables of the rows, changed in place.

    Returns:
        The smallest pivot on the way; 0 where rounding hides the way.
    """
    thinnest = 1.0
    for step in range(2000 + 50 * n):
        least = spread(SAVES_NOTHING)
        for i in range(0, padded(m), WIDTH):
            least = smaller(least, load(table, m + COST, i))
        best = smallest(least)
        if best == SAVES_NOTHING:
            return thinnest
        # A bare 0 is a type of its own, for which what is called would be compiled once more
        row = np.int64(0)
        for i in range(m):
            row = i if table[m + COST, i] == best else row
        if step > 50 * n:  # the first by number, once a cycle is possible (Bland)
            for i in range(m):
                if table[m + COST, i] < SAVES_NOTHING and nonbasic[i] < nonbasic[row]:
                    row = i
        column = leaving_column(m, n, table, row)
        if column < 0:
            return 0.0
        thinnest = min(thinnest, table[row, column])
        pivot(m, n, intensity, table, basic, nonbasic, row, column)
    return 0.0


@part(error_model="numpy", forceinline=True)
def next_breakpoint(m, n, table):
    """Writes the μ at which the reduced costs vanish.

    Args:
        m, n: numbers of defences and of attacks.
        table: the ``tableau``; its row PLACE is written.

    Returns:
        The first of these places, level and tilt of the mean intensity, and the least share or slack.
    """
    first, free, limit = spread(np.inf), spread(np.inf), spread(FALLING)
    level, tilt = spread(0.0), spread(0.0)
    none = spread(0.0)
    for i in range(0, padded(m), WIDTH):
        cost, per, weight = load(table, m + COST, i), load(table, m + PER, i), load(table, m + INTENSITY, i)
        place = where_above(limit, per, (none - cost) / per, free)
        store(place, table, m + PLACE, i)
        first = smaller(first, place)
        level, tilt = level + weight * cost, tilt + weight * per
    least = spread(1.0)
    for j in range(0, padded(n), WIDTH):
        least = smaller(least, load(table, m + LEVEL, j))
    return smallest(first), total(level), total(tilt), smallest(least)


@part(error_model="numpy")
def tableau_walk(
    b, gain, idle, slope, intensity, row, first_only, table, basic, nonbasic, defender, attacker
):
    """Writes the equilibria on the path, as rows of ``defender`` and ``attacker``.

    Args:
        b, gain: Q = gain · b, (defences, attacks), such that costs are of size 1.
        idle, slope: (defences,).
        intensity: (attacks,), at least 0 and 0 somewhere, at most 1.
        row: the defence to begin with.
        first_only: whether to stop at the first equilibrium, where it is known to be the only one.
        table, basic, nonbasic: a ``tableau``, and space of shapes (attacks,), (defences,).

    Returns:
        How many were met, and the status of the game.
    """
    m, n = b.shape
    start(b, gain, idle, slope, intensity, row, table, basic, nonbasic)
    thinnest = optimise_at_zero(m, n, intensity, table, basic, nonbasic)
    if thinnest == 0.0:
        return 0, LOST
    end = 0.0
    for j in range(n):
        end = larger(end, intensity[j])
    # A bare 0 is a type of its own, for which what is called would be compiled once more.
    here, count, status = 0.0, np.int64(0), SOLVED
    for _ in range(MOST_STEPS):
        there, level, tilt, least = next_breakpoint(m, n, table)
        first, there = there, min(max(there, here), end)
        if least <= MAY_TIE or thinnest < THIN:
            status = TIED  # the attacker's optimal mixed strategies may form a continuum
        place, clear = crossing(level, tilt, here, there, end)
        if place >= 0:
            if count == len(defender):
                return count, CROWDED
            if not (note(m, n, table, basic, nonbasic, place, count, defender, attacker) and clear):
                status = TIED
            count += 1
            if first_only:
                return count, status
        if there >= end:
            return count, status if count % 2 == 1 else TIED
        entering = np.int64(0)
        for i in range(m):
            entering = i if table[m + PLACE, i] == first else entering
        leaving = leaving_column(m, n, table, entering)
        if leaving < 0:
            return count, LOST
        thinnest = min(thinnest, table[entering, leaving])
        pivot(m, n, intensity, table, basic, nonbasic, entering, leaving)
        here = there
    return count, LOST


@part(error_model="numpy", forceinline=True)
def note(m, n, table, basic, nonbasic, place, which, defender, attacker):
    """Writes the mixed strategies of the basis at μ = place; False if one of them may not be unique.

    Args:
        m, n: numbers of defences and of attacks.
        table: the ``tableau``; its row KEPT is written.
        basic: (attacks,) variables of the columns.
        nonbasic: (defences,) variables of the rows.
        place: μ.
        which: the row that is written.
        defender, attacker: (rows, defences) and (rows, attacks) probabilities, of which one row is written in
            place.
    """
    far, least = spread(place), spread(1.0)
    for i in range(0, padded(m), WIDTH):
        cost = load(table, m + COST, i) + far * load(table, m + PER, i)
        store(cost, table, m + KEPT, i)
        least = smaller(least, cost)
    for i in range(m):
        defender[which, i] = 0.0
    for j in range(n):
        attacker[which, j] = 0.0
    whole = 0.0
    for j in range(n):
        if basic[j] < m:
            share = max(table[m + LEVEL, j], 0.0)
            defender[which, basic[j]] = share
            whole += share
    other = 0.0
    for i in range(m):
        if nonbasic[i] >= m:
            share = max(table[m + KEPT, i], 0.0)
            attacker[which, nonbasic[i] - m] = share
            other += share
    whole, other = 1.0 / whole, 1.0 / other
    for i in range(m):
        defender[which, i] *= whole
    for j in range(n):
        attacker[which, j] *= other
    return smallest(least) > MAY_TIE
