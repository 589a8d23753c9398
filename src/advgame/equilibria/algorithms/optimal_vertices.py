"""All vertices of a best-response polyhedron that are optimal somewhere along a line of costs, exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.algorithms.exact_tableau import Corner, Whole, members, pure_corner


@dataclass(frozen=True, eq=False)
class Goal:
    """The objective Σ_g weight_g u_g + (cost + μ slope)·z, minimised for some μ from ``low`` to ``high``.

    ``blur`` is the tolerance of each own cost. Without weights and costs every vertex is optimal.
    """

    weight: Sequence[int]  # of each level, at least 0
    cost: Whole  # (own strategies,)
    slope: Whole  # (own strategies,)
    blur: Whole  # (own strategies,), at least 0
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(0)


def everything(own: int, levels: int) -> Goal:
    """The goal for which every vertex is optimal."""
    nothing = np.zeros(own, dtype=object)
    return Goal([0] * levels, nothing, nothing, nothing)


def optimal_corners(
    payoffs: Whole, own_group: Sequence[int], reply_group: Sequence[int], goal: Goal, deadline: Deadline
) -> Iterator[Corner]:
    """Every vertex that may be optimal for some μ and some costs within the blur, with one or more bases.

    Vertices that are optimal for objectives of a convex set are connected by optimal edges, because their
    normal cones cover the set, so a search along such edges finds all. A vertex is accepted if the bounds on
    each reduced cost allow it, even if their conjunction does not, so there may be a few too many.

    >>> pennies = np.array([[1, -1], [-1, 1]], dtype=object)
    >>> found = optimal_corners(pennies, [0, 0], [0, 0], everything(2, 1), Deadline(5))
    >>> sorted([str(share) for share in corner.mix()] for corner in found)
    [['0', '1'], ['1', '0'], ['1/2', '1/2']]

    Args:
        payoffs: payoffs of the opponent, (replies, own strategies), integers.
        own_group: which group each own strategy belongs to: 0, 1, ….
        reply_group: which group each reply belongs to.
        goal: the objective.
        deadline: limit of the computation.

    Raises:
        TimeUp: when the deadline passes first.
    """
    objective = goal.weight, goal.cost, goal.slope
    start = pure_corner(
        payoffs, _cheapest(payoffs, own_group, reply_group, goal), own_group, reply_group, objective
    )
    waiting = [_optimum(start, goal.low, deadline)]
    seen = {frozenset(waiting[0].basic)}
    while waiting:
        corner = waiting.pop()
        deadline.spend(corner.work)
        yield corner
        inside = frozenset(corner.basic)
        for column in _optimal_edges(corner, goal):
            row = corner.leaving_row(column)
            if row is None:
                continue  # an unbounded edge: only a level rises
            neighbour = inside - {corner.basic[row]} | {corner.nonbasic[column]}
            if neighbour not in seen:
                seen.add(neighbour)
                waiting.append(corner.moved(row, column))


def span(corner: Corner, goal: Goal) -> tuple[Fraction, Fraction] | None:
    """The lowest and highest μ at which no reduced cost is below −blur; None if there is none."""
    blurs = _blurs(corner, goal.blur)
    low, high = goal.low, goal.high
    if low < high:
        for cost, slope, blur in zip(*corner.body[-2:, :-1].tolist(), blurs.tolist(), strict=True):
            bound = -cost - blur  # μ slope is at least that
            if slope > 0 and bound * low.denominator > low.numerator * slope:
                low = Fraction(bound, slope)
            elif slope < 0 and bound * high.denominator > high.numerator * slope:
                high = Fraction(bound, slope)
    at_low, at_high = (_reduced(corner, place) + blurs * place.denominator for place in (low, high))
    return (low, high) if low <= high and at_low.min() >= 0 and at_high.min() >= 0 else None


def _optimal_edges(corner: Corner, goal: Goal) -> list[int]:
    """The columns that may enter at no cost, for a μ at which the vertex may be optimal."""
    places = span(corner, goal)
    if places is None:
        return []
    blurs = _blurs(corner, goal.blur)
    at_ends = [_reduced(corner, place) <= blurs * place.denominator for place in set(places)]
    return list(np.flatnonzero(np.any(at_ends, axis=0)).tolist())


def _reduced(corner: Corner, place: Fraction) -> Whole:
    """The reduced costs at one μ, times the vertex's unit and the denominator of μ."""
    costs, slopes = corner.body[-2, :-1], corner.body[-1, :-1]
    return np.asarray(costs * place.denominator + slopes * place.numerator)


def _blurs(corner: Corner, blur: Whole) -> Whole:
    """The tolerance of each reduced cost, times the vertex's unit."""
    if not blur.any():
        return np.zeros(len(corner.nonbasic), dtype=object)
    rows = [row for row, label in enumerate(corner.basic) if label < corner.own]
    carried = blur[[corner.basic[row] for row in rows]] @ np.abs(corner.body[rows, :-1])
    own = [blur[label] * corner.unit if label < corner.own else 0 for label in corner.nonbasic]
    return np.asarray(np.array(own, dtype=object) + carried)


def _optimum(corner: Corner, place: Fraction, deadline: Deadline) -> Corner:
    """A vertex that is optimal at one μ; the lexicographic rule prevents cycles."""
    while True:
        deadline.spend(corner.work)
        costs = _reduced(corner, place)
        column = int(costs.argmin())
        row = corner.leaving_row(column) if costs[column] < 0 else None
        if row is None:
            return corner
        corner = corner.moved(row, column)


def _cheapest(payoffs: Whole, own_group: Sequence[int], reply_group: Sequence[int], goal: Goal) -> list[int]:
    """The strategy of each group with the lowest cost at the lowest μ when played alone."""
    tops = np.array([payoffs[group].max(axis=0) for group in members(reply_group)], dtype=object)
    cost = np.array(goal.weight, dtype=object) @ tops + goal.cost
    cost = cost * goal.low.denominator + goal.slope * goal.low.numerator
    return [min(group, key=cost.__getitem__) for group in members(own_group)]
