"""Checks the settings of a defence."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf, isfinite

from advgame.errors import LabError


def check_range(
    setting: str, given: float, low: float, high: float = inf, *, low_included: bool = True
) -> None:
    """Raises an error if the value is not in the range.

    >>> check_range("draws", 0, 1)
    Traceback (most recent call last):
    advgame.errors.LabError: The setting 'draws' is 0; expected a number of at least 1.
    >>> check_range("cutoff", 2.0, 0, 1, low_included=False)
    Traceback (most recent call last):
    advgame.errors.LabError: The setting 'cutoff' is 2.0; expected a number above 0 and at most 1.

    Args:
        setting: name of the setting, for the error message.
        given: its value.
        low: lower limit.
        high: upper limit, which is allowed.
        low_included: whether the lower limit itself is allowed.

    Raises:
        LabError: for a value outside the range, and for one that is not finite.
    """
    above = given >= low if low_included else given > low
    if isfinite(given) and above and given <= high:
        return
    expected = f"{'of at least' if low_included else 'above'} {low:g}" + (
        f" and at most {high:g}" if high < inf else ""
    )
    raise LabError(f"The setting {setting!r} is {given}; expected a number {expected}.")


def check_choice(setting: str, given: str, known: Iterable[str]) -> None:
    """Raises an error if the value is not one of those known.

    >>> check_choice("scope", "everywhere", ("global", "local"))
    Traceback (most recent call last):
    advgame.errors.LabError: The setting 'scope' is 'everywhere'; expected one of global, local.

    Args:
        setting: name of the setting, for the error message.
        given: its value.
        known: the values that it may have.

    Raises:
        LabError: for any other value.
    """
    names = tuple(known)
    if given not in names:
        raise LabError(f"The setting {setting!r} is {given!r}; expected one of {', '.join(names)}.")
