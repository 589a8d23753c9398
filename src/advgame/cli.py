"""The ``advgame`` command: cases, solve, sweep, import, measure, fetch, picture, app."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from advgame.errors import AdvgameError, InputError, ScenarioError
from advgame.stopping import Stopped, stop_signals, when_stopped

if TYPE_CHECKING:
    import pandas as pd

    from advgame.scenarios import Scenario

app = typer.Typer(
    name="advgame",
    help="Should this classifier be defended, with what, and how sure are we?",
    epilog="Example: advgame solve cifar10-two-defences -o decision.html",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Question = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A scenario file (.toml) or a bundled case.")
]
Concept = Annotated[
    str | None,
    typer.Option(
        help="What rational players do: nash, commitment, pure_commitment, worst_case, quantal_response, …; "
        "by default as the scenario says. An unknown name is answered with all of them."
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Changes a parameter; may be repeated."),
]
PresetName = Annotated[
    str | None, typer.Option("--preset", help="Prices of a known trade; see `advgame cases`.")
]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="The file to write.")]


class _Notices(logging.Handler):
    """What the library says on its way, such as that it compiles: a line on standard error."""

    def emit(self, record: logging.LogRecord) -> None:
        typer.echo(f"advgame: {record.getMessage()}", err=True)


def main() -> None:
    """Runs the command; a mistake of the caller's is one line on standard error and exit code 2.

    Ctrl-C and SIGTERM are one line as well, with the exit codes 130 and 143.
    """
    library = logging.getLogger("advgame")
    library.addHandler(_Notices())
    library.setLevel(logging.INFO)
    try:
        with stop_signals():
            app()
    except InputError as mistake:
        _leave(mistake, 2)
    except (AdvgameError, OSError, MemoryError) as problem:
        _leave(problem, 1)
    except Stopped as stop:
        _leave(stop, stop.exit_code)


@app.command(epilog="Example: advgame cases")
def cases() -> None:
    """Lists the bundled cases and the economic presets."""
    import advgame as ag

    typer.echo("Cases, on published figures:")
    for case in ag.cases():
        typer.echo(f"  {case.name:<28} {case.question or case.title}")
    typer.echo("\nEconomic presets, for --preset:")
    for preset in ag.presets():
        typer.echo(f"  {preset.name:<28} {preset.title}")


@app.command(
    epilog="Examples: advgame solve cifar10-two-defences · "
    "advgame solve mine.toml --set 'attack_cost[pgd]=0.2' -o decision.html · "
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
            help="text, markdown, html, json, nfg or nfg_counts; by default as the file's name says.",
        ),
    ] = None,
    output: Output = None,
) -> None:
    """Solves a scenario and reports the decision."""
    import advgame as ag

    with when_stopped(_nothing_kept(output)):
        report = ag.report(_scenario(scenario, settings, preset), concept=concept)
        if output is None:
            typer.echo(report.render(form or "text").rstrip("\n"))
            return
        report.save(output, form)
    typer.echo(report.verdict)
    typer.echo(f"The report is in {output}.")


@app.command(
    epilog="Example: advgame sweep cifar10-two-defences --vary attack_cost=0:1:20 "
    "--vary largest_share=0:1:20 -o sweep.parquet"
)
def sweep(
    scenario: Question,
    vary: Annotated[
        list[str],
        typer.Option(
            metavar="NAME=FROM:TO:POINTS", help="A parameter's values, both ends included; or NAME=a,b,c."
        ),
    ],
    concept: Concept = None,
    settings: Settings = None,
    preset: PresetName = None,
    output: Output = None,
) -> None:
    """Solves a scenario at every point of a grid; a row for each, as CSV or Parquet."""
    import advgame as ag

    if output is not None and output.suffix not in TABLES:
        raise InputError(f"{output} ends in {output.suffix!r}; a sweep is written as {' or '.join(TABLES)}.")
    grid = _grid(vary)
    with when_stopped(_nothing_kept(output)):
        with _progress_bar("Solving") as progress:
            frame = ag.sweep(_scenario(scenario, settings, preset), grid, concept=concept, progress=progress)
        if output is None:
            typer.echo(_csv_text(frame), nl=False)
            return
        _write_frame(frame, output)
    typer.echo(f"{len(frame):,} cells in {output}; regimes:")
    for regime, count in frame["regime"].value_counts().head(12).items():
        typer.echo(f"  {count:>8,}  {regime}")


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


@app.command(
    epilog="Examples: advgame measure digits -o rows.csv · advgame measure mine.toml -o rows.csv --resume"
)
def measure(
    experiment: Annotated[
        str, typer.Argument(metavar="EXPERIMENT", help="An experiment file (.toml) or a bundled experiment.")
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The table to write, .csv or .parquet.")
    ] = Path("rows.csv"),
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an earlier run stopped.")] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a table that belongs to another experiment.")
    ] = False,
    device: Annotated[str, typer.Option(help="cpu, cuda, or auto: a GPU where there is one.")] = "auto",
    workers: Annotated[
        int | None, typer.Option(help="Processes of one thread each; by default one per core.")
    ] = None,
    images: Annotated[
        Path | None, typer.Option(help="The folder of image sets; by default the one ADVGAME_IMAGES names.")
    ] = None,
) -> None:
    """Trains, prunes, defends and attacks networks, and writes their accuracies as measurements."""
    named_experiment, run = _laboratory()
    plan = named_experiment(experiment)
    kept = (
        f"Finished units are kept in {output.with_suffix('.journal')}. To go on, add --resume to the command."
    )
    with when_stopped(kept), _measuring_bar() as progress:
        results = run(
            plan,
            output,
            resume=resume,
            overwrite=overwrite,
            device=device,
            workers=workers,
            images=images,
            progress=progress,
            notice=lambda said: typer.echo(f"advgame: {said}", err=True),
        )
    typer.echo(f"{len(results.table)} rows in {output}; outcomes per input in {results.outcomes.name},")
    typer.echo(f"costs in {results.networks.name} and {results.attacks.name}, the run in {results.run.name}.")
    if results.made_with > 1:
        typer.echo(
            f"Beware: the units were made with {results.made_with} different sets of versions, processors "
            f"or devices ({results.run.name} lists them). To have all alike, measure anew into another file."
        )


@app.command(epilog="Example: advgame fetch fashion_mnist --images images")
def fetch(
    dataset: Annotated[str, typer.Argument(help="mnist, fashion_mnist, …; another name lists them.")],
    images: Annotated[
        Path | None, typer.Option(help="The folder to put it into; by default the one ADVGAME_IMAGES names.")
    ] = None,
) -> None:
    """Downloads a data set from where its makers publish it, and verifies its checksums."""
    _laboratory()
    from advgame.lab.datasets import fetch as download

    kept = "Files that came whole are kept. The same command downloads the others."
    with when_stopped(kept), _progress_bar("Downloading") as progress:
        folder = download(dataset, images, progress)
    typer.echo(f"{dataset} is in {folder}.")


@app.command(
    epilog="Example: advgame picture digits rows.csv --defence plain --defence pgd --input 3 --radius 0.1"
)
def picture(
    experiment: Annotated[
        str, typer.Argument(metavar="EXPERIMENT", help="What was measured: a TOML file, or a bundled name.")
    ],
    table: Annotated[
        Path, typer.Argument(metavar="TABLE", help="What it was measured into; its journal has the networks.")
    ],
    defence: Annotated[list[str], typer.Option(help="A network to show; several are drawn side by side.")],
    radius: Annotated[float, typer.Option(help="Of the L∞ ball around the input.")],
    input_: Annotated[int, typer.Option("--input", min=0, help="The input's place in the test set.")] = 0,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The picture to write: .svg, .png or .pdf.")
    ] = Path("surface.svg"),
    seed: Annotated[int | None, typer.Option(help="The training seed; the first if omitted.")] = None,
    images: Annotated[
        Path | None, typer.Option(help="The folder of image sets; by default the one ADVGAME_IMAGES names.")
    ] = None,
) -> None:
    """Draws the loss and the answers of networks around an input, along an attack and a random direction."""
    named_experiment, _ = _laboratory()
    from advgame.lab.analysis.loss_surfaces import picture_networks, save_picture

    plan = named_experiment(experiment)
    figure = picture_networks(plan, table, defence, input_, radius=radius, seed=seed, images=images)
    typer.echo(f"The picture is in {save_picture(figure, output)}.")


@app.command("app", epilog="Examples: advgame app · advgame app mine.toml --port 8600")
def app_(
    scenario: Annotated[str | None, typer.Argument(metavar="[SCENARIO]", help="What to open first.")] = None,
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Where the dashboard listens, on this machine only.")
    ] = 8501,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Whether to open a browser.")] = True,
) -> None:
    """Serves the dashboard until Ctrl-C."""
    import subprocess

    from advgame.bundled import bundled

    if scenario is not None:
        _scenario(scenario, None, None)  # a mistake in it is told here, not in the page
    page = bundled("app") / "server.py"
    opened = [str(Path(scenario).resolve()) if Path(scenario).is_file() else scenario] if scenario else []
    flags = [f"--{name}={value}" for name, value in _server_flags(port, open_browser).items()]
    command = [sys.executable, "-m", "streamlit", "run", str(page), *flags, "--", *opened]
    typer.echo(f"The dashboard is at http://127.0.0.1:{port}; Ctrl-C stops it.")
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(sys.executable, command)  # in place of this process, so that stopping it stops the dashboard
    try:
        code = subprocess.call(command)
    except KeyboardInterrupt:
        code = 0
    raise typer.Exit(0 if code in (0, 130) else 1)


TABLES = (".csv", ".parquet")
MOST_NAME = 200  # characters: what is longer names no file


def _server_flags(port: int, open_browser: bool) -> dict[str, str]:
    """Streamlit's defaults that do not suit a tool on one's own machine, changed."""
    return {
        "server.address": "127.0.0.1",
        "server.port": str(port),
        "server.headless": str(not open_browser).lower(),
        "server.maxUploadSize": "20",
        "server.fileWatcherType": "none",
        "server.showEmailPrompt": "false",  # else the first start on a machine waits for an answer
        "browser.gatherUsageStats": "false",
        "client.showErrorDetails": "none",
        "client.toolbarMode": "minimal",
        "logger.hideWelcomeMessage": "true",  # with it goes a notice that would cover the verdict
    }


def _nothing_kept(output: Path | None) -> str:
    """What a stopped command that writes one file at its end says.

    >>> _nothing_kept(Path("sweep.csv"))
    'Nothing was written to sweep.csv. To start over, give the same command again.'
    """
    done = "printed" if output is None else f"written to {output}"
    return f"Nothing was {done}. To start over, give the same command again."


def _scenario(question: str, settings: list[str] | None, preset: str | None) -> Scenario:
    """The scenario in a file or of a bundled case, at the prices of a preset, with the settings applied."""
    import advgame as ag

    named_file = question.endswith(".toml") or (len(question) < MOST_NAME and Path(question).is_file())
    scenario = ag.read_scenario(question) if named_file else ag.case(question)
    if preset is not None:
        scenario = ag.apply_preset(scenario, ag.preset(preset))
    for setting in settings or []:
        address, value = _assignment(setting, "--set", "NAME=VALUE")
        scenario = ag.set_parameter(scenario, address, _plain_value(value))
    return scenario


def _assignment(text: str, option: str, form: str) -> tuple[str, str]:
    name, equals, value = text.rpartition("=")
    if not equals or not name.strip() or not value.strip():
        raise ScenarioError(f"{option} {text!r} is not of the form {form}.")
    return name.strip(), value.strip()


def _plain_value(text: str) -> float | str | bool:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        return float(text)
    except ValueError:
        return text


def _grid(vary: list[str]) -> dict[str, list[float]]:
    grid: dict[str, list[float]] = {}
    for address, values in map(_values, vary):
        if address in grid:
            raise ScenarioError(f"--vary names {address} twice; name it once, with all its values.")
        grid[address] = values
    return grid


def _values(text: str) -> tuple[str, list[float]]:
    """The address and the values of ``NAME=FROM:TO:POINTS`` or ``NAME=a,b,c``.

    >>> _values("attack_cost=0:1:3")
    ('attack_cost', [0.0, 0.5, 1.0])
    """
    import numpy as np

    address, given = _assignment(text, "--vary", "NAME=FROM:TO:POINTS")
    try:
        if ":" not in given:
            return address, [_finite(value) for value in given.split(",")]
        low, high, points = given.split(":")
        if not 1 <= int(points) <= MOST_POINTS:
            raise ValueError
        return address, [float(value) for value in np.linspace(_finite(low), _finite(high), int(points))]
    except ValueError:
        raise ScenarioError(
            f"--vary {text!r}: {given!r} is no range; write FROM:TO:POINTS with 1 to {MOST_POINTS:,} points, "
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
    safe["regime"] = safe["regime"].map(spreadsheet_safe)
    return str(safe.to_csv(index=False, lineterminator="\n"))


def _write_frame(frame: pd.DataFrame, path: Path) -> None:
    from advgame.files import written_whole

    if path.suffix == ".parquet":
        written_whole(path, lambda file: frame.to_parquet(file, index=False))
    else:
        written_whole(path, lambda file: file.write(_csv_text(frame)), text=True)


@contextmanager
def _progress_bar(doing: str) -> Iterator[Callable[[int, int], Any] | None]:
    """A bar on standard error where that is a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _laboratory() -> tuple[Callable[..., Any], Callable[..., Any]]:
    """What finds an experiment and what measures it, if torch is installed."""
    try:
        from advgame.lab.experiment.named import named_experiment
        from advgame.lab.experiment.run import measure as run
    except ModuleNotFoundError as missing:
        raise InputError(
            f"The laboratory needs {missing.name}, which is not installed; run pip install 'advgame[lab]'."
        ) from None
    return named_experiment, run


@contextmanager
def _measuring_bar() -> Iterator[Callable[[Any], Any]]:
    """Units done, time left and what was done last: a bar on a terminal, now and then a line elsewhere."""
    from time import monotonic

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    if not sys.stderr.isatty():
        told = monotonic()

        def tell(step: Any) -> None:
            nonlocal told
            if monotonic() - told >= SECONDS_BETWEEN_LINES or step.done == step.total:
                told = monotonic()
                typer.echo(f"{step.done} of {step.total} units, {_time_left(step.seconds_left)}", err=True)

        yield tell
        return
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}"),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, left="")
        yield lambda step: bar.update(
            task,
            completed=step.done,
            total=step.total,
            description=step.doing,
            left=_time_left(step.seconds_left),
        )


SECONDS_BETWEEN_LINES = 60.0


def _time_left(seconds: float | None) -> str:
    """The time left, in words.

    >>> _time_left(None), _time_left(40), _time_left(5400)
    ('time left not known yet', 'under a minute left', 'about 1 h 30 min left')
    """
    if seconds is None:
        return "time left not known yet"
    if seconds < SECONDS_BETWEEN_LINES:
        return "under a minute left"
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    return f"about {f'{hours} h ' if hours else ''}{minutes} min left"


def _leave(problem: BaseException, code: int) -> None:
    text = " ".join(str(problem).split()) or type(problem).__name__
    typer.echo(f"advgame: {text}", err=True)
    raise SystemExit(code)


if __name__ == "__main__":
    main()
