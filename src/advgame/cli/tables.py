"""``advgame import``: accuracies in a published format made into a table of measurements."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from advgame.cli.application import app
from advgame.cli.arguments import Output


@app.command(
    "import",
    epilog="Examples: advgame import robustbench model_info/ -o rows.csv · "
    "advgame import csv mine.csv --columns map.toml -o rows.csv",
)
def import_(
    importer: Annotated[str, typer.Argument(metavar="FORMAT", help="robustbench, advpruning or csv.")],
    path: Annotated[Path, typer.Argument(help="The file or folder to read.")],
    columns: Annotated[Path | None, typer.Option(help="A column map (TOML), for csv.")] = None,
    percent: Annotated[bool, typer.Option(help="Accuracies are in percent: divide them by 100.")] = False,
    output: Output = None,
) -> None:
    """Reads accuracies in a published format into a table of measurements, as CSV or Parquet."""
    from advgame.measurements import table_text, write_table
    from advgame.measurements.importers import IMPORTERS

    table = IMPORTERS[importer](columns=columns, percent=percent).read(path)
    if output is None:
        typer.echo(table_text(table), nl=False)
        return
    write_table(table, output)
    warned = sum(bool(row.warnings) for row in table)
    typer.echo(
        f"{len(table)} rows, {len(table.defences)} defences, {len(table.columns)} columns in {output}; "
        f"{warned} rows carry warnings."
    )
