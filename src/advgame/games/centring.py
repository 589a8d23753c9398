"""Removes constants from payoffs without rounding, so that small differences are not lost beside them.

Adding a constant to a column of the defender's payoffs, or to a row of the attacker's, changes no
equilibrium. Floats of equal sign within a factor of two have exact differences (Sterbenz 1974), so the
smallest payoff can be subtracted exactly if payoffs are large compared with their range.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.games.tolerances import FAR

SAMPLE = 8  # approximate number of strategies per player that are checked first


def columns_centred(payoffs: NDArray[Any]) -> NDArray[Any]:
    """The payoffs with the minimum of each column subtracted, if any column is far from zero.

    A column in which the subtraction would round is unchanged; its payoffs are at most twice its range.

    >>> columns_centred(np.array([[1e9 + 1, 3], [1e9, 1]])).tolist()
    [[1.0, 3.0], [0.0, 1.0]]

    Args:
        payoffs: (strategies, opponent's strategies), numbers of any type.

    Returns:
        New payoffs, or the same array if no column is far from zero.
    """
    least, most = payoffs.min(axis=0), payoffs.max(axis=0)
    low, high = (bound if bound.dtype == object else bound.astype(np.float64) for bound in (least, most))
    size, reach = np.maximum(abs(low), abs(high)) / 2, high / 2 - low / 2  # halves cannot overflow
    if not np.any((size > 0) & (size / FAR >= reach.max())):
        return payoffs
    return _less(payoffs, np.where(size / 2 >= reach, least, 0 * least))


def rows_centred(payoffs: NDArray[Any]) -> NDArray[Any]:
    """The payoffs with the minimum of each row subtracted; see `columns_centred`."""
    turned = payoffs.T
    centred = columns_centred(turned)
    return payoffs if centred is turned else centred.T


def all_centred(payoffs: NDArray[Any]) -> NDArray[Any]:
    """The payoffs with their minimum subtracted if they are far from zero; otherwise the same array.

    >>> all_centred(np.array([[1e9 + 1, 1e9 + 3]])).tolist()
    [[0.0, 2.0]]
    """
    flat = payoffs.reshape(-1, 1)
    centred = columns_centred(flat)
    return payoffs if centred is flat else centred.reshape(payoffs.shape)


def is_far(low: float, high: float) -> bool:
    """Whether payoffs between two numbers are far from zero compared with their range."""
    size = max(-low, high) / 2  # halves cannot overflow
    return size > 0 and size / FAR >= high / 2 - low / 2


def plainly_near(payoffs: NDArray[np.float64], low: float, high: float) -> bool:
    """Whether a few payoffs already show that no column is far from zero.

    >>> plainly_near(np.array([[0.0, 2.0], [1.0, 5.0]]), 0.0, 5.0)
    True

    Args:
        payoffs: (strategies, opponent's strategies).
        low, high: the smallest and the largest payoff.
    """
    size = max(-low, high) / 2 / FAR
    for place in (0, payoffs.shape[1] // 2):
        column = payoffs[:SAMPLE, place].tolist()
        if size < max(column) / 2 - min(column) / 2:
            return True
    some = payoffs[tuple(slice(None, None, max(1, length // SAMPLE)) for length in payoffs.shape)]
    reach = float((some.max(axis=0) / 2 - some.min(axis=0) / 2).max())
    return size < reach


def _less(payoffs: NDArray[Any], constants: NDArray[Any]) -> NDArray[Any]:
    if payoffs.dtype.kind == "f":
        return np.asarray(payoffs - constants)
    exact = Fraction if payoffs.dtype == object else int
    less = [exact(constant) for constant in constants.tolist()]
    return np.array([[exact(p) - c for p, c in zip(row, less, strict=True)] for row in payoffs.tolist()])
