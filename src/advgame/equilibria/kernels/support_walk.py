"""The path along the intensity of attack on the supports only: all equilibria of a large game.

The path is that of `advgame.equilibria.kernels.tableau_walk`, without its tableau. Where k defences are
played against k attacks, one row or column of that tableau follows from the inverse of their k × k kernel,
bordered by the conditions that all pay the same and that probabilities sum to 1, with k products per entry.
So a step costs k (defences + attacks), not defences × attacks, and of the payoffs only those rows and columns
are read that are played at some time. This is the revised simplex method (Dantzig and Orchard-Hays 1954).
"""

from __future__ import annotations

import numpy as np

from advgame.equilibria.kernels.compiling import part
from advgame.equilibria.kernels.crossings import crossing
from advgame.equilibria.kernels.simd4 import larger, smaller
from advgame.equilibria.kernels.states import CROWDED, LOST, SOLVED, TIED
from advgame.equilibria.kernels.support_inverse import (
    ATTACK,
    BASE,
    COLUMN,
    COST,
    DEFENCE,
    FALL,
    FIRST,
    OFFSET,
    PACE,
    PER,
    PLACE,
    ROW,
    SHARE,
    WEIGHT,
    column_of_attack,
    column_of_defence,
    load_attack,
    load_defence,
    refresh,
    row_of_attack,
    row_of_defence,
    take_off,
)
from advgame.games.tolerances import FALLING, MAY_TIE, SAME_RATIO, SAVES_NOTHING, SMALLEST_PIVOT

UNSURE = 0.1  # a pivot below this is followed by a look at how much the inverse magnifies
SHORT = 1e-4  # and one below this by a fresh inverse
FRESH = 256  # steps after which the inverse is computed anew
DRIFT = 2.5e-10  # by which the numbers may have moved meanwhile: less than what is looked at as a tie
# By which two numbers may be wrong, each, and be told apart if they differ by more than MAY_TIE.
WRONG = MAY_TIE / 2
ROUNDING = 1e-15  # of costs of size 1
MOST_STEPS = 200_000


@part(error_model="numpy")
def support_walk(b, gain, idle, slope, intensity, row, beside, first_only, at, stop, defender, attacker):
    """Writes the equilibria on the path, as rows of ``defender`` and ``attacker``.

    Args:
        b, gain: Q = gain · b, (defences, attacks), such that costs are of size 1.
        idle, slope: (defences,).
        intensity: (attacks,), at least 0 and 0 somewhere, at most 1.
        row: the defence to begin with.
        beside: what the payoffs may differ from this form by.
        first_only: whether to stop at the first equilibrium, where it is known to be the only one.
        at: a ``support_space`` for games of this shape.
        stop: (1,) the walk is given up once another thread makes this anything but 0.

    Returns:
        How many were met, and the status of the game.
    """
    begin(b, gain, idle, slope, row, at)
    k = optimise_at_zero(b, gain, slope, row, at, stop)
    if k == 0:
        return 0, LOST
    end = 0.0
    for j in range(len(intensity)):
        end = larger(end, intensity[j])
    here, count, since, status = 0.0, np.int64(0), 0, SOLVED
    for _ in range(MOST_STEPS):
        if stop[0] != 0:
            return count, LOST
        there, entering = next_breakpoint(k, at)
        there = min(max(there, here), end)
        if least_level(k, at) <= MAY_TIE:  # the attacker's optimal mixed strategies may form a continuum
            drift, since = refresh(here, slope, row, k, at), 0
            if not 0 <= drift <= DRIFT or least_level(k, at) <= error_of(k, beside, at):
                status = TIED
        level, tilt = mean_intensity(k, intensity, at)
        place, clear = crossing(level, tilt, here, there, end)
        if place >= 0:
            if count == len(defender):
                return count, CROWDED
            clear = note(place, k, count, at, defender, attacker) and clear
            if not clear or error_of(k, beside, at) > WRONG:
                status = TIED
            count += 1
            if first_only:
                return count, status
        if there >= end:
            return count, status if count % 2 == 1 else TIED
        k, pivot = step(b, gain, row, entering, k, np.bool_(True), at)
        here, since, drift = there, since + 1, 0.0
        if 0.0 < pivot < SHORT or since >= FRESH:
            drift, since = refresh(here, slope, row, k, at), 0
        if pivot == 0.0 or drift < 0.0:
            return count, LOST
        if drift > DRIFT or (pivot < UNSURE and error_of(k, beside, at) > WRONG):
            status = TIED
    return count, LOST


@part(error_model="numpy")
def optimise_at_zero(b, gain, slope, row, at, stop):
    """Primal simplex steps until the costs at μ = 0 are least.

    Args:
        b: (defences, attacks) payoffs to the attacker.
        gain: the factor by which they become costs, Q = gain · b.
        slope: (defences,) cost per μ.
        row: the defence the walk begins with.
        at: the work space, changed in place.
        stop: (1,) the search is given up once another thread makes this anything but 0.

    Returns:
        How many defences are played then; 0 where rounding hides the way, or where it is stopped.
    """
    # A bare 1 or True is a type of its own, for which what is called would be compiled once more.
    k, since, patience = np.int64(1), 0, 50 * b.shape[1]
    for count in range(2000 + patience):
        if stop[0] != 0:
            return 0
        entering = cheapest(k, count > patience, at)
        if entering < 0:
            return k if refresh(0.0, slope, row, k, at) >= 0 else 0
        k, pivot = step(b, gain, row, entering, k, np.bool_(False), at)
        if pivot == 0.0:
            return 0
        since += 1
        if pivot < SHORT or since >= FRESH:
            if refresh(0.0, slope, row, k, at) < 0:
                return 0
            since = 0
    return 0


@part(error_model="numpy")
def mean_intensity(k, intensity, at):
    """Level and tilt of the attacker's mean intensity on this piece of the way.

    Args:
        k: how many defences, and attacks, are played.
        intensity: (attacks,) from 0 to 1.
        at: the work space.
    """
    who, slots = at.who, at.slots
    level = tilt = 0.0
    for c in range(k):
        level += intensity[who[ATTACK, c]] * slots[WEIGHT, c]
        tilt += intensity[who[ATTACK, c]] * slots[PACE, c]
    return level, tilt


@part(error_model="numpy")
def begin(b, gain, idle, slope, row, at):
    """Starts from the pure defence ``row`` and its worst attack, in the first slots.

    Args:
        b: (defences, attacks) payoffs to the attacker.
        gain: the factor by which they become costs, Q = gain · b.
        idle: (defences,) cost at μ = 0.
        slope: (defences,) cost per μ.
        row: the defence the walk begins with.
        at: the work space, changed in place.
    """
    who, slots, inverse, attacks, defences = at.who, at.slots, at.inverse, at.attacks, at.defences
    by_defence, by_attack, has = at.by_defence, at.by_attack, at.has
    m, n = b.shape
    first = 0
    for j in range(n):
        if b[row, j] > b[row, first]:
            first = j
    for j in range(n):
        attacks[OFFSET, j] = (b[row, j] - b[row, first]) * gain
        attacks[COST, j] = -attacks[OFFSET, j]
        by_defence[row, j] = 0.0
        has[ATTACK, j] = j == first
    for i in range(m):
        defences[FIRST, i] = b[i, first]
        defences[BASE, i] = (b[i, first] - b[row, first]) * gain + (idle[i] - idle[row])
        defences[COST, i] = defences[BASE, i]
        defences[PER, i] = slope[i] - slope[row]
        by_attack[first, i] = 0.0
        has[DEFENCE, i] = i == row
    attacks[COST, first] = 1.0
    defences[COST, row], defences[PER, row] = 1.0, 0.0
    who[DEFENCE, 0], who[ATTACK, 0] = row, first
    slots[SHARE, 0] = slots[WEIGHT, 0] = 1.0
    slots[PACE, 0] = 0.0
    inverse[0, 0], inverse[0, 1] = 0.0, -1.0
    inverse[1, 0], inverse[1, 1] = 1.0, 0.0


@part(error_model="numpy")
def cheapest(k, by_number, at):
    """The entering variable at μ = 0: a defence, or m + a slot of an attack; −1 for none.

    That is the one with the most negative cost or, once cycling is possible, the first ``by_number`` (Bland).

    Args:
        k: how many defences, and attacks, are played.
        by_number: whether the first that saves anything is taken (Bland's rule).
        at: the work space.
    """
    who, slots, defences = at.who, at.slots, at.defences
    m = defences.shape[1]
    least = SAVES_NOTHING
    for i in range(m):
        least = smaller(least, defences[COST, i])
    for c in range(k):
        least = min(least, slots[WEIGHT, c])
    if least == SAVES_NOTHING:
        return -1
    if by_number:
        least = SAVES_NOTHING
    for i in range(m):
        if defences[COST, i] <= least:
            return i
    entering = -1
    for c in range(k):
        if slots[WEIGHT, c] <= least and (entering < 0 or who[ATTACK, c] < who[ATTACK, entering]):
            entering = c
    return m + entering


@part(error_model="numpy")
def next_breakpoint(k, at):
    """The first μ at which a cost vanishes, and the variable: a defence, or m + a slot of an attack."""
    slots, defences = at.slots, at.defences
    m = defences.shape[1]
    first = np.inf
    for i in range(m):
        cost, per = defences[COST, i], defences[PER, i]
        place = -cost / per
        place = place if per < FALLING else np.inf
        defences[PLACE, i] = place
        first = smaller(first, place)
    entering = -1
    for c in range(k):
        cost, per = slots[WEIGHT, c], slots[PACE, c]
        if per < FALLING and -cost / per < first:
            first, entering = -cost / per, m + c
    if entering < 0 and first < np.inf:
        for i in range(m):
            if defences[PLACE, i] == first:
                return first, i
    return first, entering


@part(error_model="numpy")
def least_level(k, at):
    """The least share of a defence that is played, or slack of an attack that is not."""
    slots, attacks = at.slots, at.attacks
    least = 1.0
    for j in range(attacks.shape[1]):
        least = smaller(least, attacks[COST, j])
    for s in range(k):
        least = min(least, slots[SHARE, s])
    return least


@part(error_model="numpy")
def error_of(k, beside, at):
    """An estimate of the error of levels and costs: rounding and the residue of the form, times the inverse.

    Args:
        k: how many defences, and attacks, are played.
        beside: what the payoffs may differ by from the rank-1 form.
        at: the work space.
    """
    inverse = at.inverse
    size = 1.0
    for r in range(k + 1):
        for c in range(k + 1):
            size = larger(size, abs(inverse[r, c]))
    return (beside + ROUNDING) * (k + 1) * size


@part(error_model="numpy")
def note(place, k, which, at, defender, attacker):
    """Writes the mixed strategies at μ = place; False if one of them may not be unique.

    Args:
        place: μ.
        k: how many defences, and attacks, are played.
        which: the row that is written.
        at: the work space.
        defender, attacker: (rows, defences) and (rows, attacks) probabilities, of which one row is written in
            place.
    """
    who, slots, defences = at.who, at.slots, at.defences
    least = 1.0
    for i in range(defences.shape[1]):
        least = smaller(least, defences[COST, i] + place * defences[PER, i])
    for i in range(defender.shape[1]):
        defender[which, i] = 0.0
    for j in range(attacker.shape[1]):
        attacker[which, j] = 0.0
    whole = other = 0.0
    for s in range(k):
        weight = slots[WEIGHT, s] + place * slots[PACE, s]
        least = min(least, weight)
        defender[which, who[DEFENCE, s]] = max(slots[SHARE, s], 0.0)
        attacker[which, who[ATTACK, s]] = max(weight, 0.0)
        whole += max(slots[SHARE, s], 0.0)
        other += max(weight, 0.0)
    for s in range(k):
        defender[which, who[DEFENCE, s]] /= whole
        attacker[which, who[ATTACK, s]] /= other
    return least > MAY_TIE


@part(error_model="numpy")
def step(b, gain, row, entering, k, pers, at):
    """Enters a defence, or the slack of the attack in slot ``entering`` − m, into the basis.

    Without ``pers`` the costs per μ are not kept.

    Args:
        b: (defences, attacks) payoffs to the attacker.
        gain: the factor by which they become costs, Q = gain · b.
        row: the defence the walk begins with.
        entering: a defence, or defences + the slot of an attack.
        k: how many defences, and attacks, are played.
        pers: whether the costs per μ are kept.
        at: the work space, changed in place.

    Returns:
        The new k and the size of the pivot, which is 0 where nothing gives way.
    """
    who, slots, inverse, attacks, defences = at.who, at.slots, at.inverse, at.attacks, at.defences
    m = b.shape[0]
    defends = entering < m
    slot = entering - m  # that of the attack, where one enters
    if defends:
        load_defence(b, gain, row, entering, at)
        who[DEFENCE, k] = entering
        column_of_defence(k, at)
        cost, per = defences[COST, entering], defences[PER, entering]
    else:
        column_of_attack(slot, k, at)
        cost, per = slots[WEIGHT, slot], slots[PACE, slot]
    stop = first_stop(k, at)
    if stop < 0:
        return k, 0.0
    if stop < k:
        row_of_defence(stop, k, at)
        pivot = slots[COLUMN, 1 + stop]
        size = slots[SHARE, stop] / pivot
    else:
        who[ATTACK, k] = stop - k
        load_attack(b, gain, row, stop - k, at)
        row_of_attack(k, at)
        pivot = attacks[FALL, stop - k]
        size = attacks[COST, stop - k] / pivot
    cost, per = cost / pivot, per / pivot
    take_off(size, attacks, COST)
    take_off(cost, defences, COST)
    if pers:
        take_off(per, defences, PER)
    for s in range(k):
        slots[SHARE, s] -= size * slots[COLUMN, 1 + s]
        slots[WEIGHT, s] -= cost * slots[ROW, 1 + s]
        slots[PACE, s] -= per * slots[ROW, 1 + s]
    for r in range(k + 1):
        factor = slots[COLUMN, r] / pivot
        for c in range(k + 1):
            inverse[r, c] -= factor * slots[ROW, c]
    if defends:
        defences[COST, entering], defences[PER, entering] = 1.0, 0.0
    else:
        attacks[COST, who[ATTACK, slot]] = size
    if stop < k:
        leaving = who[DEFENCE, stop]
        defences[COST, leaving], defences[PER, leaving] = -cost, -per
    else:
        attacks[COST, stop - k] = 1.0
    return exchange(k, entering - m, stop, pivot, size, cost, per, at), pivot


@part(error_model="numpy")
def exchange(k, slot, stop, pivot, size, cost, per, at):
    """Updates the slots of the entering and the leaving variable; returns the new k.

    Args:
        k: the old one; a defence or an attack that is played from now on stands ready in slot k.
        slot: that of the attack that enters; negative for a defence.
        stop: the slot of the defence that leaves; k and above for an attack.
        pivot: of the step.
        size: the share or slack of what enters.
        cost, per: what the cost of what leaves falls short of 0, at μ = 0 and per μ.
        at: the work space.
    """
    who, slots, inverse = at.who, at.slots, at.inverse
    if slot < 0 and stop < k:
        for c in range(k + 1):
            inverse[1 + stop, c] = slots[ROW, c] / pivot
        who[DEFENCE, stop], slots[SHARE, stop] = who[DEFENCE, k], size
        return k
    if slot >= 0 and stop >= k:
        for r in range(k + 1):
            inverse[r, 1 + slot] = -slots[COLUMN, r] / pivot
        who[ATTACK, slot], slots[WEIGHT, slot], slots[PACE, slot] = who[ATTACK, k], -cost, -per
        return k
    if slot < 0:
        for c in range(k + 1):
            inverse[c, k + 1] = -slots[COLUMN, c] / pivot
            inverse[k + 1, c] = slots[ROW, c] / pivot
        inverse[k + 1, k + 1] = 1.0 / pivot
        slots[SHARE, k], slots[WEIGHT, k], slots[PACE, k] = size, -cost, -per
        return k + 1
    last = k - 1  # of those who stay, the last ones take the places of those who go
    who[DEFENCE, stop], who[ATTACK, slot] = who[DEFENCE, last], who[ATTACK, last]
    slots[SHARE, stop] = slots[SHARE, last]
    slots[WEIGHT, slot], slots[PACE, slot] = slots[WEIGHT, last], slots[PACE, last]
    for c in range(k + 1):
        inverse[1 + stop, c] = inverse[k, c]
    for r in range(k + 1):
        inverse[r, 1 + slot] = inverse[r, k]
    return k - 1


@part(error_model="numpy")
def first_stop(k, at):
    """The leaving variable by the ratio test; of ties the one with the largest pivot.

    Returns:
        A slot of a defence, or k + an attack; −1 where nothing does.
    """
    slots, attacks = at.slots, at.attacks
    n = attacks.shape[1]
    least = np.inf
    for j in range(n):
        fall = attacks[FALL, j]
        ratio = attacks[COST, j] / fall
        ratio = ratio if fall > SMALLEST_PIVOT else np.inf
        attacks[PLACE, j] = ratio
        least = smaller(least, ratio)
    for s in range(k):
        fall = slots[COLUMN, 1 + s]
        if fall > SMALLEST_PIVOT:
            least = min(least, slots[SHARE, s] / fall)
    if least == np.inf:
        return -1
    least += SAME_RATIO
    leaving, pivot = -1, 0.0
    for s in range(k):
        fall = slots[COLUMN, 1 + s]
        if fall > max(SMALLEST_PIVOT, pivot) and slots[SHARE, s] / fall <= least:
            leaving, pivot = s, fall
    for j in range(n):
        if attacks[PLACE, j] <= least and attacks[FALL, j] > pivot:
            leaving, pivot = k + j, attacks[FALL, j]
    return leaving
