"""The threshold of a parameter beyond which another policy wins, given which one wins at any value."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from advgame.arrays import FloatArray
from advgame.scenarios import Scenario, get_parameter
from advgame.studies.parameter_line import Deploy
from advgame.studies.thresholds import Threshold, in_whole_numbers, searched_range

# What is deployed instead at each value, empty where the service is not run; None where nothing wins.
Winners = Callable[[FloatArray], Sequence[Deploy | None]]

POINTS = 33  # values tried on each side at first
PARTS = 16  # into which the bracket of a change is cut at a time
ROUNDS = 6  # of cutting: to a few billionths of the range


def range_around(scenario: Scenario, address: str) -> tuple[float, float, float]:
    """The scenario's value of a parameter, and the ends of the range searched.

    Args:
        scenario: the scenario.
        address: of the parameter.
    """
    value = get_parameter(scenario, address)
    return value, *searched_range(scenario, address, value)


def threshold_of(
    address: str, within: tuple[float, float, float], deploy: Deploy, winners: Winners
) -> Threshold:
    """The nearest values on both sides at which another policy wins, and which one.

    >>> cheap = lambda costs: [("b",) if cost < 0.3 else None for cost in costs]
    >>> found = threshold_of("attack_cost", (0.5, 0.0, 1.0), ("a",), cheap)
    >>> round(found.below, 6), found.deploy_below, found.above
    (0.3, ('b',), None)

    Args:
        address: of the parameter.
        within: as of `range_around`.
        deploy: what is deployed at the scenario's value.
        winners: computes which policy wins at some values.
    """
    value, low, high = within
    below, winner_below = _first(winners, value, low)
    above, winner_above = _first(winners, value, high)
    threshold = Threshold(address, value, below, above, low, high, deploy, winner_below, winner_above)
    return in_whole_numbers(threshold, lambda there: winners(np.array([there]))[0])


def _first(winners: Winners, start: float, end: float) -> tuple[float | None, Deploy | None]:
    """The value nearest to the start at which another policy wins, and which one."""
    if start == end:
        return None, None
    values = np.linspace(start, end, POINTS)
    winner: Deploy | None = None
    for _ in range(ROUNDS):
        found = winners(values)
        place = next((place for place, other in enumerate(found) if other is not None), None)
        if place is None:
            return None, None
        winner = found[place]
        if place == 0:
            return float(values[0]), winner
        values = np.linspace(values[place - 1], values[place], PARTS + 1)
    return float(values[-1]), winner
