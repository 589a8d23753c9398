"""The scenarios of measured tables that have a story, as files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from advgame.bundled import bundled
from advgame.findings.stories import STORIES
from advgame.measurements.experiment_tables import read_measured
from advgame.scenarios import write_scenario
from advgame.scenarios.from_experiment import scenario_of


def write_scenarios(tables: Sequence[Path], folder: Path) -> list[Path]:
    """Writes a scenario for each table that has a story, as ``NAME-measured.toml``.

    Returns:
        The files that were written.

    Raises:
        MeasurementError: for a table whose files are missing or damaged.
        InputError: when the folder is not there or cannot be written.
    """
    written = []
    for table in tables:
        for measured in read_measured(table):
            if measured.experiment in STORIES:
                scenario = scenario_of(measured, STORIES[measured.experiment], data_name(table))
                written.append(write_scenario(scenario, folder / f"{measured.experiment}-measured.toml"))
    return written


def data_name(table: Path) -> str:
    """The name of a table in a scenario: its place among the bundled data, or else its path.

    >>> data_name(bundled("data") / "measured" / "digits.csv")
    'measured/digits.csv'
    """
    place, bundle = table.resolve(), bundled("data").resolve()
    return place.relative_to(bundle).as_posix() if place.is_relative_to(bundle) else os.path.relpath(place)
