"""The value of the recommendation and of each defence alone along one parameter of a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advgame.arrays import FloatArray
from advgame.decision.recommendation import values_alone
from advgame.decision.situation import Situation
from advgame.studies.parameter_line import Answers, Line, budget_for_neighbours

Curve = tuple[tuple[float, float], ...]  # (value of the parameter, money per classified input)


@dataclass(frozen=True, eq=False)
class Worth:
    """The defender's values along one parameter, where a solution was certified."""

    recommended: Curve
    cut_short: bool  # whether values are missing because of the work limit
    defences: tuple[str, ...]
    alone_values: FloatArray  # (points, defences), money per classified input

    def alone(self, defence: str) -> Curve:
        """The value of one defence deployed alone, after the attacker's best response."""
        place = self.defences.index(defence)
        points = zip(self.recommended, self.alone_values[:, place].tolist(), strict=True)
        return tuple((number, value) for (number, _), value in points)


def worth_along(situation: Situation, address: str, values: Sequence[float]) -> Worth:
    """The defender's value of the recommendation, and of every defence alone, along one parameter.

    >>> from advgame.scenarios import case
    >>> from advgame.decision.situation import situate
    >>> worth = worth_along(situate(case("cifar10-two-defences")), "largest_share", [0.0, 0.3])
    >>> [(share, round(value, 3)) for share, value in worth.alone("Standard")]
    [(0.0, 0.948), (0.3, 0.663)]

    Args:
        situation: the scenario and its solution concept.
        address: the parameter that is varied.
        values: (k,) its values; those without a certified solution within the work limit are omitted.
    """
    defences = situation.accuracies.defences
    line = Line(situation, address)
    a, b = line.payoffs(values)
    answers = Answers([(line, values)], budget_for_neighbours())
    in_order = {place: answers.at(0, place) for place in _coarse_first(len(values))}
    in_line = [in_order[place] for place in range(len(values))]
    solved = [place for place, answer in enumerate(in_line) if answer is not None]
    points = tuple(
        (float(values[place]), float(answer.defender @ a[place] @ answer.attacker))
        for place, answer in enumerate(in_line)
        if answer is not None
    )
    alone = values_alone(a[solved], b[solved], in_favour=situation.concept.ties_favour_defender)
    cut_short = any(answers.was_cut(0, place) for place in range(len(values)))
    return Worth(points, cut_short, defences, alone)


def _coarse_first(count: int) -> list[int]:
    """Indices in an order in which the first few are spread over the whole range."""
    steps = [2**power for power in range(count.bit_length(), -1, -1)]
    return list(dict.fromkeys(place for step in steps for place in range(0, count, step)))
