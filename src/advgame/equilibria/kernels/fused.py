"""Adversary–defender games solved from their prices and shares: their payoffs are never stored.

The games are taken as `advgame.games.affine_rank_one` tells them, a tile of them at a time. Most games of
a sweep play what a neighbour plays, so the supports met last are tried first, on a whole tile at once: two
small systems for the mixes, and the signs of what all other strategies pay. Where an equilibrium is known
to be the only one that proves it; everywhere else, and where the tries fail, the game is walked.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from advgame.equilibria.kernels.certificate import EXACT, regrets_of, sharpened, spread_of
from advgame.equilibria.kernels.compiling import njit, part
from advgame.equilibria.kernels.crossings import SOLVED
from advgame.equilibria.kernels.rank_one import LARGE
from advgame.equilibria.kernels.tableau_walk import tableau, tableau_walk

TILE = 128  # games that are tried together
MOST_PLAYED = 32  # strategies of each player in a support that is remembered
REMEMBERED = 16  # supports
ROOM = 8  # equilibria of a game the walk has room for

NEAR = 1e-9  # what is smaller may be a tie: of a probability, or relative to the payoffs compared
CERTAIN = 2e-9  # the largest relative regret of an equilibrium
STEADY = 1e-6  # of the largest entry: a smaller pivot leaves the mixes to rounding
ALIKE = 1e-12  # relative: what differs by less is a multiple but for rounding

# What became of a game.
FOUND = 0  # all equilibria, proven; the one worth least to the defender is written
ONE = 1  # an equilibrium; there may be more
LEFT = 2  # near a tie, without structure, or lost: to be solved from its payoffs


class Form(NamedTuple):
    """`AffineGames` and their `AffineStructure`, as the compiler likes them."""

    values: np.ndarray  # (numbers, games), in the order they are visited
    places: np.ndarray  # (games,) where their answers are written
    price_rows: np.ndarray  # (features − 1,)
    largest: float
    largest_row: int
    caps: np.ndarray  # (attacks,)
    cap_rows: np.ndarray  # (attacks,)
    table: np.ndarray  # (defences, attacks)
    swing: np.ndarray  # (2, features)
    row_still: np.ndarray  # (2, features, defences)
    row_shared: np.ndarray  # (2, features, defences)
    column_still: np.ndarray  # (2, features, attacks)
    column_shared: np.ndarray  # (2, features, attacks)
    column_entered: np.ndarray  # (2, features, attacks)
    aligned: int


class Answers(NamedTuple):
    """Where the answers are written, a row for each game."""

    defender: np.ndarray  # (games, defences)
    attacker: np.ndarray  # (games, attacks)
    value: np.ndarray  # (games, 2) to defender and adversary
    regret: np.ndarray  # (games, 2) relative to a lower bound of the payoff range, so at least the regret
    equilibria: np.ndarray  # (games,) how many were met
    state: np.ndarray  # (games,)


class Tile(NamedTuple):
    """The numbers of the games of a tile, a column for each game."""

    share: np.ndarray  # p (attacks, TILE)
    swing: np.ndarray  # V and S (2, TILE)
    peace: np.ndarray  # k of the defender (defences, TILE)
    shared: np.ndarray  # a of the defender (defences, TILE)
    lured: np.ndarray  # a of the adversary (defences, TILE)
    column: np.ndarray  # h + p b + 1[p > 0] f of the adversary (attacks, TILE)
    neutral_row: np.ndarray  # k of the adversary (defences, TILE)
    neutral_column: np.ndarray  # h + p b + 1[p > 0] f of the defender (attacks, TILE)
    parts: np.ndarray  # (2, 3, attacks, TILE) h, b and f of both
    unique: np.ndarray  # (TILE,) whether an equilibrium is known to be the only one
    done: np.ndarray  # (TILE,)


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


class Desk(NamedTuple):
    """Room for walking one game."""

    a: np.ndarray
    b: np.ndarray
    idle: np.ndarray
    slope: np.ndarray
    intensity: np.ndarray
    table: np.ndarray
    basic: np.ndarray
    nonbasic: np.ndarray
    x: np.ndarray
    y: np.ndarray
    system: np.ndarray
    mix: np.ndarray
    other: np.ndarray
    rows: np.ndarray
    columns: np.ndarray


@njit(nogil=True, error_model="numpy")
def solve_some(form, any_will_do, first, last, answers):
    """Writes the answers of the games visited first … last, tile by tile.

    With ``any_will_do`` the first equilibrium that fits is taken even where there may be others.
    """
    m, n = form.table.shape
    tile, bench, desk, memory = _tile(m, n), _bench(m, n), _desk(m, n), _memory()
    for start in range(first, last, TILE):
        width = min(TILE, last - start)
        _load(form, start, width, start == first, tile)
        _try_remembered(form, tile, bench, memory, memory.held[0], any_will_do, start, answers)
        c = np.int64(0)  # a bare 0 is a type of its own, for which all would be compiled once more
        while c < width:
            c, k = _walk_on(form, tile, desk, start, c, width, any_will_do, answers)
            if k > 0:
                _remember(desk, memory, k)
                newest = min(memory.held[0], 1)
                _try_remembered(form, tile, bench, memory, newest, any_will_do, start, answers)


@part(error_model="numpy")
def _try_remembered(form, tile, bench, memory, most, any_will_do, start, answers):
    """Tries the supports that fitted last, so many at most, on the games of a tile that wait."""
    for place in range(most):
        if not _waiting(tile, any_will_do):
            break
        if _fits(form, tile, bench, memory, place, any_will_do, start, answers):
            _to_the_front(memory, place)


@part(error_model="numpy")
def _tile(m, n):
    return Tile(
        np.zeros((n, TILE)),
        np.zeros((2, TILE)),
        np.zeros((m, TILE)),
        np.zeros((m, TILE)),
        np.zeros((m, TILE)),
        np.zeros((n, TILE)),
        np.zeros((m, TILE)),
        np.zeros((n, TILE)),
        np.zeros((2, 3, n, TILE)),
        np.zeros(TILE, np.bool_),
        np.zeros(TILE, np.bool_),
    )


@part(error_model="numpy")
def _bench(m, n):
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


@part(error_model="numpy")
def _desk(m, n):
    size = min(m, n) + 1
    return Desk(
        np.empty((m, n)),
        np.empty((m, n)),
        np.empty(m),
        np.empty(m),
        np.empty(n),
        tableau(m, n) if m * n < LARGE else np.empty((0, 0)),
        np.empty(n, np.int64),
        np.empty(m, np.int64),
        np.empty((ROOM, m)),
        np.empty((ROOM, n)),
        np.empty((size, size + 1)),
        np.empty(size),
        np.empty(size),
        np.empty(m, np.int64),
        np.empty(n, np.int64),
    )


@part(error_model="numpy")
def _memory():
    shape = (REMEMBERED, MOST_PLAYED)
    return Memory(
        np.zeros(shape, np.int64),
        np.zeros(shape, np.int64),
        np.zeros(REMEMBERED, np.int64),
        np.zeros(1, np.int64),
    )


@part(error_model="numpy")
def _load(form, start, width, fresh, tile):
    """Writes the numbers of the games of a tile; those all games share only if it is ``fresh``."""
    values, rows = form.values, form.price_rows
    _shares(form, start, width, tile.share)
    _sums(form.swing.T, values, rows, start, width, fresh, tile.swing)
    _sums(form.row_still[0], values, rows, start, width, fresh, tile.peace)
    _sums(form.row_shared[0], values, rows, start, width, fresh, tile.shared)
    _sums(form.row_shared[1], values, rows, start, width, fresh, tile.lured)
    _sums(form.row_still[1], values, rows, start, width, fresh, tile.neutral_row)
    for player in range(2):
        _sums(form.column_still[player], values, rows, start, width, fresh, tile.parts[player, 0])
        _sums(form.column_shared[player], values, rows, start, width, fresh, tile.parts[player, 1])
        _sums(form.column_entered[player], values, rows, start, width, fresh, tile.parts[player, 2])
    _add_up(tile.parts[0], tile.share, tile.neutral_column)
    _add_up(tile.parts[1], tile.share, tile.column)
    _mark_unique(form, tile)
    for c in range(width):
        tile.done[c] = False
    for c in range(width, TILE):
        tile.done[c] = True


@part(error_model="numpy")
def _shares(form, start, width, share):
    """Writes the intensity of each attack."""
    values = form.values
    for j in range(len(share)):
        for c in range(width):
            share[j, c] = min(form.largest, form.caps[j])
        if form.largest_row >= 0:
            for c in range(width):
                share[j, c] = min(values[form.largest_row, start + c], share[j, c])
        if form.cap_rows[j] >= 0:
            for c in range(width):
                share[j, c] = min(values[form.cap_rows[j], start + c], share[j, c])


@part(error_model="numpy")
def _sums(weights, values, rows, start, width, fresh, out):
    """Writes Σ_b φ_b weights[b, s] for each strategy s and game; what all games share only if ``fresh``."""
    for s in range(weights.shape[1]):
        varies = False
        for b in range(1, len(weights)):
            varies = varies or weights[b, s] != 0.0
        if varies or fresh:
            for c in range(width):
                out[s, c] = weights[0, s]
        for b in range(1, len(weights)):
            weight, row = weights[b, s], rows[b - 1]
            if weight != 0.0:
                for c in range(width):
                    out[s, c] += weight * values[row, start + c]


@part(error_model="numpy")
def _add_up(parts, share, out):
    """Writes h + p b + 1[p > 0] f."""
    for j in range(len(share)):
        for c in range(TILE):
            entered = parts[2, j, c] if share[j, c] > 0.0 else 0.0
            out[j, c] = parts[0, j, c] + share[j, c] * parts[1, j, c] + entered


@part(error_model="numpy")
def _mark_unique(form, tile):
    """Marks the games whose equilibrium, where nothing ties, is the only one.

    That is so if all real attacks have one intensity p, and the defences' costs c0 + μ c1 are a positive
    multiple w(μ) of one vector for all μ in [0, p].
    """
    n, far = len(tile.share), max(form.aligned, 0)
    for c in range(TILE):
        ratio = tile.swing[0, c] / tile.swing[1, c] if tile.swing[1, c] > 0.0 else 0.0
        at_zero = tile.peace[far, c] - tile.peace[0, c]
        tilt = tile.shared[far, c] - tile.shared[0, c] + ratio * (tile.lured[far, c] - tile.lured[0, c])
        positive = at_zero * (at_zero + tile.share[1, c] * tilt) > NEAR * at_zero * at_zero
        tile.unique[c] = form.aligned == 0 or (form.aligned > 0 and positive)
    for j in range(2, n):
        for c in range(TILE):
            tile.unique[c] = tile.unique[c] and tile.share[j, c] == tile.share[1, c]


@part(error_model="numpy")
def _waiting(tile, any_will_do):
    """Whether there is a game that may still be tried."""
    found = False
    for c in range(TILE):
        found = found or (not tile.done[c] and (any_will_do or tile.unique[c]))
    return found


@part(error_model="numpy")
def _to_the_front(memory, place):
    """Moves a support before those that fitted longer ago."""
    for each in range(place, 0, -1):
        memory.size[each], memory.size[each - 1] = memory.size[each - 1], memory.size[each]
        for p in range(MOST_PLAYED):
            one, other = memory.rows[each, p], memory.rows[each - 1, p]
            memory.rows[each, p], memory.rows[each - 1, p] = other, one
            one, other = memory.columns[each, p], memory.columns[each - 1, p]
            memory.columns[each, p], memory.columns[each - 1, p] = other, one


@part(error_model="numpy", fastmath={"contract"})
def _set_up(form, tile, rows, columns, k, bench):
    """Writes the systems of the support's mixes, all relative to its first row and column.

    With G_ij = p_j (S E_ij + a_i) of the adversary and D = G doubly relative: Dᵀx = right of x for the rest
    of x, D y = y₀ + μ tilt for the rest of y.
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
def _solve_systems(r, bench):
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
def _mixes(tile, columns, k, any_will_do, bench):
    """Writes both mixes and the mean intensity; the slack is negative where they are no mixes."""
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
            least = (x[a, c] if x[a, c] < y[a, c] else y[a, c]) - NEAR
            slack[c] = least if least < slack[c] else slack[c]


@part(error_model="numpy")
def _among(strategy, strategies, k):
    found = False
    for each in range(k):
        found = found or strategies[each] == strategy
    return found


@part(error_model="numpy", fastmath={"contract"})
def _check_attacks(form, tile, rows, columns, k, bench):
    """What every attack pays the adversary: the slack is negative where another one pays as much."""
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
        if not _among(j, columns, k):
            for c in range(TILE):
                tie = NEAR * (own[c] + abs(column[j, c]) + share[j, c] * size[c])
                least = earned[1, c] - pay[j, c] - tie
                slack[c] = least if least < slack[c] else slack[c]
    for c in range(TILE):
        bench.regret[1, c] = _relative(best[c] - earned[1, c], best[c] - worst[c], top[c] - bottom[c])


@part(error_model="numpy", fastmath={"contract"})
def _check_defences(form, tile, rows, columns, k, bench):
    """What every defence pays the defender: the slack is negative where another one pays as much."""
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
        if not _among(i, rows, k):
            for c in range(TILE):
                tie = NEAR * (own[c] + abs(peace[i, c]) + abs(shared[i, c]))
                least = earned[0, c] - pay[i, c] - tie
                slack[c] = least if least < slack[c] else slack[c]
    for c in range(TILE):
        spread = top[c] - bottom[c]
        spread = size[c] if size[c] > spread else spread
        bench.regret[0, c] = _relative(best[c] - earned[0, c], best[c] - worst[c], spread)


@njit(error_model="numpy", inline="always")
def _relative(gain, one, other):
    """A gain relative to the larger of two ranges; as it is where both are 0."""
    spread = one if one > other else other
    gain = gain if gain > 0.0 else 0.0
    return gain / spread if spread > 0.0 else gain


@part(error_model="numpy")
def _fits(form, tile, bench, memory, place, any_will_do, start, answers):
    """Writes the answers of those games of a tile that a remembered support fits; whether there are any."""
    rows, columns, k = memory.rows[place], memory.columns[place], memory.size[place]
    _set_up(form, tile, rows, columns, k, bench)
    _solve_systems(k - 1, bench)
    _mixes(tile, columns, k, any_will_do, bench)
    fitting = False
    for c in range(TILE):
        fitting = fitting or (bench.slack[c] > 0.0 and not tile.done[c])
    if not fitting:
        return False
    _check_attacks(form, tile, rows, columns, k, bench)
    _check_defences(form, tile, rows, columns, k, bench)
    _add_neutral(tile, rows, columns, k, bench)
    return _write(form.places, tile, rows, columns, k, any_will_do, start, bench, answers)


@part(error_model="numpy")
def _write(places, tile, rows, columns, k, any_will_do, start, bench, answers):
    """Writes the answers of the games that fit; whether there are any."""
    x, y, slack, regret, earned = bench.x, bench.y, bench.slack, bench.regret, bench.earned
    defender, attacker = answers.defender, answers.attacker
    fitting = False
    for c in range(TILE):
        if tile.done[c] or not (any_will_do or tile.unique[c]) or not slack[c] > 0.0:
            continue
        if not (regret[0, c] <= CERTAIN and regret[1, c] <= CERTAIN):
            continue
        fitting = tile.done[c] = True
        game = places[start + c]
        for i in range(defender.shape[1]):
            defender[game, i] = 0.0
        for j in range(attacker.shape[1]):
            attacker[game, j] = 0.0
        for b in range(k):
            defender[game, rows[b]] = x[b, c]
            attacker[game, columns[b]] = y[b, c]
        for player in range(2):
            answers.value[game, player] = earned[player, c]
            answers.regret[game, player] = regret[player, c]
        answers.equilibria[game] = 1
        answers.state[game] = FOUND if tile.unique[c] else ONE
    return fitting


@part(error_model="numpy", fastmath={"contract"})
def _add_neutral(tile, rows, columns, k, bench):
    """Adds to the values what changes no best reply: an attack's to one, a defence's to the other."""
    x, y, earned = bench.x, bench.y, bench.earned
    for a in range(k):
        i, j = rows[a], columns[a]
        for c in range(TILE):
            earned[0, c] += y[a, c] * tile.neutral_column[j, c]
            earned[1, c] += x[a, c] * tile.neutral_row[i, c]


@part(error_model="numpy")
def _walk_on(form, tile, desk, start, first, width, any_will_do, answers):
    """Walks the games from ``first`` on that no support fitted, up to one whose support may fit others.

    Returns:
        Where to go on, and the size of that support, left on the desk; 0 if there is none.
    """
    # Taken out of their tuples once: doing so for every game costs as much as walking it.
    table, places = form.table, form.places
    share, swing, unique, done = tile.share, tile.swing, tile.unique, tile.done
    peace, shared, lured, column = tile.peace, tile.shared, tile.lured, tile.column
    neutral_row, neutral_column = tile.neutral_row, tile.neutral_column
    a, b, idle, slope, intensity, x, y = desk.a, desk.b, desk.idle, desk.slope, desk.intensity, desk.x, desk.y
    space = desk.table, desk.basic, desk.nonbasic
    room = desk.system, desk.mix, desk.other
    rows, columns, state, count = desk.rows, desk.columns, answers.state, answers.equilibria
    defender, attacker, value, regret = answers.defender, answers.attacker, answers.value, answers.regret
    for c in range(first, width):
        if done[c]:
            continue
        done[c] = True
        game = places[start + c]
        state[game] = LEFT
        if table.size >= LARGE:
            continue  # walked faster on what is played only, which those do who have the payoffs
        gain, row = _form_game(
            *(table, share, swing, peace, shared, lured, column, neutral_column, c),
            *(a, b, idle, slope, intensity),
        )
        if gain <= 0.0:
            continue
        first_only = any_will_do or unique[c]
        met, outcome = tableau_walk(b, gain, idle, slope, intensity, row, first_only, *space, x, y)
        if met == 0 or outcome != SOLVED:
            continue
        for i in range(a.shape[0]):
            for j in range(a.shape[1]):
                b[i, j] += neutral_row[i, c]
        range_a, range_b = spread_of(a), spread_of(b)
        chosen, least, next_to_least, kept, certain = 0, np.inf, np.inf, (0.0, 0.0), True
        for which in range(met):
            one, two = regrets_of(a, b, x, y, which, range_a, range_b, rows, columns)
            if max(one, two) >= EXACT:
                one, two = sharpened(a, b, x, y, which, one, two, range_a, range_b, rows, columns, *room)
            certain = certain and one <= CERTAIN and two <= CERTAIN
            earned = _value(a, x, y, which)
            next_to_least = min(next_to_least, max(earned, least))
            if earned < least:
                chosen, least, kept = which, earned, (one, two)
        # Which of two alike is worth less is not for rounding to say.
        clear = met == 1 or next_to_least - least > NEAR * (abs(least) + abs(next_to_least))
        if not (certain and clear):
            continue
        for i in range(a.shape[0]):
            defender[game, i] = x[chosen, i]
        for j in range(a.shape[1]):
            attacker[game, j] = y[chosen, j]
        value[game, 0], value[game, 1] = least, _value(b, x, y, chosen)
        regret[game, 0], regret[game, 1] = kept
        count[game] = met
        state[game] = FOUND if unique[c] or not first_only else ONE
        k = _support(x, y, chosen, rows, columns)
        if (any_will_do or unique[c]) and 0 < k <= MOST_PLAYED:
            return c + 1, k
    return width, 0


@part(error_model="numpy", forceinline=True)
def _value(payoffs, x, y, which):
    """What the mixes of an equilibrium met earn."""
    total = 0.0
    for i in range(payoffs.shape[0]):
        inside = 0.0
        for j in range(payoffs.shape[1]):
            inside += payoffs[i, j] * y[which, j]
        total += x[which, i] * inside
    return total


@part(error_model="numpy", forceinline=True)
def _support(x, y, which, rows, columns):
    """Writes the strategies played; how many they are where both play as many, else 0."""
    k = played = 0
    for i in range(x.shape[1]):
        if x[which, i] > NEAR:
            rows[k] = i
            k += 1
    for j in range(y.shape[1]):
        if y[which, j] > NEAR:
            columns[played] = j
            played += 1
    return k if k == played else 0


@part(error_model="numpy", forceinline=True)
def _form_game(
    table, share, swing, peace, shared, lured, column, neutral_column, c, a, b, idle, slope, intensity
):
    """Writes a game's payoffs, the adversary's but for what belongs to a defence, and its rank-1 form.

    Returns:
        g such that Q = g b has costs of size 1, or 0 for a game without that form; and the defence that is
        best at μ = 0 against its worst attack.
    """
    m, n = table.shape
    V, S, reach = swing[0, c], swing[1, c], 0.0
    for j in range(n):
        reach = max(reach, share[j, c])
    if not (V > 0.0 and S > 0.0 and reach > 0.0):
        return 0.0, 0
    t = V / S
    low, high, low_i, high_i, low_s, high_s = np.inf, -np.inf, np.inf, -np.inf, np.inf, -np.inf
    for i in range(m):
        most = -np.inf
        for j in range(n):
            p, E = share[j, c], table[i, j]
            a[i, j] = neutral_column[j, c] + peace[i, c] + p * (shared[i, c] - V * E)
            pay = column[j, c] + p * (lured[i, c] + S * E)
            b[i, j] = pay
            most, low = max(most, pay), min(low, pay)
        high = max(high, most)
        idle[i] = -peace[i, c]
        low_i, high_i = min(low_i, idle[i]), max(high_i, idle[i])
        tilt = -reach * (shared[i, c] + t * lured[i, c])
        low_s, high_s = min(low_s, tilt), max(high_s, tilt)
        slope[i] = most
    size = max(t * (high - low), max(high_i - low_i, high_s - low_s))
    if not 0.0 < size < np.inf:
        return 0.0, 0
    unit, row, best = 1.0 / size, 0, np.inf
    for i in range(m):
        worst = t * slope[i] + idle[i]
        if worst < best:
            row, best = i, worst
        idle[i] *= unit
        slope[i] = -reach * unit * (shared[i, c] + t * lured[i, c])
    for j in range(n):
        intensity[j] = share[j, c] / reach
    return t * unit, row


@part(error_model="numpy")
def _remember(desk, memory, k):
    """Puts the support on the desk before all others, in an order in which it can be eliminated."""
    for place in range(memory.held[0]):
        same = memory.size[place] == k
        for p in range(k):
            same = same and _among(desk.rows[p], memory.rows[place], k)
            same = same and _among(desk.columns[p], memory.columns[place], k)
        if same:
            return
    memory.held[0] = min(memory.held[0] + 1, REMEMBERED)
    last = memory.held[0] - 1
    rows, columns = memory.rows[last], memory.columns[last]
    memory.size[last] = k
    for p in range(k):
        rows[p], columns[p] = desk.rows[p], desk.columns[p]
    system, r = desk.system, k - 1
    for b in range(r):
        for a in range(r):
            system[b, a] = (desk.b[rows[b + 1], columns[a + 1]] - desk.b[rows[0], columns[a + 1]]) - (
                desk.b[rows[b + 1], columns[0]] - desk.b[rows[0], columns[0]]
            )
    for q in range(r):  # elimination with complete pivoting
        row, column = q, q
        for b in range(q, r):
            for a in range(q, r):
                if abs(system[b, a]) > abs(system[row, column]):
                    row, column = b, a
        rows[q + 1], rows[row + 1] = rows[row + 1], rows[q + 1]
        columns[q + 1], columns[column + 1] = columns[column + 1], columns[q + 1]
        for a in range(r):
            system[q, a], system[row, a] = system[row, a], system[q, a]
        for b in range(r):
            system[b, q], system[b, column] = system[b, column], system[b, q]
        if system[q, q] != 0.0:
            for b in range(q + 1, r):
                factor = system[b, q] / system[q, q]
                for a in range(q, r):
                    system[b, a] -= factor * system[q, a]
    _to_the_front(memory, last)
