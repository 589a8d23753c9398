"""``python -m advgame.findings``: the page of findings, and scenarios, made anew from the measured tables."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from pathlib import Path

from advgame.bundled import bundled
from advgame.errors import AdvgameError
from advgame.files import written_whole
from advgame.findings import QUESTIONS, measured_tables
from advgame.findings.page import page
from advgame.findings.stories import STORIES
from advgame.measurements.experiment_tables import read_measured
from advgame.scenarios import write_scenario
from advgame.scenarios.from_experiment import scenario_of

BY_NAME = {question.__name__: question for question in QUESTIONS}


def main(arguments: list[str]) -> int:
    """Writes what is asked for; the exit code."""
    parser = ArgumentParser("python -m advgame.findings", description=__doc__)
    parser.add_argument("page", nargs="?", type=Path, help="where to write the page; printed if omitted")
    parser.add_argument("--tables", type=Path, help="the folder of measured tables, if not the bundled")
    parser.add_argument("--only", metavar="QUESTION", help=f"one of {', '.join(BY_NAME)}", choices=BY_NAME)
    parser.add_argument("--scenarios", type=Path, help="a folder to write the scenarios of the tables into")
    given = parser.parse_args(arguments)
    tables = measured_tables(given.tables)
    try:
        text = page(tables, QUESTIONS if given.only is None else (BY_NAME[given.only],))
        if given.page is None:
            sys.stdout.write(text)
        else:
            written_whole(given.page, lambda file: file.write(text), text=True)
        if given.scenarios is not None:
            write_scenarios(tables, given.scenarios)
    except AdvgameError as mistake:
        sys.stderr.write(f"{mistake}\n")
        return 2
    return 0


def write_scenarios(tables: list[Path], folder: Path) -> list[Path]:
    """A scenario for each table that has a story, as ``NAME-measured.toml``."""
    written = []
    for table in tables:
        for measured in read_measured(table):
            if measured.experiment in STORIES:
                scenario = scenario_of(measured, STORIES[measured.experiment], _named(table))
                written.append(write_scenario(scenario, folder / f"{measured.experiment}-measured.toml"))
    return written


def _named(table: Path) -> str:
    """How a scenario names its table: a bundled one by its place there, any other by its path."""
    place, bundle = table.resolve(), bundled("data").resolve()
    return place.relative_to(bundle).as_posix() if place.is_relative_to(bundle) else os.path.relpath(place)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
