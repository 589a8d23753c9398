"""The standard error of an accuracy, from its counts or from its training runs."""

from __future__ import annotations

from math import sqrt

from advgame.measurements.measurement import Measurement


def standard_error(row: Measurement) -> float | None:
    """The standard error of a row's accuracy; None if its source gives neither counts nor a spread.

    From the spread over training runs if there are several, otherwise the binomial error of the counts.
    """
    if row.std is not None and row.runs is not None and row.runs > 1:
        return row.std / sqrt(row.runs)
    if row.correct is not None and row.tested:
        share = (row.correct + 0.5) / (row.tested + 1)
        return sqrt(share * (1 - share) / (row.tested + 2))
    return None
