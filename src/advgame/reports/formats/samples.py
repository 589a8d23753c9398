"""A chart as a table of samples, for formats without line charts."""

from __future__ import annotations

from advgame.number_text import significant
from advgame.reports.blocks import LineChart

SAMPLES = 7


def samples_of(chart: LineChart) -> list[list[str]]:
    """The values of the chart at a few points, including the scenario's own.

    >>> from advgame.reports.blocks import Series
    >>> samples_of(LineChart("", "x", "y", (Series("a", ((0.0, 1.0), (1.0, 2.0))),)))
    [['0', '1'], ['1', '2']]
    """
    lines = [dict(line.points) for line in chart.series]
    places = sorted({place for line in lines for place in line})
    return [
        [significant(place), *(significant(line[place], 3) if place in line else "–" for line in lines)]
        for place in _chosen(places, chart.here)
    ]


def _chosen(places: list[float], own_place: float | None) -> list[float]:
    if len(places) <= SAMPLES:
        return places
    step = (len(places) - 1) / (SAMPLES - 1)
    few = {places[round(number * step)] for number in range(SAMPLES)}
    return sorted(few | {place for place in places if place == own_place})
