"""One equilibrium of many games of any size: pure best replies to each other, else Lemke and Howson's path.

A label dropped at a pure equilibrium ends the path at once, so that these are looked for first. The
path (Lemke and Howson 1964, doi:10.1137/0112033) pivots two tableaus of {z ≥ 0 : M z ≤ 1} in turn,
of which only the nonbasic columns are kept; ties are broken lexicographically.
"""

from __future__ import annotations

import numpy as np

from advgame.equilibria.kernels.compiling import njit
from advgame.equilibria.kernels.profiles import equalise, load, regret, spread

NEAR = 1e-11  # ratios nearer than this are ties; entries of the tableaus start between 1 and 2
LABELS = 8  # tried in turn where rounding blurs ties
PATIENCE = 30  # pivots for each strategy

# What became of a game.
FOUND = 0  # an equilibrium, certified
LOST = 1  # rounding hid the way


@njit(inline="always")
def pure(of_a, of_b, best):
    """A row and a column that are best replies to each other; -1 and -1 where there are none.

    Args:
        of_a: (attacks, defences) payoffs to the defender.
        of_b: (defences, attacks) payoffs to the attacker.
        best: (defences,) space.
    """
    m, n = of_b.shape
    for i in range(m):
        best[i] = of_b[i, 0]
        for j in range(n):
            best[i] = of_b[i, j] if of_b[i, j] > best[i] else best[i]
    for j in range(n):
        most = of_a[j, 0]
        for i in range(m):
            most = of_a[j, i] if of_a[j, i] > most else most
        for i in range(m):
            if of_a[j, i] == most and of_b[i, j] == best[i]:
                return i, j
    return -1, -1


@njit(inline="always")
def start(payoffs, low, scale, first_slack, first_own, table, basic, nonbasic, home):
    """Writes the tableau in which every slack is basic.

    Args:
        payoffs: (own strategies, replies) to the player who replies; low, scale: as from ``load``.
        first_slack, first_own: the labels of the first reply and of the first own strategy.
        table: (replies, own strategies + 1); basic: (replies,) and nonbasic: (own strategies,) labels;
        home: (labels,) the column of a nonbasic label, -1 - the row of a basic one.
    """
    own, replies = payoffs.shape
    for j in range(replies):
        for i in range(own):
            table[j, i] = 1.0 + (payoffs[i, j] - low) * scale
        table[j, own] = 1.0
        basic[j] = first_slack + j
        home[first_slack + j] = -1 - j
    for i in range(own):
        nonbasic[i] = first_own + i
        home[first_own + i] = i


@njit(inline="always")
def leaving_row(table, home, column, first_slack):
    """The row that stops the entering column first; among ties the lexicographically least, -1 for none.

    Args:
        table: (replies, own strategies + 1) the tableau.
        home: (labels,) the column of a nonbasic label, −1 − the row of a basic one.
        column: the column of the entering variable.
        first_slack: the label of the first slack.
    """
    last = table.shape[1] - 1
    least, found, ties = np.inf, -1, 0
    for i in range(table.shape[0]):
        if table[i, column] > 1e-12:
            ratio = table[i, last] / table[i, column]
            if ratio < least - NEAR * (1.0 + abs(ratio)):
                least, found, ties = ratio, i, 0
            elif ratio <= least + NEAR * (1.0 + abs(ratio)):
                ties += 1
    if ties == 0:
        return found
    for i in range(table.shape[0]):
        if i != found and table[i, column] > 1e-12:
            ratio = table[i, last] / table[i, column]
            if abs(ratio - least) <= NEAR * (1.0 + abs(ratio)) and earlier(
                table, home, column, first_slack, i, found
            ):
                found = i
    return found


@njit()
def earlier(table, home, column, first_slack, one, other):
    """Whether a row, divided by its pivot, comes lexicographically before another in the slacks' columns.

    Args:
        table: (replies, own strategies + 1) the tableau.
        home: (labels,) the column of a nonbasic label, −1 − the row of a basic one.
        column: the column of the entering variable.
        first_slack: the label of the first slack.
        one, other: the two rows.
    """
    for slack in range(first_slack, first_slack + table.shape[0]):
        place = home[slack]
        if place >= 0:
            first, second = table[one, place], table[other, place]
        else:
            first, second = 1.0 if -1 - place == one else 0.0, 1.0 if -1 - place == other else 0.0
        difference = first / table[one, column] - second / table[other, column]
        if abs(difference) > NEAR:
            return difference < 0.0
    return False


@njit(inline="always")
def pivot(table, basic, nonbasic, home, row, column):
    """Exchanges a basic and a nonbasic variable; returns the label that leaves.

    Args:
        table: (replies, own strategies + 1) the tableau, changed in place.
        basic: (replies,) labels, changed in place.
        nonbasic: (own strategies,) labels, changed in place.
        home: (labels,) the column of a nonbasic label, −1 − the row of a basic one; changed in place.
        row: the row of the variable that leaves.
        column: the column of the entering variable.
    """
    rows, columns = table.shape
    inverse = 1.0 / table[row, column]
    for j in range(columns):
        table[row, j] *= inverse
    for i in range(rows):
        if i != row:
            factor = table[i, column]
            table[i, column] = 0.0
            for j in range(columns):
                table[i, j] -= factor * table[row, j]
            table[i, column] = -factor * inverse
    table[row, column] = inverse
    entered, left = nonbasic[column], basic[row]
    basic[row], nonbasic[column] = entered, left
    home[entered], home[left] = -1 - row, column
    return left


@njit()
def follow(table_x, basic_x, nonbasic_x, home_x, table_y, basic_y, nonbasic_y, home_y, dropped):
    """Walks from the tableaus without play to an equilibrium, without the dropped label; False where lost.

    Args:
        table_x, basic_x, nonbasic_x, home_x: the tableau of the defender's mix with its labels, as ``start``
            wrote them; changed in place.
        table_y, basic_y, nonbasic_y, home_y: the same for the attacker's mix.
        dropped: the label that may be missing on the way, 0 to defences + attacks − 1.
    """
    m, n = len(basic_y), len(basic_x)
    label, of_x = dropped, dropped < m
    for _ in range(PATIENCE * (m + n)):
        if of_x:
            column = home_x[label]
            row = leaving_row(table_x, home_x, column, m)
            if row < 0:
                return False
            label = pivot(table_x, basic_x, nonbasic_x, home_x, row, column)
        else:
            column = home_y[label]
            row = leaving_row(table_y, home_y, column, 0)
            if row < 0:
                return False
            label = pivot(table_y, basic_y, nonbasic_y, home_y, row, column)
        if label == dropped:
            return True
        of_x = not of_x
    return False


@njit(inline="always")
def read(table, basic, first_own, own, support, mix):
    """Writes the support, (1, own), and the shares of the mix of a tableau; returns the support's size.

    Args:
        table: (replies, own strategies + 1) the tableau.
        basic: (replies,) the labels of its rows.
        first_own: the label of the first own strategy.
        own: number of own strategies.
        support: (1, own) int64, filled from the start.
        mix: (own,) filled with as many probabilities.
    """
    last = table.shape[1] - 1
    size, total = 0, 0.0
    for row in range(len(basic)):
        label = basic[row] - first_own
        if 0 <= label < own and table[row, last] > NEAR:
            support[0, size], mix[size] = label, table[row, last]
            total += mix[size]
            size += 1
    for k in range(size):
        mix[k] /= total
    return size


@njit(nogil=True)
def solve_some(a, b, first, last, status, defender, attacker, regrets):
    """Fills one equilibrium of each of the games ``first`` … ``last``, and what became of it.

    Args:
        a, b: payoffs (games, m, n).
        status: (games,); defender: (games, m); attacker: (games, n); regrets: (games, 2).
    """
    _, m, n = a.shape
    of_a, of_b = np.empty((n, m)), np.empty((m, n))
    table_x, table_y = np.empty((n, m + 1)), np.empty((m, n + 1))
    basic_x, nonbasic_x, home_x = np.empty(n, np.int64), np.empty(m, np.int64), np.empty(m + n, np.int64)
    basic_y, nonbasic_y, home_y = np.empty(m, np.int64), np.empty(n, np.int64), np.empty(m + n, np.int64)
    rows, columns = np.empty((1, m), np.int64), np.empty((1, n), np.int64)
    x, y, to_a, to_b = np.empty(m), np.empty(n), np.empty(m), np.empty(n)
    solved_x, solved_y = np.empty(m), np.empty(n)
    system = np.empty((min(m, n), min(m, n) + 1))
    for game in range(first, last):
        low_a, scale_a = load(a, game, True, of_a)
        low_b, scale_b = load(b, game, False, of_b)
        status[game] = LOST
        regrets[game, 0] = regrets[game, 1] = np.inf
        i, j = pure(of_a, of_b, to_a)
        if i >= 0:
            x[0] = y[0] = 1.0
            rows[0, 0], columns[0, 0] = i, j
            spread(x, rows, 0, 1, defender, game)
            spread(y, columns, 0, 1, attacker, game)
            regrets[game, 0] = regrets[game, 1] = 0.0
            status[game] = FOUND
            continue
        for dropped in range(min(LABELS, m + n)):
            start(of_b, low_b, scale_b, m, 0, table_x, basic_x, nonbasic_x, home_x)
            start(of_a, low_a, scale_a, 0, m, table_y, basic_y, nonbasic_y, home_y)
            if not follow(
                table_x, basic_x, nonbasic_x, home_x, table_y, basic_y, nonbasic_y, home_y, dropped
            ):
                continue
            p = read(table_x, basic_x, 0, m, rows, x)
            q = read(table_y, basic_y, m, n, columns, y)
            if (
                p == q
                and equalise(of_b, scale_b, rows, 0, columns, 0, p, system, solved_x)
                and equalise(of_a, scale_a, columns, 0, rows, 0, p, system, solved_y)
            ):
                x[:p], y[:p] = solved_x[:p], solved_y[:p]
            one = regret(of_a, scale_a, columns, 0, q, y, rows, 0, p, x, to_a)
            other = regret(of_b, scale_b, rows, 0, p, x, columns, 0, q, y, to_b)
            if max(one, other) <= 2e-9:
                spread(x, rows, 0, p, defender, game)
                spread(y, columns, 0, q, attacker, game)
                regrets[game, 0], regrets[game, 1] = one, other
                status[game] = FOUND
                break
