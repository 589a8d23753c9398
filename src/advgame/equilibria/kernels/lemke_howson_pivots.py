"""One equilibrium of many games of any size: a pure equilibrium, else the end of a Lemke–Howson path.

Pure equilibria are tried first, because a path that starts at one ends there. The path (Lemke and Howson
1964, doi:10.1137/0112033) pivots two tableaus of {z ≥ 0 : M z ≤ 1} in turn, of which only the nonbasic
columns are kept. The right-hand side that decides which variable leaves is a little more than 1, differently
for each reply, so that ties are rare in degenerate games; another column holds the values themselves. Where
the perturbation misleads, the path is followed without it. Remaining ties are decided lexicographically.
"""

from __future__ import annotations

import numpy as np

from advgame.equilibria.kernels.compiling import njit, part
from advgame.equilibria.kernels.exchange import exchange
from advgame.equilibria.kernels.profiles import equalise, regret, spread
from advgame.equilibria.kernels.states import LOST, SOLVED
from advgame.games.tolerances import LARGEST_REGRET

NEAR = 1e-11  # ratios nearer than this are ties; entries of the tableaus start between 1 and 2
SHARP = 1e-14  # a relative regret above which mixed strategies are computed from the payoffs once more
TILT = 1e-9  # by which right-hand sides differ, at most
GOLDEN = 0.6180339887498949  # the golden ratio, whose multiples are spread evenly
LABELS = 8  # tried in turn where a path is long or rounding blurs ties
# Pivots for each strategy that a label is worth, and the tilt, as all labels are tried three times at most.
ROUNDS = (3, TILT), (8, 0.0), (30, 0.0)


@njit(nogil=True)
def pure(a, b):
    """A pure equilibrium as row and column; -1 and -1 if there is none.

    Args:
        a, b: payoffs (m, n).
    """
    m, n = a.shape
    best, most = np.empty(n), np.empty(m)
    for j in range(n):
        best[j] = a[0, j]
    for i in range(m):
        most[i] = np.inf  # not computed yet
        for j in range(n):
            best[j] = a[i, j] if a[i, j] > best[j] else best[j]
    for j in range(n):
        for i in range(m):
            if a[i, j] == best[j]:
                if most[i] == np.inf:
                    most[i] = largest(b[i])
                if b[i, j] == most[i]:
                    return i, j
    return -1, -1


@part()
def largest(values):
    """The largest of some numbers, of which four are compared at a time."""
    count = len(values)
    one = two = three = four = values[0]
    for k in range(0, count - 3, 4):
        one = values[k] if values[k] > one else one
        two = values[k + 1] if values[k + 1] > two else two
        three = values[k + 2] if values[k + 2] > three else three
        four = values[k + 3] if values[k + 3] > four else four
    for k in range(count - count % 4, count):
        one = values[k] if values[k] > one else one
    return max(max(one, two), max(three, four))


@part()
def ends(payoffs, low, high):
    """The lowest payoff, and the reciprocal of the range (1 if it is 0).

    Args:
        payoffs: (m, n).
        low, high: (n,) space.
    """
    rows, columns = payoffs.shape
    for j in range(columns):
        low[j] = high[j] = payoffs[0, j]
    for i in range(1, rows):
        for j in range(columns):
            low[j] = payoffs[i, j] if payoffs[i, j] < low[j] else low[j]
            high[j] = payoffs[i, j] if payoffs[i, j] > high[j] else high[j]
    for j in range(columns):
        low[j] = -low[j]
    least, most = -largest(low), largest(high)
    return least, (1.0 / (most - least) if most > least else 1.0)


@part()
def start(payoffs, low, scale, first_slack, first_own, tilt, table, basic, nonbasic, home):
    """Writes the tableau in which every slack is basic.

    Args:
        payoffs: (own strategies, replies) to the player who replies; low, scale: as from ``load``.
        first_slack, first_own: the labels of the first reply and of the first own strategy.
        tilt: by how much right-hand sides may differ.
        table: (replies, own strategies + 2); basic: (replies,) and nonbasic: (own strategies,) labels;
        home: (labels,) the column of a nonbasic label, -1 - the row of a basic one.
    """
    own, replies = payoffs.shape
    for j in range(replies):
        for i in range(own):
            table[j, i] = 1.0 + (payoffs[i, j] - low) * scale
        table[j, own] = 1.0
        table[j, own + 1] = 1.0 + tilt * (GOLDEN * (j + 1) * (j + 1) % 1.0)
        basic[j] = first_slack + j
        home[first_slack + j] = -1 - j
    for i in range(own):
        nonbasic[i] = first_own + i
        home[first_own + i] = i


@part()
def leaving_row(table, home, column, first_slack, ties):
    """The row that stops the entering column first; among ties the lexicographically least, -1 for none.

    Args:
        table: (replies, own strategies + 2) the tableau.
        home: (labels,) the column of a nonbasic label, −1 − the row of a basic one.
        column: the column of the entering variable.
        first_slack: the label of the first slack.
        ties: (replies,) space for the rows that tie.
    """
    last, count, least = table.shape[1] - 1, 0, np.inf  # the tilted right-hand side
    for i in range(table.shape[0]):
        if table[i, column] > 1e-12:
            ratio = table[i, last] / table[i, column]
            near = NEAR * (1.0 + abs(ratio))
            if ratio < least - near:
                least, ties[0], count = ratio, i, 1
            elif ratio <= least + near:
                ties[count] = i
                count += 1
    if count <= 1:
        return ties[0] if count else -1
    for slack in range(first_slack, first_slack + table.shape[0]):
        count = first_of(ties, count, table, home[slack], column)
        if count == 1:
            break
    return ties[0]


@part()
def first_of(ties, count, table, place, column):
    """Keeps the tied rows that are least in a slack's column, divided by the pivot; returns how many.

    Args:
        ties: the rows that tie, changed in place; count: how many there are.
        table: (replies, own strategies + 2) the tableau.
        place: where ``home`` has the slack.
        column: the column of the entering variable.
    """
    kept = 0
    if place < 0:  # a column of the identity, which is positive in the slack's own row alone
        for k in range(count):
            if ties[k] != -1 - place:
                ties[kept] = ties[k]
                kept += 1
        return kept
    least = np.inf
    for k in range(count):
        ratio = table[ties[k], place] / table[ties[k], column]
        if ratio < least - NEAR:
            least, ties[0], kept = ratio, ties[k], 1
        elif ratio <= least + NEAR:
            ties[kept] = ties[k]
            kept += 1
    return kept


@part()
def pivot(table, basic, nonbasic, home, row, column, pivoted):
    """Exchanges a basic and a nonbasic variable; returns the label that leaves.

    Args:
        table: (replies, own strategies + 2) the tableau, changed in place.
        basic: (replies,) labels, changed in place.
        nonbasic: (own strategies,) labels, changed in place.
        home: (labels,) the column of a nonbasic label, −1 − the row of a basic one; changed in place.
        row: the row of the variable that leaves.
        column: the column of the entering variable.
        pivoted: (own strategies + 2,) work space.
    """
    exchange(table, pivoted, row, column)
    entered, left = nonbasic[column], basic[row]
    basic[row], nonbasic[column] = entered, left
    home[entered], home[left] = -1 - row, column
    return left


@part()
def follow(side_x, side_y, dropped, patience, pivoted, ties):
    """Follows the path of the dropped label from the artificial equilibrium; False if it is lost to rounding.

    Args:
        side_x, side_y: table, basic, nonbasic and home of both tableaus, as for ``start``.
        dropped: a label; patience: how many pivots are worth it.
        pivoted, ties: space, for the columns and for the rows of either table.
    """
    table_x, basic_x, nonbasic_x, home_x = side_x
    table_y, basic_y, nonbasic_y, home_y = side_y
    m, n = len(basic_y), len(basic_x)
    label, of_x = dropped, dropped < m
    of_table_x, of_table_y = pivoted[: m + 2], pivoted[: n + 2]
    for _ in range(patience):
        if of_x:
            column = home_x[label]
            row = leaving_row(table_x, home_x, column, m, ties)
            if row < 0:
                return False
            label = pivot(table_x, basic_x, nonbasic_x, home_x, row, column, of_table_x)
        else:
            column = home_y[label]
            row = leaving_row(table_y, home_y, column, 0, ties)
            if row < 0:
                return False
            label = pivot(table_y, basic_y, nonbasic_y, home_y, row, column, of_table_y)
        if label == dropped:
            return True
        of_x = not of_x
    return False


@part(forceinline=True)
def read(table, basic, first_own, own, support, mix):
    """Writes the support, (1, own), and the probabilities of a tableau; returns the support's size.

    Args:
        table: (replies, own strategies + 2) the tableau.
        basic: (replies,) the labels of its rows.
        first_own: the label of the first own strategy.
        own: number of own strategies.
        support: (1, own) int64, filled from the start.
        mix: (own,) filled with as many probabilities.
    """
    last = table.shape[1] - 2
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


@part(allocates=True)
def space(m, n):
    """Work space for a path: transposed payoffs, both tableaus, supports, mixed strategies, a system."""
    side_x = np.empty((n, m + 2)), np.empty(n, np.int64), np.empty(m, np.int64), np.empty(m + n, np.int64)
    side_y = np.empty((m, n + 2)), np.empty(m, np.int64), np.empty(n, np.int64), np.empty(m + n, np.int64)
    supports = np.empty((1, m), np.int64), np.empty((1, n), np.int64)
    mixes = np.empty(m), np.empty(n), np.empty(m), np.empty(n)
    pays, ties = (np.empty(max(m, n) + 2), np.empty(max(m, n) + 2)), np.empty(max(m, n), np.int64)
    system = np.empty((min(m, n), min(m, n) + 1))
    return np.empty((n, m)), side_x, side_y, supports, mixes, pays, ties, system


@part(allocates=True)
def walk(a, of_b, room, x, y):
    """Writes the equilibrium at the end of the first path that leads to one; returns both regrets.

    Args:
        a, of_b: payoffs (m, n).
        room: as made by ``space``.
        x, y: (1, m), (1, n).

    Returns:
        Regrets relative to the ranges of the payoffs; infinite where no path led to an equilibrium.
    """
    of_a, side_x, side_y, (rows, columns), (mix_x, mix_y, solved_x, solved_y), pays, ties, system = room
    m, n = a.shape
    low_a, scale_a = ends(a, pays[0][:n], pays[1][:n])
    low_b, scale_b = ends(of_b, pays[0][:n], pays[1][:n])
    for i in range(m):
        for j in range(n):
            of_a[j, i] = a[i, j]
    for patience, tilt in ROUNDS:
        for number in range(min(LABELS, m + n)):
            dropped = int(GOLDEN * number % 1.0 * (m + n))  # 0, then labels far apart: neighbours' are alike
            start(of_b, low_b, scale_b, m, 0, tilt, *side_x)
            start(of_a, low_a, scale_a, 0, m, tilt, *side_y)
            if not follow(side_x, side_y, dropped, patience * (m + n), pays[0], ties):
                continue
            p = read(side_x[0], side_x[1], 0, m, rows, mix_x)
            q = read(side_y[0], side_y[1], m, n, columns, mix_y)
            one = regret(of_a, scale_a, columns, 0, q, mix_y, rows, 0, p, mix_x, pays[0][:m])
            other = regret(of_b, scale_b, rows, 0, p, mix_x, columns, 0, q, mix_y, pays[0][:n])
            if (
                max(one, other) > SHARP
                and p == q
                and equalise(of_b, scale_b, rows, 0, columns, 0, p, system, solved_x)
                and equalise(of_a, scale_a, columns, 0, rows, 0, p, system, solved_y)
            ):
                for k in range(p):
                    mix_x[k], mix_y[k] = solved_x[k], solved_y[k]
                one = regret(of_a, scale_a, columns, 0, q, mix_y, rows, 0, p, mix_x, pays[0][:m])
                other = regret(of_b, scale_b, rows, 0, p, mix_x, columns, 0, q, mix_y, pays[0][:n])
            if max(one, other) <= LARGEST_REGRET:
                spread(mix_x, rows, 0, p, x, 0)
                spread(mix_y, columns, 0, q, y, 0)
                return one, other
    return np.inf, np.inf


@njit(nogil=True)
def solve_one(a, b, x, y, answer):
    """A pure equilibrium of a single game if there is one, else that at the end of a path.

    Args:
        a, b: payoffs (m, n).
        x, y: (1, m), (1, n), filled with the mixed strategies.
        answer: (4,), filled with both regrets, infinite where no equilibrium was found, and what both earn.

    Returns:
        Whether the equilibrium is pure.
    """
    i, j = pure(a, b)
    if i >= 0:
        x[:], y[:] = 0.0, 0.0
        x[0, i] = y[0, j] = 1.0
        answer[0] = answer[1] = 0.0
        answer[2], answer[3] = a[i, j], b[i, j]
        return True
    answer[0], answer[1] = walk(a, b, space(a.shape[0], a.shape[1]), x, y)
    answer[2] = answer[3] = 0.0
    if max(answer[0], answer[1]) <= LARGEST_REGRET:
        for i in range(a.shape[0]):
            if x[0, i] > 0.0:
                for j in range(a.shape[1]):
                    answer[2] += x[0, i] * y[0, j] * a[i, j]
                    answer[3] += x[0, i] * y[0, j] * b[i, j]
    return False


@njit(nogil=True)
def solve_some(a, b, first, last, status, defender, attacker, regrets):
    """Fills one equilibrium of each of the games ``first`` … ``last``, and its state.

    Args:
        a, b: payoffs (games, m, n).
        status: (games,); defender: (games, m); attacker: (games, n); regrets: (games, 2).
    """
    room = space(a.shape[1], a.shape[2])
    for game in range(first, last):
        x, y = defender[game : game + 1], attacker[game : game + 1]
        i, j = pure(a[game], b[game])
        if i >= 0:
            x[:], y[:] = 0.0, 0.0
            x[0, i] = y[0, j] = 1.0
            one = other = 0.0
        else:
            one, other = walk(a[game], b[game], room, x, y)
        regrets[game, 0], regrets[game, 1] = one, other
        status[game] = SOLVED if max(one, other) <= LARGEST_REGRET else LOST
