"""``advgame solve`` and ``advgame sweep``: one scenario, or one at every point of a grid."""

from __future__ import annotations

import re
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advgame.cli.application import app
from advgame.cli.arguments import (
    Concept,
    Output,
    PresetName,
    Question,
    Settings,
    assignment,
    refuse_percent,
    scenario_from,
)
from advgame.cli.derived_help import DerivedHelp
from advgame.cli.printing import print_rendered
from advgame.cli.progress import progress_bar
from advgame.errors import InputError, ScenarioError
from advgame.stopping import when_stopped

if TYPE_CHECKING:
    import pandas as pd


@app.command(
    cls=DerivedHelp,
    epilog="Examples: advgame solve cifar10-two-defences · "
    "advgame solve mine.toml --set 'attack_cost[pgd]=0.2' -o decision.html · "
    "advgame solve mine.toml --section sensitivity --section risk -o decision.html · "
    "advgame solve mine.toml --set announced=true --format json",
)
def solve(
    scenario: Question,
    concept: Concept = None,
    settings: Settings = None,
    preset: PresetName = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="The report format: {formats}. By default that of the file's suffix, or text on standard "
            "output.",
        ),
    ] = None,
    section: Annotated[
        list[str] | None,
        typer.Option(
            "--section",
            metavar="STUDY",
            help="A study to add to the report as a section; may be repeated: {studies}.",
        ),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Print the whole report, not the short answer alone.")
    ] = False,
    output: Output = None,
) -> None:
    """Solves a scenario and reports the decision.

    The short answer is printed; the whole report with --full, --format or --section, or as the file given
    with --output.
    """
    import advgame as ag
    from advgame.reports.compose import IN_SHORT

    short = output is None and form is None and not section and not full
    with when_stopped(nothing_kept(output)):
        question = scenario_from(scenario, settings, preset)
        with progress_bar("Solving") as progress:
            report = ag.report(
                question,
                concept=concept,
                sections=section or (),
                progress=progress,
                only=IN_SHORT if short else None,
            )
        if output is None:
            print_rendered(report.render(form or "text"), form)
            if short:
                typer.echo("\nThis is the short answer; --full prints the report, -o decision.html saves it.")
            return
        report.save(output, form)
    typer.echo(report.verdict)
    typer.echo(f"The report is in {output}.")


@app.command(
    cls=DerivedHelp,
    epilog="Example: advgame sweep cifar10-two-defences --vary attack_cost=0:1:20 "
    "--vary largest_share=0:1:20 -o sweep.parquet",
)
def sweep(
    scenario: Question,
    vary: Annotated[
        list[str],
        typer.Option(
            metavar="NAME=FROM:TO:POINTS",
            help="The values of a parameter: evenly spaced, including both ends, or listed as NAME=a,b,c. "
            "Repeat the option to vary several parameters.",
        ),
    ],
    concept: Concept = None,
    settings: Settings = None,
    preset: PresetName = None,
    output: Output = None,
) -> None:
    """Solves a scenario at every point of a grid.

    The result is a table with one row for each point, as CSV or Parquet.
    """
    import advgame as ag

    for given in vary:
        for value in re.split("[=,:]", given):
            refuse_percent(value.strip(), f"--vary {given}")
    if output is not None and output.suffix not in TABLES:
        raise InputError(f"{output} ends in {output.suffix!r}; a sweep is written as {' or '.join(TABLES)}.")
    grid = _grid(vary)
    with when_stopped(nothing_kept(output)):
        with progress_bar("Solving") as progress:
            frame = ag.sweep(
                scenario_from(scenario, settings, preset), grid, concept=concept, progress=progress
            )
        if output is None:
            typer.echo(_csv_text(frame), nl=False)
            return
        write_frame(frame, output)
    typer.echo(f"{len(frame):,} cells in {output}; regimes:")
    for regime, count in frame["regime"].value_counts().head(12).items():
        typer.echo(f"  {count:>8,}  {regime}")


TABLES = (".csv", ".parquet")


def nothing_kept(output: Path | None) -> str:
    """The message of a stopped command that writes one file at its end.

    >>> nothing_kept(Path("sweep.csv"))
    'Nothing was written to sweep.csv. To start over, run the same command again.'
    """
    done = "printed" if output is None else f"written to {output}"
    return f"Nothing was {done}. To start over, run the same command again."


def _grid(vary: list[str]) -> dict[str, list[float]]:
    grid: dict[str, list[float]] = {}
    for address, values in map(_values, vary):
        if address in grid:
            raise ScenarioError(f"--vary names {address} twice; name it once, with all its values.")
        grid[address] = values
    return grid


def _values(text: str) -> tuple[str, list[float]]:
    """The address and the values in ``NAME=FROM:TO:POINTS`` or ``NAME=a,b,c``.

    >>> _values("attack_cost=0:1:3")
    ('attack_cost', [0.0, 0.5, 1.0])
    """
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
            "points, "
            "such as 0:1:20, or values such as 0.1,0.2."
        ) from None


MOST_POINTS = 1_000_000


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError
    return value


def _csv_text(frame: pd.DataFrame) -> str:
    from advgame.files import spreadsheet_safe

    safe = frame.rename(columns=spreadsheet_safe)
    for column in safe.select_dtypes(exclude="number"):
        safe[column] = safe[column].map(
            lambda value: spreadsheet_safe(value) if isinstance(value, str) else value
        )
    return str(safe.to_csv(index=False, lineterminator="\n"))


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Writes a table as CSV or Parquet, according to the suffix."""
    from advgame.files import written_whole

    if path.suffix == ".parquet":
        written_whole(path, lambda file: frame.to_parquet(file, index=False))
    else:
        written_whole(path, lambda file: file.write(_csv_text(frame)), text=True)
