"""``advgame price``: makes a scenario from a measured table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from advgame.cli.application import app
from advgame.cli.arguments import Output
from advgame.cli.derived_help import DerivedHelp
from advgame.errors import InputError


@app.command(
    cls=DerivedHelp,
    epilog="Examples: advgame price rows.csv -o mine.toml · "
    "advgame price digits --largest-share 0.2 -o digits-priced.toml",
)
def price(
    table: Annotated[
        str,
        typer.Argument(
            metavar="TABLE", help="A table written by advgame measure, or a bundled one: {measured}."
        ),
    ],
    undefended: Annotated[
        str | None,
        typer.Option(
            metavar="DEFENCE",
            help="The defence that counts as doing nothing; by default the first standard training.",
        ),
    ] = None,
    dataset: Annotated[str | None, typer.Option(help="The data set, if the table contains several.")] = None,
    network: Annotated[str | None, typer.Option(help="The network, if the table contains several.")] = None,
    largest_share: Annotated[
        float,
        typer.Option(min=0, max=1, help="The largest share of the traffic that the attacker can supply."),
    ] = 0.3,
    volume: Annotated[float, typer.Option(help="Classified inputs per month.")] = 1_000_000,
    natural_changes: Annotated[
        bool,
        typer.Option(
            "--natural-changes", help="Include natural changes, such as fog, among the attacker's choices."
        ),
    ] = False,
    propagation: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="The price of one input through the undefended network; a backward pass costs "
            "twice that. By default {price_of_propagation}.",
        ),
    ] = None,
    query: Annotated[
        float | None,
        typer.Option(
            min=0, help="The price of one query of the deployed network; by default {price_of_query}."
        ),
    ] = None,
    notice: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="The cost of detection at the largest radius in a norm, proportionally less at "
            "smaller radii; by default {price_of_notice}.",
        ),
    ] = None,
    months: Annotated[
        int | None,
        typer.Option(
            min=1, help="The months over which the cost of training is spread; by default {months_served}."
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an existing file.")] = False,
    output: Output = None,
) -> None:
    """Makes a scenario from a measured table.

    Measured costs are multiplied by prices, which you can set; the unit of money is the value of one
    correctly classified benign input. The scenario states the basis of each amount. Edit it, then solve it.
    """
    from advgame.scenarios.from_experiment import Prices
    from advgame.scenarios.price_table import price_table
    from advgame.scenarios.scenario_files import toml_of, write_scenario
    from advgame.wording.names import counted

    if output is not None:
        _refuse(output, overwrite)
    given = {"propagation": propagation, "query": query, "notice": notice, "months_served": months}
    scenario = price_table(
        table,
        undefended=undefended,
        dataset=dataset,
        network=network,
        largest_share=largest_share,
        volume_per_month=volume,
        natural_changes=natural_changes,
        prices=Prices(**{name: value for name, value in given.items() if value is not None}),  # type: ignore[arg-type]
    )
    if output is None:
        typer.echo(toml_of(scenario), nl=False)
        return
    write_scenario(scenario, output)
    defences = counted(len(scenario.selected.defences), "defence", "defences")
    attacks = counted(len(scenario.select.attacks or ()), "attack", "attacks")
    typer.echo(f"The scenario in {output} has {defences} and {attacks}; next: advgame solve {output}")


def _refuse(output: Path, overwrite: bool) -> None:
    if output.suffix != ".toml":
        raise InputError(f"{output} ends in {output.suffix!r}; a scenario is written as .toml.")
    if output.exists() and not overwrite:
        raise InputError(f"{output} exists already. Name another file, or replace it with --overwrite.")
