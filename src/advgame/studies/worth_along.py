"""What the recommendation and each defence alone are worth while one number of a scenario moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advgame.arrays import FloatArray
from advgame.decision.situation import Situation
from advgame.games.tolerances import TIE
from advgame.studies.parameter_line import Line, played_along

Curve = tuple[tuple[float, float], ...]  # (value of the number, money per classified input)


@dataclass(frozen=True, eq=False)
class Worth:
    """Values to the defender along one number, where an answer was certified."""

    recommended: Curve
    defences: tuple[str, ...]
    alone_values: FloatArray  # (points, defences), money per classified input

    def alone(self, defence: str) -> Curve:
        """What one defence deployed alone is worth once the attacker has best-responded to it."""
        place = self.defences.index(defence)
        points = zip(self.recommended, self.alone_values[:, place].tolist(), strict=True)
        return tuple((number, value) for (number, _), value in points)


def worth_along(situation: Situation, address: str, values: Sequence[float]) -> Worth:
    """The defender's value of the recommendation, and of every defence alone, at some values of a number.

    >>> from advgame.scenarios import case
    >>> from advgame.decision.situation import situate
    >>> worth = worth_along(situate(case("cifar10-two-defences")), "largest_share", [0.0, 0.3])
    >>> [(share, round(value, 3)) for share, value in worth.alone("Standard")]
    [(0.0, 0.948), (0.3, 0.663)]

    Args:
        situation: the scenario and the concept that answers it.
        address: the number that moves.
        values: (k,) the values it takes; those at which nothing can be certified are left out.
    """
    defences = situation.accuracies.defences
    line = Line(situation, address)
    a, b = line.payoffs(values)
    (answers,) = played_along([(line, values)])
    solved = [place for place, answer in enumerate(answers) if answer is not None]
    points = tuple(
        (float(values[place]), float(answer.defender @ a[place] @ answer.attacker))
        for place, answer in enumerate(answers)
        if answer is not None
    )
    alone = values_alone(a[solved], b[solved], in_favour=situation.concept.ties_favour_defender)
    return Worth(points, defences, alone)


def values_alone(a: FloatArray, b: FloatArray, *, in_favour: bool) -> FloatArray:
    """What each row alone pays the defender against the attacker's best response, (games, defences).

    Args:
        a: (games, defences, attacks), to the defender.
        b: (games, defences, attacks), to the attacker.
        in_favour: whether the attacker breaks ties in the defender's favour.
    """
    slack = TIE * np.ptp(b, axis=(1, 2), keepdims=True)
    best = b >= b.max(axis=2, keepdims=True) - slack
    worst_value = -np.inf if in_favour else np.inf
    kept = np.where(best, a, worst_value)
    return np.asarray(kept.max(axis=2) if in_favour else kept.min(axis=2))
