"""Writes the scenario files of the measured tables that have a story."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from advgame.findings.stories import STORIES
from advgame.measurements.experiment_tables import read_measured
from advgame.scenarios import write_scenario
from advgame.scenarios.from_experiment import scenario_of
from advgame.scenarios.price_table import data_name


def write_scenarios(tables: Sequence[Path], folder: Path) -> list[Path]:
    """Writes ``NAME-measured.toml`` for each table that has a story.

    Returns:
        The files that were written.

    Raises:
        MeasurementError: for a table whose files are missing or damaged.
        InputError: when the folder does not exist or is not writable.
    """
    written = []
    for table in tables:
        for measured in read_measured(table):
            if measured.experiment in STORIES:
                scenario = scenario_of(measured, STORIES[measured.experiment], data_name(table))
                written.append(write_scenario(scenario, folder / f"{measured.experiment}-measured.toml"))
    return written
