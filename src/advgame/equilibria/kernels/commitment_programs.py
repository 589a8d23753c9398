"""Optimal commitments of many games, compiled: one small linear program for each reply that could be best.

The best mixed strategy x to which the reply j is a best response solves

    max x·A_j  such that  x·(B_k − B_j) ≤ 0 for every other reply k,  Σ x = 1,  x ≥ 0

(Conitzer and Sandholm 2006, doi:10.1145/1134707.1134717). The dual simplex method starts from the defence
that pays best under j. Its objective is an upper bound, so it stops as soon as j cannot exceed the best
commitment known. Bounds are computed again from the payoffs and the dual prices.
"""

from __future__ import annotations

import numpy as np

from advgame.equilibria.kernels.certificate import equalise
from advgame.equilibria.kernels.compiling import njit, part
from advgame.equilibria.kernels.exchange import exchange
from advgame.equilibria.kernels.states import LEFT, SOLVED
from advgame.games.tolerances import LARGEST_REGRET, TIE

BELOW = 1e-13  # a slack below minus this is missing
STEP = 1e-9  # the smallest pivot
LEAST = {"nnan", "nsz"}  # lets the least of a row be found in lanes; no payoff is a NaN
CLEAR = 1e-10  # by what a reply must be beaten to count as never best

# What became of one reply.
REACHED, BEATEN, NEVER_BEST, LOST = 0, 1, 2, 3


@part(error_model="numpy")
def normalised(payoffs, out):
    """Writes the payoffs by column, from 0 to 1; returns their factor, 0 if it overflows."""
    rows, columns = payoffs.shape
    low = high = payoffs[0, 0]
    for i in range(rows):
        for j in range(columns):
            low, high = min(low, payoffs[i, j]), max(high, payoffs[i, j])
    reach = high - low
    unit = 1.0 / reach if reach > 0 else 1.0
    if not np.isfinite(reach) or not np.isfinite(unit):
        return 0.0
    for i in range(rows):
        for j in range(columns):
            out[j, i] = (payoffs[i, j] - low) * unit
    return unit


@part(error_model="numpy")
def best_single(worth, reward):
    """The best single defence and the reply to it; the attacker breaks ties in the defender's favour.

    Args:
        worth, reward: (attacks, at least defences), what defender and attacker earn, by column.
    """
    columns, rows = worth.shape
    row = reply = 0
    value = -np.inf
    for i in range(rows):
        most = reward[0, i]
        for j in range(1, columns):
            most = max(most, reward[j, i])
        most -= TIE
        for j in range(columns):
            if reward[j, i] >= most and worth[j, i] > value:
                row, reply, value = i, j, worth[j, i]
    return row, reply, value


@part(error_model="numpy")
def first_bound(worth, reward, reply, peak):
    """An upper bound where ``reply`` is a best response, from the price of one other reply.

    The other reply is the one with the largest gain at ``peak``, the defence that pays best. -inf if it
    is better than ``reply`` against every defence.

    Args:
        worth: (attacks, defences) what the defender earns, scaled to 0..1.
        reward: (attacks, defences) what the attacker earns, scaled to 0..1.
        reply: the attack that is to be a best response.
        peak: the defence that pays best under ``reply``.
    """
    n, m = worth.shape
    row, top = peak, worth[reply, peak]
    other, gain = reply, reward[reply, row]
    for k in range(n):
        more = reward[k, row] > gain
        other, gain = k if more else other, reward[k, row] if more else gain
    gain -= reward[reply, row]
    while gain > 0.0:  # along the upper envelope of worth − price · gain, down to its lowest point
        price, least = np.inf, -1
        for i in range(m):
            step = gain - (reward[other, i] - reward[reply, i])
            ratio = (top - worth[reply, i]) / step if step > STEP else np.inf
            less = ratio < price
            price, least = ratio if less else price, i if less else least
        if least < 0:
            return -np.inf if gain > CLEAR else top
        bound = top - price * gain
        row, top = least, worth[reply, least]
        gain = reward[other, row] - reward[reply, row]
        if gain <= 0.0:
            return bound
    return top


@part(error_model="numpy")
def start(worth, reward, reply, row, table, right, basic, nonbasic):
    """Writes the tableau of the defence ``row``, which pays best under ``reply``.

    Args:
        worth: (attacks, defences) what the defender earns, scaled to 0..1.
        reward: (attacks, defences) what the attacker earns, scaled to 0..1.
        reply: the attack that is to be a best response.
        row: the defence that pays best under ``reply``.
        table: (attacks + 1, defences) the tableau, written in place.
        right: (attacks + 1,) written in place.
        basic: (attacks,) written in place.
        nonbasic: (defences,) written in place.
    """
    n, m = worth.shape
    for i in range(m):
        nonbasic[i] = i
        table[n, i] = worth[reply, row] - worth[reply, i]
    right[n] = worth[reply, row]
    for k in range(n):
        basic[k] = m + k
        here = reward[k, row] - reward[reply, row]
        right[k] = -here
        for i in range(m):
            table[k, i] = (reward[k, i] - reward[reply, i]) - here
    for i in range(m):
        table[reply, i] = 1.0
    table[reply, row] = 0.0  # its column stays 0: the defence started from is basic
    right[reply] = 1.0
    basic[reply], nonbasic[row] = row, -1


@part(error_model="numpy")
def missing_row(right, rows):
    """The row of the most negative basic variable; -1 if all are feasible."""
    row, least = -1, -BELOW
    for r in range(rows):
        less = right[r] < least
        row, least = r if less else row, right[r] if less else least
    return row


@part(error_model="numpy")
def entering_column(table, row, cost, columns, ratio):
    """The entering column by the dual ratio test; -1 if there is none. ``ratio`` is work space for a row.

    Args:
        table: (attacks + 1, defences) the tableau, its last row the reduced costs.
        row: the row of the variable that leaves.
        cost: the row of the reduced costs.
        columns: number of columns.
        ratio: (defences,) space.
    """
    for c in range(columns):  # in passes without branches, as the steps are short
        step = -table[row, c]
        ratio[c] = table[cost, c] / step if step > STEP else np.inf
    best = np.inf
    for c in range(columns):
        best = min(best, ratio[c])
    if best == np.inf:
        return -1
    column = -1
    for c in range(columns):
        if ratio[c] == best and (column < 0 or table[row, c] < table[row, column]):
            column = c
    return column


@part(error_model="numpy", fastmath={"contract"})
def pivot(table, right, basic, nonbasic, line, row, column):
    """Exchanges a basic and a nonbasic variable; ``line`` is work space for a row.

    Args:
        table: (attacks + 1, defences) the tableau, changed in place.
        right: (attacks + 1,) changed in place.
        basic: (attacks,) changed in place.
        nonbasic: (defences,) changed in place.
        line: (defences,) space.
        row: the row of the tableau.
        column: the column of the tableau.
    """
    level = right[row] * (1.0 / table[row, column])
    for r in range(len(table)):
        right[r] -= table[r, column] * level
    right[row] = level
    exchange(table, line, row, column)
    basic[row], nonbasic[column] = nonbasic[column], basic[row]


@part(error_model="numpy")
def descend(table, right, basic, nonbasic, line, known):
    """Dual simplex steps to the optimum, or until the bound is below ``known``; the outcome and its row.

    Args:
        table: (attacks + 1, defences) the tableau, changed in place.
        right: (attacks + 1,) changed in place.
        basic: (attacks,) changed in place.
        nonbasic: (defences,) changed in place.
        line: (defences,) space.
        known: a value; the search ends once the program cannot exceed it.
    """
    n, m = len(basic), len(nonbasic)
    for _ in range(100 + 20 * (m + n)):
        if right[n] <= known:
            return BEATEN, -1
        row = missing_row(right, n)
        if row < 0:
            return REACHED, -1
        column = entering_column(table, row, n, m, line)
        if column < 0:
            return NEVER_BEST, row
        pivot(table, right, basic, nonbasic, line, row, column)
    return LOST, -1


@part(error_model="numpy")
def add_gains(reward, other, reply, price, line):
    """Adds to ``line`` (defences,) the price of what the attacker gains by leaving ``reply`` for another.

    Args:
        reward: (attacks, defences) what the attacker earns, scaled to 0..1.
        other: the reply that the attacker could leave for.
        reply: the attack that is to be a best response.
        price: the factor of the gains, at least 0.
        line: (defences,) added to in place.
    """
    for i in range(reward.shape[1]):
        line[i] += price * (reward[other, i] - reward[reply, i])


@part(error_model="numpy")
def bound_of(worth, reward, reply, table, nonbasic, line):
    """An upper bound for mixed strategies to which ``reply`` is a best response, valid for any dual prices.

    Args:
        worth: (attacks, defences) what the defender earns, scaled to 0..1.
        reward: (attacks, defences) what the attacker earns, scaled to 0..1.
        reply: the attack that is to be a best response.
        table: (attacks + 1, defences) the tableau, its last row the reduced costs.
        nonbasic: (defences,) variables of the columns, −1 for none.
        line: (defences,) space.
    """
    n, m = worth.shape
    line[:] = 0.0
    for c in range(m):
        if nonbasic[c] >= m and table[n, c] > 0.0:
            add_gains(reward, nonbasic[c] - m, reply, table[n, c], line)
    most = -np.inf
    for i in range(m):
        most = max(most, worth[reply, i] - line[i])
    return most


@part(error_model="numpy")
def never_best(reward, reply, row, table, basic, nonbasic, line):
    """Whether a mixture of other replies is better than ``reply`` against every defence (Farkas).

    Args:
        reward: (attacks, defences) what the attacker earns, scaled to 0..1.
        reply: the attack that is to be a best response.
        row: the row in which ``descend`` ended.
        table: (attacks + 1, defences) the tableau, its last row the reduced costs.
        basic: (attacks,) variables of the rows: a defence i, or the slack of attack k as defences + k.
        nonbasic: (defences,) variables of the columns, −1 for none.
        line: (defences,) space.
    """
    m = reward.shape[1]
    line[:] = 0.0
    total = 0.0
    if basic[row] >= m:
        add_gains(reward, basic[row] - m, reply, 1.0, line)
        total = 1.0
    for c in range(m):
        if nonbasic[c] >= m and table[row, c] > 0.0:
            add_gains(reward, nonbasic[c] - m, reply, table[row, c], line)
            total += table[row, c]
    least = np.inf
    for i in range(m):
        least = min(least, line[i])
    return total > 0.0 and least > CLEAR * total


@part(error_model="numpy")
def take(right, basic, nonbasic, defender, tight):
    """Writes the mixed strategy of the basis and the replies that tie with it; returns how many tie.

    Args:
        right: (attacks + 1,) levels of the basic variables, then the value reached.
        basic: (attacks,) variables of the rows: a defence i, or the slack of attack k as defences + k.
        nonbasic: (defences,) variables of the columns, −1 for none.
        defender: (defences,) probabilities, written in place.
        tight: (defences,) or longer, int64, written in place.
    """
    n, m = len(basic), len(nonbasic)
    defender[:] = 0.0
    total = 0.0
    for r in range(n):
        if basic[r] < m:
            defender[basic[r]] = max(right[r], 0.0)
            total += defender[basic[r]]
    for i in range(m):
        defender[i] /= total
    count = 0
    for c in range(m):
        if nonbasic[c] >= m:
            tight[count] = nonbasic[c] - m
            count += 1
    return count


@part(error_model="numpy", fastmath={"contract", "reassoc"})
def outcome(worth, reward, reply, defender):
    """The defender's payoff under ``reply``, and the attacker's gain from another reply.

    Args:
        worth: (attacks, defences) what the defender earns, scaled to 0..1.
        reward: (attacks, defences) what the attacker earns, scaled to 0..1.
        reply: the attack that is to be a best response.
        defender: (defences,) probabilities.
    """
    n, m = worth.shape
    value = earned = 0.0
    for i in range(m):
        value += defender[i] * worth[reply, i]
        earned += defender[i] * reward[reply, i]
    gain = 0.0
    for k in range(n):
        other = 0.0
        for i in range(m):
            other += defender[i] * reward[k, i]
        gain = max(gain, other - earned)
    return value, gain


@part(error_model="numpy")
def sharpen(b, worth, reward, reply, defender, tight, count, rows, system, mix, line):
    """Solves again from the payoffs if that reduces the attacker's gain; returns the outcome.

    Args:
        b: (defences, attacks) payoffs to the attacker.
        worth: (attacks, defences) what the defender earns, scaled to 0..1.
        reward: (attacks, defences) what the attacker earns, scaled to 0..1.
        reply: the reply that is best for the mixed strategy.
        defender: (defences,) probabilities, changed in place.
        tight: the first ``count`` entries are the replies left as good; one more is written.
        count: number of such replies; −1 for a single defence.
        rows: (attacks + 1,) int64 space.
        system: (attacks + 1, attacks + 2) space.
        mix: (attacks + 1,) space.
        line: (defences,) space.
    """
    before = outcome(worth, reward, reply, defender)
    if count < 1 or before[1] <= 1e-15:
        return before
    size = 0
    for i in range(len(defender)):
        if defender[i] > STEP:
            if size <= count:
                rows[size] = i
            size += 1
    tight[count] = reply
    if size != count + 1 or not equalise(b, rows, tight, size, True, system, mix):
        return before
    line[:] = 0.0
    for k in range(size):
        line[rows[k]] = mix[k]
    after = outcome(worth, reward, reply, line)
    if after[1] > before[1]:
        return before
    for i in range(len(defender)):
        defender[i] = line[i]
    return after


@part(error_model="numpy")
def most_promising(most):
    """The reply with the largest upper bound."""
    best = 0
    for j in range(1, len(most)):
        best = j if most[j] > most[best] else best
    return best


@part(error_model="numpy")
def best_commitment(worth, reward, x, most, peak, narrowed, table, right, basic, nonbasic, line, tight):
    """Writes the best mixed strategy found into ``x``; returns the reply, its worth, a bound on all, how many
    replies it leaves as good (-1 for a single defence), and whether every reply was settled clearly.

    Replies are tried in the order of their bounds, until none can exceed the best value known.

    Args:
        worth: (attacks, defences) what the defender earns, scaled to 0..1.
        reward: (attacks, defences) what the attacker earns, scaled to 0..1.
        x: (defences,) probabilities, written in place.
        most: (attacks,) space.
        peak: (attacks,) int64 space.
        narrowed: (attacks,) bool space.
        table: (attacks + 1, defences) space.
        right: (attacks + 1,) space.
        basic: (attacks,) int64 space.
        nonbasic: (defences,) int64 space.
        line: (defences,) space.
        tight: (defences + 1,) int64, filled with the replies the mixed strategy leaves as good.
    """
    n, m = worth.shape
    row, best, value = best_single(worth, reward)
    x[:] = 0.0
    x[row] = 1.0
    bound, count = value, -1
    for j in range(n):
        narrowed[j] = False
        top, at = worth[j, 0], 0
        for i in range(1, m):
            more = worth[j, i] > top
            top, at = worth[j, i] if more else top, i if more else at
        most[j], peak[j] = top, at
    for _ in range(2 * n):
        reply = most_promising(most)
        if most[reply] <= value + TIE:
            return best, value, max(bound, most[reply]), count, True
        if not narrowed[reply]:
            narrowed[reply] = True
            most[reply] = first_bound(worth, reward, reply, peak[reply])
            continue
        most[reply] = -np.inf
        start(worth, reward, reply, peak[reply], table, right, basic, nonbasic)
        end, at = descend(table, right, basic, nonbasic, line, value + TIE)
        if end == LOST:
            return best, value, bound, count, False
        if end == NEVER_BEST:
            if not never_best(reward, reply, at, table, basic, nonbasic, line):
                return best, value, bound, count, False
            continue
        bound = max(bound, bound_of(worth, reward, reply, table, nonbasic, line))
        if end == REACHED:
            best, value = reply, right[n]
            count = take(right, basic, nonbasic, x, tight)
    return best, value, bound, count, True


@njit(nogil=True, error_model="numpy")
def solve_some(a, b, first, last, status, defender, attacker, regret):
    """Fills, for the games ``first`` … ``last``, the state, the commitment, the reply and both regrets.

    Args:
        a, b: payoffs (games, defences, attacks).
        status: (games,); defender: (games, defences); attacker: (games, attacks); regret: (games, 2).
    """
    _, m, n = a.shape
    worth, reward = np.empty((n, m)), np.empty((n, m))
    table, right = np.empty((n + 1, m)), np.empty(n + 1)
    basic, nonbasic = np.empty(n, np.int64), np.empty(m, np.int64)
    line, most = np.empty(m), np.empty(n)
    peak, narrowed = np.empty(n, np.int64), np.empty(n, np.bool_)
    rows, tight = np.empty(n + 1, np.int64), np.empty(m + 1, np.int64)
    system, mix = np.empty((n + 1, n + 2)), np.empty(n + 1)
    for game in range(first, last):
        status[game] = LEFT
        if normalised(a[game], worth) == 0.0 or normalised(b[game], reward) == 0.0:
            continue
        x = defender[game]
        reply, value, bound, count, clear = best_commitment(
            worth, reward, x, most, peak, narrowed, table, right, basic, nonbasic, line, tight
        )
        value, gain = sharpen(b[game], worth, reward, reply, x, tight, count, rows, system, mix, line)
        regret[game, 0], regret[game, 1] = max(bound - value, 0.0), gain
        attacker[game] = 0.0
        attacker[game, reply] = 1.0
        if clear and regret[game, 0] <= LARGEST_REGRET and gain <= LARGEST_REGRET:
            status[game] = SOLVED


@njit(nogil=True, error_model="numpy")
def solve_some_single(a, b, first, last, status, defender, attacker, regret):
    """Fills the same as ``solve_some`` for the best single defence.

    Args:
        a, b: (games, defences, attacks) payoffs.
        first, last: the first game, and the one after the last.
        status: (games,) filled with SOLVED or LEFT.
        defender, attacker: (games, defences) and (games, attacks) probabilities, written in place.
        regret: (games, 2) relative regrets, written in place.
    """
    _, m, n = a.shape
    worth, reward = np.empty((n, m)), np.empty((n, m))
    for game in range(first, last):
        status[game] = LEFT
        if normalised(a[game], worth) == 0.0 or normalised(b[game], reward) == 0.0:
            continue
        row, reply, _ = best_single(worth, reward)
        most = reward[reply, row]
        for j in range(n):
            most = max(most, reward[j, row])
        defender[game] = 0.0
        defender[game, row] = 1.0
        attacker[game] = 0.0
        attacker[game, reply] = 1.0
        regret[game, 0], regret[game, 1] = 0.0, most - reward[reply, row]
        status[game] = SOLVED
