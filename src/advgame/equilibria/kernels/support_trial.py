"""Supports met before, tried on a whole tile of games: their mixed strategies, and what all others pay."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from advgame.equilibria.kernels.affine_tile import TILE
from advgame.equilibria.kernels.compiling import part
from advgame.games.tolerances import MAY_TIE

MOST_PLAYED = 32  # strategies of each player in a support that is remembered
REMEMBERED = 16  # supports

STEADY = 1e-6  # of the largest entry: a smaller pivot leaves the mixes to rounding


class Memory(NamedTuple):
    """Supports met, the one that fitted last first."""

    rows: np.ndarray  # (REMEMBERED, MOST_PLAYED)
    columns: np.ndarray  # (REMEMBERED, MOST_PLAYED)
    size: np.ndarray  # (REMEMBERED,)
    held: np.ndarray  # (1,) how many


class Bench(NamedTuple):
    """Room for trying a support on a tile, a column for each game."""

    system: np.ndarray  # (MOST_PLAYED², TILE)
    inverse: np.ndarray  # (MOST_PLAYED, TILE) of the pivots
    x: np.ndarray  # (MOST_PLAYED, TILE)
    y: np.ndarray  # (MOST_PLAYED, TILE)
    tilt: np.ndarray  # (MOST_PLAYED, TILE) how y moves with the mean intensity
    pay: np.ndarray  # (defences or attacks, whichever are more; TILE)
    slack: np.ndarray  # (TILE,) positive where the support fits
    size: np.ndarray  # (TILE,)
    mean: np.ndarray  # (TILE,) intensity
    lure: np.ndarray  # (TILE,)
    best: np.ndarray  # (TILE,)
    worst: np.ndarray  # (TILE,)
    top: np.ndarray  # (TILE,)
    bottom: np.ndarray  # (TILE,)
    own: np.ndarray  # (TILE,)
    earned: np.ndarray  # (2, TILE)
    regret: np.ndarray  # (2, TILE)


@part(error_model="numpy", allocates=True)
def new_bench(m, n):
    """Room for trying a support on a tile of games of m defences and n attacks."""
    most = min(min(m, n), MOST_PLAYED)
    return Bench(
        np.empty((most * most, TILE)),
        np.empty((most, TILE)),
        np.empty((most, TILE)),
        np.empty((most, TILE)),
        np.empty((most, TILE)),
        np.empty((max(m, n), TILE)),
        np.empty(TILE),
        np.empty(TILE),
        np.empty(TILE),
        np.empty(TILE),
        np.empty(TILE),
        np.empty(TILE),
        np.empty(TILE),
        np.empty(TILE),
        np.empty(TILE),
        np.empty((2, TILE)),
        np.empty((2, TILE)),
    )


@part(error_model="numpy", allocates=True)
def new_memory():
    """A memory that holds no support yet."""
    shape = (REMEMBERED, MOST_PLAYED)
    return Memory(
        np.zeros(shape, np.int64),
        np.zeros(shape, np.int64),
        np.zeros(REMEMBERED, np.int64),
        np.zeros(1, np.int64),
    )


@part(error_model="numpy")
def to_the_front(memory, place):
    """Moves a support before those that fitted longer ago."""
    for each in range(place, 0, -1):
        memory.size[each], memory.size[each - 1] = memory.size[each - 1], memory.size[each]
        for p in range(MOST_PLAYED):
            one, other = memory.rows[each, p], memory.rows[each - 1, p]
            memory.rows[each, p], memory.rows[each - 1, p] = other, one
            one, other = memory.columns[each, p], memory.columns[each - 1, p]
            memory.columns[each, p], memory.columns[each - 1, p] = other, one


@part(error_model="numpy", fastmath={"contract"})
def set_up(form, tile, rows, columns, k, bench):
    """Writes the systems of the support's mixes, all relative to its first row and column.

    With G_ij = p_j (S E_ij + a_i) of the adversary and D = G doubly relative: Dᵀx = right of x for the rest
    of x, D y = y₀ + μ tilt for the rest of y.

    Args:
        form: the games by their numbers, as `Form` holds them.
        tile: the numbers of the tile's games.
        rows, columns: the defences and the attacks of the support, the first k of each.
        k: strategies of each player in the support.
        bench: the bench; ``system``, ``x``, ``y``, ``tilt``, ``size`` and ``slack`` are written.
    """
    E, V, S, share, lured = form.table, tile.swing[0], tile.swing[1], tile.share, tile.lured
    peace, shared, column = tile.peace, tile.shared, tile.column
    system, size, x, y, tilt = bench.system, bench.size, bench.x, bench.y, bench.tilt
    r, first, idle = k - 1, rows[0], columns[0]
    for c in range(TILE):
        bench.slack[c] = V[c] if S[c] > 0.0 else -1.0
        size[c] = 0.0
    for b in range(r):
        i = rows[b + 1]
        at_idle = E[i, idle] - E[first, idle]
        for a in range(r):
            j = columns[a + 1]
            cross = E[i, j] - E[first, j]
            for c in range(TILE):
                apart = lured[i, c] - lured[first, c]
                value = share[j, c] * (S[c] * cross + apart) - share[idle, c] * (S[c] * at_idle + apart)
                system[b * r + a, c] = value
                size[c] = abs(value) if abs(value) > size[c] else size[c]
        for c in range(TILE):
            per, apart = S[c] / V[c], lured[i, c] - lured[first, c]
            y[b + 1, c] = per * (peace[i, c] - peace[first, c]) - share[idle, c] * (S[c] * at_idle + apart)
            tilt[b + 1, c] = per * (shared[i, c] - shared[first, c]) + apart
    for a in range(r):
        j = columns[a + 1]
        for c in range(TILE):
            at_idle = column[idle, c] + share[idle, c] * (S[c] * E[first, idle] + lured[first, c])
            x[a + 1, c] = at_idle - (column[j, c] + share[j, c] * (S[c] * E[first, j] + lured[first, c]))


@part(error_model="numpy", fastmath={"contract"})
def solve_systems(r, bench):
    """Solves them by one elimination, in the order that was best when the support was met."""
    M, x, y, tilt, inverse, slack = bench.system, bench.x, bench.y, bench.tilt, bench.inverse, bench.slack
    for q in range(r):
        for c in range(TILE):
            steady = abs(M[q * r + q, c]) > STEADY * bench.size[c]
            slack[c] = slack[c] if steady else -1.0
            inverse[q, c] = 1.0 / M[q * r + q, c] if steady else 0.0
        for b in range(q + 1, r):
            for c in range(TILE):
                M[b * r + q, c] *= inverse[q, c]
            for a in range(q + 1, r):
                for c in range(TILE):
                    M[b * r + a, c] -= M[b * r + q, c] * M[q * r + a, c]
    for b in range(r):
        for q in range(b):
            for c in range(TILE):
                y[b + 1, c] -= M[b * r + q, c] * y[q + 1, c]
                tilt[b + 1, c] -= M[b * r + q, c] * tilt[q + 1, c]
                x[b + 1, c] -= M[q * r + b, c] * x[q + 1, c]
        for c in range(TILE):
            x[b + 1, c] *= inverse[b, c]
    for b in range(r - 1, -1, -1):
        for a in range(b + 1, r):
            for c in range(TILE):
                y[b + 1, c] -= M[b * r + a, c] * y[a + 1, c]
                tilt[b + 1, c] -= M[b * r + a, c] * tilt[a + 1, c]
                x[b + 1, c] -= M[a * r + b, c] * x[a + 1, c]
        for c in range(TILE):
            y[b + 1, c] *= inverse[b, c]
            tilt[b + 1, c] *= inverse[b, c]


@part(error_model="numpy", fastmath={"contract"})
def mixes_of_tile(tile, columns, k, any_will_do, bench):
    """Writes both mixes and the mean intensity; the slack is negative where they are no mixes.

    Args:
        tile: the numbers of the tile's games.
        columns: the attacks of the support, the first k.
        k: strategies of each player in the support.
        any_will_do: whether an equilibrium that may not be the only one is accepted.
        bench: the bench, its systems solved; ``x``, ``y``, ``mean`` and ``slack`` are written.
    """
    share, idle, level, fall = tile.share, columns[0], bench.best, bench.worst
    x, y, tilt, mean, slack = bench.x, bench.y, bench.tilt, bench.mean, bench.slack
    for c in range(TILE):
        level[c], fall[c] = share[idle, c], 1.0
    for a in range(1, k):
        j = columns[a]
        for c in range(TILE):
            level[c] += (share[j, c] - share[idle, c]) * y[a, c]
            fall[c] -= (share[j, c] - share[idle, c]) * tilt[a, c]
    for c in range(TILE):
        # Where the equilibrium is the only one, the mean intensity crosses μ downwards.
        steady = fall[c] > STEADY or (any_will_do and fall[c] < -STEADY)
        slack[c] = slack[c] if steady else -1.0
        mean[c] = level[c] / fall[c] if steady else 0.0
        x[0, c] = y[0, c] = 1.0
    for a in range(1, k):
        for c in range(TILE):
            y[a, c] += mean[c] * tilt[a, c]
            x[0, c] -= x[a, c]
            y[0, c] -= y[a, c]
    for a in range(k):
        for c in range(TILE):
            least = (x[a, c] if x[a, c] < y[a, c] else y[a, c]) - MAY_TIE
            slack[c] = least if least < slack[c] else slack[c]


@part(error_model="numpy")
def among(strategy, strategies, k):
    """Whether a strategy is one of the first k.

    Args:
        strategy: the strategy.
        strategies: the list of strategies.
        k: how many of them count.
    """
    found = False
    for each in range(k):
        found = found or strategies[each] == strategy
    return found


@part(error_model="numpy", fastmath={"contract"})
def check_attacks(form, tile, rows, columns, k, bench):
    """What every attack pays the adversary: the slack is negative where another one pays as much.

    Args:
        form: the games by their numbers, as `Form` holds them.
        tile: the numbers of the tile's games.
        rows, columns: the defences and the attacks of the support, the first k of each.
        k: strategies of each player in the support.
        bench: the bench with both mixes; ``slack``, ``earned[1]`` and ``regret[1]`` are written.
    """
    E, S, share, column, lured = form.table, tile.swing[1], tile.share, tile.column, tile.lured
    x, y, pay, slack, earned, own = bench.x, bench.y, bench.pay, bench.slack, bench.earned, bench.own
    lure, size, best, worst, top, bottom = (
        bench.lure,
        bench.size,
        bench.best,
        bench.worst,
        bench.top,
        bench.bottom,
    )
    first, idle = rows[0], columns[0]
    for c in range(TILE):
        lure[c], size[c] = 0.0, 0.0
    for b in range(k):
        i = rows[b]
        for c in range(TILE):
            lure[c] += x[b, c] * lured[i, c]
            size[c] = abs(lured[i, c]) if abs(lured[i, c]) > size[c] else size[c]
    for c in range(TILE):
        size[c] += S[c]
        own[c] = abs(column[idle, c]) + share[idle, c] * size[c]
        best[c], worst[c], top[c], bottom[c], earned[1, c] = -np.inf, np.inf, -np.inf, np.inf, 0.0
    for j in range(len(share)):
        weight = E[first, j]
        for c in range(TILE):
            pay[j, c] = x[0, c] * weight
        for b in range(1, k):
            entry = E[rows[b], j]
            for c in range(TILE):
                pay[j, c] += x[b, c] * entry
        for c in range(TILE):
            against_first = column[j, c] + share[j, c] * (S[c] * weight + lured[first, c])
            top[c] = against_first if against_first > top[c] else top[c]
            bottom[c] = against_first if against_first < bottom[c] else bottom[c]
            value = column[j, c] + share[j, c] * (S[c] * pay[j, c] + lure[c])
            pay[j, c] = value
            best[c] = value if value > best[c] else best[c]
            worst[c] = value if value < worst[c] else worst[c]
    for a in range(k):
        j = columns[a]
        for c in range(TILE):
            earned[1, c] += y[a, c] * pay[j, c]
    for j in range(len(share)):
        if not among(j, columns, k):
            for c in range(TILE):
                tie = MAY_TIE * (own[c] + abs(column[j, c]) + share[j, c] * size[c])
                least = earned[1, c] - pay[j, c] - tie
                slack[c] = least if least < slack[c] else slack[c]
    for c in range(TILE):
        bench.regret[1, c] = relative(best[c] - earned[1, c], best[c] - worst[c], top[c] - bottom[c])


@part(error_model="numpy", fastmath={"contract"})
def check_defences(form, tile, rows, columns, k, bench):
    """What every defence pays the defender: the slack is negative where another one pays as much.

    Args:
        form: the games by their numbers, as `Form` holds them.
        tile: the numbers of the tile's games.
        rows, columns: the defences and the attacks of the support, the first k of each.
        k: strategies of each player in the support.
        bench: the bench with both mixes; ``slack``, ``earned[0]`` and ``regret[0]`` are written.
    """
    E, V, share, peace, shared = form.table, tile.swing[0], tile.share, tile.peace, tile.shared
    x, y, pay, slack, earned, own = bench.x, bench.y, bench.pay, bench.slack, bench.earned, bench.own
    mean, best, worst, top, bottom = bench.mean, bench.best, bench.worst, bench.top, bench.bottom
    size, met = bench.size, bench.tilt  # how much of the traffic each attack played is
    first, last = rows[0], columns[k - 1]
    for a in range(k):
        j = columns[a]
        for c in range(TILE):
            met[a, c] = y[a, c] * share[j, c]
    for c in range(TILE):
        own[c] = abs(peace[first, c]) + abs(shared[first, c]) + 2.0 * V[c]
        best[c], worst[c], top[c], bottom[c], earned[0, c] = -np.inf, np.inf, -np.inf, np.inf, 0.0
        size[c] = 0.0
    for i in range(len(peace)):
        entry, at_last = E[i, columns[0]], E[i, last]
        for c in range(TILE):
            pay[i, c] = met[0, c] * entry
        for a in range(1, k):
            entry = E[i, columns[a]]
            for c in range(TILE):
                pay[i, c] += met[a, c] * entry
        for c in range(TILE):
            against_last = peace[i, c] + share[last, c] * (shared[i, c] - V[c] * at_last)
            top[c] = against_last if against_last > top[c] else top[c]
            bottom[c] = against_last if against_last < bottom[c] else bottom[c]
            apart = abs(peace[i, c] - peace[first, c])
            size[c] = apart if apart > size[c] else size[c]
            value = peace[i, c] + mean[c] * shared[i, c] - V[c] * pay[i, c]
            pay[i, c] = value
            best[c] = value if value > best[c] else best[c]
            worst[c] = value if value < worst[c] else worst[c]
    for b in range(k):
        i = rows[b]
        for c in range(TILE):
            earned[0, c] += x[b, c] * pay[i, c]
    for i in range(len(peace)):
        if not among(i, rows, k):
            for c in range(TILE):
                tie = MAY_TIE * (own[c] + abs(peace[i, c]) + abs(shared[i, c]))
                least = earned[0, c] - pay[i, c] - tie
                slack[c] = least if least < slack[c] else slack[c]
    for c in range(TILE):
        spread = top[c] - bottom[c]
        spread = size[c] if size[c] > spread else spread
        bench.regret[0, c] = relative(best[c] - earned[0, c], best[c] - worst[c], spread)


@part(error_model="numpy", forceinline=True)
def relative(gain, one, other):
    """A gain relative to the larger of two ranges; as it is where both are 0.

    Args:
        gain: the gain.
        one, other: the two ranges.
    """
    spread = one if one > other else other
    gain = gain if gain > 0.0 else 0.0
    return gain / spread if spread > 0.0 else gain


@part(error_model="numpy", fastmath={"contract"})
def add_neutral(tile, rows, columns, k, bench):
    """Adds to the values what changes no best reply: an attack's to one, a defence's to the other.

    Args:
        tile: the numbers of the tile's games.
        rows, columns: the defences and the attacks of the support, the first k of each.
        k: strategies of each player in the support.
        bench: the bench; ``earned`` is added to.
    """
    x, y, earned = bench.x, bench.y, bench.earned
    for a in range(k):
        i, j = rows[a], columns[a]
        for c in range(TILE):
            earned[0, c] += y[a, c] * tile.neutral_column[j, c]
            earned[1, c] += x[a, c] * tile.neutral_row[i, c]
