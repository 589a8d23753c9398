"""From supports to certified mixed strategies, compiled: probabilities that make the opponent indifferent.

Only differences of payoffs enter, so that exact shifts change nothing, to the last bit.
"""

from __future__ import annotations

import numpy as np

from advgame.equilibria.kernels.compiling import njit, part


@part(forceinline=True)
def load(payoffs, game, transposed, matrix):
    """Copies the payoffs of one game; returns the lowest, and one over their range or 1.

    Args:
        payoffs: (games, rows, columns), or with ``transposed`` (games, columns, rows).
        game: which game.
        transposed: whether the axes are exchanged.
        matrix: (rows, columns) written in place.
    """
    rows, columns = matrix.shape
    low, high = np.inf, -np.inf
    for i in range(rows):
        least, most = np.inf, -np.inf  # of a row, so that rows need not wait for each other
        for j in range(columns):
            value = payoffs[game, j, i] if transposed else payoffs[game, i, j]
            least = value if value < least else least
            most = value if value > most else most
            matrix[i, j] = value
        low = least if least < low else low
        high = most if most > high else high
    return low, (1.0 / (high - low) if high > low else 1.0)


@part(forceinline=True)
def equalise(payoffs, scale, own, o, replies, r, size, system, mix):
    """Writes the probabilities of own strategies that make the replies indifferent; False if there are none.

    Args:
        payoffs: (own strategies, replies), to the player who replies; scale: one over their range.
        own, replies: lists of strategies, of which numbers ``o`` and ``r`` are meant, both of one ``size``.
        system: space, at least (size, size + 1).
        mix: filled with ``size`` shares.
    """
    base = replies[r, 0]
    if size == 1:
        mix[0] = 1.0
        return True
    if size == 2:
        other, i, k = replies[r, 1], own[o, 0], own[o, 1]
        first = (payoffs[i, other] - payoffs[i, base]) * scale
        second = (payoffs[k, other] - payoffs[k, base]) * scale
        mix[0] = second / (second - first) if first * second < 0.0 else -1.0
        mix[1] = 1.0 - mix[0]
        return mix[0] > 0.0 and mix[1] > 0.0
    for row in range(size - 1):
        reply = replies[r, row + 1]
        for c in range(size):
            system[row, c] = (payoffs[own[o, c], reply] - payoffs[own[o, c], base]) * scale
        system[row, size] = 0.0
    for c in range(size + 1):
        system[size - 1, c] = 1.0
    for k in range(size):
        if not eliminate(system, k, size):
            return False
    total = 0.0
    for k in range(size - 1, -1, -1):
        value = system[k, size]
        for c in range(k + 1, size):
            value -= system[k, c] * mix[c]
        mix[k] = value / system[k, k]
        if not mix[k] > 0.0:
            return False
        total += mix[k]
    for k in range(size):
        mix[k] /= total
    return True


@part(forceinline=True)
def eliminate(system, k, size):
    """One step of elimination with partial pivoting; False where the column is empty.

    Args:
        system: (size, size + 1) or larger, changed in place.
        k: the column that is eliminated below its diagonal.
        size: number of equations.
    """
    top = k
    for r in range(k + 1, size):
        if abs(system[r, k]) > abs(system[top, k]):
            top = r
    if system[top, k] == 0.0:
        return False
    if top != k:
        for c in range(k, size + 1):
            system[k, c], system[top, c] = system[top, c], system[k, c]
    inverse = 1.0 / system[k, k]
    for r in range(k + 1, size):
        factor = system[r, k] * inverse
        for c in range(k + 1, size + 1):
            system[r, c] -= factor * system[k, c]
    return True


@part(forceinline=True)
def regret(payoffs, scale, own, o, size, mix, replies, r, count, reply, pays):
    """The opponent's gain from a best response instead of ``reply``, relative to the range.

    Args:
        payoffs, scale, own, o, replies, r: as for ``equalise``; size, count: of the own support and of the
            replier's; mix, reply: the shares on them; pays: (replies,) space.
    """
    base = replies[r, 0]
    pays[:] = 0.0
    for k in range(size):
        i, share = own[o, k], mix[k]
        for j in range(len(pays)):
            pays[j] += share * (payoffs[i, j] - payoffs[i, base])
    best, earned = -np.inf, 0.0
    for j in range(len(pays)):
        best = max(best, pays[j])
    for k in range(count):
        earned += reply[k] * pays[replies[r, k]]
    return max(best - earned, 0.0) * scale


@part(forceinline=True)
def spread(mix, supports, number, size, out, row):
    """Writes the probabilities of a support into a row of mixed strategies.

    Args:
        mix: the first ``size`` entries are the shares of the support.
        supports: (supports, strategies) lists of strategies.
        number: which support.
        size: its size.
        out: (rows, strategies) of which one row is written in place.
        row: that row.
    """
    for strategy in range(out.shape[1]):
        out[row, strategy] = 0.0
    for k in range(size):
        out[row, supports[number, k]] = mix[k]


@part(forceinline=True)
def single(payoffs, own, reply):
    """Whether a reply is best against one own strategy.

    Args:
        payoffs: (own strategies, replies) payoffs to the player who replies.
        own: the own strategy.
        reply: the reply.
    """
    best = payoffs[own, reply]
    for other in range(payoffs.shape[1]):
        best = max(best, payoffs[own, other])
    return best == payoffs[own, reply]


@part(forceinline=True)
def mixes(
    of_a,
    of_b,
    scale_a,
    scale_b,
    rows,
    columns,
    i,
    i_replies,
    j,
    j_replies,
    p,
    q,
    x,
    y,
    to_defender,
    to_attacker,
    system,
):
    """Writes both mixed strategies of a pair of supports; returns both regrets, infinite if there are none.

    Args:
        of_a, of_b: payoffs, by what their player does not choose; scale_a, scale_b: one over their ranges.
        rows, columns: lists of strategies; i, j: which are the supports; i_replies, j_replies: which replies
            determine the mixed strategies on them; p, q: sizes of the supports.
        x, y: filled with both mixed strategies.
        to_defender, to_attacker: space for what the strategies pay.
        system: space for a system of equations.
    """
    x[0] = y[0] = 1.0
    if (
        p == 1 and q == 1
        and single(of_a, columns[j, 0], rows[i, 0])
        and single(of_b, rows[i, 0], columns[j, 0])
    ):  # fmt: skip
        return 0.0, 0.0
    if equalise(of_b, scale_b, rows, i, columns, i_replies, p, system, x) and equalise(
        of_a, scale_a, columns, j, rows, j_replies, q, system, y
    ):
        return (
            regret(of_a, scale_a, columns, j, q, y, rows, i, p, x, to_defender),
            regret(of_b, scale_b, rows, i, p, x, columns, j, q, y, to_attacker),
        )
    return np.inf, np.inf


@njit(nogil=True)
def fill(
    a, b, first, last, sets_a, sets_b, pairs, places, starts, counts, index, defender, attacker, regrets
):
    """Fills both mixed strategies and the regrets of every pair of the games ``first`` … ``last``.

    Regrets are infinite where a pair has no mixed strategies.

    Args:
        a, b: payoffs (games, m, n).
        sets_a, sets_b: ``supports(n, m)`` and ``supports(m, n)`` of the minors.
        pairs: (pairs, 4) numbers of the supports and the replies that determine x, then y.
        places, starts, counts: (games,) the first pair of a game, where its rows begin in what is filled,
            and how many there are.
        index: (rows,) filled with the game; defender: (rows, m); attacker: (rows, n); regrets: (rows, 2).
    """
    _, m, n = a.shape
    rows, columns = sets_a.members, sets_b.members
    of_a, of_b, x, y = np.empty((n, m)), np.empty((m, n)), np.empty(m), np.empty(n)
    to_defender, to_attacker, system = np.empty(m), np.empty(n), np.empty((min(m, n), min(m, n) + 1))
    for game in range(first, last):
        if counts[game] == 0:
            continue
        scale_a, scale_b = load(a, game, True, of_a)[1], load(b, game, False, of_b)[1]
        for k in range(counts[game]):
            pair, row = places[game] + k, starts[game] + k
            i, j, i_replies, j_replies = pairs[pair, 0], pairs[pair, 2], pairs[pair, 1], pairs[pair, 3]
            p, q = sets_a.size[i], sets_b.size[j]
            regrets[row, 0], regrets[row, 1] = mixes(
                of_a, of_b, scale_a, scale_b, rows, columns, i, i_replies, j, j_replies, p, q,
                x, y, to_defender, to_attacker, system,
            )  # fmt: skip
            index[row] = game
            spread(x, rows, i, p, defender, row)
            spread(y, columns, j, q, attacker, row)
