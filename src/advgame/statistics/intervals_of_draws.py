"""A quantity estimated by draws: its mean and its central interval."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from advgame.errors import InputError

BEYOND = 20  # draws that must lie beyond each end of an interval, or the end is too uncertain itself


@dataclass(frozen=True)
class Spread:
    """The mean of a quantity and its central interval."""

    mean: float  # the median where some draws are infinite
    low: float
    high: float

    @staticmethod
    def of(draws: NDArray[np.float64], level: float) -> Spread:
        """From draws (draws,); infinite ones count at the ends of the interval.

        >>> Spread.of(np.arange(1001.0), 0.5)
        Spread(mean=500.0, low=250.0, high=750.0)

        Args:
            draws: of the quantity.
            level: share of the draws within the interval.
        """
        tail = (1 - level) / 2
        if np.isfinite(draws).all():
            low, high = np.quantile(draws, [tail, 1 - tail])
            return Spread(float(draws.mean()), float(low), float(high))
        # between a finite and an infinite draw nothing can be interpolated
        low, middle, high = np.quantile(draws, [tail, 0.5, 1 - tail], method="lower")
        return Spread(float(middle), float(low), float(high))


def check_draws(draws: int, level: float) -> None:
    """Refuses draws too few for an interval of some level.

    >>> check_draws(800, 0.95)

    Raises:
        InputError: says how many draws are needed.
    """
    if isinstance(level, bool) or not isinstance(level, int | float) or not 0 < level < 1:
        raise InputError(f"level is {level!r}; expected a number between 0 and 1, such as 0.95.")
    needed = ceil(round(2 * BEYOND / (1 - level), 6))
    if whole_number("draws", draws, 0) < needed:
        raise InputError(
            f"{draws:,} draws are too few for an interval of {100 * level:g} %: fewer than {BEYOND} would "
            f"lie beyond each end. Give at least {needed:,} draws."
        )


def whole_number(name: str, given: object, least: int) -> int:
    """A setting that must be a whole number.

    >>> whole_number("draws", 500, least=100)
    500

    Args:
        name: of the setting.
        given: its value.
        least: the smallest value that serves.

    Raises:
        InputError: says what was given and the least that is expected.
    """
    if isinstance(given, bool) or not isinstance(given, int) or given < least:
        raise InputError(f"{name} is {given!r}; expected a whole number of at least {least:,}.")
    return given
