"""``python -m advgame.findings``: the page of findings, and scenarios, made anew from the measured tables."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path

from advgame.errors import AdvgameError
from advgame.files import written_whole
from advgame.findings import measured_tables, read_measured
from advgame.findings.page import page
from advgame.findings.pricing import scenario_of
from advgame.findings.stories import STORIES
from advgame.scenarios import write_scenario


def main(arguments: list[str]) -> int:
    """Writes what is asked for; the exit code."""
    parser = ArgumentParser("python -m advgame.findings", description=__doc__)
    parser.add_argument("page", nargs="?", type=Path, help="where to write the page; printed if omitted")
    parser.add_argument("--tables", type=Path, help="the folder of measured tables, if not the bundled")
    parser.add_argument("--scenarios", type=Path, help="a folder to write the scenarios of the tables into")
    given = parser.parse_args(arguments)
    tables = measured_tables(given.tables)
    try:
        text = page(tables)
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
                scenario = scenario_of(measured, STORIES[measured.experiment], f"measured/{table.name}")
                written.append(write_scenario(scenario, folder / f"{measured.experiment}-measured.toml"))
    return written


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
