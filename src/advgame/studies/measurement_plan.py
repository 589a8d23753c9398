"""Which accuracies must be measured at all: double oracle on a partly measured table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from statistics import median
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import NO_ATTACK, FloatArray
from advgame.decision.recommendation import played
from advgame.decision.situation import Situation
from advgame.equilibria.concepts.nash_one import NashOne
from advgame.errors import InputError
from advgame.games import Game
from advgame.games.tolerances import PLAYED
from advgame.number_text import significant
from advgame.payoffs.accuracies import measured_cells
from advgame.scenarios import Scenario
from advgame.scenarios.evidence import evidence_of
from advgame.statistics.posteriors import JEFFREYS
from advgame.studies.partly_measured import PartlyMeasured, filled
from advgame.studies.study_contract import Study, StudyResult

if TYPE_CHECKING:
    import pandas as pd

ROUNDING = 1e-12  # of a player's payoff range: a smaller gain is none
CLEAN = "clean accuracies come first: every payoff depends on them"
START = "a first attack, at random"
PLAYED_BOTH = "both sides may play it"
DEFENCE_MAY_GAIN = "the defence may be worth more than those played"
ATTACK_MAY_GAIN = "the attack may pay more than those played"
Cell = tuple[int, int]
Known = NDArray[np.bool_]  # (defences, attacks)


@dataclass(frozen=True)
class Step:
    """One accuracy to measure."""

    defence: str
    attack: str
    reason: str
    defender_may_gain: float  # money per classified input, at most, by another defence; before this step
    attacker_may_gain: float


@dataclass(frozen=True, eq=False)
class MeasurementPlan(StudyResult):
    """What to measure, in which order, and when to stop; money is per classified input.

    With ``next_cell`` None no cell is needed any more: the mixed strategies are a Nash equilibrium of the
    whole table, whatever the cells that are not measured would have been.
    """

    steps: tuple[Step, ...]  # measured so far in this plan; the last is the one to measure if it is missing
    next_cell: Step | None
    cells: int  # of the whole table
    needed: tuple[int, ...]  # measured until the stop, for every order tried
    deploy: tuple[tuple[str, float], ...]
    attacked_by: tuple[tuple[str, float], ...]
    value: float
    defender_may_gain: float  # at most, by another defence, when the plan ends
    attacker_may_gain: float
    within_sampling: tuple[float, float]  # the same two if measured accuracies may be off by sampling
    level: float
    never_needed: tuple[tuple[str, str], ...]  # (defence, attack)
    tolerance: float  # that either side may still gain where measuring stops

    @property
    def sentence(self) -> str:
        """The next cell to measure, or how many cells were never needed."""
        if self.next_cell is not None:
            following = self.next_cell
            under = "without attack" if following.attack == NO_ATTACK else f"under {following.attack}"
            first = f"Measure {following.defence} {under} next: {following.reason}."
            if not isfinite(following.defender_may_gain):
                return first
            return (
                f"{first} So far another defence may gain up to "
                f"{significant(following.defender_may_gain, 3)} per "
                f"input and another attack up to {significant(following.attacker_may_gain, 3)}."
            )
        middle = median(self.needed)
        orders = f" (median of {len(self.needed)} orders)" if len(self.needed) > 1 else ""
        left = self.cells - middle
        never = f"{left:g} {'was' if left == 1 else 'were'} never needed" if left > 0 else "all were needed"
        within = f" to within {significant(self.tolerance, 3)} per input" if self.tolerance else ""
        return (
            f"{middle:g} of {self.cells} accuracies {'proves' if middle == 1 else 'prove'} the equilibrium "
            f"of the whole table{within}{orders}; {never}. With every accuracy anywhere in its "
            f"{100 * self.level:g} % interval, another defence may gain up to "
            f"{significant(self.within_sampling[0], 3)} per input and another attack up to "
            f"{significant(self.within_sampling[1], 3)}."
        )

    def frame(self) -> pd.DataFrame:
        """One row per measurement, in order."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "step": place,
                    "defence": step.defence,
                    "attack": step.attack,
                    "reason": step.reason,
                    "defender_may_gain": step.defender_may_gain,
                    "attacker_may_gain": step.attacker_may_gain,
                }
                for place, step in enumerate(self.steps, 1)
            ]
        )


@dataclass(frozen=True)
class MeasurementPlanStudy(Study[MeasurementPlan]):
    """Which accuracies must be measured to know the equilibrium, and when can measuring stop?

    On a full table the plan is replayed: how many of its cells would have been enough. On a table with
    missing cells the measured ones are used, and the next one to measure is named.

    Args:
        orders: random orders that are tried on a full table; ties between cells are broken at random.
        tolerance: money per classified input that either side may still gain when measuring stops; 0 for a
            proven equilibrium.
        level: of the intervals of measured accuracies, in (0, 1).
        assumed_tested: test inputs assumed where a source gives a rate without their number.
        seed: of the orders.
    """

    name: ClassVar[str] = "measurement_plan"
    orders: int = 5
    tolerance: float = 0.0
    level: float = 0.95
    assumed_tested: int = 1000
    seed: int = 20030714

    @staticmethod
    def prepared(scenario: Scenario) -> Scenario:
        """A guess takes the place of every cell that is not measured."""
        return filled(scenario)

    def run(self, situation: Situation) -> MeasurementPlan:
        """The plan, for simultaneous play.

        Raises:
            InputError: for a setting out of range, or payoffs that are not linear in the accuracies.
            SolverError: when a game with guessed accuracies could not be solved.
        """
        self._check()
        scenario = situation.scenario
        *_, measured = measured_cells(scenario.selected)
        table = _Table(scenario, self)
        if not measured.all():
            return table.result([_Search(table, 0, measured, measured).to_the_end()])
        known = np.zeros_like(measured)
        return table.result(
            [_Search(table, self.seed + k, known, measured).to_the_end() for k in range(self.orders)]
        )

    def _check(self) -> None:
        if isinstance(self.orders, bool) or not isinstance(self.orders, int) or not 1 <= self.orders <= 1000:
            raise InputError(f"orders is {self.orders!r}; expected a whole number in 1..1000.")
        if not 0 <= self.tolerance < float("inf"):
            raise InputError(
                f"tolerance is {self.tolerance!r}; expected an amount of at least 0 per classified input."
            )
        if not 0 < self.level < 1:
            raise InputError(f"level is {self.level!r}; expected a number between 0 and 1, such as 0.95.")


class _Search:
    """One order of measuring: a guess, what must be known to trust it, and so on."""

    def __init__(self, table: _Table, seed: int, known: Known, there: Known) -> None:
        self.table, self.there = table, there
        self.random = np.random.default_rng(seed)
        self.cells = PartlyMeasured.of(table.scenario, known)
        self.rows = self.random.permutation(known.shape[0])
        self.columns = np.append(0, 1 + self.random.permutation(known.shape[1] - 1))
        self.steps: list[Step] = []
        self.missing: Step | None = None  # the cell that is needed and not there
        self.profile: tuple[FloatArray, FloatArray] | None = None
        self.gains = float("inf"), float("inf")

    def to_the_end(self) -> _Search:
        for cell, reason in self._needed():
            step = Step(
                self.table.defences[cell[0]], self.table.attacks[cell[1]], reason, *map(float, self.gains)
            )
            self.steps.append(step)
            if not self.there[cell]:
                self.missing = step
                break
            self.cells.known[cell] = True
        return self

    def _needed(self) -> Iterator[tuple[Cell, str]]:
        """The cells to measure until the equilibrium is proven; each is known before the next is chosen."""
        for row in self.rows[~self.cells.known[self.rows, 0]].tolist():
            yield (row, 0), CLEAN
        if not self.cells.known[:, 1:].any() and self.cells.known.shape[1] > 1:
            yield (int(self.rows[0]), int(self.columns[1])), START
        while (following := self._following()) is not None:
            yield following

    def _following(self) -> tuple[Cell, str] | None:
        x, y = self.profile = self._solved()
        (least, most), (least_of_attacker, most_of_attacker) = (self.cells.bounds(k) for k in (0, 1))
        gains = most @ y - x @ least @ y, x @ most_of_attacker - x @ least_of_attacker @ y
        self.gains = max(0.0, float(gains[0].max())), max(0.0, float(gains[1].max()))
        # what is not measured where both play decides the value itself
        width = np.outer(x, y) * ~self.cells.known
        sizes = [float(np.ptp(most)) or 1.0, float(np.ptp(most_of_attacker)) or 1.0]
        enough = [max(self.table.settings.tolerance, ROUNDING * size) for size in sizes]
        if all(gain <= limit for gain, limit in zip(self.gains, enough, strict=True)):
            return None
        if width.any():
            return _place(width), PLAYED_BOTH
        missing = ~self.cells.known
        unsure = (
            (most - least) * y * missing,
            (most_of_attacker - least_of_attacker) * x[:, None] * missing,
        )
        wanted = [
            np.where((unsure[0] > 0).any(axis=1) & (gains[0] > enough[0]), gains[0] / sizes[0], 0),
            np.where((unsure[1] > 0).any(axis=0) & (gains[1] > enough[1]), gains[1] / sizes[1], 0),
        ]
        if not any(mask.any() for mask in wanted):
            return None
        if wanted[0].max() >= wanted[1].max():
            row = int(wanted[0].argmax())
            return (row, int(unsure[0][row].argmax())), DEFENCE_MAY_GAIN
        column = int(wanted[1].argmax())
        return (int(unsure[1][:, column].argmax()), column), ATTACK_MAY_GAIN

    def _solved(self) -> tuple[FloatArray, FloatArray]:
        """An equilibrium with guesses in place of what is not measured, strategies in a random order."""
        a, b = (payoffs[np.ix_(self.rows, self.columns)] for payoffs in self.cells.guessed())
        profile = NashOne().solve(Game(a, b)).recommended
        x, y = np.zeros(len(self.rows)), np.zeros(len(self.columns))
        x[self.rows], y[self.columns] = profile.defender, profile.attacker
        return np.where(x > PLAYED, x, 0.0), np.where(y > PLAYED, y, 0.0)


class _Table:
    """The scenario of a plan, and the result of searches in it."""

    def __init__(self, scenario: Scenario, settings: MeasurementPlanStudy) -> None:
        self.scenario, self.settings = scenario, settings
        self.defences, self.attacks = scenario.accuracies.defences, scenario.accuracies.attacks

    def result(self, searches: list[_Search]) -> MeasurementPlan:
        needed = tuple(int(search.cells.known.sum()) for search in searches)
        shown = searches[int(np.argsort(needed, kind="stable")[(len(needed) - 1) // 2])]
        x, y = shown.profile or (np.zeros(len(self.defences)), np.zeros(len(self.attacks)))
        accuracy, known = shown.cells.accuracy, shown.cells.known
        never = np.argwhere(~known).tolist() if shown.missing is None else []
        return MeasurementPlan(
            tuple(shown.steps),
            shown.missing,
            known.size,
            needed,
            played(self.defences, x),
            played(self.attacks, y),
            float(x @ shown.cells.guessed()[0] @ y) if accuracy.size else 0.0,
            *shown.gains,
            self._within_sampling(shown.cells, x, y),
            self.settings.level,
            tuple((self.defences[row], self.attacks[column]) for row, column in never),
            self.settings.tolerance,
        )

    def _within_sampling(self, cells: PartlyMeasured, x: FloatArray, y: FloatArray) -> tuple[float, float]:
        """What each side may gain if every measured accuracy lies anywhere in its own interval.

        The strategies stay; the bound takes every cell at its worst, so it is wide.
        """
        from scipy.special import betaincinv

        evidence = evidence_of(self.scenario, self.settings.assumed_tested)
        tail = (1 - self.settings.level) / 2
        right, wrong = evidence.right + JEFFREYS, evidence.wrong + JEFFREYS
        ends = [
            betaincinv(right, wrong, tail_share).reshape(cells.known.shape) for tail_share in (tail, 1 - tail)
        ]
        exact = np.zeros(cells.known.shape, bool)
        exact.flat[list(evidence.exact)] = True
        ends = [np.where(exact, cells.accuracy, end) for end in ends]
        ends = [np.where(cells.known, end, limit) for end, limit in zip(ends, (0.0, 1.0), strict=True)]
        return cells.most_to_gain(x, y, *ends)


def _place(weights: FloatArray) -> Cell:
    row, column = np.unravel_index(int(weights.argmax()), weights.shape)
    return int(row), int(column)
