"""Which assumption matters: tornado, Sobol indices, and the box of assumptions that flips the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.decision.decide import decide
from advgame.decision.situation import Situation
from advgame.games.tolerances import PLAYED
from advgame.number_text import percent, significant
from advgame.statistics.sobol import SobolIndices, sobol
from advgame.studies.bulk_policy import beside_the_verdict
from advgame.studies.figures import Curve, Curves
from advgame.studies.parameter_line import Deploy, deployed
from advgame.studies.price_box import PriceBox
from advgame.studies.readable_rule import Rule, rule_for
from advgame.studies.study_contract import Study, StudyResult
from advgame.studies.study_progress import part

if TYPE_CHECKING:
    import pandas as pd

SEED = 19460127
VALUE = "value"
HALF = 0.5

Solved = tuple[FloatArray, NDArray[np.bool_]]  # points (k, prices), and whether each flips (k,)


@dataclass(frozen=True)
class TornadoBar:
    """One assumption at both ends of its interval, the others as stated; amounts per classified input."""

    parameter: str  # its address
    stated: float  # 1 where the interval is of a factor
    low: float
    high: float
    factor: bool  # whether the ends are factors by which a table of amounts is multiplied
    value_low: float
    value_high: float
    deploy_low: Deploy
    deploy_high: Deploy

    @property
    def swing(self) -> float:
        """By how much the value differs between both ends."""
        return abs(self.value_high - self.value_low)


@dataclass(frozen=True, eq=False)
class Sensitivity(StudyResult):
    """How the answer depends on the prices and the largest share; money per classified input."""

    value: float
    deploy: Deploy  # at the assumptions as stated
    bars: tuple[TornadoBar, ...]  # the greatest swing first
    quantities: tuple[str, ...]  # the value, and the probability of each defence that is deployed anywhere
    indices: SobolIndices  # of the quantities, in the order of ``parameters``
    parameters: tuple[str, ...]
    flipped: float  # share of the box in which other defences are deployed
    rule: Rule | None  # of the points that flip, or of those that stay if fewer do; None without a border
    draws: int
    concept: str  # of the games solved
    assumed: str  # over which intervals
    solved: str  # for which policy, beside the verdict

    @property
    def factors(self) -> frozenset[str]:
        """The assumptions that are factors of a table of amounts."""
        return frozenset(bar.parameter for bar in self.bars if bar.factor)

    @property
    def sentence(self) -> str:
        """The assumption that moves the value most, and where other defences are deployed."""
        first = self.bars[0]
        ends = sorted((first.value_low, first.value_high))
        return (
            f"{first.parameter} moves the value most: from {significant(ends[0])} to "
            f"{significant(ends[1])} per "
            f"input between {significant(first.low)} and "
            f"{significant(first.high)}{' times the amounts stated' if first.factor else ''}. "
            f"{self._flips()} "
            f"{self.solved}"
        )

    def _flips(self) -> str:
        current = " + ".join(self.deploy)
        if self.rule is None and 0 < self.flipped < 1:
            often = "hardly ever" if self.flipped > HALF else "nearly always"
            return f"{current} is {often} deployed within the intervals; no rule describes where."
        if self.rule is None:
            points = "none" if self.flipped else "all"
            return f"{current} is deployed at {points} of the points tried within the intervals."
        stays = self.flipped > HALF
        what = f"{current} stays" if stays else "other defences are"
        such = f"all points at which {current} stays deployed" if stays else "all points with other defences"
        return (
            f"In {percent(self.flipped)} of the box of all intervals, other defences than {current} are "
            f"deployed. If {self.rule.words(self.factors)}, {what} deployed at "
            f"{percent(self.rule.precision)} of the points; this part of the box holds "
            f"{percent(self.rule.coverage)} of {such}."
        )

    def frame(self) -> pd.DataFrame:
        """One row per assumption, the greatest swing first: both ends, and the Sobol indices."""
        import pandas as pd

        places = [self.parameters.index(bar.parameter) for bar in self.bars]
        return pd.DataFrame(
            [
                {
                    "parameter": bar.parameter,
                    "stated": bar.stated,
                    "low": bar.low,
                    "high": bar.high,
                    "value_at_low": bar.value_low,
                    "value_at_high": bar.value_high,
                    "deploy_at_low": " + ".join(bar.deploy_low),
                    "deploy_at_high": " + ".join(bar.deploy_high),
                    "first_order": self.indices.first[0, place],
                    "total": self.indices.total[0, place],
                    "factor": bar.factor,
                }
                for bar, place in zip(self.bars, places, strict=True)
            ]
        )

    @property
    def figure(self) -> Curves:
        """The value at both ends of each interval, the greatest swing first."""
        return Curves(
            "Value at the ends of each interval",
            "place in the interval: −1 its low end, 0 as stated, 1 its high end",
            "money per classified input",
            tuple(
                Curve(bar.parameter, ((-1.0, bar.value_low), (0.0, self.value), (1.0, bar.value_high)))
                for bar in self.bars
            ),
            here=0.0,
            note="One assumption at a time, the others as stated.",
        )

    def indices_frame(self) -> pd.DataFrame:
        """One row per quantity and assumption: the Sobol indices."""
        import pandas as pd

        quantities, parameters = len(self.quantities), len(self.parameters)
        return pd.DataFrame(
            {
                "quantity": np.repeat(np.array(self.quantities, dtype=object), parameters),
                "parameter": np.tile(np.array(self.parameters, dtype=object), quantities),
                "first_order": self.indices.first.ravel(),
                "total": self.indices.total.ravel(),
            }
        )


@dataclass(frozen=True)
class SensitivityStudy(Study[Sensitivity]):
    """Which assumed price matters, and under which assumptions are other defences deployed?

    Args:
        price_spread: how far each price and the largest share may be off either way, relative to itself.
        intervals: address → [low, high] of prices whose interval is known; the scenario's own hold too.
        draws: points behind each index and the rule, a power of 2.
        seed: of the points.
    """

    name: ClassVar[str] = "sensitivity"
    price_spread: float = 0.2
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    draws: int = 1024
    seed: int = SEED

    def run(self, situation: Situation) -> Sensitivity:
        """The tornado, the indices and the rule, each from games solved again.

        Raises:
            InputError: for a setting that does not fit, where no price is uncertain, or for a concept that is
                solved one game at a time only.
            SolverError: when a game could not be certified.
        """
        verdict = decide(situation).recommendation
        situation = verdict.situation
        box = PriceBox.of(situation, self.price_spread, self.intervals)
        defences = situation.game.defences
        with part(0.0, 0.0):
            value, strategies = box.solved(box.stated[None])
        solving = _Solving(box, self.draws * (len(box.names) + 6))
        indices = sobol(
            lambda points: np.column_stack(solving(points)), box.low, box.high, self.draws, self.seed
        )
        played = [0, *(1 + np.flatnonzero(indices.total[1:].any(axis=1))).tolist()]
        learnt, counted = (self._flips(solving, strategies[0], seed) for seed in (self.seed, self.seed + 1))
        flipped = float(counted[1].mean())
        return Sensitivity(
            float(value[0]),
            deployed(strategies[0], defences),
            _bars(box, defences),
            tuple(VALUE if place == 0 else f"P[{defences[place - 1]}]" for place in played),
            SobolIndices(indices.first[played], indices.total[played]),
            box.names,
            flipped,
            rule_for(box.names, *(_rarer(rule, flipped > HALF) for rule in (learnt, counted))),
            self.draws,
            box.method,
            f"Each amount and the largest share may be off by {100 * self.price_spread:g} % either way, "
            "unless its interval is given; amounts of 0 are exact.",
            beside_the_verdict(verdict),
        )

    def _flips(self, solving: _Solving, strategy: FloatArray, seed: int) -> Solved:
        """Points that fill the box, and whether other defences are deployed there."""
        points = solving.box.even(2 * self.draws, seed)
        return points, ((solving(points)[1] > PLAYED) != (strategy > PLAYED)).any(axis=1)


@dataclass
class _Solving:
    """Solves points of a box; ``progress`` is called with the number solved and of all."""

    box: PriceBox
    total: int
    done: int = 0

    def __call__(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        before, self.done = self.done, self.done + len(points)
        with part(before / self.total, self.done / self.total):
            return self.box.solved(points)


def _rarer(solved: Solved, stay: bool) -> Solved:
    """The points, and which of them the rule is about: those that stay, or those that flip."""
    return solved[0], solved[1] != stay


def _bars(box: PriceBox, defences: Deploy) -> tuple[TornadoBar, ...]:
    (value_low, at_low), (value_high, at_high) = (box.solved(points) for points in box.ends)
    bars = [
        TornadoBar(
            price.address,
            float(box.stated[place]),
            price.low,
            price.high,
            price.factor,
            float(value_low[place]),
            float(value_high[place]),
            deployed(at_low[place], defences),
            deployed(at_high[place], defences),
        )
        for place, price in enumerate(box.prices)
    ]
    return tuple(sorted(bars, key=lambda bar: -bar.swing))
