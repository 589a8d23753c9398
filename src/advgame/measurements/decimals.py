"""The number a float was written as: the shortest decimal that gives it.

A table, a TOML file, a form and a command line all hold decimals, and Python prints a float as the shortest
decimal that reads back as the same float. So 0.1 stands for one tenth, not for the binary fraction nearest
to it, wherever figures become payoffs.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from advgame.measurements.measurement import Measurement

Exact = NDArray[Any]  # of Fractions


@lru_cache(maxsize=65_536)
def as_decimal(number: float) -> Fraction:
    """The decimal a number prints as, exactly.

    >>> as_decimal(0.1), as_decimal(0.1) + as_decimal(0.2) == as_decimal(0.3)
    (Fraction(1, 10), True)

    Args:
        number: finite.
    """
    digits, _, exponent = repr(float(number)).partition("e")
    whole, _, decimals = digits.partition(".")
    shift = int(exponent or 0) - len(decimals)
    value = int(whole + decimals)
    return Fraction(value * 10**shift) if shift >= 0 else Fraction(value, 10**-shift)


def as_decimals(numbers: ArrayLike) -> Exact:
    """The decimals that numbers print as, in an array of the same shape.

    >>> as_decimals([0.25, 1]).tolist()
    [Fraction(1, 4), Fraction(1, 1)]
    """
    given = np.asarray(numbers)
    exact = np.empty(given.shape, dtype=object)
    exact.ravel()[:] = [as_decimal(number) for number in given.ravel().tolist()]
    return exact


def as_fractions(numbers: NDArray[Any]) -> Exact:
    """The very numbers of an array, whatever their kind, as Fractions."""
    exact = np.empty(numbers.shape, dtype=object)
    exact.ravel()[:] = [Fraction(number) for number in numbers.ravel().tolist()]
    return exact


def exact_accuracy(rows: Sequence[Measurement]) -> Fraction:
    """The accuracy of one cell: the mean over its rows, each the rational number it was given as.

    Where a row's accuracy is its count correct divided by its count tested, it is that fraction; otherwise
    it is the decimal it prints as.

    >>> row = Measurement("d", "n", "plain", "none", metric="clean", accuracy=2 / 3, correct=2, tested=3)
    >>> exact_accuracy([row])
    Fraction(2, 3)
    """
    return sum(map(_accuracy, rows), Fraction(0)) / len(rows)


def _accuracy(row: Measurement) -> Fraction:
    if row.correct is not None and row.tested and row.correct / row.tested == row.accuracy:
        return Fraction(row.correct, row.tested)
    return as_decimal(row.accuracy)
