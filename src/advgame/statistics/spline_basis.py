"""Regressors: cubic splines of some columns, added up."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_COLUMNS = 240  # of all regressors together
MOST_PIECES = 6  # cubic polynomials that one column's spline is made of
DEGREE = 3


def spline_basis(columns: Floats) -> Floats:
    """An additive basis of cubic B-splines with knots at quantiles, a column of ones first.

    A column with few different values, or one of very many columns, gets a line instead.

    >>> spline_basis(np.linspace(0, 1, 50)[:, None]).shape  # 6 pieces: 6 + 3 splines, one of them redundant
    (50, 9)

    Args:
        columns: (draws, columns) what is regressed on.

    Returns:
        (draws, regressors), each standardised but the first.
    """
    draws, count = columns.shape
    pieces = min(MOST_PIECES, MOST_COLUMNS // max(count, 1) - DEGREE + 1)
    parts = [_centred(_of_one(column, pieces)) for column in columns.T if np.ptp(column) > 0]
    return np.hstack([np.ones((draws, 1)), *parts])


def _of_one(column: Floats, pieces: int) -> Floats:
    if pieces < 1 or len(np.unique(column[:64])) <= DEGREE + 1:
        return column[:, None]
    inner = np.unique(np.quantile(column, np.linspace(0, 1, pieces + 1)))
    knots = np.concatenate([np.repeat(inner[0], DEGREE), inner, np.repeat(inner[-1], DEGREE)])
    return b_splines(column, knots)[:, 1:]  # all of them add up to one


def b_splines(values: Floats, knots: Floats) -> Floats:
    """The cubic B-splines of a knot vector, by the recursion of Cox and de Boor.

    It is written out because importing ``scipy.interpolate`` takes longer than all regressions of a report.

    >>> knots = np.array([0.0, 0, 0, 0, 1, 1, 1, 1])
    >>> b_splines(np.array([0.5]), knots).tolist()  # the Bernstein polynomials of degree 3
    [[0.125, 0.375, 0.375, 0.125]]

    Args:
        values: (k,) between the first knot and the last.
        knots: (splines + 4,) in order; the first and the last stand four times.

    Returns:
        (k, splines) values of the splines, which add up to one.
    """
    x = values[:, None]
    piece = np.searchsorted(knots, values, side="right") - 1
    last = len(knots) - DEGREE - 2  # the right end belongs to the last piece
    basis: Floats = (np.arange(len(knots) - 1) == np.minimum(piece, last)[:, None]).astype(np.float64)
    for degree in range(1, DEGREE + 1):
        start, end = knots[: -degree - 1], knots[degree + 1 :]
        width = knots[degree:-1] - start, end - knots[1:-degree]
        rise, fall = (np.divide(1.0, part, out=np.zeros_like(part), where=part > 0) for part in width)
        basis = (x - start) * rise * basis[:, :-1] + (end - x) * fall * basis[:, 1:]
    return basis


def _centred(part: Floats) -> Floats:
    part = part - part.mean(axis=0)
    return np.asarray(part / np.maximum(part.std(axis=0), np.finfo(float).tiny))
