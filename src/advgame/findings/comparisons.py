"""Pairs of networks compared: on benign inputs, under attacks, on transferred examples and so on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advgame.findings.finding import Row, points
from advgame.measurements import Column
from advgame.measurements.experiment_tables import Measured
from advgame.measurements.paired_outcomes import compare
from advgame.statistics.paired import PairedComparison


@dataclass(frozen=True)
class Difference:
    """By how much more often one network is right than another, and on what."""

    first: str
    second: str
    on: str  # the kind of inputs
    found: PairedComparison

    @property
    def verdict(self) -> str:
        """Whether the first is surely better, surely worse, or neither."""
        if self.found.low > 0:
            return "better"
        return "worse" if self.found.high < 0 else "not told apart"

    @property
    def words(self) -> str:
        """The difference with its interval, in percentage points.

        >>> Difference("a", "b", "x", PairedComparison(0.02, -0.01, 0.05, 0.95, 3, 1, 0.6, 1, 9)).words
        '+2.0 points (−1.0 to +5.0)'
        """
        found = self.found
        return f"{points(found.difference)} points ({points(found.low)} to {points(found.high)})"

    @property
    def row(self) -> Row:
        """All of it, by name."""
        found = self.found
        return {
            "first": self.first,
            "second": self.second,
            "on": self.on,
            "difference": found.difference,
            "low": found.low,
            "high": found.high,
            "p-value": found.p_value,
            "seeds": found.seeds,
            "inputs": found.inputs,
            "verdict": self.verdict,
        }


def compared(
    measured: Measured, pairs: Sequence[tuple[str, str]], sides: Sequence[str]
) -> dict[tuple[str, str], dict[str, Difference]]:
    """The differences of pairs by kind of inputs; kinds that a pair was not measured on are left out.

    Examples crafted on one of the two are no transfer for it, and are left out as well.

    Args:
        measured: one measured experiment: its table, outcomes per input and costs.
        pairs: (first, second) names of defences to compare.
        sides: kinds of inputs: clean, white-box, black-box, transfer, natural.
    """
    found = {}
    for pair in pairs:
        shared = {
            side: [column for column in columns if column.crafted_on not in pair]
            for side, columns in measured.sides(pair).items()
        }
        found[pair] = {
            side: difference(measured, *pair, side, shared[side]) for side in sides if shared.get(side)
        }
    return found


def difference(measured: Measured, first: str, second: str, on: str, columns: Sequence[Column]) -> Difference:
    """How much better the first network stands than the second, on average over columns.

    Args:
        measured: one measured experiment: its table, outcomes per input and costs.
        first: name of the first defence.
        second: name of the second defence.
        on: the kind of inputs, a label of the result.
        columns: the columns to average over, at least one.
    """
    return Difference(
        first, second, on, compare(measured.standing(first, columns), measured.standing(second, columns))
    )
