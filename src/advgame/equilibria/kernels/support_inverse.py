"""The inverse of the bordered support matrix for the walk on supports: its rows, columns and renewal."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from advgame.equilibria.kernels.compiling import part
from advgame.equilibria.kernels.simd4 import larger

QUICK = {"nnan", "ninf", "nsz", "reassoc", "contract"}  # what rests on sums is checked at the end

COST, PER, FALL, PLACE, FIRST, BASE = range(6)  # of the defences
OFFSET = 1  # of the attacks, which have COST, FALL and PLACE, too
COLUMN, ROW, SHARE, WEIGHT, PACE = range(5)
DEFENCE, ATTACK = range(2)


class SupportSpace(NamedTuple):
    """Work space for the path of one game; k is the number of defences, and of attacks, that are played.

    In ``inverse``, COLUMN and ROW, place 0 belongs to the attacker's gain (in a column) or to the sum of the
    shares (in a row), place 1 + s to the defence or to the attack in slot s.
    """

    who: np.ndarray  # (2, size) which DEFENCE and which ATTACK is in a slot
    # (5, size) COLUMN, ROW; the SHARE of a defence; the WEIGHT of an attack, its PACE per μ
    slots: np.ndarray
    inverse: np.ndarray  # (size, size) of the bordered kernel
    system: np.ndarray  # (size, size) space to compute it
    by_defence: np.ndarray  # (defences, attacks) what attacks lose by a defence instead of the first one
    by_attack: np.ndarray  # (attacks, defences) what defences pay more under an attack than under the first
    has: np.ndarray  # (2, strategies) whether these lines are filled
    # (4, attacks) COST: what an attack earns too little, 1 if it is played; OFFSET: what it earns more than
    # the first one against the first defence; FALL, PLACE: how fast and where the cost vanishes
    attacks: np.ndarray
    # (6, defences) COST, PER μ: what a defence costs too much, 1 and 0 if it is played; FALL, PLACE; FIRST:
    # its payoff under the first attack; BASE: what it costs more than the first defence under that attack
    defences: np.ndarray


@part(allocates=True)
def support_space(m, n):
    """Work space for games of m defences and n attacks."""
    size = min(m, n) + 2
    return SupportSpace(
        np.empty((2, size), np.int64),
        np.empty((5, size)),
        np.empty((size, size)),
        np.empty((size, size)),
        np.empty((m, n)),
        np.empty((n, m)),
        np.empty((2, max(m, n)), np.bool_),
        np.empty((4, n)),
        np.empty((6, m)),
    )


@part(error_model="numpy")
def load_defence(b, gain, row, defence, at):
    """Computes what attacks lose by a defence, unless it is stored.

    Args:
        b: (defences, attacks) payoffs to the attacker.
        gain: the factor by which they become costs, Q = gain · b.
        row: the first defence, which others are compared with.
        defence: the defence whose line is filled.
        at: the work space, changed in place.
    """
    by_defence, defences, has = at.by_defence, at.defences, at.has
    if not has[DEFENCE, defence]:
        has[DEFENCE, defence] = True
        first = defences[FIRST, defence] - defences[FIRST, row]
        for j in range(b.shape[1]):
            by_defence[defence, j] = (first - (b[defence, j] - b[row, j])) * gain


@part(error_model="numpy")
def load_attack(b, gain, row, attack, at):
    """Computes what defences pay more under an attack, unless it is stored.

    Args:
        b: (defences, attacks) payoffs to the attacker.
        gain: the factor by which they become costs, Q = gain · b.
        row: the first defence, which others are compared with.
        attack: the attack whose line is filled.
        at: the work space, changed in place.
    """
    by_attack, defences, has = at.by_attack, at.defences, at.has
    if not has[ATTACK, attack]:
        has[ATTACK, attack] = True
        level = b[row, attack] - defences[FIRST, row]
        for i in range(b.shape[0]):
            by_attack[attack, i] = ((b[i, attack] - defences[FIRST, i]) - level) * gain


@part(error_model="numpy")
def column_of_defence(k, at):
    """How everything falls with the share of the defence placed in slot k."""
    who, slots, inverse, by_defence, attacks = at.who, at.slots, at.inverse, at.by_defence, at.attacks
    entering = who[DEFENCE, k]
    for r in range(k + 1):
        value = inverse[r, 0]
        for c in range(k):
            value -= inverse[r, 1 + c] * by_defence[entering, who[ATTACK, c]]
        slots[COLUMN, r] = value
    slots[COLUMN, k + 1] = -1.0
    combine(slots, COLUMN, by_defence, who, DEFENCE, k + 1, attacks)
    for c in range(k):
        attacks[FALL, who[ATTACK, c]] = 0.0


@part(error_model="numpy")
def column_of_attack(slot, k, at):
    """How everything falls with the slack of the attack in a slot.

    Args:
        slot: the slot of the attack.
        k: how many defences, and attacks, are played.
        at: the work space; COLUMN of its slots and FALL of its attacks are written.
    """
    who, slots, inverse, by_defence, attacks = at.who, at.slots, at.inverse, at.by_defence, at.attacks
    for r in range(k + 1):
        slots[COLUMN, r] = inverse[r, 1 + slot]
    combine(slots, COLUMN, by_defence, who, DEFENCE, k, attacks)
    for c in range(k):
        attacks[FALL, who[ATTACK, c]] = 0.0


@part(error_model="numpy")
def row_of_defence(slot, k, at):
    """How the share of the defence in a slot falls with what is not played.

    Args:
        slot: the slot of the defence.
        k: how many defences, and attacks, are played.
        at: the work space; ROW of its slots and FALL of its defences are written.
    """
    who, slots, inverse, by_attack, defences = at.who, at.slots, at.inverse, at.by_attack, at.defences
    for c in range(k + 1):
        slots[ROW, c] = inverse[1 + slot, c]
    combine(slots, ROW, by_attack, who, ATTACK, k, defences)
    for s in range(k):
        defences[FALL, who[DEFENCE, s]] = 0.0


@part(error_model="numpy", fastmath=QUICK)
def row_of_attack(k, at):
    """How the slack of the attack placed in slot k falls with what is not played."""
    who, slots, inverse, by_attack, defences = at.who, at.slots, at.inverse, at.by_attack, at.defences
    by_defence = at.by_defence
    leaving = who[ATTACK, k]
    for c in range(k + 1):
        slots[ROW, c] = inverse[0, c]
    for s in range(k):
        loss = by_defence[who[DEFENCE, s], leaving]
        for c in range(k + 1):
            slots[ROW, c] += loss * inverse[1 + s, c]
    slots[ROW, k + 1] = 1.0
    combine(slots, ROW, by_attack, who, ATTACK, k + 1, defences)
    for s in range(k):
        defences[FALL, who[DEFENCE, s]] = 0.0


@part(error_model="numpy", fastmath=QUICK)
def combine(slots, weights, lines, who, side, count, out):
    """Writes w_0 + Σ_s w_1+s lines[who[side, s]] into ``out[FALL]``, the weights being a row of ``slots``.

    Args:
        slots: (5, size) of the work space.
        weights: COLUMN or ROW: the weights w.
        lines: (strategies, length) lines that are added up.
        who: (2, size) of the work space.
        side: DEFENCE or ATTACK: whose lines.
        count: how many slots.
        out: (at least 3, length); its row FALL is written in place.
    """
    length = out.shape[1]
    for j in range(length):
        out[FALL, j] = slots[weights, 0]
    s = 0
    while s + 4 <= count:
        one, two, three, four = who[side, s], who[side, s + 1], who[side, s + 2], who[side, s + 3]
        first, second = slots[weights, s + 1], slots[weights, s + 2]
        third, fourth = slots[weights, s + 3], slots[weights, s + 4]
        for j in range(length):
            out[FALL, j] += (first * lines[one, j] + second * lines[two, j]) + (
                third * lines[three, j] + fourth * lines[four, j]
            )
        s += 4
    while s < count:
        one, first = who[side, s], slots[weights, s + 1]
        for j in range(length):
            out[FALL, j] += first * lines[one, j]
        s += 1


@part(error_model="numpy", fastmath=QUICK)
def take_off(factor, table, values):
    """Takes factor · ``table[FALL]`` off a row of the table.

    Args:
        factor: the factor.
        table: (at least 3, strategies) of which row ``values`` is changed in place.
        values: that row: COST or PER.
    """
    for j in range(table.shape[1]):
        table[values, j] -= factor * table[FALL, j]


@part(error_model="numpy")
def refresh(place, slope, row, k, at):
    """Recomputes the inverse and everything derived from it.

    Args:
        place: the μ that is reached.
        slope: (defences,) cost per μ.
        row: the first defence, which others are compared with.
        k: how many defences, and attacks, are played.
        at: the work space, changed in place.

    Returns:
        How far slacks, and costs at μ = place, have moved; −1 where what is played has no regular kernel.
    """
    who, slots, inverse, attacks, defences = at.who, at.slots, at.inverse, at.attacks, at.defences
    by_defence, system = at.by_defence, at.system
    for c in range(k):
        system[1 + c, 0] = -1.0
        for s in range(k):
            system[1 + c, 1 + s] = -by_defence[who[DEFENCE, s], who[ATTACK, c]]
    system[0, 0] = 0.0
    for s in range(k):
        system[0, 1 + s] = 1.0
    if not invert(system, k + 1, inverse):
        return -1.0
    for r in range(k + 1):
        value = inverse[r, 0]
        for c in range(k):
            value -= inverse[r, 1 + c] * attacks[OFFSET, who[ATTACK, c]]
        slots[COLUMN, r] = value
    for s in range(k):
        slots[SHARE, s] = slots[COLUMN, 1 + s]
    combine(slots, COLUMN, by_defence, who, DEFENCE, k, attacks)
    for c in range(k):
        attacks[FALL, who[ATTACK, c]] = 1.0 + attacks[OFFSET, who[ATTACK, c]]
    drift = 0.0
    for j in range(attacks.shape[1]):
        slack = attacks[FALL, j] - attacks[OFFSET, j]
        drift = larger(drift, abs(slack - attacks[COST, j]))
        attacks[COST, j] = slack
    for i in range(len(slope)):
        defences[PLACE, i] = defences[COST, i] + place * defences[PER, i]
    refresh_costs(np.int64(COST), slope, row, k, at)
    refresh_costs(np.int64(PER), slope, row, k, at)
    for i in range(len(slope)):
        cost = defences[COST, i] + place * defences[PER, i]
        drift = larger(drift, abs(cost - defences[PLACE, i]))
    return drift


@part(error_model="numpy")
def refresh_costs(part, slope, row, k, at):
    """Writes the weights of the attacks and the costs of the defences, at μ = 0 or per μ.

    Args:
        part: COST for μ = 0, PER for the costs per μ.
        slope: (defences,) cost per μ.
        row: the first defence, which others are compared with.
        k: how many defences, and attacks, are played.
        at: the work space, changed in place.
    """
    who, slots, inverse, by_attack, defences = at.who, at.slots, at.inverse, at.by_attack, at.defences
    for c in range(k + 1):
        slots[ROW, c] = -inverse[0, c] if part == COST else 0.0
    for s in range(k):
        played = who[DEFENCE, s]
        cost = defences[BASE, played] if part == COST else slope[played] - slope[row]
        for c in range(k + 1):
            slots[ROW, c] -= inverse[1 + s, c] * cost
    for c in range(k):
        slots[WEIGHT + part, c] = slots[ROW, 1 + c]
    combine(slots, ROW, by_attack, who, ATTACK, k, defences)
    for i in range(len(slope)):
        cost = defences[BASE, i] if part == COST else slope[i] - slope[row]
        defences[part, i] = defences[FALL, i] + cost
    for s in range(k):
        defences[part, who[DEFENCE, s]] = 1.0 if part == COST else 0.0


@part(error_model="numpy")
def invert(system, width, inverse):
    """Writes the inverse of the leading square of a matrix, which is overwritten; False if it is singular.

    Args:
        system: (at least width, at least width), destroyed.
        width: rows and columns of the square.
        inverse: of the same shape, written in place.
    """
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
