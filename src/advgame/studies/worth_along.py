"""What the recommendation and each defence alone are worth while one number of a scenario moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advgame.arrays import FloatArray
from advgame.decision.recommendation import values_alone
from advgame.decision.situation import Situation
from advgame.studies.parameter_line import Answers, Line, budget_for_neighbours

Curve = tuple[tuple[float, float], ...]  # (value of the number, money per classified input)


@dataclass(frozen=True, eq=False)
class Worth:
    """Values to the defender along one number, where an answer was certified."""

    recommended: Curve
    cut_short: bool  # whether values are missing that would have taken too much work
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
        values: (k,) the values it takes; those at which nothing can be certified, or not within the work
            allowed for all, are left out.
    """
    defences = situation.accuracies.defences
    line = Line(situation, address)
    a, b = line.payoffs(values)
    found = Answers([(line, values)], budget_for_neighbours())
    in_order = {place: found.at(0, place) for place in _coarse_first(len(values))}
    answers = [in_order[place] for place in range(len(values))]
    solved = [place for place, answer in enumerate(answers) if answer is not None]
    points = tuple(
        (float(values[place]), float(answer.defender @ a[place] @ answer.attacker))
        for place, answer in enumerate(answers)
        if answer is not None
    )
    alone = values_alone(a[solved], b[solved], in_favour=situation.concept.ties_favour_defender)
    cut_short = any(found.was_cut(0, place) for place in range(len(values)))
    return Worth(points, cut_short, defences, alone)


def _coarse_first(count: int) -> list[int]:
    """Places in an order in which the first ones are spread over all."""
    steps = [2**power for power in range(count.bit_length(), -1, -1)]
    return list(dict.fromkeys(place for step in steps for place in range(0, count, step)))
