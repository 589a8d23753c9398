"""Comparisons of pairs of networks on benign inputs, under attacks, on transferred examples and so on."""

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
    """The difference in accuracy of two networks on one kind of inputs."""

    first: str
    second: str
    on: str  # the kind of inputs
    comparison: PairedComparison

    @property
    def verdict(self) -> str:
        """Whether the first network is better or worse with 95 % confidence, or neither."""
        if self.comparison.low > 0:
            return "better"
        return "worse" if self.comparison.high < 0 else "inconclusive"

    @property
    def words(self) -> str:
        """The difference with its interval, in percentage points.

        >>> Difference("a", "b", "x", PairedComparison(0.02, -0.01, 0.05, 0.95, 3, 1, 0.6, 1, 9)).words
        '+2.0 points (−1.0 to +5.0)'
        """
        comparison = self.comparison
        return (
            f"{points(comparison.difference)} points ({points(comparison.low)} to {points(comparison.high)})"
        )

    @property
    def row(self) -> Row:
        """The difference as a row of a table."""
        comparison = self.comparison
        return {
            "first": self.first,
            "second": self.second,
            "on": self.on,
            "difference": comparison.difference,
            "low": comparison.low,
            "high": comparison.high,
            "p-value": comparison.p_value,
            "seeds": comparison.seeds,
            "inputs": comparison.inputs,
            "verdict": self.verdict,
        }


def compared(
    measured: Measured, pairs: Sequence[tuple[str, str]], sides: Sequence[str]
) -> dict[tuple[str, str], dict[str, Difference]]:
    """The differences of pairs by kind of inputs; kinds that were not measured for a pair are omitted.

    Examples crafted on one of the two networks are no transfer for it and are omitted as well.

    Args:
        measured: one measured experiment: its table, outcomes per input and costs.
        pairs: (first, second) names of defences to compare.
        sides: kinds of inputs: clean, white-box, black-box, transfer, natural.
    """
    differences = {}
    for pair in pairs:
        shared = {
            side: [column for column in columns if column.source_model not in pair]
            for side, columns in measured.sides(pair).items()
        }
        differences[pair] = {
            side: difference(measured, *pair, side, shared[side]) for side in sides if shared.get(side)
        }
    return differences


def difference(measured: Measured, first: str, second: str, on: str, columns: Sequence[Column]) -> Difference:
    """The difference in accuracy between two networks, averaged over columns.

    Args:
        measured: one measured experiment: its table, outcomes per input and costs.
        first: name of the first defence.
        second: name of the second defence.
        on: the kind of inputs, as a label of the result.
        columns: the columns to average over, at least one.
    """
    return Difference(
        first, second, on, compare(measured.standing(first, columns), measured.standing(second, columns))
    )
