"""The walk along the intensity of attack on what is played only: all equilibria of a large game.

The path is that of `advgame.equilibria.kernels.tableau_walk`, without its tableau. Where k defences are
played against k attacks, one row or column of that tableau follows from the inverse of their k × k kernel,
bordered by "all pay the same" and "the shares sum to 1", with k products per entry. So a step costs
k (defences + attacks), not defences × attacks, and of the payoffs only those rows and columns are read that
are played at some time. This is the revised simplex method (Dantzig and Orchard-Hays 1954).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from advgame.equilibria.kernels.crossings import (
    CROWDED,
    FALLING,
    LEAST,
    LOST,
    NEAR,
    SOLVED,
    THIN,
    TIED,
    crossing,
)
from advgame.equilibria.kernels.quads import larger, smaller

SHORT = 1e-4  # a pivot below this is followed by a fresh inverse
FRESH = 256  # steps after which the inverse is computed anew
DRIFT = 2.5e-10  # by which the numbers may have moved meanwhile: less than what is looked at as a tie
ROUNDING = 1e-15  # of the payoffs, and of what they have beside their form
MOST_STEPS = 200_000

QUICK = {"nnan", "ninf", "nsz", "reassoc", "contract"}  # what rests on sums is checked at the end

COST, PER, FALL, PLACE = range(4)  # what a defence or an attack costs too much, and a step's notes
SHARE, COLUMN, ROW, WEIGHT, TILT = range(5)


class Desk(NamedTuple):
    """Where one game at a time is walked; k is the number of defences, and of attacks, that are played.

    Place 0 in ``inverse``, ``slots[COLUMN]`` and ``slots[ROW]`` belongs to the adversary's gain (as a row) and
    to the sum of the shares (as a column), place 1 + s to the defence and the attack in slot s.
    """

    defences: np.ndarray  # (size + 1,) which defence is in a slot
    attacks: np.ndarray  # (size + 1,)
    slots: np.ndarray  # (5, size + 2) the shares of the defences and the weights of the attacks
    inverse: np.ndarray  # (size + 2, size + 2)
    system: np.ndarray  # (size + 2, size + 2) space to compute it
    by_defence: np.ndarray  # (defences, attacks) what attacks lose by a defence instead of the first one
    by_attack: np.ndarray  # (attacks, defences) what defences pay more under an attack than under the first
    has_defence: np.ndarray  # (defences,) whether that row is filled
    has_attack: np.ndarray  # (attacks,)
    over_attacks: np.ndarray  # (4, attacks) COST: what an attack earns too little; 1 if it is played
    over_defences: np.ndarray  # (4, defences) COST and PER μ: what a defence costs too much; 1, 0 if played
    offset: np.ndarray  # (attacks,) what an attack earns more than the first, against the first defence
    base: np.ndarray  # (2, defences) payoff under the first attack; cost more than that of the first


@njit(cache=True)
def desk(m, n):
    """A desk for games of m defences and n attacks."""
    size = min(m, n)
    return Desk(
        np.empty(size + 1, np.int64),
        np.empty(size + 1, np.int64),
        np.empty((5, size + 2)),
        np.empty((size + 2, size + 2)),
        np.empty((size + 2, size + 2)),
        np.empty((m, n)),
        np.empty((n, m)),
        np.empty(m, np.bool_),
        np.empty(n, np.bool_),
        np.empty((4, n)),
        np.empty((4, m)),
        np.empty(n),
        np.empty((2, m)),
    )


@njit(cache=True, error_model="numpy")
def support_walk(b, gain, idle, slope, intensity, row, first_only, at, defender, attacker):
    """Writes the equilibria met on the walk, as rows of ``defender`` and ``attacker``.

    Args:
        b, gain: Q = gain · b, (defences, attacks), such that costs are of size 1.
        idle, slope: (defences,).
        intensity: (attacks,), at least 0 and 0 somewhere, at most 1.
        row: the defence to begin with.
        first_only: whether to stop at the first equilibrium, where it is known to be the only one.
        at: a ``desk`` for games of this shape.

    Returns:
        How many were met, and what became of the game.
    """
    m, n = b.shape
    begin(b, gain, idle, slope, row, at)
    k, since, status = 1, 0, SOLVED
    for count in range(2000 + 50 * n):
        entering = cheapest(k, count > 50 * n, at)
        if entering < 0:
            break
        k, pivot = step(b, gain, row, entering, k, False, at)
        if pivot == 0.0:
            return 0, LOST
        since += 1
        if pivot < SHORT or since >= FRESH:
            if refresh(0.0, slope, row, k, at) < 0:
                return 0, LOST
            since = 0
    else:
        return 0, LOST
    if refresh(0.0, slope, row, k, at) < 0:
        return 0, LOST
    since, end = 0, 0.0
    for j in range(n):
        end = larger(end, intensity[j])
    here, met = 0.0, 0
    for _ in range(MOST_STEPS):
        there, entering = next_breakpoint(k, at)
        there = min(max(there, here), end)
        level = tilt = 0.0
        for c in range(k):
            level += intensity[at.attacks[c]] * at.slots[WEIGHT, c]
            tilt += intensity[at.attacks[c]] * at.slots[TILT, c]
        if least_level(k, at) <= NEAR:
            drift = refresh(here, slope, row, k, at)
            since = 0
            if not 0 <= drift <= DRIFT or least_level(k, at) <= ROUNDING * (k + 1) * largest_size(k, at):
                status = TIED  # the adversary's optimal mixes may form a continuum
        place, clear = crossing(level, tilt, here, there, end)
        if place >= 0:
            if met == len(defender):
                return met, CROWDED
            if not (note(place, k, met, at, defender, attacker) and clear):
                status = TIED
            met += 1
            if first_only:
                return met, status
        if there >= end:
            return met, status if met % 2 == 1 else TIED
        k, pivot = step(b, gain, row, entering, k, True, at)
        if pivot == 0.0:
            return met, LOST
        if pivot < THIN:
            status = TIED
        since += 1
        if pivot < SHORT or since >= FRESH:
            drift = refresh(there, slope, row, k, at)
            if drift < 0:
                return met, LOST
            if drift > DRIFT:
                status = TIED
            since = 0
        here = there
    return met, LOST


@njit(cache=True, error_model="numpy")
def begin(b, gain, idle, slope, row, at):
    """Lays out the pure defence ``row`` against its worst attack: both are the first ones."""
    m, n = b.shape
    first = 0
    for j in range(n):
        if b[row, j] > b[row, first]:
            first = j
    for j in range(n):
        at.offset[j] = (b[row, j] - b[row, first]) * gain
        at.over_attacks[COST, j] = -at.offset[j]
        at.by_defence[row, j] = 0.0
        at.has_attack[j] = False
    for i in range(m):
        at.base[0, i] = b[i, first]
        at.base[1, i] = (b[i, first] - b[row, first]) * gain + (idle[i] - idle[row])
        at.over_defences[COST, i] = at.base[1, i]
        at.over_defences[PER, i] = slope[i] - slope[row]
        at.by_attack[first, i] = 0.0
        at.has_defence[i] = False
    at.has_attack[first] = at.has_defence[row] = True
    at.over_attacks[COST, first] = 1.0
    at.over_defences[COST, row], at.over_defences[PER, row] = 1.0, 0.0
    at.defences[0], at.attacks[0] = row, first
    at.slots[SHARE, 0] = at.slots[WEIGHT, 0] = 1.0
    at.slots[TILT, 0] = 0.0
    at.inverse[0, 0], at.inverse[0, 1] = 0.0, -1.0
    at.inverse[1, 0], at.inverse[1, 1] = 1.0, 0.0


@njit(cache=True, error_model="numpy")
def cheapest(k, by_number, at):
    """What enters at μ = 0: a defence, or the attack of a slot beyond the last defence; −1 for nothing.

    That is what saves most or, once a cycle is possible, the first ``by_number`` (Bland).
    """
    m = at.over_defences.shape[1]
    least = -1e-12
    for i in range(m):
        least = smaller(least, at.over_defences[COST, i])
    for c in range(k):
        least = min(least, at.slots[WEIGHT, c])
    if least == -1e-12:
        return -1
    if by_number:
        least = -1e-12
    for i in range(m):
        if at.over_defences[COST, i] <= least:
            return i
    found = -1
    for c in range(k):
        if at.slots[WEIGHT, c] <= least and (found < 0 or at.attacks[c] < at.attacks[found]):
            found = c
    return m + found


@njit(cache=True, error_model="numpy")
def next_breakpoint(k, at):
    """The first μ at which a cost vanishes, and whose: a defence's, or m + a slot of an attack."""
    m = at.over_defences.shape[1]
    first = np.inf
    for i in range(m):
        cost, per = at.over_defences[COST, i], at.over_defences[PER, i]
        place = -cost / per
        place = place if per < FALLING else np.inf
        at.over_defences[PLACE, i] = place
        first = smaller(first, place)
    entering = -1
    for c in range(k):
        cost, per = at.slots[WEIGHT, c], at.slots[TILT, c]
        if per < FALLING and -cost / per < first:
            first, entering = -cost / per, m + c
    if entering < 0 and first < np.inf:
        for i in range(m):
            if at.over_defences[PLACE, i] == first:
                return first, i
    return first, entering


@njit(cache=True, error_model="numpy")
def least_level(k, at):
    """The least share of a defence that is played, or slack of an attack that is not."""
    least = 1.0
    for j in range(at.over_attacks.shape[1]):
        least = smaller(least, at.over_attacks[COST, j])
    for s in range(k):
        least = min(least, at.slots[SHARE, s])
    return least


@njit(cache=True, error_model="numpy")
def largest_size(k, at):
    """The size of the entry of the inverse that is largest in size: by which rounding is magnified."""
    size = 1.0
    for r in range(k + 1):
        for c in range(k + 1):
            size = larger(size, abs(at.inverse[r, c]))
    return size


@njit(cache=True, error_model="numpy")
def note(place, k, which, at, defender, attacker):
    """Writes the mixes at μ = place; False where one of them may not be the only one."""
    least = 1.0
    for i in range(at.over_defences.shape[1]):
        least = smaller(least, at.over_defences[COST, i] + place * at.over_defences[PER, i])
    defender[which, :] = 0.0
    attacker[which, :] = 0.0
    whole = other = 0.0
    for s in range(k):
        weight = at.slots[WEIGHT, s] + place * at.slots[TILT, s]
        least = min(least, weight)
        defender[which, at.defences[s]] = max(at.slots[SHARE, s], 0.0)
        attacker[which, at.attacks[s]] = max(weight, 0.0)
        whole += max(at.slots[SHARE, s], 0.0)
        other += max(weight, 0.0)
    for s in range(k):
        defender[which, at.defences[s]] /= whole
        attacker[which, at.attacks[s]] /= other
    return least > NEAR


@njit(cache=True, error_model="numpy")
def step(b, gain, row, entering, k, pers, at):
    """Lets a defence be played, or the attack in slot ``entering`` − m no longer; something gives way.

    Without ``pers`` the costs per μ are not kept.

    Returns:
        The new k and the size of the pivot, which is 0 where nothing gives way.
    """
    m = b.shape[0]
    by_defence = entering < m
    slot = entering - m  # that of the attack, where one enters
    if by_defence:
        load_defence(b, gain, row, entering, at)
        at.defences[k] = entering
        column_of_defence(k, at)
        cost, per = at.over_defences[COST, entering], at.over_defences[PER, entering]
    else:
        column_of_attack(slot, k, at)
        cost, per = at.slots[WEIGHT, slot], at.slots[TILT, slot]
    stop = first_stop(k, at)
    if stop < 0:
        return k, 0.0
    if stop < k:
        row_of_defence(stop, k, at)
        pivot = at.slots[COLUMN, 1 + stop]
        size = at.slots[SHARE, stop] / pivot
    else:
        at.attacks[k] = stop - k
        load_attack(b, gain, row, stop - k, at)
        row_of_attack(k, at)
        pivot = at.over_attacks[FALL, stop - k]
        size = at.over_attacks[COST, stop - k] / pivot
    cost, per = cost / pivot, per / pivot
    take_off(size, at.over_attacks, COST)
    take_off(cost, at.over_defences, COST)
    if pers:
        take_off(per, at.over_defences, PER)
    for s in range(k):
        at.slots[SHARE, s] -= size * at.slots[COLUMN, 1 + s]
        at.slots[WEIGHT, s] -= cost * at.slots[ROW, 1 + s]
        at.slots[TILT, s] -= per * at.slots[ROW, 1 + s]
    for r in range(k + 1):
        factor = at.slots[COLUMN, r] / pivot
        for c in range(k + 1):
            at.inverse[r, c] -= factor * at.slots[ROW, c]
    if by_defence:
        at.over_defences[COST, entering], at.over_defences[PER, entering] = 1.0, 0.0
    else:
        at.over_attacks[COST, at.attacks[slot]] = size
    if stop < k:
        leaving = at.defences[stop]
        at.over_defences[COST, leaving], at.over_defences[PER, leaving] = -cost, -per
    else:
        at.over_attacks[COST, stop - k] = 1.0
    if by_defence and stop >= k:
        grow(k, pivot, at)
        at.slots[SHARE, k], at.slots[WEIGHT, k], at.slots[TILT, k] = size, -cost, -per
        return k + 1, pivot
    if by_defence:
        for c in range(k + 1):
            at.inverse[1 + stop, c] = at.slots[ROW, c] / pivot
        at.defences[stop], at.slots[SHARE, stop] = entering, size
        return k, pivot
    if stop >= k:
        for r in range(k + 1):
            at.inverse[r, 1 + slot] = -at.slots[COLUMN, r] / pivot
        at.attacks[slot], at.slots[WEIGHT, slot], at.slots[TILT, slot] = stop - k, -cost, -per
        return k, pivot
    shrink(k, stop, slot, at)
    return k - 1, pivot


@njit(cache=True, error_model="numpy")
def load_defence(b, gain, row, defence, at):
    """Sees to it that what attacks lose by a defence is at hand."""
    if not at.has_defence[defence]:
        at.has_defence[defence] = True
        first = at.base[0, defence] - at.base[0, row]
        for j in range(b.shape[1]):
            at.by_defence[defence, j] = (first - (b[defence, j] - b[row, j])) * gain


@njit(cache=True, error_model="numpy")
def load_attack(b, gain, row, attack, at):
    """Sees to it that what defences pay more under an attack is at hand."""
    if not at.has_attack[attack]:
        at.has_attack[attack] = True
        level = b[row, attack] - at.base[0, row]
        for i in range(b.shape[0]):
            at.by_attack[attack, i] = ((b[i, attack] - at.base[0, i]) - level) * gain


@njit(cache=True, error_model="numpy")
def column_of_defence(k, at):
    """How everything falls with the share of the defence that stands ready in slot k."""
    entering = at.defences[k]
    for r in range(k + 1):
        value = at.inverse[r, 0]
        for c in range(k):
            value -= at.inverse[r, 1 + c] * at.by_defence[entering, at.attacks[c]]
        at.slots[COLUMN, r] = value
    at.slots[COLUMN, k + 1] = -1.0
    combine(at.slots, COLUMN, at.by_defence, at.defences, k + 1, at.over_attacks)
    for c in range(k):
        at.over_attacks[FALL, at.attacks[c]] = 0.0


@njit(cache=True, error_model="numpy")
def column_of_attack(slot, k, at):
    """How everything falls with the slack of the attack in a slot."""
    for r in range(k + 1):
        at.slots[COLUMN, r] = at.inverse[r, 1 + slot]
    combine(at.slots, COLUMN, at.by_defence, at.defences, k, at.over_attacks)
    for c in range(k):
        at.over_attacks[FALL, at.attacks[c]] = 0.0


@njit(cache=True, error_model="numpy")
def row_of_defence(slot, k, at):
    """How the share of the defence in a slot falls with what is not played."""
    for c in range(k + 1):
        at.slots[ROW, c] = at.inverse[1 + slot, c]
    combine(at.slots, ROW, at.by_attack, at.attacks, k, at.over_defences)
    for s in range(k):
        at.over_defences[FALL, at.defences[s]] = 0.0


@njit(cache=True, error_model="numpy", fastmath=QUICK)
def row_of_attack(k, at):
    """How the slack of the attack that stands ready in slot k falls with what is not played."""
    leaving = at.attacks[k]
    for c in range(k + 1):
        at.slots[ROW, c] = at.inverse[0, c]
    for s in range(k):
        loss = at.by_defence[at.defences[s], leaving]
        for c in range(k + 1):
            at.slots[ROW, c] += loss * at.inverse[1 + s, c]
    at.slots[ROW, k + 1] = 1.0
    combine(at.slots, ROW, at.by_attack, at.attacks, k + 1, at.over_defences)
    for s in range(k):
        at.over_defences[FALL, at.defences[s]] = 0.0


@njit(cache=True, error_model="numpy", fastmath=QUICK)
def combine(slots, weights, lines, which, count, out):
    """Writes w_0 + Σ_s w_1+s lines[which[s]] into ``out[FALL]``, the weights being a row of ``slots``."""
    length = out.shape[1]
    for j in range(length):
        out[FALL, j] = slots[weights, 0]
    s = 0
    while s + 4 <= count:
        one, two, three, four = which[s], which[s + 1], which[s + 2], which[s + 3]
        first, second = slots[weights, s + 1], slots[weights, s + 2]
        third, fourth = slots[weights, s + 3], slots[weights, s + 4]
        for j in range(length):
            out[FALL, j] += (first * lines[one, j] + second * lines[two, j]) + (
                third * lines[three, j] + fourth * lines[four, j]
            )
        s += 4
    while s < count:
        one, first = which[s], slots[weights, s + 1]
        for j in range(length):
            out[FALL, j] += first * lines[one, j]
        s += 1


@njit(cache=True, error_model="numpy")
def first_stop(k, at):
    """What gives way first, that with the largest pivot among ties.

    Returns:
        A slot of a defence, or k + an attack; −1 where nothing does.
    """
    n = at.over_attacks.shape[1]
    least = np.inf
    for j in range(n):
        fall = at.over_attacks[FALL, j]
        ratio = at.over_attacks[COST, j] / fall
        ratio = ratio if fall > LEAST else np.inf
        at.over_attacks[PLACE, j] = ratio
        least = smaller(least, ratio)
    for s in range(k):
        fall = at.slots[COLUMN, 1 + s]
        if fall > LEAST:
            least = min(least, at.slots[SHARE, s] / fall)
    if least == np.inf:
        return -1
    least += 1e-13
    found, pivot = -1, 0.0
    for s in range(k):
        fall = at.slots[COLUMN, 1 + s]
        if fall > max(LEAST, pivot) and at.slots[SHARE, s] / fall <= least:
            found, pivot = s, fall
    for j in range(n):
        if at.over_attacks[PLACE, j] <= least and at.over_attacks[FALL, j] > pivot:
            found, pivot = k + j, at.over_attacks[FALL, j]
    return found


@njit(cache=True, error_model="numpy", fastmath=QUICK)
def take_off(factor, table, values):
    """Takes factor · ``table[FALL]`` off a row of the table."""
    for j in range(table.shape[1]):
        table[values, j] -= factor * table[FALL, j]


@njit(cache=True, error_model="numpy")
def grow(k, pivot, at):
    """Gives the defence and the attack that stand ready in slot k their places in the inverse."""
    for c in range(k + 1):
        at.inverse[c, k + 1] = -at.slots[COLUMN, c] / pivot
        at.inverse[k + 1, c] = at.slots[ROW, c] / pivot
    at.inverse[k + 1, k + 1] = 1.0 / pivot


@njit(cache=True, error_model="numpy")
def shrink(k, slot, other, at):
    """Takes a defence and an attack out of their slots; the last ones take their places."""
    last = k - 1
    at.defences[slot], at.attacks[other] = at.defences[last], at.attacks[last]
    at.slots[SHARE, slot] = at.slots[SHARE, last]
    at.slots[WEIGHT, other], at.slots[TILT, other] = at.slots[WEIGHT, last], at.slots[TILT, last]
    for c in range(k + 1):
        at.inverse[1 + slot, c] = at.inverse[k, c]
    for r in range(k + 1):
        at.inverse[r, 1 + other] = at.inverse[r, k]


@njit(cache=True, error_model="numpy")
def refresh(place, slope, row, k, at):
    """Computes the inverse and all that follows from it anew.

    Returns:
        How far slacks, and costs at μ = place, have moved; −1 where what is played has no regular kernel.
    """
    for c in range(k):
        at.system[1 + c, 0] = -1.0
        for s in range(k):
            at.system[1 + c, 1 + s] = -at.by_defence[at.defences[s], at.attacks[c]]
    at.system[0, 0] = 0.0
    for s in range(k):
        at.system[0, 1 + s] = 1.0
    if not invert(at.system, k + 1, at.inverse):
        return -1.0
    for r in range(k + 1):
        value = at.inverse[r, 0]
        for c in range(k):
            value -= at.inverse[r, 1 + c] * at.offset[at.attacks[c]]
        at.slots[COLUMN, r] = value
    for s in range(k):
        at.slots[SHARE, s] = at.slots[COLUMN, 1 + s]
    combine(at.slots, COLUMN, at.by_defence, at.defences, k, at.over_attacks)
    for c in range(k):
        at.over_attacks[FALL, at.attacks[c]] = 1.0 + at.offset[at.attacks[c]]
    drift = 0.0
    for j in range(len(at.offset)):
        slack = at.over_attacks[FALL, j] - at.offset[j]
        drift = larger(drift, abs(slack - at.over_attacks[COST, j]))
        at.over_attacks[COST, j] = slack
    for i in range(len(slope)):
        at.over_defences[PLACE, i] = at.over_defences[COST, i] + place * at.over_defences[PER, i]
    refresh_costs(COST, slope, row, k, at)
    refresh_costs(PER, slope, row, k, at)
    for i in range(len(slope)):
        cost = at.over_defences[COST, i] + place * at.over_defences[PER, i]
        drift = larger(drift, abs(cost - at.over_defences[PLACE, i]))
    return drift


@njit(cache=True, error_model="numpy")
def refresh_costs(part, slope, row, k, at):
    """Writes the weights of the attacks and the costs of the defences, at μ = 0 or per μ."""
    for c in range(k + 1):
        at.slots[ROW, c] = -at.inverse[0, c] if part == COST else 0.0
    for s in range(k):
        played = at.defences[s]
        cost = at.base[1, played] if part == COST else slope[played] - slope[row]
        for c in range(k + 1):
            at.slots[ROW, c] -= at.inverse[1 + s, c] * cost
    for c in range(k):
        at.slots[WEIGHT + part, c] = at.slots[ROW, 1 + c]
    combine(at.slots, ROW, at.by_attack, at.attacks, k, at.over_defences)
    for i in range(len(slope)):
        cost = at.base[1, i] if part == COST else slope[i] - slope[row]
        at.over_defences[part, i] = at.over_defences[FALL, i] + cost
    for s in range(k):
        at.over_defences[part, at.defences[s]] = 1.0 if part == COST else 0.0


@njit(cache=True, error_model="numpy")
def invert(system, width, inverse):
    """Writes the inverse of the leading square of a matrix, which is used up; False where it has none."""
    for r in range(width):
        for c in range(width):
            inverse[r, c] = 1.0 if r == c else 0.0
    for k in range(width):
        top = k
        for r in range(k + 1, width):
            if abs(system[r, k]) > abs(system[top, k]):
                top = r
        if system[top, k] == 0.0:
            return False
        for c in range(width):
            system[k, c], system[top, c] = system[top, c], system[k, c]
            inverse[k, c], inverse[top, c] = inverse[top, c], inverse[k, c]
        over = 1.0 / system[k, k]
        for c in range(width):
            system[k, c] *= over
            inverse[k, c] *= over
        for r in range(width):
            factor = system[r, k]
            if r != k and factor != 0.0:
                for c in range(width):
                    system[r, c] -= factor * system[k, c]
                    inverse[r, c] -= factor * inverse[k, c]
    return True
