"""Adversary–defender games solved from their prices and shares: their payoffs are never stored.

The games are taken as `advgame.games.affine_rank_one` tells them, a tile of them at a time. Most games of
a sweep play what a neighbour plays, so the supports met last are tried first, on a whole tile at once: two
small systems for the mixes, and the signs of what all other strategies pay. Where an equilibrium is known
to be the only one that proves it; everywhere else, and where the tries fail, the game is walked.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from advgame.equilibria.kernels.affine_tile import TILE, load_tile, new_tile
from advgame.equilibria.kernels.certificate import EXACT, regrets_of, sharpened, spread_of
from advgame.equilibria.kernels.compiling import njit, part
from advgame.equilibria.kernels.rank_one_solver import LARGE
from advgame.equilibria.kernels.states import LEFT, ONE, SOLVED
from advgame.equilibria.kernels.support_trial import (
    MOST_PLAYED,
    REMEMBERED,
    add_neutral,
    among,
    check_attacks,
    check_defences,
    mixes_of_tile,
    new_bench,
    new_memory,
    set_up,
    solve_systems,
    to_the_front,
)
from advgame.equilibria.kernels.tableau_walk import tableau, tableau_walk
from advgame.games.tolerances import LARGEST_REGRET, MAY_TIE, PLAYED

ROOM = 8  # equilibria of a game the walk has room for


class Answers(NamedTuple):
    """Where the answers are written, a row for each game."""

    defender: np.ndarray  # (games, defences)
    attacker: np.ndarray  # (games, attacks)
    value: np.ndarray  # (games, 2) to defender and adversary
    regret: np.ndarray  # (games, 2) relative to a lower bound of the payoff range, so at least the regret
    equilibria: np.ndarray  # (games,) how many were met
    state: np.ndarray  # (games,) SOLVED with the equilibrium worth least to the defender, ONE or LEFT


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

    Args:
        form: the games by their numbers, as `Form` holds them.
        any_will_do: whether one equilibrium of each game suffices.
        first, last: games ``first`` to ``last`` − 1 are solved.
        answers: the `Answers`, written in place at ``form.places``.
    """
    m, n = form.table.shape
    tile, bench, desk, memory = new_tile(m, n), new_bench(m, n), _desk(m, n), new_memory()
    for start in range(first, last, TILE):
        width = min(TILE, last - start)
        load_tile(form, start, width, start == first, tile)
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
            to_the_front(memory, place)


@part(error_model="numpy", allocates=True)
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
def _waiting(tile, any_will_do):
    """Whether there is a game that may still be tried."""
    found = False
    for c in range(TILE):
        found = found or (not tile.done[c] and (any_will_do or tile.unique[c]))
    return found


@part(error_model="numpy")
def _fits(form, tile, bench, memory, place, any_will_do, start, answers):
    """Writes the answers of those games of a tile that a remembered support fits; whether there are any."""
    rows, columns, k = memory.rows[place], memory.columns[place], memory.size[place]
    set_up(form, tile, rows, columns, k, bench)
    solve_systems(k - 1, bench)
    mixes_of_tile(tile, columns, k, any_will_do, bench)
    fitting = False
    for c in range(TILE):
        fitting = fitting or (bench.slack[c] > 0.0 and not tile.done[c])
    if not fitting:
        return False
    check_attacks(form, tile, rows, columns, k, bench)
    check_defences(form, tile, rows, columns, k, bench)
    add_neutral(tile, rows, columns, k, bench)
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
        if not (regret[0, c] <= LARGEST_REGRET and regret[1, c] <= LARGEST_REGRET):
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
        answers.state[game] = SOLVED if tile.unique[c] else ONE
    return fitting


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
        chosen, least, next_to_least, kept, certain = np.int64(0), np.inf, np.inf, (0.0, 0.0), True
        for which in range(met):
            one, two = regrets_of(a, b, x, y, which, range_a, range_b, rows, columns)
            if max(one, two) >= EXACT:
                one, two = sharpened(a, b, x, y, which, one, two, range_a, range_b, rows, columns, *room)
            certain = certain and one <= LARGEST_REGRET and two <= LARGEST_REGRET
            earned = _value(a, x, y, which)
            next_to_least = min(next_to_least, max(earned, least))
            if earned < least:
                chosen, least, kept = which, earned, (one, two)
        # Which of two alike is worth less is not for rounding to say.
        clear = met == 1 or next_to_least - least > MAY_TIE * (abs(least) + abs(next_to_least))
        if not (certain and clear):
            continue
        for i in range(a.shape[0]):
            defender[game, i] = x[chosen, i]
        for j in range(a.shape[1]):
            attacker[game, j] = y[chosen, j]
        value[game, 0], value[game, 1] = least, _value(b, x, y, chosen)
        regret[game, 0], regret[game, 1] = kept
        count[game] = met
        state[game] = SOLVED if unique[c] or not first_only else ONE
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
        if x[which, i] > PLAYED:
            rows[k] = i
            k += 1
    for j in range(y.shape[1]):
        if y[which, j] > PLAYED:
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
            same = same and among(desk.rows[p], memory.rows[place], k)
            same = same and among(desk.columns[p], memory.columns[place], k)
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
    to_the_front(memory, last)
