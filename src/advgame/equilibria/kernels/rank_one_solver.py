"""All equilibria of many attacker–defender games, compiled: rank-1 form, path and certificate of each game.

A game is brought to its rank-1 form (`rank_one_detection`). Its path along the intensity of attack is
followed on a dense tableau (`tableau_walk`), or in large games on the supports only (`support_walk`). Every
equilibrium on the path is certified by the payoffs (`certificate`).
"""

from __future__ import annotations

import numpy as np

from advgame.equilibria.kernels.certificate import EXACT, regrets_of, sharpened
from advgame.equilibria.kernels.compiling import njit, part
from advgame.equilibria.kernels.distance import is_far
from advgame.equilibria.kernels.rank_one_detection import known_form, lines_for, rank_one_form
from advgame.equilibria.kernels.simd4 import larger
from advgame.equilibria.kernels.states import CROWDED, DISTANT, LOST, UNSTRUCTURED
from advgame.equilibria.kernels.support_inverse import support_space
from advgame.equilibria.kernels.support_walk import support_walk
from advgame.equilibria.kernels.tableau_walk import tableau, tableau_walk
from advgame.equilibria.kernels.uniqueness import only_one
from advgame.games.tolerances import LARGEST_REGRET

LARGE = 6000  # payoffs of a player, from which on it is quicker to walk on what is played


@njit(nogil=True, error_model="numpy")
def solve_some(a, b, ratios, intensities, first_only, begin, end, counts, status, x, y, gains):
    """Writes the equilibria of the games ``begin`` … ``end``, one after the other, and returns their number.

    Args:
        a, b: payoffs (games, defences, attacks).
        ratios, intensities: t (games,) and p (games, attacks) for which a + t b is a column times p, apart
            from what only rows or only columns add; (0,) and (0, attacks) where they are not known.
        first_only: whether to stop at the first equilibrium of a game that is known to have no other.
        begin, end: which games.
        counts, status: (games,) how many equilibria were met, and the status of a game.
        x, y, gains: (room, defences), (room, attacks), (room, 2) mixed strategies and regrets, filled from
            row 0 on. A game whose equilibria do not fit is crowded, and none of them is written.
    """
    m, n = a.shape[1:]
    idle, slope, intensity = np.empty(m), np.empty(m), np.empty(n)
    left, lines, table = np.empty(m), lines_for(n), tableau(m, n)
    rows, columns = np.empty(m, np.int64), np.empty(n, np.int64)
    size = min(m, n) + 1
    system, mix, other = np.empty((size, size + 1)), np.empty(size + m), np.empty(size + n)
    written = np.int64(0)  # a bare 0 is a type of its own, for which all would be compiled once more
    for game in range(begin, end):
        one, two = a[game], b[game]
        counts[game], status[game] = 0, DISTANT
        if is_far(one, False, False) or is_far(two, False, True):
            continue
        status[game] = UNSTRUCTURED
        gain, row, _, range_a, range_b = form_of(
            one, two, ratios, intensities, game, idle, slope, intensity, left, lines
        )
        if gain > 0:
            alone = first_only and only_one(two, gain, idle, slope, intensity)
            count, status[game] = tableau_walk(
                two, gain, idle, slope, intensity, row, alone, table, columns, rows, x[written:], y[written:]
            )
            if status[game] != CROWDED:
                if not certified(
                    one, two, x, y, gains, written, count, range_a, range_b, rows, columns, system, mix, other
                ):
                    status[game] = LOST
                counts[game] = count
                written += count
    return written


@njit(nogil=True, error_model="numpy")
def solve_some_large(a, b, ratios, intensities, first_only, begin, end, stop, counts, status, x, y, gains):
    """As ``solve_some``, for large games, whose path is followed on the supports only.

    Args:
        As ``solve_some``; and ``stop`` (1,): once another thread makes this anything but 0, games are LOST.
    """
    m, n = a.shape[1:]
    idle, slope, intensity = np.empty(m), np.empty(m), np.empty(n)
    left, lines, at = np.empty(m), lines_for(n), support_space(m, n)
    rows, columns = np.empty(m, np.int64), np.empty(n, np.int64)
    size = min(m, n) + 1
    system, mix, other = np.empty((size, size + 1)), np.empty(size + m), np.empty(size + n)
    written = np.int64(0)  # a bare 0 is a type of its own, for which all would be compiled once more
    for game in range(begin, end):
        one, two = a[game], b[game]
        counts[game], status[game] = 0, DISTANT
        if is_far(one, False, False) or is_far(two, False, True):
            continue
        status[game] = UNSTRUCTURED
        gain, row, beside, range_a, range_b = form_of(
            one, two, ratios, intensities, game, idle, slope, intensity, left, lines
        )
        if gain > 0:
            alone = first_only and only_one(two, gain, idle, slope, intensity)
            count, status[game] = support_walk(
                two, gain, idle, slope, intensity, row, beside, alone, at, stop, x[written:], y[written:]
            )
            if status[game] != CROWDED:
                if not certified(
                    one, two, x, y, gains, written, count, range_a, range_b, rows, columns, system, mix, other
                ):
                    status[game] = LOST
                counts[game] = count
                written += count
    return written


@part(error_model="numpy", forceinline=True)
def form_of(a, b, ratios, intensities, game, idle, slope, intensity, left, lines):
    """The rank-1 form of a game, from its known structure or from its payoffs alone.

    Args:
        a, b: (defences, attacks) payoffs to defender and attacker.
        ratios: (games,) t of each game where its structure is known; empty otherwise.
        intensities: (games, attacks) intensities of the attacks where the structure is known.
        game: which game of these two.
        idle, slope, intensity: the form, written in place: (defences,), (defences,), (attacks,).
        left: (defences,) space.
        lines: space as from ``lines_for``.
    """
    if len(ratios) > 0:
        return known_form(a, b, ratios[game], intensities[game], idle, slope, intensity, left, lines)
    return rank_one_form(a, b, idle, slope, intensity, left, lines)


@part(error_model="numpy", forceinline=True)
def certified(a, b, x, y, gains, first, count, range_a, range_b, rows, columns, system, mix, other):
    """Writes the regrets of profiles, sharpened where that helps; whether all are equilibria.

    Args:
        a, b: payoffs of the game.
        x, y, gains: mixed strategies of the defender and of the attacker, and the regrets of both.
        first, count: which profiles.
        range_a, range_b: the ranges of the payoffs.
        rows, columns, system, mix, other: space as for ``sharpened``.
    """
    certain = True
    for k in range(first, first + count):
        one, two = regrets_of(a, b, x, y, k, range_a, range_b, rows, columns)
        if larger(one, two) >= EXACT:
            one, two = sharpened(a, b, x, y, k, one, two, range_a, range_b, rows, columns, system, mix, other)
        gains[k, 0], gains[k, 1] = one, two
        certain = certain and one <= LARGEST_REGRET and two <= LARGEST_REGRET
    return certain
