"""The principal branch of logit quantal response equilibria, followed from uniform play by arclength.

A point is (w, v, λ): w and v are the logarithms of both players' weights, each summing to 0, with
x = softmax(w) and y = softmax(v). With payoffs A and B′ whose columns have means of 0 it satisfies

    w = λ A y    and    v = λ B′ x.

A step along the curve is predicted from its tangent and curvature, and Newton steps lead back to the curve
(Turocy 2005, doi:10.1016/j.geb.2004.04.003). The block of the derivatives that belongs to the player with
more strategies is the identity, so it is eliminated: a step is cheap if either player has few strategies.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import copysign, inf, sqrt

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.games import Game

ON_BRANCH = 1e-11  # the last Newton step, in units of the logarithms' own size
MOST_STEPS = 20_000
MOST_CORRECTIONS = 8
FIRST_STEP = 0.03
SMALLEST_STEP = 1e-9
FASTEST_GROWTH = 2.0  # of one step over the last
FORK_STEP = 1e-4  # the branch seems to turn round: believed, as a fork passed over, only in steps as small
LEAPS = tuple(10.0**exponent for exponent in range(-6, 1))  # over a fork at which shorter steps fail
FARTHEST_CORRECTION = 0.3  # of the step, beyond which a step may have landed on another branch
# Between a probability as predicted and as corrected; λ may hide this in the length
FURTHEST_PROBABILITY = 0.02
MOST_SHRUNK = 0.8  # the factor of a contraction; closer to 1 the branch leads there sooner
MOST_RESPONSES = 160
MOST_COMPARED = 40  # strategies that are compared in pairs
SETTLED = 1e-14  # the last change of a probability
SHARPEST_TURN = 0.9  # cosine of the angle between tangents, below which a step was too long


@dataclass(frozen=True, eq=False)
class Point:
    """A point or a direction of the curve."""

    many: FloatArray  # w, of the player with more strategies
    few: FloatArray  # v, of the other
    rationality: float  # λ, per unit of the larger payoff range

    def plus(self, step: float, along: Point) -> Point:
        """The point a number of steps further along a direction."""
        return Point(
            self.many + step * along.many,
            self.few + step * along.few,
            self.rationality + step * along.rationality,
        )

    def times(self, other: Point) -> float:
        """The scalar product."""
        return float(self.many @ other.many + self.few @ other.few + self.rationality * other.rationality)

    @property
    def length(self) -> float:
        """The Euclidean length."""
        return sqrt(self.times(self))

    @property
    def largest(self) -> float:
        """The largest absolute component."""
        return max(float(np.abs(self.many).max()), float(np.abs(self.few).max()), abs(self.rationality))


@dataclass(frozen=True, eq=False)
class Reached:
    """A point of the branch in the game's own order and unit."""

    rationality: float  # per unit of money
    defender: FloatArray
    attacker: FloatArray
    forks: tuple[float, ...]  # rationalities of the forks up to here


def branch_points(game: Game, rationality: float) -> Iterator[Reached]:
    """Points of the principal branch, in order, up to a given rationality.

    If the branch cannot be followed that far, it ends earlier.
    """
    curve = _Curve(game)
    forks: tuple[float, ...] = ()
    for place, forked in curve.points(rationality * curve.scale):
        if forked:
            forks = (*forks, place.rationality / curve.scale)
        arrived = place.rationality == rationality * curve.scale
        yield curve.reached(place, rationality if arrived else place.rationality / curve.scale, forks)


def only_response(game: Game, rationality: float) -> Reached | None:
    """The quantal response equilibrium of a game, where it is proven to be the only one; otherwise None.

    See ``only_responses`` for the condition.
    """
    centred = game.centred
    answered, defender, attacker = only_responses(
        centred.defender_payoffs[None], centred.attacker_payoffs[None], rationality
    )
    return Reached(rationality, defender[0], attacker[0], ()) if answered[0] else None


def only_responses(
    a: FloatArray, b: FloatArray, rationality: float
) -> tuple[NDArray[np.bool_], FloatArray, FloatArray]:
    """The quantal response equilibria of many games, where they are proven to be the only ones.

    Let the opponent's strategy move by t in total variation. Differences between a player's expected payoffs
    then change by at most t times the player's largest ``interactions``, and the logit response moves by at
    most λ/4 times that change. Where the product of both players' factors is below 1, alternating responses
    are a contraction: their fixed point is unique, lies on the branch, and is reached from any start.

    Args:
        a: (games, defences, attacks), payoffs of the defender.
        b: (games, defences, attacks), payoffs of the attacker.
        rationality: λ, per unit of money.

    Returns:
        A mask of the solved games (games,), and both mixed strategies (games, defences), (games, attacks).
    """
    games, defences, attacks = a.shape
    unsettled = np.flatnonzero(_contracts(a, b, rationality))
    answered = np.zeros(games, np.bool_)
    defender, attacker = np.full((games, defences), 1 / defences), np.full((games, attacks), 1 / attacks)
    for _ in range(MOST_RESPONSES):
        before = attacker[unsettled]
        response = _softmaxes(rationality * np.einsum("gij,gj->gi", a[unsettled], before))
        reply = _softmaxes(rationality * np.einsum("gij,gi->gj", b[unsettled], response))
        attacker[unsettled] = reply
        done = np.abs(reply - before).max(axis=1, initial=0.0) <= SETTLED
        ready = unsettled[done]
        defender[ready] = _softmaxes(rationality * np.einsum("gij,gj->gi", a[ready], attacker[ready]))
        answered[ready] = True
        unsettled = unsettled[~done]
        if len(unsettled) == 0:
            break
    return answered, defender, attacker


def _contracts(a: FloatArray, b: FloatArray, rationality: float) -> NDArray[np.bool_]:
    """Whether alternating responses are proven to be a contraction in each game, (games,)."""
    factor = (rationality / 4) ** 2
    least, most = (of_a * of_b * factor for of_a, of_b in zip(_bounds(a), _bounds(b), strict=True))
    proven: NDArray[np.bool_] = most <= MOST_SHRUNK
    open_ = np.flatnonzero(~proven & (least <= MOST_SHRUNK))  # games that need the exact numbers
    if len(open_) and min(a.shape[1:]) <= MOST_COMPARED:
        proven[open_] = interactions(a[open_]) * interactions(b[open_]) * factor <= MOST_SHRUNK
    return proven


def interactions(payoffs: FloatArray) -> FloatArray:
    """How much the gain from one strategy over another can depend on the opponent, (games,).

    The largest ``|p[i, j] - p[k, j] - p[i, l] + p[k, l]|`` of each game: at most twice the range of the
    payoffs, and 0 where a player's gain never depends on what the opponent does.

    >>> interactions(np.array([[[1, 0], [0, 1]], [[5, 4], [3, 2]]])).tolist()
    [2.0, 0.0]

    Args:
        payoffs: (games, defences, attacks), of one player.
    """
    fewer = _fewer_first(payoffs)
    largest = np.zeros(len(payoffs))
    for first, second in combinations(range(fewer.shape[1]), 2):
        np.maximum(largest, np.ptp(fewer[:, first] - fewer[:, second], axis=1), out=largest)
    return largest


def _bounds(payoffs: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Bounds on the interactions, from comparisons with one strategy only."""
    fewer = _fewer_first(payoffs)
    with_first = np.ptp(fewer - fewer[:, :1], axis=2).max(axis=1)
    return with_first, 2.0 * with_first


def _fewer_first(payoffs: FloatArray) -> FloatArray:
    return payoffs if payoffs.shape[1] <= payoffs.shape[2] else payoffs.swapaxes(1, 2)


class _Curve:
    """The equations of one game, payoffs in units of the larger range."""

    def __init__(self, game: Game) -> None:
        centred = game.centred
        ranges = [
            float(np.ptp(payoffs_of_player))
            for payoffs_of_player in (centred.defender_payoffs, centred.attacker_payoffs)
        ]
        self.scale = max(ranges) or 1.0
        by_defence = _from_mean(centred.defender_payoffs / self.scale)
        by_attack = _from_mean(centred.attacker_payoffs.T / self.scale)
        self.turned = game.shape[0] < game.shape[1]
        self.to_many, self.to_few = (by_attack, by_defence) if self.turned else (by_defence, by_attack)

    def reached(self, place: Point, rationality: float, forks: tuple[float, ...]) -> Reached:
        """The point as probabilities of defender and attacker."""
        strategies = _softmax(place.many), _softmax(place.few)
        return Reached(rationality, *(strategies[::-1] if self.turned else strategies), forks)

    def points(self, target: float) -> Iterator[tuple[Point, bool]]:
        """Points up to the target, each with whether the branch forks shortly before it."""
        origin = Point(np.zeros(len(self.to_many)), np.zeros(len(self.to_few)), 0.0)
        yield origin, False
        if target == 0:
            return
        straight = Point(np.zeros_like(origin.many), np.zeros_like(origin.few), 1.0)
        tangent, side = self.tangent(origin, straight)
        way = _Way(origin, tangent, side, Point(origin.many, origin.few, 0.0))
        step = FIRST_STEP
        for _ in range(MOST_STEPS):
            following = self.next(way, step)
            forked = following is not None and following[0].side != way.side
            if following is None:
                step /= 2
                if step >= SMALLEST_STEP:
                    continue
                following = self.leap(way)
                if following is None:
                    return
                step, forked = FIRST_STEP / 10, True
            ahead, eased = following
            if ahead.point.rationality >= target:
                arrived = self.at(target, way.point, ahead.point)
                if arrived is not None:
                    yield arrived, forked
                    return
                step /= 2
                if step < SMALLEST_STEP:
                    return
                continue
            way = ahead
            step *= eased
            yield way.point, forked

    def next(self, way: _Way, step: float) -> tuple[_Way, float] | None:
        """The next point and the growth factor of the step; None if the step is too long."""
        predicted = way.point.plus(step, way.tangent).plus(step * step / 2, way.curvature)
        corrected = self.corrected(predicted, way.tangent)
        if corrected is None or corrected.rationality < 0:
            return None
        missed = corrected.plus(-1.0, predicted).length
        misled = _furthest_probability(corrected, predicted)
        if missed > FARTHEST_CORRECTION * step + 1e-12 or misled > FURTHEST_PROBABILITY:
            return None
        tangent, side = self.tangent(corrected, way.tangent)
        turn = tangent.times(way.tangent)
        turned_round = step > FORK_STEP and side != way.side
        if turn < SHARPEST_TURN or turned_round:
            return None
        change = tangent.plus(-1.0, way.tangent)
        curvature = Point(change.many / step, change.few / step, change.rationality / step)
        missed_by_turn = (1 - turn) / (1 - SHARPEST_TURN)
        ease = max(missed / (FARTHEST_CORRECTION * step), misled / FURTHEST_PROBABILITY, missed_by_turn)
        growth = FASTEST_GROWTH if ease < 0.1 else 1.3 if ease < 0.4 else 1.0
        return _Way(corrected, tangent, side, curvature), growth

    def leap(self, way: _Way) -> tuple[_Way, float] | None:
        """The continuation beyond a fork: the branch closest to straight on."""
        for step in LEAPS:
            corrected = self.corrected(way.point.plus(step, way.tangent), way.tangent)
            if corrected is None or corrected.rationality < 0:
                continue
            tangent, side = self.tangent(corrected, way.tangent)
            if (
                tangent.times(way.tangent) > 0
                and corrected.plus(-1.0, way.point).times(way.tangent) > step / 2
            ):
                flat = Point(np.zeros_like(tangent.many), np.zeros_like(tangent.few), 0.0)
                return _Way(corrected, tangent, side, flat), 1.0
        return None

    def at(self, target: float, start: Point, end: Point) -> Point | None:
        """The point of the branch at a rationality between two points; None if it is not close."""
        change = end.plus(-1.0, start)
        between = start.plus((target - start.rationality) / change.rationality, change)
        between = Point(between.many, between.few, target)
        corrected_point = self.corrected(between, None)
        far = change.length * FARTHEST_CORRECTION + 1e-12
        return (
            None
            if corrected_point is None or corrected_point.plus(-1.0, between).length > far
            else corrected_point
        )

    def tangent(self, point: Point, before: Point) -> tuple[Point, float]:
        """The tangent that continues in the direction of ``before``, and its orientation.

        The orientation, 1 or −1, changes along a branch only at forks and when it reverses.
        """
        slopes = _Slopes(self, point)
        direction = slopes.solved(Point(0 * point.many, 0 * point.few, 0.0), before, 1.0)
        if direction is None:
            return before, 0.0
        length = direction.length
        tangent = Point(direction.many / length, direction.few / length, direction.rationality / length)
        return tangent, copysign(1.0, slopes.determinant(tangent))

    def corrected(self, point: Point, across: Point | None) -> Point | None:
        """Newton steps onto the branch, in the plane normal to ``across`` or at a fixed rationality."""
        for _ in range(MOST_CORRECTIONS):
            slopes = _Slopes(self, point)
            change = slopes.solved(slopes.missed, across, 0.0)
            if change is None:
                return None
            point = point.plus(1.0, change)
            largest = change.largest
            if not largest < inf:
                return None
            if largest <= ON_BRANCH * (1 + point.largest):
                return point
        return None


@dataclass(frozen=True, eq=False)
class _Way:
    """A point of the branch with its direction."""

    point: Point
    tangent: Point
    side: float
    curvature: Point


class _Slopes:
    """The equations and their derivatives at a point."""

    def __init__(self, curve: _Curve, point: Point) -> None:
        self.x, self.y = _softmax(point.many), _softmax(point.few)
        self.pay_of_many, self.pay_of_few = curve.to_many @ self.y, curve.to_few @ self.x
        rationality = point.rationality
        self.missed = Point(
            rationality * self.pay_of_many - point.many, rationality * self.pay_of_few - point.few, 0.0
        )
        self.many = rationality * (curve.to_many * self.y - np.outer(self.pay_of_many, self.y))  # ∂w/∂v
        self.few = rationality * (curve.to_few * self.x - np.outer(self.pay_of_few, self.x))  # ∂v/∂w

    def solved(self, missed: Point, across: Point | None, forward: float) -> Point | None:
        """The change that removes the residual and advances by a given amount along a direction."""
        system, right = self._reduced(missed, across, forward)
        try:
            solution = np.linalg.solve(system, right)
        except np.linalg.LinAlgError:
            return None
        few, rationality = np.asarray(solution[:-1], dtype=np.float64), float(solution[-1])
        return Point(missed.many + self.many @ few + self.pay_of_many * rationality, few, rationality)

    def determinant(self, across: Point) -> float:
        """The sign of the determinant of all derivatives and a direction."""
        return float(np.linalg.slogdet(self._reduced(across, across, 0.0)[0])[0])

    def _reduced(self, missed: Point, across: Point | None, forward: float) -> tuple[FloatArray, FloatArray]:
        """The reduced system for the player with fewer strategies and λ."""
        count = len(self.y)
        system, right = np.empty((count + 1, count + 1)), np.empty(count + 1)
        system[:count, :count] = np.eye(count) - self.few @ self.many
        system[:count, count] = -(self.pay_of_few + self.few @ self.pay_of_many)
        right[:count] = missed.few + self.few @ missed.many
        if across is None:
            system[count, :count], system[count, count], right[count] = 0.0, 1.0, forward
        else:
            system[count, :count] = across.few + across.many @ self.many
            system[count, count] = across.rationality + across.many @ self.pay_of_many
            right[count] = forward - across.many @ missed.many
        return system, right


def _softmaxes(logarithms: FloatArray) -> FloatArray:
    """Like ``_softmax``, for each row."""
    weights = np.exp(logarithms - logarithms.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _softmax(logarithms: FloatArray) -> FloatArray:
    weights = np.exp(logarithms - logarithms.max())
    return np.asarray(weights / weights.sum())


def _furthest_probability(first: Point, second: Point) -> float:
    """The largest difference between probabilities at two points."""
    pairs = (first.many, second.many), (first.few, second.few)
    return max(float(np.abs(_softmax(a) - _softmax(b)).max()) for a, b in pairs)


def _from_mean(payoffs: FloatArray) -> FloatArray:
    return np.asarray(payoffs - payoffs.mean(axis=0), dtype=np.float64)
