"""``advgame measure``, ``fetch`` and what uses trained networks: the laboratory from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from advgame.cli.application import app
from advgame.cli.derived_help import DerivedHelp
from advgame.cli.progress import measuring_bar, progress_bar
from advgame.errors import InputError
from advgame.stopping import when_stopped

Images = Annotated[
    Path | None, typer.Option(help="The folder of image data sets; by default the value of ADVGAME_IMAGES.")
]
MeasuredTable = Annotated[
    Path, typer.Argument(metavar="TABLE", help="The table of the experiment, with its journal.")
]
MeasuredExperiment = Annotated[
    str,
    typer.Argument(
        metavar="EXPERIMENT", help="The experiment file (.toml), or a bundled one: {experiments}."
    ),
]

DrawnDefences = Annotated[
    list[str], typer.Option(help="A network to draw; repeat the option to draw several side by side.")
]
InputPlace = Annotated[
    int, typer.Option("--input", min=0, help="The index of the input in the test set, from 0.")
]
PictureFile = Annotated[
    Path, typer.Option("-o", "--output", help="The picture to write: .svg, .png or .pdf.")
]
TrainingSeed = Annotated[int | None, typer.Option(help="The training seed; by default the first.")]


@app.command(
    cls=DerivedHelp,
    epilog="Examples: advgame measure digits -o rows.csv · advgame measure mine.toml -o rows.csv --resume",
)
def measure(
    experiment: Annotated[
        str,
        typer.Argument(
            metavar="EXPERIMENT", help="An experiment file (.toml) or a bundled experiment: {experiments}."
        ),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The table to write, .csv or .parquet.")
    ] = Path("rows.csv"),
    resume: Annotated[bool, typer.Option("--resume", help="Continue where an earlier run stopped.")] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a table that belongs to another experiment.")
    ] = False,
    device: Annotated[
        str, typer.Option(help="cpu, cuda, or auto, which uses a GPU if there is one.")
    ] = "auto",
    workers: Annotated[
        int | None,
        typer.Option(help="The number of processes with one thread each; by default one per core."),
    ] = None,
    images: Images = None,
    estimate_only: Annotated[
        bool,
        typer.Option(
            "--estimate", help="Measure nothing; print the units and the time left, from finished units."
        ),
    ] = False,
) -> None:
    """Runs an experiment and writes a table of accuracies.

    An experiment trains, prunes, defends and attacks networks.
    """
    with needs_laboratory():
        from advgame.lab.experiment.estimate import estimate, estimate_text
        from advgame.lab.experiment.named import named_experiment
        from advgame.lab.experiment.run import measure as run

    plan = named_experiment(experiment)
    if estimate_only:
        typer.echo(estimate_text(estimate(plan, output)))
        return
    kept = (
        f"Finished units are kept in {output.with_suffix('.journal')}. To continue, add --resume to the "
        "command."
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
            notice=lambda message: typer.echo(f"advgame: {message}", err=True),
            forked=True,
        )
    typer.echo(f"{len(results.table)} rows in {output}; outcomes per input in {results.outcomes.name},")
    typer.echo(f"costs in {results.networks.name} and {results.attacks.name}, the run in {results.run.name}.")
    if results.made_with > 1:
        typer.echo(
            f"Caution: the units were computed with {results.made_with} different combinations of versions, "
            f"processors or devices, listed in {results.run.name}. For uniform conditions, measure again "
            "into "
            "another file."
        )


@app.command(cls=DerivedHelp, epilog="Example: advgame fetch fashion_mnist --images images")
def fetch(
    dataset: Annotated[str, typer.Argument(help="The data set: {datasets}.")],
    images: Annotated[
        Path | None,
        typer.Option(help="The folder to write to; by default the value of ADVGAME_IMAGES."),
    ] = None,
) -> None:
    """Downloads a data set and verifies its checksums."""
    with needs_laboratory():
        from advgame.lab.datasets import fetch as download

    kept = "Complete files are kept. Run the same command again to download the others."
    with when_stopped(kept), progress_bar("Downloading") as progress:
        folder = download(dataset, images, progress)
    typer.echo(f"{dataset} is in {folder}.")


@app.command(
    cls=DerivedHelp,
    epilog="Example: advgame picture digits rows.csv --defence plain --defence pgd --input 3 --radius 0.1",
)
def picture(
    experiment: MeasuredExperiment,
    table: MeasuredTable,
    defence: DrawnDefences,
    radius: Annotated[float, typer.Option(help="The radius of the L∞ ball around the input.")],
    input_: InputPlace = 0,
    output: PictureFile = Path("surface.svg"),
    seed: TrainingSeed = None,
    images: Images = None,
) -> None:
    """Draws the loss of networks around an input.

    The picture shows loss and predictions along an attack and along a random direction.
    """
    with needs_laboratory():
        from advgame.lab.analysis.loss_surfaces import picture_networks
        from advgame.lab.analysis.pictures import check_picture, save_picture
        from advgame.lab.experiment.named import named_experiment

    check_picture(output)
    plan = named_experiment(experiment)
    figure = picture_networks(plan, table, defence, input_, radius=radius, seed=seed, images=images)
    typer.echo(f"The picture is in {save_picture(figure, output)}.")


@app.command(
    cls=DerivedHelp,
    epilog="Example: advgame attacked digits rows.csv --defence plain --defence pgd --input 3 --input 8",
)
def attacked(
    experiment: MeasuredExperiment,
    table: MeasuredTable,
    defence: DrawnDefences,
    input_: Annotated[
        list[int] | None,
        typer.Option("--input", min=0, help="The index of an input in the test set, from 0; repeatable."),
    ] = None,
    attack: Annotated[
        str | None, typer.Option(help="An attack of the experiment; by default its first.")
    ] = None,
    radius: Annotated[
        float | None, typer.Option(help="Of the attack; by default the largest of the experiment.")
    ] = None,
    output: PictureFile = Path("attacked.svg"),
    seed: TrainingSeed = None,
    images: Images = None,
) -> None:
    """Draws inputs before and after an attack on networks.

    The picture shows the inputs, and for each network what the attack makes of them and what it answers.
    """
    with needs_laboratory():
        from advgame.lab.analysis.attacked_inputs import picture_attacked_inputs
        from advgame.lab.analysis.pictures import check_picture, save_picture
        from advgame.lab.experiment.named import named_experiment

    check_picture(output)
    plan = named_experiment(experiment)
    figure = picture_attacked_inputs(
        plan, table, defence, input_ or [0], attack=attack, radius=radius, seed=seed, images=images
    )
    typer.echo(f"The picture is in {save_picture(figure, output)}.")


@app.command(
    cls=DerivedHelp,
    epilog="Example: advgame network digits rows.csv --defence pgd --seed 0 -o pgd.safetensors",
)
def network(
    experiment: MeasuredExperiment,
    table: MeasuredTable,
    defence: Annotated[str, typer.Option(help="The name of the defence in the experiment.")],
    seed: TrainingSeed = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The safetensors file for the weights.")
    ] = None,
    images: Images = None,
) -> None:
    """Loads a trained network by its name, and exports its weights.

    Prints the size and the clean accuracy of the network.
    """
    with needs_laboratory():
        from advgame.lab.experiment.named import named_experiment
        from advgame.lab.experiment.trained_network import described_network
        from advgame.lab.networks.weights import save_weights

    loaded, description = described_network(named_experiment(experiment), defence, seed, table, images)
    typer.echo(description)
    if output is not None:
        typer.echo(f"The weights are in {save_weights(loaded, output)}.")


@app.command(
    cls=DerivedHelp,
    epilog="Example: advgame saliency digits rows.csv --defence plain --defence pgd --input 3 -o maps.svg",
)
def saliency(
    experiment: MeasuredExperiment,
    table: MeasuredTable,
    defence: DrawnDefences,
    input_: InputPlace = 0,
    method: Annotated[
        list[str] | None,
        typer.Option(help="gradient, occlusion or grad_cam; repeat for several. By default all."),
    ] = None,
    output: PictureFile = Path("saliency.svg"),
    seed: TrainingSeed = None,
    images: Images = None,
) -> None:
    """Draws the parts of an input that matter to networks.

    The picture shows the input and beside it the saliency maps of each network.
    """
    with needs_laboratory():
        from advgame.lab.analysis.pictures import check_picture, save_picture
        from advgame.lab.analysis.saliency_maps import picture_saliency
        from advgame.lab.experiment.named import named_experiment

    check_picture(output)
    plan = named_experiment(experiment)
    figure = picture_saliency(plan, table, defence, input_, methods=method, seed=seed, images=images)
    typer.echo(f"The picture is in {save_picture(figure, output)}.")


@app.command(
    cls=DerivedHelp,
    epilog="Examples: advgame importances digits rows.csv · "
    "advgame importances digits rows.csv --defence plain --picture importances.svg",
)
def importances(
    experiment: MeasuredExperiment,
    table: MeasuredTable,
    picture: Annotated[
        Path | None,
        typer.Option(help="Draw the importances of one network into this .svg, .png or .pdf instead."),
    ] = None,
    defence: Annotated[str | None, typer.Option(help="The network to draw.")] = None,
    seed: Annotated[int | None, typer.Option(help="Its training seed; by default the first.")] = None,
    images: Images = None,
) -> None:
    """Compares estimated with measured importances.

    For each network that is pruned, units (single weights, kernels, filters) are removed one at a time, and
    the rank correlation between the change of the loss and each method's estimate is written beside the
    table, as ….importances.csv. With --picture, the ranks of the units of one network are drawn.
    """
    if (picture is None) != (defence is None) or (seed is not None and picture is None):
        raise InputError(
            "--picture and --defence belong together, and --seed to them: give the file and the network to "
            "draw, or none of them for the table of correlations."
        )
    with needs_laboratory():
        from advgame.lab.analysis.importance_pictures import picture_importances
        from advgame.lab.analysis.pictures import check_picture, save_picture
        from advgame.lab.analysis.pruning_importances import save_importances
        from advgame.lab.experiment.named import named_experiment

    plan = named_experiment(experiment)
    if picture is not None and defence is not None:
        check_picture(picture)
        figure = picture_importances(plan, table, defence, seed=seed, images=images)
        typer.echo(f"The picture is in {save_picture(figure, picture)}.")
        return
    nothing = f"Nothing was written beside {table}. To start over, run the same command again."
    with when_stopped(nothing):
        path = save_importances(plan, table, images=images)
    typer.echo(f"The correlations are in {path}.")


@contextmanager
def needs_laboratory() -> Iterator[None]:
    """A context that turns a missing library of the laboratory into an error with the command to install it.

    Raises:
        InputError: when a library of the laboratory is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as missing:
        raise InputError(
            f"The laboratory requires {missing.name}, which is not installed; run pip install 'advgame[lab]'."
        ) from None
