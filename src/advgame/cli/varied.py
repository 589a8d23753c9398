"""Parses ``--vary``: the values or the range of a parameter."""

from __future__ import annotations

import re
from math import isfinite
from typing import TypeVar

from advgame.cli.arguments import assignment, refuse_percent
from advgame.errors import ScenarioError

MOST_POINTS = 1_000_000

Value = TypeVar("Value")


def grid_of(vary: list[str]) -> dict[str, list[float]]:
    """Address → values, from the texts of ``--vary`` for a grid.

    >>> grid_of(["attack_cost=0:1:3", "largest_share=0.1,0.3"])
    {'attack_cost': [0.0, 0.5, 1.0], 'largest_share': [0.1, 0.3]}

    Raises:
        ScenarioError: for a text of another form, or a parameter that is named twice.
    """
    return dict(_once([_values(text) for text in _without_percent(vary)]))


def ranges_of(vary: list[str]) -> dict[str, tuple[float, float]]:
    """Address → least and greatest value, from the texts of ``--vary`` for points within ranges.

    >>> ranges_of(["attack_cost=0:1"])
    {'attack_cost': (0.0, 1.0)}

    Raises:
        ScenarioError: for a text of another form, or a parameter that is named twice.
    """
    return dict(_once([_range(text) for text in _without_percent(vary)]))


def _without_percent(vary: list[str]) -> list[str]:
    for given in vary:
        for value in re.split("[=,:]", given):
            refuse_percent(value.strip(), f"--vary {given}")
    return vary


def _once(pairs: list[tuple[str, Value]]) -> list[tuple[str, Value]]:
    names = [address for address, _ in pairs]
    for address in names:
        if names.count(address) > 1:
            raise ScenarioError(f"--vary names {address} twice; name it once, with all its values.")
    return pairs


def _values(text: str) -> tuple[str, list[float]]:
    """The address and the values in ``NAME=FROM:TO:POINTS`` or ``NAME=a,b,c``."""
    import numpy as np

    address, given = assignment(text, "--vary", "NAME=FROM:TO:POINTS")
    try:
        if ":" not in given:
            return address, [_finite(value) for value in given.split(",")]
        low, high, points = given.split(":")
        if not 1 <= int(points) <= MOST_POINTS:
            raise ValueError
        return address, [float(value) for value in np.linspace(_finite(low), _finite(high), int(points))]
    except ValueError:
        raise ScenarioError(
            f"--vary {text!r}: {given!r} is not a range; write FROM:TO:POINTS with 1 to {MOST_POINTS:,} "
            "points, such as 0:1:20, or values such as 0.1,0.2."
        ) from None


def _range(text: str) -> tuple[str, tuple[float, float]]:
    """The address and the range in ``NAME=FROM:TO``."""
    address, given = assignment(text, "--vary", "NAME=FROM:TO")
    try:
        low, high = map(_finite, given.split(":"))
    except ValueError:
        raise ScenarioError(
            f"--vary {text!r}: {given!r} is not a range; this design needs FROM:TO, such as 0:1. The number "
            "of points is that of --cells."
        ) from None
    return address, (low, high)


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError
    return value
