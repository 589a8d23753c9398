"""The decimal a float was written as: the shortest one that reads back as the same float.

Tables, TOML files, forms and command lines contain decimals, and Python prints a float as the shortest
decimal that reads back as the same float. So 0.1 means one tenth, not the nearest binary fraction, wherever
figures become payoffs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from advgame.measurements.measurement import Measurement

Exact = NDArray[Any]  # of Fractions
Number = Callable[[float], Any]  # converts a float to the exact number it represents

# A context without rounding: sums and products of decimals are exact, anything else raises ArithmeticError.
UNROUNDED = Context(
    prec=1000,
    Emax=MAX_EMAX,
    Emin=MIN_EMIN,
    traps=[Inexact, InvalidOperation, DivisionByZero, Overflow],
)


@lru_cache(maxsize=65_536)
def as_decimal(number: float) -> Fraction:
    """The decimal that a number prints as, as a Fraction.

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


def printed(number: float) -> Decimal:
    """Like ``as_decimal``, as a Decimal, which is ten times faster to add and multiply than a Fraction.

    >>> printed(0.1)
    Decimal('0.1')

    Args:
        number: finite.
    """
    return Decimal(repr(float(number)))


def as_decimals(numbers: ArrayLike, number: Number = as_decimal) -> Exact:
    """The decimals that numbers print as, as an array of the same shape.

    >>> as_decimals([0.25, 1]).tolist()
    [Fraction(1, 4), Fraction(1, 1)]

    Args:
        numbers: finite floats.
        number: ``as_decimal`` for Fractions, ``printed`` for Decimals.
    """
    return converted(np.asarray(numbers), number)


def converted(numbers: NDArray[Any], kind: Callable[[Any], Any]) -> Exact:
    """The array with each number converted by a function, such as Fraction.

    >>> converted(np.array([0.5, 2]), Fraction).tolist()
    [Fraction(1, 2), Fraction(2, 1)]
    """
    flat = numbers.ravel().tolist()
    known = {number: kind(number) for number in set(flat)}  # the numbers of a grid repeat
    exact = np.empty(numbers.shape, dtype=object)
    exact.ravel()[:] = [known[number] for number in flat]
    return exact


def fraction_in_decimals(fraction: Fraction) -> Decimal:
    """A fraction as a Decimal, in the context ``UNROUNDED``.

    >>> UNROUNDED.divide(Decimal(1), Decimal(8))
    Decimal('0.125')

    Raises:
        ArithmeticError: for a fraction that is not a finite decimal, such as 1/3.
    """
    return UNROUNDED.divide(Decimal(fraction.numerator), Decimal(fraction.denominator))


def over_common_denominator(numbers: Exact) -> tuple[NDArray[Any], int]:
    """Fractions, or Decimals in the context ``UNROUNDED``, as integers over a common denominator.

    >>> over_common_denominator(np.array([Fraction(1, 2), Fraction(1, 3)]))
    (array([3, 2], dtype=object), 6)

    Args:
        numbers: at least one number, all of one type.

    Returns:
        Python integers of any size in the same shape, and the denominator.
    """
    flat = numbers.ravel().tolist()
    whole = np.empty(numbers.shape, dtype=object)
    if isinstance(flat[0], Decimal):
        # A sum has the decimal places of all its terms
        denominator = 10 ** max(0, -int(sum(flat).as_tuple().exponent))
        scale = Decimal(denominator)
        whole.ravel()[:] = [int(number * scale) for number in flat]
        return whole, denominator
    denominator = lcm(*{number.denominator for number in flat})
    whole.ravel()[:] = [number.numerator * (denominator // number.denominator) for number in flat]
    return whole, denominator


def exact_accuracy(rows: Sequence[Measurement]) -> Fraction:
    """The exact accuracy of one cell: the mean over its rows as a rational number.

    A row whose accuracy equals its counts correct / tested contributes that fraction, any other row the
    decimal it prints as.

    >>> row = Measurement("d", "n", "plain", "none", metric="clean", accuracy=2 / 3, correct=2, tested=3)
    >>> exact_accuracy([row])
    Fraction(2, 3)
    """
    return sum(map(_accuracy, rows), Fraction(0)) / len(rows)


def _accuracy(row: Measurement) -> Fraction:
    if row.correct is not None and row.tested and row.correct / row.tested == row.accuracy:
        return Fraction(row.correct, row.tested)
    return as_decimal(row.accuracy)
