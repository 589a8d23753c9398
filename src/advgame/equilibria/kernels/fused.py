"""Attacker–defender games solved from prices and shares, without storing their payoffs.

The games are given by the coefficients of `advgame.games.affine_rank_one` and solved one tile at a time. In
a sweep, neighbouring games usually have equilibria with the same supports. So the supports of earlier games
are tried first, on a whole tile: two small linear systems give the mixed strategies, and the payoffs of all
other strategies confirm them. This is a proof where the equilibrium is known to be unique. All other games
are solved by the parametric simplex walk.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from advgame.equilibria.kernels.affine_tile import TILE, load_tile
from advgame.equilibria.kernels.certificate import EXACT, regrets_of, sharpened, spread_of
from advgame.equilibria.kernels.compiling import njit, part
from advgame.equilibria.kernels.rank_one_solver import LARGE
from advgame.equilibria.kernels.simd4 import padded
from advgame.equilibria.kernels.states import LEFT, ONE, SOLVED
from advgame.equilibria.kernels.support_trial import (
    MOST_PLAYED,
    REMEMBERED,
    add_neutral,
    among,
    check_attacks,
    check_defences,
    mixes_of_tile,
    set_up,
    solve_systems,
    to_the_front,
)
from advgame.equilibria.kernels.tableau_walk import FURTHER_ROWS, tableau_walk
from advgame.games.tolerances import LARGEST_REGRET, MAY_TIE, PLAYED

ROOM = 8  # equilibria of one game that the walk can list


class Answers(NamedTuple):
    """Arrays that the answers are written to, one row per game."""

    defender: np.ndarray  # (games, defences)
    attacker: np.ndarray  # (games, attacks)
    value: np.ndarray  # (games, 2) to defender and attacker
    regret: np.ndarray  # (games, 2) relative to a lower bound of the payoff range, so at least the regret
    equilibria: np.ndarray  # (games,) number of equilibria
    # (games,) SOLVED: all equilibria are known and the worst for the defender is written; ONE; or LEFT
    state: np.ndarray


class WalkSpace(NamedTuple):
    """Arrays for solving one game by the parametric simplex walk."""

    a: np.ndarray  # (defences, attacks) payoffs to the defender
    b: np.ndarray  # (defences, attacks) payoffs to the attacker
    idle: np.ndarray  # (defences,)
    slope: np.ndarray  # (defences,)
    intensity: np.ndarray  # (attacks,)
    table: np.ndarray  # a `tableau`
    basic: np.ndarray  # (attacks,)
    nonbasic: np.ndarray  # (defences,)
    x: np.ndarray  # (ROOM, defences)
    y: np.ndarray  # (ROOM, attacks)
    system: np.ndarray  # space for ``sharpened``
    mix: np.ndarray
    other: np.ndarray
    rows: np.ndarray  # (defences,)
    columns: np.ndarray  # (attacks,)


def new_walk_space(defences: int, attacks: int) -> WalkSpace:
    """An empty `WalkSpace` for games of a shape."""
    m, n, size = defences, attacks, min(defences, attacks) + 1
    return WalkSpace(
        *(np.empty((m, n)), np.empty((m, n)), np.empty(m), np.empty(m), np.empty(n)),
        np.empty((m + FURTHER_ROWS, padded.py_func(max(m, n))) if m * n < LARGE else (0, 0)),
        *(np.empty(n, np.int64), np.empty(m, np.int64), np.empty((ROOM, m)), np.empty((ROOM, n))),
        *(np.empty((size, size + 1)), np.empty(size + m), np.empty(size + n)),
        *(np.empty(m, np.int64), np.empty(n, np.int64)),
    )


@njit(nogil=True, error_model="numpy")
def walk_some(form, first, last, answers, tile, space):
    """Writes the equilibrium of the games visited first … last that is worst for the defender.

    Args:
        form: the games, by coefficients.
        first, last: games ``first`` to ``last`` − 1 are solved.
        answers: the `Answers`, written in place at ``form.places``.
        tile, space: a `Tile` and a `WalkSpace`.
    """
    for start in range(first, last, TILE):
        width = min(TILE, last - start)
        load_tile(form, start, width, start == first, tile)
        done = np.int64(0)  # a literal 0 has a type of its own, for which callees would be compiled again
        while done < width:
            done, _ = _walk_on(form, tile, space, start, done, width, False, answers)


@njit(nogil=True, error_model="numpy")
def solve_some(form, any_will_do, first, last, answers, tile, space, trial, supports):
    """As ``walk_some``, but first tries supports of earlier games where equilibria are known to be unique.

    Args:
        form: the games, by coefficients.
        any_will_do: whether one equilibrium of each game suffices, even where there may be others.
        first, last: games ``first`` to ``last`` − 1 are solved.
        answers: the `Answers`, written in place at ``form.places``.
        tile, space, trial, supports: a `Tile`, a `WalkSpace`, a `TrialSpace` and `Supports`.
    """
    for start in range(first, last, TILE):
        width = min(TILE, last - start)
        load_tile(form, start, width, start == first, tile)
        _try_remembered(form, tile, trial, supports, supports.number[0], any_will_do, start, answers)
        done = np.int64(0)  # a literal 0 has a type of its own, for which callees would be compiled again
        while done < width:
            done, k = _walk_on(form, tile, space, start, done, width, any_will_do, answers)
            if k > 0:
                _remember(space, supports, k)
                newest = min(supports.number[0], 1)
                _try_remembered(form, tile, trial, supports, newest, any_will_do, start, answers)


@part(error_model="numpy")
def _try_remembered(form, tile, trial, supports, most, any_will_do, start, answers):
    """Tries the first ``most`` supports on the unsolved games of a tile."""
    for place in range(most):
        if not _waiting(tile, any_will_do):
            break
        if _fits(form, tile, trial, supports, place, any_will_do, start, answers):
            to_the_front(supports, place)


@part(error_model="numpy")
def _waiting(tile, any_will_do):
    """Whether a game of the tile is unsolved and supports may be tried on it."""
    waiting = False
    for c in range(TILE):
        waiting = waiting or (not tile.done[c] and (any_will_do or tile.unique[c]))
    return waiting


@part(error_model="numpy")
def _fits(form, tile, trial, supports, place, any_will_do, start, answers):
    """Tries a support on all games of a tile and writes the answers; returns whether it fitted any game."""
    rows, columns, k = supports.rows[place], supports.columns[place], supports.size[place]
    set_up(form, tile, rows, columns, k, trial)
    solve_systems(k - 1, trial)
    mixes_of_tile(tile, columns, k, any_will_do, trial)
    fitting = False
    for c in range(TILE):
        fitting = fitting or (trial.slack[c] > 0.0 and not tile.done[c])
    if not fitting:
        return False
    check_attacks(form, tile, rows, columns, k, trial)
    check_defences(form, tile, rows, columns, k, trial)
    add_neutral(tile, rows, columns, k, trial)
    return _write(form.places, tile, rows, columns, k, any_will_do, start, trial, answers)


@part(error_model="numpy")
def _write(places, tile, rows, columns, k, any_will_do, start, trial, answers):
    """Writes the answers of the games that the support fits; returns whether there are any."""
    x, y, slack, regret, earned = trial.x, trial.y, trial.slack, trial.regret, trial.earned
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
def _walk_on(form, tile, space, start, first, width, any_will_do, answers):
    """Walks the games from ``first`` on that no support fitted, up to one whose support may fit others.

    Returns:
        The game to continue with, and the size of the support stored in the work space; 0 if there is none.
    """
    # Taken out of their tuples once: doing so for every game costs as much as walking it.
    table, places = form.table, form.places
    share, swing, unique, done = tile.share, tile.swing, tile.unique, tile.done
    unattacked, shared, lured, column = (
        tile.defender_still,
        tile.defender_shared,
        tile.attacker_shared,
        tile.attacker_column,
    )
    neutral_row, neutral_column = tile.attacker_still, tile.defender_column
    a, b, idle, slope, intensity, x, y = (
        space.a,
        space.b,
        space.idle,
        space.slope,
        space.intensity,
        space.x,
        space.y,
    )
    tableau = space.table, space.basic, space.nonbasic
    systems = space.system, space.mix, space.other
    rows, columns, state, count = space.rows, space.columns, answers.state, answers.equilibria
    defender, attacker, value, regret = answers.defender, answers.attacker, answers.value, answers.regret
    for c in range(first, width):
        if done[c]:
            continue
        done[c] = True
        game = places[start + c]
        state[game] = LEFT
        if table.size >= LARGE:
            continue  # solved faster from stored payoffs, by the walk on supports
        gain, row = _form_game(
            *(table, share, swing, unattacked, shared, lured, column, neutral_column, c),
            *(a, b, idle, slope, intensity),
        )
        if gain <= 0.0:
            continue
        first_only = any_will_do or unique[c]
        number, outcome = tableau_walk(b, gain, idle, slope, intensity, row, first_only, *tableau, x, y)
        if number == 0 or outcome != SOLVED:
            continue
        for i in range(a.shape[0]):
            for j in range(a.shape[1]):
                b[i, j] += neutral_row[i, c]
        range_a, range_b = spread_of(a), spread_of(b)
        chosen, least, next_to_least, kept, certain = np.int64(0), np.inf, np.inf, (0.0, 0.0), True
        for which in range(number):
            one, two = regrets_of(a, b, x, y, which, range_a, range_b, rows, columns)
            if max(one, two) >= EXACT:
                one, two = sharpened(a, b, x, y, which, one, two, range_a, range_b, rows, columns, *systems)
            certain = certain and one <= LARGEST_REGRET and two <= LARGEST_REGRET
            earned = _value(a, x, y, which)
            next_to_least = min(next_to_least, max(earned, least))
            if earned < least:
                chosen, least, kept = which, earned, (one, two)
        # Rounding must not decide which of two nearly equal values is the smaller one.
        clear = number == 1 or next_to_least - least > MAY_TIE * (abs(least) + abs(next_to_least))
        if not (certain and clear):
            continue
        for i in range(a.shape[0]):
            defender[game, i] = x[chosen, i]
        for j in range(a.shape[1]):
            attacker[game, j] = y[chosen, j]
        value[game, 0], value[game, 1] = least, _value(b, x, y, chosen)
        regret[game, 0], regret[game, 1] = kept
        count[game] = number
        state[game] = SOLVED if unique[c] or not first_only else ONE
        k = _support(x, y, chosen, rows, columns)
        if (any_will_do or unique[c]) and 0 < k <= MOST_PLAYED:
            return c + 1, k
    return width, 0


@part(error_model="numpy", forceinline=True)
def _value(payoffs, x, y, which):
    """Both players' payoffs in an equilibrium, by its number."""
    total = 0.0
    for i in range(payoffs.shape[0]):
        inside = 0.0
        for j in range(payoffs.shape[1]):
            inside += payoffs[i, j] * y[which, j]
        total += x[which, i] * inside
    return total


@part(error_model="numpy", forceinline=True)
def _support(x, y, which, rows, columns):
    """Writes the supports; returns their size if both are of the same size, else 0."""
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
    table, share, swing, unattacked, shared, lured, column, neutral_column, c, a, b, idle, slope, intensity
):
    """Writes a game's payoffs and its rank-1 form; ``b`` lacks the term that depends on the defence alone.

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
            a[i, j] = neutral_column[j, c] + unattacked[i, c] + p * (shared[i, c] - V * E)
            pay = column[j, c] + p * (lured[i, c] + S * E)
            b[i, j] = pay
            most, low = max(most, pay), min(low, pay)
        high = max(high, most)
        idle[i] = -unattacked[i, c]
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
def _remember(space, supports, k):
    """Stores the support before all others, in a pivot order for elimination."""
    for place in range(supports.number[0]):
        same = supports.size[place] == k
        for p in range(k):
            same = same and among(space.rows[p], supports.rows[place], k)
            same = same and among(space.columns[p], supports.columns[place], k)
        if same:
            return
    supports.number[0] = min(supports.number[0] + 1, REMEMBERED)
    last = supports.number[0] - 1
    rows, columns = supports.rows[last], supports.columns[last]
    supports.size[last] = k
    for p in range(k):
        rows[p], columns[p] = space.rows[p], space.columns[p]
    system, r = space.system, k - 1
    for b in range(r):
        for a in range(r):
            system[b, a] = (space.b[rows[b + 1], columns[a + 1]] - space.b[rows[0], columns[a + 1]]) - (
                space.b[rows[b + 1], columns[0]] - space.b[rows[0], columns[0]]
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
    to_the_front(supports, last)
