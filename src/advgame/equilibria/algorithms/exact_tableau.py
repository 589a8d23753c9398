"""Vertices of the best-response polyhedron, and exact pivots between them.

A player's mixed strategy is z; the level u_g is at least the payoff of every reply r of group g:

    z ≥ 0,  Σ z = 1 in each group of own strategies,  s_r = u_g − (M z)_r ≥ 0 for every reply r of group g.

A single attacker is one group; with several attacker types, each type is a group. Label k is own strategy k,
label (own strategies + r) the slack s_r. The tableau is condensed: one row per basic variable, one column per
nonbasic one. Fraction-free pivots (Edmonds 1967; Bareiss 1968) keep every entry an integer over a common
denominator; the lexicographic rule keeps the path on one perturbed polyhedron, in which no two vertices
coincide and none is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[Any]  # integers of any size
ExactMix = tuple[Fraction, ...]

PER_PIVOT, PER_ENTRY, PER_BIT = 5e-5, 2e-6, 2.5e-8  # nominal seconds, an upper estimate (CPython 3.11)


@dataclass(frozen=True, eq=False)
class Corner:
    """One basis of the polyhedron, expressed in the nonbasic variables.

    basic_i + Σ_k body_ik / unit · nonbasic_k = body_i,-1 / unit. The last two rows are the reduced costs,
    times the unit, of the objective cost·z + μ slope·z + Σ weight_g u_g at μ = 0, and their slopes in μ.
    """

    body: Whole  # (basic + 2, nonbasic + 1)
    unit: int
    basic: tuple[int, ...]
    nonbasic: tuple[int, ...]
    first: tuple[int, ...]  # the initial basis: the order of the lexicographic rule
    own: int  # number of own strategies

    @property
    def work(self) -> float:
        """The nominal seconds of a pivot, which grow with the tableau and its numbers."""
        return PER_PIVOT + self.body.size * (PER_ENTRY + self.unit.bit_length() * PER_BIT)

    @property
    def values(self) -> list[int]:
        """The basic variables, times the unit."""
        return list(self.body[:-2, -1].tolist())

    def zeros(self) -> frozenset[int]:
        """The labels of all variables that are 0; they identify a vertex, whatever its basis."""
        at_zero = (label for label, value in zip(self.basic, self.values, strict=True) if value == 0)
        return frozenset((*self.nonbasic, *at_zero))

    def mix(self) -> ExactMix:
        """The probabilities of the own strategies."""
        shares = [Fraction(0)] * self.own
        for label, value in zip(self.basic, self.values, strict=True):
            if label < self.own and value:
                shares[label] = Fraction(value, self.unit)
        return tuple(shares)

    def leaving_row(self, column: int) -> int | None:
        """The leaving row for an entering variable, ties broken lexicographically; None if unbounded."""
        entering = self.body[:-2, column].tolist()
        rows = [row for row, entry in enumerate(entering) if entry > 0]
        if not rows:
            return None
        rows = _least_ratio(self.values, entering, rows)
        if len(rows) > 1:
            rows = self._first_of_ties(entering, rows)
        return rows[0]

    def _first_of_ties(self, entering: list[int], rows: list[int]) -> list[int]:
        """The tied row that is lexicographically least in the full tableau, relative to its pivot."""
        column_of = {label: column for column, label in enumerate(self.nonbasic)}
        for label in self.first:
            if label in column_of:
                rows = _least_ratio(self.body[:-2, column_of[label]].tolist(), entering, rows)
            else:  # a column of the identity: only the row of its own variable is nonzero
                rows = [row for row in rows if self.basic[row] != label] or rows
            if len(rows) == 1:
                break
        return rows

    def moved(self, row: int, column: int) -> Corner:
        """The vertex after exchanging the variables of a row and a column."""
        body, pivot = self.body, self.body[row, column]
        changed = (body * pivot - np.outer(body[:, column], body[row])) // self.unit
        changed[row] = body[row]
        changed[:, column] = -body[:, column]
        changed[row, column] = self.unit
        basic, nonbasic = list(self.basic), list(self.nonbasic)
        basic[row], nonbasic[column] = nonbasic[column], basic[row]
        return Corner(changed, int(pivot), tuple(basic), tuple(nonbasic), self.first, self.own)


def pure_corner(
    payoffs: Whole,
    chosen: Sequence[int],
    own_group: Sequence[int],
    reply_group: Sequence[int],
    objective: tuple[Sequence[int], Whole, Whole],
) -> Corner:
    """The vertex of one pure strategy in each group.

    Args:
        payoffs: M, (replies, own strategies), integers.
        chosen: the strategy of each group.
        own_group: which group each own strategy belongs to: 0, 1, ….
        reply_group: which group each reply belongs to.
        objective: weights of the levels, costs of the own strategies and their slopes.
    """
    replies, own = payoffs.shape
    weights, cost, slope = objective
    base = payoffs[:, list(chosen)].sum(axis=1)
    tops = [max(group, key=base.__getitem__) for group in members(reply_group)]
    unchosen = [k for k in range(own) if k not in chosen]
    slacks = [r for r in range(replies) if r not in tops]
    top_of = [tops[reply_group[r]] for r in slacks]
    place_of = [chosen[own_group[k]] for k in unchosen]
    relative = payoffs[:, unchosen] - payoffs[:, place_of]
    height, width = len(slacks), len(unchosen)
    body = np.zeros((height + len(chosen) + 2, width + len(tops) + 1), dtype=object)
    body[:height, :width] = relative[slacks] - relative[top_of]
    for row, r in enumerate(slacks):
        body[row, width + reply_group[r]] = -1
    body[:height, -1] = base[top_of] - base[slacks]
    for group in range(len(chosen)):  # the probabilities of a group sum to 1
        body[height + group, :width] = [int(own_group[k] == group) for k in unchosen]
        body[height + group, -1] = 1
    body[-2, :width] = np.array(weights, dtype=object) @ relative[tops] + cost[unchosen] - cost[place_of]
    body[-2, width:-1] = weights
    body[-1, :width] = slope[unchosen] - slope[place_of]
    basic = (*(own + r for r in slacks), *chosen)
    return Corner(body, 1, basic, (*unchosen, *(own + top for top in tops)), basic, own)


def members(group_of: Sequence[int]) -> list[list[int]]:
    """The indices of the members of each group.

    >>> members([0, 1, 0])
    [[0, 2], [1]]
    """
    groups: list[list[int]] = [[] for _ in range(max(group_of) + 1)]
    for place, group in enumerate(group_of):
        groups[group].append(place)
    return groups


def fractions(payoffs: NDArray[Any]) -> NDArray[Any]:
    """Payoffs as rational numbers; a float represents the number it stores."""
    return np.array([[Fraction(value) for value in row] for row in payoffs.tolist()], dtype=object)


def whole(payoffs: NDArray[Any]) -> tuple[Whole, int]:
    """Payoffs times their common denominator, and that denominator; a float represents the number it stores.

    >>> numbers, denominator = whole(np.array([[0.5, 0.75]]))
    >>> numbers.tolist(), denominator
    ([[2, 3]], 4)
    """
    exact = fractions(payoffs).tolist()
    denominator = lcm(*(value.denominator for row in exact for value in row))
    numbers = [[value.numerator * (denominator // value.denominator) for value in row] for row in exact]
    return np.array(numbers, dtype=object), denominator


def _least_ratio(values: list[int], entering: list[int], rows: list[int]) -> list[int]:
    best = [rows[0]]
    for row in rows[1:]:
        difference = values[row] * entering[best[0]] - values[best[0]] * entering[row]
        if difference < 0:
            best = [row]
        elif difference == 0:
            best.append(row)
    return best
