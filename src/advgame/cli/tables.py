"""``advgame import``: converts accuracies in a published format to a table of measurements."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from advgame.cli.application import app
from advgame.cli.arguments import Output
from advgame.cli.derived_help import DerivedHelp


@app.command(
    "import",
    cls=DerivedHelp,
    epilog="Examples: advgame import robustbench model_info/ -o rows.csv · "
    "advgame import csv mine.csv --columns map.toml -o rows.csv",
)
def import_(
    importer: Annotated[str, typer.Argument(metavar="FORMAT", help="The format to read: {importers}.")],
    path: Annotated[Path, typer.Argument(help="The file or folder to read.")],
    columns: Annotated[Path | None, typer.Option(help="A column map (.toml), for csv.")] = None,
    percent: Annotated[
        bool, typer.Option("--percent", help="The accuracies in the file are in percent.")
    ] = False,
    success: Annotated[
        bool | None,
        typer.Option(
            "--success/--robustness",
            help="Whether figures under attack are success rates of the attacks, or accuracies; for csv.",
        ),
    ] = None,
    output: Output = None,
) -> None:
    """Converts published accuracies to a table.

    The table is CSV or Parquet; a scenario refers to it.
    """
    from advgame.measurements import table_text, write_table
    from advgame.measurements.importers import IMPORTERS

    table = IMPORTERS[importer](columns=columns, percent=percent, success=success).read(path)
    if output is None:
        typer.echo(table_text(table), nl=False)
        return
    write_table(table, output)
    warned = sum(bool(row.warnings) for row in table)
    typer.echo(
        f"{len(table)} rows, {len(table.defences)} defences, {len(table.columns)} columns in {output}; "
        f"{warned} rows carry warnings."
    )
