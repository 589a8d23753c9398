"""Writes the scenario files of the measured tables that have a story."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from advgame.findings.stories import STORIES, story_name
from advgame.measurements.experiment_tables import read_measured
from advgame.scenarios import write_scenario
from advgame.scenarios.from_experiment import scenario_of
from advgame.scenarios.price_table import data_name


def write_scenarios(tables: Sequence[Path], folder: Path) -> list[Path]:
    """Writes ``NAME-measured.toml`` for each story, which names an experiment or one of its networks.

    Returns:
        The files that were written.

    Raises:
        MeasurementError: for a table whose files are missing or damaged.
        InputError: when the folder does not exist or is not writable.
    """
    written = []
    for table in tables:
        for measured in read_measured(table):
            if name := story_name(measured):
                scenario = scenario_of(measured, STORIES[name], data_name(table))
                written.append(write_scenario(scenario, folder / f"{name}-measured.toml"))
    return written
