"""Contradictions between the outcomes of single inputs under different attacks on one network.

Two kinds are marked, on rows of white-box attacks. An input that is fooled within a small ball is fooled
within every ball that contains it: a row where it stands shows a weak attack. And of two attacks in the same
ball, one may fool significantly more inputs than the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.errors import MeasurementError
from advgame.measurements.contradictions import PIXELS
from advgame.measurements.inclusions import contains
from advgame.measurements.measurement import Column, Measurement
from advgame.measurements.outcomes import OutcomeTable
from advgame.measurements.table import MeasurementTable

LEVEL = 0.01  # of the one-sided test that two attacks in one ball are equally strong
FEWEST = 7  # disagreements that can be significant at this level: 2⁻⁷ < .01
# Between shares of right answers: two samples of ten coin tosses differ by more in 1 of 776 cases.
CLEARLY = 0.65
SMALLER, SAME = "weak attack within a larger set", "weaker than another attack"  # how warnings begin


@dataclass(frozen=True, eq=False)
class _Tried:
    """The outcomes of one row."""

    row: Measurement
    inputs: NDArray[np.int64]  # rising
    right: NDArray[np.float64]  # (inputs,) shares of right answers
    black_box: bool

    @property
    def white_box(self) -> bool:
        """Whether the attack used the attacked network's gradients."""
        return not self.black_box and self.row.source_model in (None, self.row.defence)

    @property
    def direct(self) -> bool:
        """Whether the attack was run against the attacked network itself."""
        return self.row.source_model in (None, self.row.defence)


def mark_outcomes(
    table: MeasurementTable, outcomes: OutcomeTable, attacks: Mapping[str, Mapping[str, Any]]
) -> MeasurementTable:
    """The rows, with a warning on each white-box row that the outcomes of single inputs contradict.

    Args:
        table: the rows of an experiment.
        outcomes: the outcomes beside it.
        attacks: by name, the entries of the run record: ``metric`` and ``queries_only``.
    """
    networks: dict[tuple[str, str, str, int | None], list[_Tried]] = {}
    for row in table:
        if row.metric == "robust" and row.radius is not None and _hostile(attacks.get(row.attack)):
            tried = _tried(row, outcomes, bool(attacks[row.attack]["queries_only"]))
            if tried is not None:
                networks.setdefault((row.dataset, row.network, row.defence, row.seed), []).append(tried)
    marks = {
        id(trial.row): tuple(_warnings(trial, tries))
        for tries in networks.values()
        for trial in tries
        if trial.white_box
    }
    return MeasurementTable(tuple(_marked(row, marks.get(id(row), ())) for row in table))


def _hostile(entry: Mapping[str, Any] | None) -> bool:
    """Whether an attack looks for wrong answers; examples of changed meaning have other labels."""
    return entry is not None and entry["metric"] == "robust"


def _tried(row: Measurement, outcomes: OutcomeTable, black_box: bool) -> _Tried | None:
    try:
        cell = outcomes.cell(row.dataset, row.network, row.defence, Column(*row.column))
    except MeasurementError:
        return None
    if row.seed not in cell.seeds:
        return None
    return _Tried(row, cell.inputs, cell.right[cell.seeds.index(row.seed)], black_box)


def _warnings(trial: _Tried, tries: Iterable[_Tried]) -> Iterator[str]:
    inside, beside = [], []
    for rival in tries:
        if rival is trial:
            continue
        same = (rival.row.norm, rival.row.radius) == (trial.row.norm, trial.row.radius)
        if same and rival.direct:
            beside.append(rival)
        elif not same and _holds(trial.row, rival.row):
            inside.append(rival)
    yield from _fallen_inside(trial, inside)
    yield from _significantly_lower(trial, beside)


def _holds(outer: Measurement, inner: Measurement) -> bool:
    values = PIXELS.get(outer.dataset)
    if values is None:
        return outer.norm == inner.norm and (inner.radius or 0.0) <= (outer.radius or 0.0)
    return contains(outer.norm, outer.radius or 0.0, inner.norm, inner.radius or 0.0, values)


def _fallen_inside(trial: _Tried, inside: Iterable[_Tried]) -> Iterator[str]:
    """A warning with the number of inputs that stand here and fell within a smaller ball.

    A randomised network is right in a share of its answers: an input that is right half of the time stands in
    one sample and falls in another. Only shares that differ clearly are a contradiction.
    """
    fallen = set[int]()
    compared = set[int]()
    most, worst = 0, ""
    for smaller in inside:
        shared, stands, falls = _paired(trial, smaller)
        both = shared[stands & falls & _clearly_lower(trial, smaller)]
        compared.update(shared.tolist())
        fallen.update(both.tolist())
        if len(both) > most:
            most, worst = len(both), smaller.row.column.full_name
    if fallen:
        yield (
            f"{SMALLER}: {len(fallen)} of {len(compared)} inputs are classified correctly here but "
            f"misclassified within a smaller ball, {most} of them under {worst}"
        )


def _significantly_lower(trial: _Tried, beside: Iterable[_Tried]) -> Iterator[str]:
    """A warning about the attack in the same ball that is stronger by McNemar's exact test."""
    from scipy.stats import binomtest

    strongest: tuple[float, str] | None = None
    for rival in beside:
        shared, stands, falls = _paired(trial, rival)
        more, fewer = int((stands & falls).sum()), int((~stands & ~falls).sum())
        if more < FEWEST or more <= fewer:
            continue
        chance = float(binomtest(more, more + fewer, alternative="greater").pvalue)
        if chance < LEVEL and (strongest is None or chance < strongest[0]):
            strongest = (
                chance,
                f"{SAME}: of {len(shared)} inputs, {rival.row.column.full_name} fools {more} that "
                f"{trial.row.column.full_name} does not, and misses {fewer} that it fools",
            )
    if strongest is not None:
        yield strongest[1]


def _paired(first: _Tried, second: _Tried) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """The common inputs, which of them stand in the first row, and which fall in the second."""
    shared, in_first, in_second = np.intersect1d(first.inputs, second.inputs, return_indices=True)
    return shared, first.right[in_first] > 0.5, second.right[in_second] <= 0.5


def _clearly_lower(first: _Tried, second: _Tried) -> NDArray[np.bool_]:
    """Which of the common inputs are right in a clearly smaller share of the answers in the second row."""
    _, in_first, in_second = np.intersect1d(first.inputs, second.inputs, return_indices=True)
    lower: NDArray[np.bool_] = first.right[in_first] - second.right[in_second] > CLEARLY
    return lower


def _marked(row: Measurement, new: tuple[str, ...]) -> Measurement:
    """The row with these warnings in place of earlier ones of their kind."""
    kept = [warning for warning in row.warnings if not warning.startswith((SMALLER, SAME))]
    warnings = tuple(dict.fromkeys((*kept, *new)))
    return row if warnings == row.warnings else replace(row, warnings=warnings)
