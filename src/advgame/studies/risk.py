"""Would a risk-averse owner decide differently? Options by their lower tail and by risk tolerance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from advgame.arrays import FloatArray
from advgame.decision.situation import Situation
from advgame.errors import InputError
from advgame.number_text import significant
from advgame.scenarios.evidence import evidence_of
from advgame.scenarios.family.payoffs_at_draws import PayoffsOfDraws
from advgame.statistics.best_of_many import undominated
from advgame.statistics.intervals_of_draws import BEYOND, whole_number
from advgame.statistics.posteriors import in_chunks
from advgame.statistics.risk_measures import certainty_equivalents, draws_behind, worst_means
from advgame.studies.candidates import (
    candidates,
    compared_in,
    named_option,
    resolved_by,
    values_in_draws,
)
from advgame.studies.figures import Curve, Curves
from advgame.studies.study_contract import Study, StudyResult
from advgame.studies.study_progress import tracked

if TYPE_CHECKING:
    import pandas as pd

SEED = 19520301
TOLERANCES = 120  # points of the searched range of risk tolerances
HIGHEST, LOWEST = 3.0, -3.0  # limits of that range: powers of ten, times the largest standard deviation
HALVINGS = 40  # of the interval in which the preferred option changes
LEVELS = (1.0, 0.5, 0.25, 0.1, 0.05)  # shares of the worst draws that are shown


@dataclass(frozen=True)
class ByRisk:
    """The risk measures of one option; money per classified input."""

    option: str
    mean: float
    worst: tuple[tuple[float, float], ...]  # share of the worst draws, mean of them (CVaR)
    worst_draw: float


@dataclass(frozen=True)
class Change:
    """A change of the preferred option as risk aversion increases."""

    at: float  # share of the worst draws, or risk tolerance in money per classified input
    before: str
    after: str


@dataclass(frozen=True, eq=False)
class Risk(StudyResult):
    """The dependence of the decision on the owner's risk aversion.

    The risk is the uncertainty of the figures: the long-run value of an option depends on accuracies that are
    not known exactly. Money is per classified input.
    """

    neutral: str  # the best option on average
    options: tuple[ByRisk, ...]  # the best on average first
    by_worst: tuple[Change, ...]  # as the share of the worst draws falls
    by_tolerance: tuple[Change, ...]  # as the risk tolerance of exponential utility falls
    level: float  # the share of the worst draws in the settings
    cautious: str  # the option with the best mean over those draws
    smallest_share: float  # of the worst draws that was considered
    tolerances: tuple[float, float]  # searched, money per classified input
    inputs_per_month: float | None
    draws: int
    evidence: str
    compared: str  # which options are

    @property
    def changes(self) -> bool:
        """Whether any degree of risk aversion considered changes the decision."""
        return bool(self.by_worst or self.by_tolerance)

    @property
    def sentence(self) -> str:
        """Whether risk aversion changes the decision, and below which tolerance."""
        if not self.changes:
            neutral = named_option(self.neutral, first=True)
            return (
                f"{neutral} is the best option at every degree of risk aversion tried: on average, in the "
                f"worst {100 * self.smallest_share:g} % of {self.draws:,} draws, and at risk tolerances down "
                f"to {self._tolerance(self.tolerances[0])}."
            )
        words = f"{named_option(self.neutral, first=True)} is the best option on average"
        if self.by_worst:
            first = self.by_worst[0]
            after = named_option(first.after)
            words += f"; by the mean of the worst {100 * first.at:.3g} % of the draws, {after} is"
        if self.by_tolerance:
            first = self.by_tolerance[0]
            words += (
                f"; with a risk tolerance below {self._tolerance(first.at)}, {named_option(first.after)} is"
            )
        return f"{words}."

    def _tolerance(self, tolerance: float) -> str:
        if self.inputs_per_month is None:
            return f"{significant(tolerance, 3)} per input"
        return f"{significant(tolerance * self.inputs_per_month, 3)} a month"

    def frame(self) -> pd.DataFrame:
        """One row per option: its mean, and its mean over the worst draws at several shares."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "option": option.option,
                    **{
                        "mean" if share == 1 else f"worst_{100 * share:g}_percent": value
                        for share, value in option.worst
                    },
                    "worst_draw": option.worst_draw,
                }
                for option in self.options
            ]
        )

    @property
    def figure(self) -> Curves:
        """The mean value of each option over its worst draws, the best on average first."""
        return Curves(
            "Mean value over the worst draws",
            "share of the draws, the worst first",
            "money per classified input",
            tuple(
                Curve(option.option, tuple(sorted(option.worst)), strong=place == 0)
                for place, option in enumerate(self.options)
            ),
            here=self.level,
        )

    def switches(self) -> pd.DataFrame:
        """One row per change of the preferred option: the risk measure, its value, and both options."""
        import pandas as pd

        rows = [("share of the worst draws", change) for change in self.by_worst]
        rows += [("risk tolerance", change) for change in self.by_tolerance]
        return pd.DataFrame(
            [(measure, change.at, change.before, change.after) for measure, change in rows],
            columns=["measure", "at", "before", "after"],
        )


@dataclass(frozen=True)
class RiskStudy(Study[Risk]):
    """Would a risk-averse owner decide differently?

    Args:
        level: share of the worst draws whose mean is maximised (conditional value at risk).
        draws: joint draws of all accuracies.
        assumed_tested: test inputs assumed if a source gives a rate without their number; 0 for an error.
        seed: of the draws.
    """

    name: ClassVar[str] = "risk"
    level: float = 0.05
    draws: int = 10_000
    assumed_tested: int = 1000
    seed: int = SEED

    def run(self, situation: Situation) -> Risk:
        """The options by their mean, their lower tail and their certainty equivalent.

        Raises:
            InputError: for too few draws, or a level outside (0, 1].
            MeasurementError: if a rate has no number of inputs and none is assumed.
        """
        self._check()
        resolved_by(situation)
        options, scenario = candidates(situation), situation.scenario
        evidence, pays = evidence_of(scenario, self.assumed_tested), PayoffsOfDraws.at(scenario)
        values = np.concatenate(
            [
                values_in_draws(options, pays, evidence.shaped(part))
                for part in tracked(in_chunks(evidence.posterior, self.draws, self.seed), self.draws, len)
            ]
        )
        labels, worst = [option.label for option in options], worst_means(values)
        rows = [max(1, round(share * self.draws)) - 1 for share in _levels(self.level)]
        order = values.mean(axis=0).argsort(kind="stable")[::-1]
        tolerances = _tolerances(values)
        return Risk(
            labels[order[0]],
            tuple(
                ByRisk(
                    labels[option],
                    float(values[:, option].mean()),
                    tuple(
                        (share, float(worst[row, option]))
                        for share, row in zip(_levels(self.level), rows, strict=True)
                    ),
                    float(values[:, option].min()),
                )
                for option in order
            ),
            _changes_by_worst(worst, labels),
            _changes_by_tolerance(values, tolerances, labels),
            self.level,
            labels[int(worst[max(1, round(self.level * self.draws)) - 1].argmax())],
            BEYOND / self.draws,
            (float(tolerances[-1]), float(tolerances[0])),
            scenario.volume_per_month,
            self.draws,
            evidence.words,
            compared_in(situation),
        )

    def _check(self) -> None:
        level = self.level
        if isinstance(level, bool) or not isinstance(level, int | float) or not 0 < level <= 1:
            raise InputError(
                f"level is {level!r}; expected a share of the worst draws in 0..1, such as 0.05."
            )
        needed = int(np.ceil(round(BEYOND / level, 6)))
        if whole_number("draws", self.draws, 1) < needed:
            raise InputError(
                f"The worst {100 * level:g} % of {self.draws:,} draws are fewer than {BEYOND}; give at least "
                f"{needed:,} draws."
            )


def _levels(level: float) -> tuple[float, ...]:
    return tuple(sorted({*LEVELS, float(level)}, reverse=True))


def _tolerances(values: FloatArray) -> FloatArray:
    """Risk tolerances, falling from far above the standard deviation of the options' values.

    They end where a certainty equivalent would depend on too few draws.
    """
    spread = float(values.std(axis=0).max()) or 1.0
    tried = spread * np.logspace(HIGHEST, LOWEST, TOLERANCES)
    enough = [count for count in tried if draws_behind(values, float(count)).min() >= BEYOND]
    return np.array(enough if len(enough) > 1 else tried[:2])


def _changes_by_worst(worst: FloatArray, labels: list[str]) -> tuple[Change, ...]:
    """Where the option with the best mean over the worst draws changes, as fewer of them count."""
    best = worst[BEYOND - 1 :].argmax(axis=1)[::-1]
    places = np.flatnonzero(best[1:] != best[:-1])
    return tuple(
        Change(float((len(worst) - place - 1) / len(worst)), labels[best[place]], labels[best[place + 1]])
        for place in places
    )


def _changes_by_tolerance(
    values: FloatArray, tolerances: FloatArray, labels: list[str]
) -> tuple[Change, ...]:
    """Where the option with the best certainty equivalent changes, as the risk tolerance falls."""
    kept = undominated(values)
    some = values[:, kept]

    def best(tolerance: float) -> int:
        return int(kept[certainty_equivalents(some, tolerance).argmax()])

    changes, before = [], best(float(tolerances[0]))
    for high, low in pairwise(tolerances.tolist()):
        after = best(low)
        if after != before:
            at = _halved(best, before, high, low)
            changes.append(Change(at, labels[before], labels[after]))
            before = after
    return tuple(changes)


def _halved(best: Callable[[float], int], before: int, high: float, low: float) -> float:
    """The tolerance at which the option preferred at the higher one stops being so."""
    for _ in range(HALVINGS):
        middle = sqrt(high * low)
        high, low = (middle, low) if best(middle) == before else (high, middle)
    return low
