"""Logit quantal response: both players err, and err less the more an error costs.

Each plays a strategy with a probability proportional to exp(λ · what it pays against the other's mix)
(McKelvey and Palfrey 1995, doi:10.1006/game.1995.1023). λ = 0 is blind chance; as it grows, the branch of
equilibria that starts there leads to a Nash equilibrium. The branch is followed by its arclength, so that it
is not lost where it turns back (Turocy 2005, doi:10.1016/j.geb.2004.04.003): a step along the tangent, then
Newton steps back onto the branch, in the logarithms of the probabilities.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from advgame.equilibria.solution import Concept, Solution, certified
from advgame.errors import GameError
from advgame.games import Certificate, Game, Profile
from advgame.games.game import FloatArray
from advgame.games.profile import earnings

ON_BRANCH = 1e-11  # residual of the equations, in units of the logarithms' own size
MOST_STEPS = 20_000
MOST_CORRECTIONS = 8
FIRST_STEP = 0.03
SMALLEST_STEP = 1e-9
FORK_STEP = 1e-4  # the branch seems to turn round: believed, as a fork passed over, only in steps as small
FARTHEST_CORRECTION = 0.3  # of the step, beyond which a step may have landed on another branch
SHARPEST_TURN = 0.9  # cosine of the angle between tangents, below which a step was too long
LOST = "The branch could be followed up to a rationality of {:g} only."


@dataclass(frozen=True, eq=False)
class Branch:
    """Points of the branch that starts from blind chance, in the order they are met."""

    rationality: FloatArray  # (k,) per unit of money; it may turn back
    defender: FloatArray  # (k, defences) probabilities
    attacker: FloatArray  # (k, attacks) probabilities


@dataclass(frozen=True)
class QuantalResponse(Concept):
    """The logit quantal response equilibrium of players who are only so rational.

    ``rationality`` is λ, per unit of the payoffs' money. The certificate does not say that nobody gains by
    deviating (who errs does): its two numbers are by how much a probability of the defender, and of the
    adversary, differs from the logit response to the other's mix.
    """

    name: ClassVar[str] = "quantal_response"
    rationality: float = 10.0  # λ, per unit of money

    def solve(self, game: Game) -> Solution:
        """The first equilibrium of that rationality on the branch that starts from blind chance.

        >>> pennies = Game([[2, 0], [0, 1]], [[0, 1], [1, 0]])
        >>> QuantalResponse(2.0).solve(pennies).recommended.defender.round(3).tolist()
        [0.6, 0.4]

        Raises:
            GameError: when the rationality is negative or not finite.
        """
        *_, (reached, logs) = _points(game, self._checked_rationality())
        arrived = reached == self.rationality
        profile = _responding(game, self.rationality, logs)
        return Solution(
            self.name,
            game,
            certified([profile]) if arrived else (),
            components=(),
            complete=False,
            rule=f"the logit response of players with a rationality of {self.rationality:g}",
            method="continuation from blind chance",
            remark="Others may exist at this rationality." if arrived else LOST.format(reached),
        )

    def _checked_rationality(self) -> float:
        if not np.isfinite(self.rationality) or self.rationality < 0:
            raise GameError(f"rationality is {self.rationality}; give a finite number of at least 0.")
        return self.rationality


def principal_branch(game: Game, rationality: float) -> Branch:
    """The branch from blind chance to where it first reaches a rationality.

    >>> branch = principal_branch(Game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]), 5.0)
    >>> branch.rationality[[0, -1]].round(9).tolist(), branch.defender[-1].round(9).tolist()
    ([0.0, 5.0], [0.5, 0.5])

    Raises:
        GameError: when the rationality is negative or not finite.
    """
    points = list(_points(game, QuantalResponse(rationality)._checked_rationality()))
    logs = np.array([each for _, each in points])
    defender, attacker = np.split(np.exp(logs), [game.shape[0]], axis=1)
    return Branch(np.array([place for place, _ in points]), defender, attacker)


def _responding(game: Game, rationality: float, logs: FloatArray) -> Profile:
    """The profile with the distance of each mix from the logit response to the other."""
    defender, attacker = (np.exp(part) / np.exp(part).sum() for part in np.split(logs, [game.shape[0]]))
    centred = game.centred
    to_defender, to_attacker = centred.defender_payoffs @ attacker, defender @ centred.attacker_payoffs
    return Profile(
        defender,
        attacker,
        *earnings(game, defender, attacker),
        Certificate(
            float(np.abs(defender - logit(rationality * to_defender)).max()),
            float(np.abs(attacker - logit(rationality * to_attacker)).max()),
        ),
    )


def logit(utilities: FloatArray) -> FloatArray:
    """Probabilities in proportion to the exponentials of utilities.

    >>> logit(np.array([1000.0, 1000.0 + np.log(3)])).round(9).tolist()
    [0.25, 0.75]
    """
    weights = np.exp(utilities - utilities.max())
    return np.asarray(weights / weights.sum())


def _points(game: Game, rationality: float) -> Iterator[tuple[float, FloatArray]]:
    """Rationality and log-probabilities of points of the branch; the last has the rationality asked for."""
    equations = _Equations(game)
    target = rationality * equations.scale
    here = equations.start()
    yield 0.0, here[:-1]
    if target == 0:
        return
    tangent = equations.tangent(here, np.append(np.zeros(len(here) - 1), 1.0))
    step = FIRST_STEP
    for _ in range(MOST_STEPS):
        found = equations.next(here, tangent, step)
        if found is None:
            step /= 2
            if step < SMALLEST_STEP:
                return
            continue
        there, turned, quick = found
        if there[-1] >= target:
            arrived = equations.at(target, here, there)
            if arrived is not None:
                yield rationality, arrived[:-1]
                return
            step /= 2
            if step < SMALLEST_STEP:
                return
            continue
        here, tangent = there, turned
        step *= 1.5 if quick else 1.0
        yield here[-1] / equations.scale, here[:-1]


class _Equations:
    """What the logarithms of a quantal response satisfy, payoffs in units of the larger range.

    A point is (log x, log y, λ). For each player, log x_i − log x_0 = λ ((Ay)_i − (Ay)_0) for i > 0,
    and the probabilities sum to 1.
    """

    def __init__(self, game: Game) -> None:
        ranges = float(np.ptp(game.defender_payoffs)), float(np.ptp(game.attacker_payoffs))
        self.scale = max(ranges) or 1.0
        self.rows, self.columns = game.shape
        self.to_defender = (game.defender_payoffs - game.defender_payoffs[0]) / self.scale
        self.to_attacker = (game.attacker_payoffs.T - game.attacker_payoffs[:, 0]) / self.scale

    def start(self) -> FloatArray:
        """Blind chance."""
        uniform = [np.full(count, -np.log(count)) for count in (self.rows, self.columns)]
        return np.concatenate([*uniform, [0.0]])

    def residual(self, point: FloatArray) -> FloatArray:
        """By how much a point misses the equations."""
        u, v, rationality = self._parts(point)
        x, y = np.exp(u), np.exp(v)
        of_defender = u - u[0] - rationality * (self.to_defender @ y)
        of_attacker = v - v[0] - rationality * (self.to_attacker @ x)
        of_defender[0], of_attacker[0] = x.sum() - 1, y.sum() - 1
        return np.concatenate([of_defender, of_attacker])

    def slopes(self, point: FloatArray) -> FloatArray:
        """The derivatives of the residual, (m + n, m + n + 1)."""
        u, v, rationality = self._parts(point)
        x, y = np.exp(u), np.exp(v)
        upper = np.hstack(
            [_differences(self.rows), -rationality * self.to_defender * y, -(self.to_defender @ y)[:, None]]
        )
        lower = np.hstack(
            [
                -rationality * self.to_attacker * x,
                _differences(self.columns),
                -(self.to_attacker @ x)[:, None],
            ]
        )
        upper[0], lower[0] = 0.0, 0.0
        upper[0, : self.rows], lower[0, self.rows : -1] = x, y
        return np.vstack([upper, lower])

    def tangent(self, point: FloatArray, before: FloatArray) -> FloatArray:
        """The direction of the branch, that goes on the way ``before`` went."""
        direction = np.linalg.qr(self.slopes(point).T, mode="complete")[0][:, -1]
        return np.asarray(direction if direction @ before >= 0 else -direction)

    def next(
        self, here: FloatArray, tangent: FloatArray, step: float
    ) -> tuple[FloatArray, FloatArray, bool] | None:
        """The next point of the branch, its tangent, whether it was easy; None if the step is too long."""
        predicted = here + step * tangent
        corrected = self._corrected(predicted, tangent)
        if corrected is None or np.linalg.norm(corrected - predicted) > FARTHEST_CORRECTION * step + 1e-12:
            return None
        turned = self.tangent(corrected, tangent)
        turn = float(turned @ tangent)
        turned_round = step > FORK_STEP and self._side(corrected, turned) != self._side(here, tangent)
        if turn < SHARPEST_TURN or turned_round or corrected[-1] < 0:
            return None
        return corrected, turned, turn > 1 - (1 - SHARPEST_TURN) / 4

    def _side(self, point: FloatArray, tangent: FloatArray) -> float:
        """1 or −1: it changes along a branch at forks only, and if one turns round."""
        return float(np.linalg.slogdet(np.vstack([self.slopes(point), tangent]))[0])

    def at(self, rationality: float, here: FloatArray, there: FloatArray) -> FloatArray | None:
        """The point of the branch at a rationality passed between two points; None if that is not near."""
        share = (rationality - here[-1]) / (there[-1] - here[-1])
        between = here + share * (there - here)
        between[-1] = rationality
        fixed = np.append(np.zeros(len(here) - 1), 1.0)
        found = self._corrected(between, fixed)
        far = np.linalg.norm(there - here) * FARTHEST_CORRECTION
        return None if found is None or np.linalg.norm(found - between) > far + 1e-12 else found

    def _corrected(self, point: FloatArray, across: FloatArray) -> FloatArray | None:
        """Newton steps onto the branch, in the plane that ``across`` is normal to."""
        for _ in range(MOST_CORRECTIONS):
            missed = self.residual(point)
            system = np.vstack([self.slopes(point), across])
            try:
                change = np.linalg.solve(system, np.append(-missed, 0.0))
            except np.linalg.LinAlgError:
                return None
            point = point + change
            if not np.all(np.isfinite(point)) or point[:-1].max() > 1.0:
                return None
            if float(np.abs(change).max()) <= ON_BRANCH * (1 + float(np.abs(point).max())):
                return point
        return None

    def _parts(self, point: FloatArray) -> tuple[FloatArray, FloatArray, float]:
        return point[: self.rows], point[self.rows : -1], float(point[-1])


def _differences(count: int) -> FloatArray:
    """The matrix that takes z to z − z_0."""
    matrix = np.eye(count)
    matrix[:, 0] -= 1.0
    return matrix
