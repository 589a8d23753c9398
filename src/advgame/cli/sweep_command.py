"""``advgame sweep``: scenarios at every cell of a design, as a table that survives an interruption."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from advgame.cli.application import app
from advgame.cli.arguments import Concept, Output, PresetName, Settings, scenario_from
from advgame.cli.derived_help import DerivedHelp
from advgame.cli.frames import TABLES, csv_text, nothing_kept, write_frame
from advgame.cli.progress import progress_bar, rate_bar
from advgame.cli.varied import grid_of, ranges_of
from advgame.errors import InputError
from advgame.stopping import when_stopped

if TYPE_CHECKING:
    from advgame.jobs import Design, Engine
    from advgame.scenarios import Scenario

REGIMES_SHOWN = 12
DEFAULT_CELLS = 1024


@app.command(
    cls=DerivedHelp,
    epilog="Examples: advgame sweep cifar10-two-defences --vary attack_cost=0:1:20 "
    "--vary largest_share=0:1:20 -o sweep.parquet · advgame sweep scenarios/*.toml --design sobol "
    "--cells 65536 --vary attack_cost=0:1 --vary largest_share=0:0.5 -o sobol.parquet",
)
def sweep(
    scenarios: Annotated[
        list[str],
        typer.Argument(metavar="SCENARIO...", help="Scenario files (.toml) or bundled cases."),
    ],
    vary: Annotated[
        list[str],
        typer.Option(
            metavar="NAME=FROM:TO:POINTS",
            help="The values of a parameter: evenly spaced, including both ends, or listed as NAME=a,b,c. "
            "For designs other than grid, its range NAME=FROM:TO. Repeat the option to vary several "
            "parameters.",
        ),
    ],
    design: Annotated[
        str, typer.Option(help="Which combinations of values are solved: {designs}. A grid has all of them.")
    ] = "grid",
    cells: Annotated[
        int | None,
        typer.Option(metavar="NUMBER", help="The number of points of a design other than grid."),
    ] = None,
    draws: Annotated[
        int,
        typer.Option(
            metavar="NUMBER",
            help="Solves each point at so many posterior draws of the accuracies instead of those measured.",
        ),
    ] = 0,
    seed: Annotated[int, typer.Option(metavar="NUMBER", help="The seed of random points and draws.")] = 0,
    concept: Concept = None,
    settings: Settings = None,
    preset: PresetName = None,
    output: Output = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continues an interrupted sweep into the same .parquet file.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replaces an existing .parquet file.")
    ] = False,
    engine: Annotated[
        str, typer.Option(help="What solves the chunks of a .parquet file: {engines}.")
    ] = "local",
    workers: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Worker processes; by default one per core.")
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="The scheduler of a Dask cluster, such as tcp://10.0.0.5:8786, for dask."
        ),
    ] = None,
    chunk_cells: Annotated[
        int | None,
        typer.Option(metavar="NUMBER", help="Cells of a chunk; by default as many as fit into 32 MB."),
    ] = None,
) -> None:
    """Solves scenarios at every cell of a design.

    The result is a table with one row for each cell, as CSV or Parquet. A Parquet file may have any number of
    cells: they are solved in chunks by several processes, and a sweep that is interrupted continues with
    --resume.
    """
    import advgame as ag

    chosen = _design(design, vary, cells, seed)
    if output is not None and output.suffix not in TABLES:
        raise InputError(f"{output} ends in {output.suffix!r}; a sweep is written as {' or '.join(TABLES)}.")
    read = [scenario_from(scenario, settings, preset) for scenario in scenarios]
    if output is not None and output.suffix == ".parquet":
        _into_parquet(
            read,
            chosen,
            output,
            _engine(engine, workers, scheduler),
            chunk_cells,
            draws,
            seed,
            concept,
            resume,
            overwrite,
        )
        return
    plain = design == "grid" and not draws and len(read) == 1
    with when_stopped(nothing_kept(output)):
        with progress_bar("Solving") as progress:
            if plain:
                frame = ag.sweep(read[0], grid_of(vary), concept=concept, progress=progress)
            else:
                frame = ag.sweep(
                    read, design=chosen, draws=draws, seed=seed, concept=concept, progress=progress
                )
        if output is None:
            typer.echo(csv_text(frame), nl=False)
            return
        write_frame(frame, output)
    typer.echo(f"{len(frame):,} cells in {output}; regimes:")
    _print_counts([*frame["regime"].value_counts().items()])


def _into_parquet(
    scenarios: list[Scenario],
    design: Design,
    output: Path,
    engine: Engine,
    chunk_cells: int | None,
    draws: int,
    seed: int,
    concept: str | None,
    resume: bool,
    overwrite: bool,
) -> None:
    import advgame as ag
    from advgame.jobs.run_job import what_is_kept

    with when_stopped(lambda: what_is_kept(output)), rate_bar("cells") as progress:
        written = ag.sweep(
            scenarios,
            design=design,
            draws=draws,
            seed=seed,
            concept=concept,
            output=output,
            engine=engine,
            resume=resume,
            overwrite=overwrite,
            chunk_cells=chunk_cells,
            progress=progress,
        )
    reader = ag.SweepReader(output)
    typer.echo(f"{written.cells:,} cells in {output}; regimes:")
    _print_counts([*reader.regimes().items()])
    if written.failed:
        typer.echo(f"{written.failed:,} cells could not be solved; the column error states why:")
        for cell, reason in reader.summary().failures:
            typer.echo(f"  cell {cell:,}: {reason}")


def _print_counts(regimes: list[tuple[Any, int]]) -> None:
    """The most frequent regimes with their numbers of cells."""
    for regime, count in regimes[:REGIMES_SHOWN]:
        typer.echo(f"  {count:>8,}  {regime}")
    if len(regimes) > REGIMES_SHOWN:
        typer.echo(f"  and {len(regimes) - REGIMES_SHOWN:,} other regimes")


def _design(name: str, vary: list[str], cells: int | None, seed: int) -> Design:
    from advgame.jobs.designs import DESIGNS, FullGrid, RangeDesign

    kind = DESIGNS[name]
    if issubclass(kind, RangeDesign):
        return kind(ranges_of(vary), DEFAULT_CELLS if cells is None else cells, seed)
    if cells is not None:
        raise InputError("--cells is for designs other than grid; a grid has as many points as its values.")
    return FullGrid(grid_of(vary))


def _engine(name: str, workers: int | None, scheduler: str | None) -> Engine:
    from advgame.jobs.engines import ENGINES

    given = {"workers": workers, "scheduler": scheduler}
    kind = ENGINES[name]
    known = {setting.name for setting in fields(kind)}  # type: ignore[arg-type]  # engines are dataclasses
    for option, value in given.items():
        if value is not None and option not in known:
            raise InputError(f"--{option} is not for the engine {kind.name}; omit it.")
    return kind(**{option: value for option, value in given.items() if value is not None})
