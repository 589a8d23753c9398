"""``advgame measure``, ``fetch`` and ``picture``: the laboratory from the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from advgame.cli.application import app
from advgame.cli.progress import measuring_bar, progress_bar
from advgame.errors import InputError
from advgame.stopping import when_stopped


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
    with when_stopped(kept), measuring_bar() as progress:
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
    with when_stopped(kept), progress_bar("Downloading") as progress:
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
