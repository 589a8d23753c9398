"""How long it takes to test one more input in each cell, by the cost tables that an experiment wrote."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean

from advgame.errors import MeasurementError
from advgame.measurements.csv_records import csv_records
from advgame.scenarios.data_paths import beside
from advgame.scenarios.evidence import Cell, rows_of
from advgame.scenarios.scenario import Scenario

KEYS = ("dataset", "network", "defence", "attack", "crafted_on")


def seconds_per_input(scenario: Scenario) -> dict[Cell, float]:
    """Seconds of attacking one input, the mean over seeds, for each cell whose cost was recorded.

    Read from the table's rows where they state seconds and inputs, else from ``….attacks.csv`` beside it.
    A clean input costs next to nothing and is not listed.

    >>> from advgame.scenarios import case
    >>> seconds = seconds_per_input(case("mnist-invariance-measured"))
    >>> round(seconds["plain", "strongest-Linf-0.1"], 2)
    0.03

    Args:
        scenario: the question with its table.
    """
    costs, seconds = _cost_table(scenario), dict[Cell, float]()
    for cell, rows in rows_of(scenario.selected).items():
        stated = [row.seconds / row.tested for row in rows if row.seconds and row.tested]
        if stated:
            seconds[cell] = fmean(stated)
            continue
        first = rows[0]
        recorded = costs.get(
            (first.dataset, first.network, first.defence, first.attack, first.source_model or "")
        )
        if recorded:
            seconds[cell] = recorded
    return seconds


def _cost_table(scenario: Scenario) -> Mapping[tuple[str, ...], float]:
    """Seconds per input by the columns of ``KEYS``; none where the file is missing or damaged."""
    path = beside(scenario.data, scenario.folder, ".attacks.csv")
    if path is None:
        return {}
    seconds: dict[tuple[str, ...], list[float]] = {}
    try:
        header, records = csv_records(path)
        if not {*KEYS, "seconds"}.issubset(header):
            return {}
        for _, record in records:
            if record["seconds"]:
                key = tuple(record[name] for name in KEYS)
                seconds.setdefault(key, []).append(float(record["seconds"]))
    except (MeasurementError, ValueError):
        return {}
    return {key: fmean(values) for key, values in seconds.items()}
