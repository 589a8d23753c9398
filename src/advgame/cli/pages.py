"""``advgame findings`` and ``reference``: documentation pages generated from data and code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from advgame.cli.application import app
from advgame.cli.arguments import Output
from advgame.cli.derived_help import DerivedHelp
from advgame.cli.laboratory import needs_laboratory


@app.command(
    cls=DerivedHelp,
    epilog="Examples: advgame findings --only attack_strength · "
    "advgame findings --tables results -o findings.md",
)
def findings(
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="QUESTION", help="Answers one question only: {questions}. May be repeated."),
    ] = None,
    tables: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="The folder of measured tables; by default the bundled ones."),
    ] = None,
    scenarios: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Also writes the scenarios of the bundled experiments into this folder."
        ),
    ] = None,
    output: Output = None,
) -> None:
    """Writes the page of findings from measured tables.

    It answers questions of the field, in Markdown.
    """
    from advgame.findings import QUESTIONS, QUESTIONS_BY_NAME, measured_tables
    from advgame.findings.page import page
    from advgame.findings.story_scenarios import write_scenarios

    questions = [QUESTIONS_BY_NAME[name] for name in only] if only else QUESTIONS
    measured = measured_tables(tables)
    write_page(page(measured, questions), output)
    if scenarios is not None:
        for written in write_scenarios(measured, scenarios):
            typer.echo(f"A scenario is in {written}.", err=True)


@app.command(epilog="Example: advgame reference -o experiments.md")
def reference(output: Output = None) -> None:
    """Writes the reference page of experiments.

    The page lists data sets, networks, defences, attacks and measures with their settings, in Markdown.
    """
    with needs_laboratory():
        from advgame.lab.analysis.reference import page

    write_page(page(), output)


def write_page(text: str, output: Path | None) -> None:
    """Writes a page to a file, or prints it."""
    from advgame.files import written_whole

    if output is None:
        typer.echo(text, nl=False)
        return
    written_whole(output, lambda file: file.write(text), text=True)
    typer.echo(f"The page is in {output}.")
