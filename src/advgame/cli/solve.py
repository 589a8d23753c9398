"""``advgame solve``: decides a scenario and reports the decision."""

from __future__ import annotations

from typing import Annotated

import typer

from advgame.cli.application import app
from advgame.cli.arguments import (
    Concept,
    Output,
    PresetName,
    Question,
    Settings,
    scenario_from,
)
from advgame.cli.derived_help import DerivedHelp
from advgame.cli.frames import nothing_kept
from advgame.cli.printing import print_rendered
from advgame.stopping import when_stopped


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
