"""Supports of earlier equilibria, tried on a tile of games: mixed strategies and certificates."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from advgame.equilibria.kernels.affine_tile import TILE
from advgame.equilibria.kernels.compiling import part
from advgame.games.tolerances import MAY_TIE

MOST_PLAYED = 32  # strategies of each player in a support that is remembered
REMEMBERED = 16  # supports

STEADY = 1e-6  # of the largest entry: with smaller pivots, rounding errors dominate the mixed strategies


class Supports(NamedTuple):
    """Supports of earlier equilibria, the most recently successful one first."""

    rows: np.ndarray  # (REMEMBERED, MOST_PLAYED)
    columns: np.ndarray  # (REMEMBERED, MOST_PLAYED)
    size: np.ndarray  # (REMEMBERED,)
    number: np.ndarray  # (1,) of the supports stored


class TrialSpace(NamedTuple):
    """Arrays for trying a support on a tile, one column per game."""

    system: np.ndarray  # (MOST_PLAYED², TILE)
    inverse: np.ndarray  # (MOST_PLAYED, TILE) of the pivots
    x: np.ndarray  # (MOST_PLAYED, TILE)
    y: np.ndarray  # (MOST_PLAYED, TILE)
    tilt: np.ndarray  # (MOST_PLAYED, TILE) derivative of y by the mean intensity
    payoffs: np.ndarray  # (defences or attacks, whichever are more; TILE)
    slack: np.ndarray  # (TILE,) positive where the support fits
    size: np.ndarray  # (TILE,)
    mean: np.ndarray  # (TILE,) intensity
    attacker_shared: np.ndarray  # (TILE,) mean of a of the attacker
    best: np.ndarray  # (TILE,)
    worst: np.ndarray  # (TILE,)
    top: np.ndarray  # (TILE,)
    bottom: np.ndarray  # (TILE,)
    scale: np.ndarray  # (TILE,)
    earned: np.ndarray  # (2, TILE)
    regret: np.ndarray  # (2, TILE)


def new_trial_space(defences: int, attacks: int) -> TrialSpace:
    """An empty `TrialSpace` for games of a shape."""
    most = min(defences, attacks, MOST_PLAYED)
    rows = {"system": most * most, "payoffs": max(defences, attacks), "earned": 2, "regret": 2}
    rows |= dict.fromkeys(("inverse", "x", "y", "tilt"), most)
    return TrialSpace(
        **{name: np.empty((rows[name], TILE) if name in rows else TILE) for name in TrialSpace._fields}
    )


def no_supports() -> Supports:
    """A list of supports that is still empty."""
    shape = (REMEMBERED, MOST_PLAYED)
    return Supports(
        np.zeros(shape, np.int64),
        np.zeros(shape, np.int64),
        np.zeros(REMEMBERED, np.int64),
        np.zeros(1, np.int64),
    )


@part(error_model="numpy")
def to_the_front(supports, place):
    """Moves a support to the front of the list."""
    rows, columns, size = supports.rows, supports.columns, supports.size
    for s in range(place, 0, -1):
        size[s], size[s - 1] = size[s - 1], size[s]
        for p in range(MOST_PLAYED):
            rows[s, p], rows[s - 1, p] = rows[s - 1, p], rows[s, p]
            columns[s, p], columns[s - 1, p] = columns[s - 1, p], columns[s, p]


@part(error_model="numpy", fastmath={"contract"})
def set_up(form, tile, rows, columns, k, space):
    """Writes the linear systems of the support's mixed strategies, relative to its first row and column.

    With G_ij = p_j (S E_ij + a_i) of the attacker and D_ij = G_ij − G_0j − G_i0 + G_00: Dᵀ x = the right side
    in ``x``, and D y = the right side in ``y`` + μ ``tilt``, both without the first strategy.

    Args:
        form: the games, by coefficients.
        tile: the coefficients of the tile's games.
        rows, columns: the defences and the attacks of the support, the first k of each.
        k: strategies of each player in the support.
        space: the arrays; ``system``, ``x``, ``y``, ``tilt``, ``size`` and ``slack`` are written.
    """
    E, V, S, share = form.table, tile.swing[0], tile.swing[1], tile.share
    attacker_a = tile.attacker_shared
    still, shared, column = tile.defender_still, tile.defender_shared, tile.attacker_column
    system, size, x, y, tilt = space.system, space.size, space.x, space.y, space.tilt
    r, first, idle = k - 1, rows[0], columns[0]
    for c in range(TILE):
        space.slack[c] = V[c] if S[c] > 0.0 else -1.0
        size[c] = 0.0
    for b in range(r):
        i = rows[b + 1]
        at_idle = E[i, idle] - E[first, idle]
        for a in range(r):
            j = columns[a + 1]
            cross = E[i, j] - E[first, j]
            for c in range(TILE):
                apart = attacker_a[i, c] - attacker_a[first, c]
                value = share[j, c] * (S[c] * cross + apart) - share[idle, c] * (S[c] * at_idle + apart)
                system[b * r + a, c] = value
                size[c] = abs(value) if abs(value) > size[c] else size[c]
        for c in range(TILE):
            per, apart = S[c] / V[c], attacker_a[i, c] - attacker_a[first, c]
            y[b + 1, c] = per * (still[i, c] - still[first, c]) - share[idle, c] * (S[c] * at_idle + apart)
            tilt[b + 1, c] = per * (shared[i, c] - shared[first, c]) + apart
    for a in range(r):
        j = columns[a + 1]
        for c in range(TILE):
            at_idle = column[idle, c] + share[idle, c] * (S[c] * E[first, idle] + attacker_a[first, c])
            x[a + 1, c] = at_idle - (column[j, c] + share[j, c] * (S[c] * E[first, j] + attacker_a[first, c]))


@part(error_model="numpy", fastmath={"contract"})
def solve_systems(r, space):
    """Solves the systems by one elimination, in the pivot order chosen when the support was stored."""
    M, x, y, tilt, inverse, slack = space.system, space.x, space.y, space.tilt, space.inverse, space.slack
    for q in range(r):
        for c in range(TILE):
            steady = abs(M[q * r + q, c]) > STEADY * space.size[c]
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
def mixes_of_tile(tile, columns, k, any_will_do, space):
    """Writes both mixed strategies and the mean intensity; the slack is negative where there are none.

    Args:
        tile: the coefficients of the tile's games.
        columns: the attacks of the support, the first k.
        k: strategies of each player in the support.
        any_will_do: whether an equilibrium that may not be the only one is accepted.
        space: the arrays, with the systems solved; ``x``, ``y``, ``mean`` and ``slack`` are written.
    """
    share, idle, level, fall = tile.share, columns[0], space.best, space.worst
    x, y, tilt, mean, slack = space.x, space.y, space.tilt, space.mean, space.slack
    for c in range(TILE):
        level[c], fall[c] = share[idle, c], 1.0
    for a in range(1, k):
        j = columns[a]
        for c in range(TILE):
            level[c] += (share[j, c] - share[idle, c]) * y[a, c]
            fall[c] -= (share[j, c] - share[idle, c]) * tilt[a, c]
    for c in range(TILE):
        # If the equilibrium is unique, the mean intensity crosses μ downwards.
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
    contained = False
    for p in range(k):
        contained = contained or strategies[p] == strategy
    return contained


@part(error_model="numpy", fastmath={"contract"})
def check_attacks(form, tile, rows, columns, k, space):
    """Payoffs of all attacks: the slack is negative where one outside the support pays as much.

    Args:
        form: the games, by coefficients.
        tile: the coefficients of the tile's games.
        rows, columns: the defences and the attacks of the support, the first k of each.
        k: strategies of each player in the support.
        space: the arrays, with both mixed strategies; ``slack``, ``earned[1]`` and ``regret[1]`` are written.
    """
    E, S, share = form.table, tile.swing[1], tile.share
    column, attacker_a = tile.attacker_column, tile.attacker_shared
    x, y, payoffs, slack, earned, scale = (
        space.x,
        space.y,
        space.payoffs,
        space.slack,
        space.earned,
        space.scale,
    )
    mean_shared, size, best, worst, top, bottom = (
        space.attacker_shared,
        space.size,
        space.best,
        space.worst,
        space.top,
        space.bottom,
    )
    first, idle = rows[0], columns[0]
    for c in range(TILE):
        mean_shared[c], size[c] = 0.0, 0.0
    for b in range(k):
        i = rows[b]
        for c in range(TILE):
            mean_shared[c] += x[b, c] * attacker_a[i, c]
            size[c] = abs(attacker_a[i, c]) if abs(attacker_a[i, c]) > size[c] else size[c]
    for c in range(TILE):
        size[c] += S[c]
        scale[c] = abs(column[idle, c]) + share[idle, c] * size[c]
        best[c], worst[c], top[c], bottom[c], earned[1, c] = -np.inf, np.inf, -np.inf, np.inf, 0.0
    for j in range(len(share)):
        weight = E[first, j]
        for c in range(TILE):
            payoffs[j, c] = x[0, c] * weight
        for b in range(1, k):
            entry = E[rows[b], j]
            for c in range(TILE):
                payoffs[j, c] += x[b, c] * entry
        for c in range(TILE):
            against_first = column[j, c] + share[j, c] * (S[c] * weight + attacker_a[first, c])
            top[c] = against_first if against_first > top[c] else top[c]
            bottom[c] = against_first if against_first < bottom[c] else bottom[c]
            value = column[j, c] + share[j, c] * (S[c] * payoffs[j, c] + mean_shared[c])
            payoffs[j, c] = value
            best[c] = value if value > best[c] else best[c]
            worst[c] = value if value < worst[c] else worst[c]
    for a in range(k):
        j = columns[a]
        for c in range(TILE):
            earned[1, c] += y[a, c] * payoffs[j, c]
    for j in range(len(share)):
        if not among(j, columns, k):
            for c in range(TILE):
                tie = MAY_TIE * (scale[c] + abs(column[j, c]) + share[j, c] * size[c])
                least = earned[1, c] - payoffs[j, c] - tie
                slack[c] = least if least < slack[c] else slack[c]
    for c in range(TILE):
        space.regret[1, c] = relative(best[c] - earned[1, c], best[c] - worst[c], top[c] - bottom[c])


@part(error_model="numpy", fastmath={"contract"})
def check_defences(form, tile, rows, columns, k, space):
    """Payoffs of all defences: the slack is negative where one outside the support pays as much.

    Args:
        form: the games, by coefficients.
        tile: the coefficients of the tile's games.
        rows, columns: the defences and the attacks of the support, the first k of each.
        k: strategies of each player in the support.
        space: the arrays, with both mixed strategies; ``slack``, ``earned[0]`` and ``regret[0]`` are written.
    """
    E, V, share, still, shared = (
        form.table,
        tile.swing[0],
        tile.share,
        tile.defender_still,
        tile.defender_shared,
    )
    x, y, payoffs, slack, earned, scale = (
        space.x,
        space.y,
        space.payoffs,
        space.slack,
        space.earned,
        space.scale,
    )
    mean, best, worst, top, bottom = space.mean, space.best, space.worst, space.top, space.bottom
    size, traffic = space.size, space.tilt  # traffic: the share of each attack in the support
    first, last = rows[0], columns[k - 1]
    for a in range(k):
        j = columns[a]
        for c in range(TILE):
            traffic[a, c] = y[a, c] * share[j, c]
    for c in range(TILE):
        scale[c] = abs(still[first, c]) + abs(shared[first, c]) + 2.0 * V[c]
        best[c], worst[c], top[c], bottom[c], earned[0, c] = -np.inf, np.inf, -np.inf, np.inf, 0.0
        size[c] = 0.0
    for i in range(len(still)):
        entry, at_last = E[i, columns[0]], E[i, last]
        for c in range(TILE):
            payoffs[i, c] = traffic[0, c] * entry
        for a in range(1, k):
            entry = E[i, columns[a]]
            for c in range(TILE):
                payoffs[i, c] += traffic[a, c] * entry
        for c in range(TILE):
            against_last = still[i, c] + share[last, c] * (shared[i, c] - V[c] * at_last)
            top[c] = against_last if against_last > top[c] else top[c]
            bottom[c] = against_last if against_last < bottom[c] else bottom[c]
            apart = abs(still[i, c] - still[first, c])
            size[c] = apart if apart > size[c] else size[c]
            value = still[i, c] + mean[c] * shared[i, c] - V[c] * payoffs[i, c]
            payoffs[i, c] = value
            best[c] = value if value > best[c] else best[c]
            worst[c] = value if value < worst[c] else worst[c]
    for b in range(k):
        i = rows[b]
        for c in range(TILE):
            earned[0, c] += x[b, c] * payoffs[i, c]
    for i in range(len(still)):
        if not among(i, rows, k):
            for c in range(TILE):
                tie = MAY_TIE * (scale[c] + abs(still[i, c]) + abs(shared[i, c]))
                least = earned[0, c] - payoffs[i, c] - tie
                slack[c] = least if least < slack[c] else slack[c]
    for c in range(TILE):
        spread = top[c] - bottom[c]
        spread = size[c] if size[c] > spread else spread
        space.regret[0, c] = relative(best[c] - earned[0, c], best[c] - worst[c], spread)


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
def add_neutral(tile, rows, columns, k, space):
    """Adds the payoffs that change no best response: of attacks to the defender, of defences to the attacker.

    Args:
        tile: the coefficients of the tile's games.
        rows, columns: the defences and the attacks of the support, the first k of each.
        k: strategies of each player in the support.
        space: the arrays; ``earned`` is added to.
    """
    x, y, earned = space.x, space.y, space.earned
    for a in range(k):
        i, j = rows[a], columns[a]
        for c in range(TILE):
            earned[0, c] += y[a, c] * tile.defender_column[j, c]
            earned[1, c] += x[a, c] * tile.attacker_still[i, c]
