"""``advgame solve``: decides scenarios and reports the decisions."""

from __future__ import annotations

import os
from collections import Counter
from glob import glob
from pathlib import Path
from typing import Annotated

import typer

from advgame.cli.application import app
from advgame.cli.arguments import (
    Concept,
    Output,
    PresetName,
    Settings,
    scenario_from,
)
from advgame.cli.derived_help import DerivedHelp
from advgame.cli.frames import nothing_kept
from advgame.cli.printing import print_rendered
from advgame.cli.progress import progress_bar
from advgame.errors import AdvgameError, InputError
from advgame.stopping import when_stopped


@app.command(
    cls=DerivedHelp,
    epilog="Examples: advgame solve cifar10-two-defences · "
    "advgame solve mine.toml --set 'attack_cost[pgd]=0.2' -o decision.html · "
    "advgame solve mine.toml --section sensitivity --section risk -o decision.html · "
    "advgame solve mine.toml --set announced=true --format json · "
    "advgame solve scenarios/*.toml --format json -o results/",
)
def solve(
    scenarios: Annotated[
        list[str],
        typer.Argument(metavar="SCENARIO...", help="A scenario file (.toml) or a bundled case, or several."),
    ],
    concept: Concept = None,
    settings: Settings = None,
    preset: PresetName = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="The report format: {formats}. By default that of the file's suffix, or text on standard "
            "output, or html in a folder.",
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
    """Solves scenarios and reports the decisions.

    The short answer is printed; the whole report with --full, --format or --section, or as the file given
    with --output. The reports of several scenarios are written to a folder; a scenario that fails does not
    stop the others.
    """
    import advgame as ag
    from advgame.reports.compose import IN_SHORT

    names = _expanded(scenarios)
    if len(names) > 1 or _is_folder(output):
        _solve_several(names, _folder_for(names, output), concept, settings, preset, form or "html", section)
        return
    short = output is None and form is None and not section and not full
    with when_stopped(nothing_kept(output)):
        question = scenario_from(names[0], settings, preset)
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


def _expanded(scenarios: list[str]) -> list[str]:
    """The scenarios, with patterns such as ``*.toml`` expanded where the shell has not done so.

    Raises:
        InputError: for a pattern that no file matches.
    """
    names: list[str] = []
    for given in scenarios:
        matching = sorted(glob(given)) if "*" in given and not Path(given).exists() else [given]
        if not matching:
            raise InputError(f"No file matches {given}.")
        names += matching
    return list(dict.fromkeys(names))


def _is_folder(output: Path | None) -> bool:
    return output is not None and output.is_dir()


def _folder_for(names: list[str], output: Path | None) -> Path:
    """The folder for the reports of several scenarios, created if it does not exist.

    Raises:
        InputError: if no folder is given, if it cannot be created, or if two reports would have one name.
    """
    if output is None:
        raise InputError("Several scenarios need a folder for their reports; give one with -o FOLDER.")
    twice = [stem for stem, count in Counter(Path(name).stem for name in names).items() if count > 1]
    if twice:
        raise InputError(f"Two scenarios are called {twice[0]}; their reports would overwrite each other.")
    if output.suffix and not output.exists():
        raise InputError(f"{output} is one file for {len(names)} scenarios; give a folder with -o FOLDER.")
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise InputError(f"The folder {output} cannot be created: {problem.strerror}.") from None
    return output


def _solve_several(
    names: list[str],
    folder: Path,
    concept: str | None,
    settings: list[str] | None,
    preset: str | None,
    form: str,
    section: list[str] | None,
) -> None:
    """Writes a report for each scenario, then lists those that failed; exit code 1 if any did."""
    import advgame as ag
    from advgame.reports import FORMATS

    suffix = FORMATS[form].endings[0]
    failures: dict[str, str] = {}
    written = 0
    kept = when_stopped(lambda: f"{written} of {len(names)} reports are in {folder}.")
    with kept, progress_bar("Solving") as progress:
        for done, name in enumerate(names, start=1):
            try:
                question = scenario_from(name, settings, preset)
                report = ag.report(question, concept=concept, sections=section or ())
                report.save(folder / f"{Path(name).stem}{suffix}", form)
                written += 1
            except (AdvgameError, OSError) as problem:
                failures[name] = " ".join(str(problem).split())
            except Exception as problem:  # a fault of one scenario must not stop the others
                failures[name] = f"{type(problem).__name__}: {' '.join(str(problem).split())}"
            if progress is not None:
                progress(done, len(names))
    typer.echo(f"{written} of {len(names)} reports are in {folder}{os.sep}.")
    if failures:
        typer.echo("Failed:", err=True)
        width = max(map(len, failures))
        for name, reason in failures.items():
            typer.echo(f"  {name:<{width}}  {reason}", err=True)
        raise typer.Exit(1)
