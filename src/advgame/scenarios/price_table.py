"""A playable scenario of a measured table, at stated prices."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from advgame.bundled import bundled, bundled_names
from advgame.errors import MeasurementError, UnknownName
from advgame.measurements.experiment_tables import Measured, read_measured
from advgame.scenarios.from_experiment import Prices, Story, scenario_of
from advgame.scenarios.scenario import Scenario

STANDARD = "standard"  # the training of a network that is not defended


def price_table(
    table: str | os.PathLike[str],
    *,
    undefended: str | None = None,
    dataset: str | None = None,
    network: str | None = None,
    name: str | None = None,
    question: str = "Which of the measured networks should be deployed?",
    largest_share: float = 0.3,
    volume_per_month: float = 1_000_000,
    natural_changes: bool = False,
    prices: Prices | None = None,
) -> Scenario:
    """The scenario that plays a measured table: measured costs at stated prices, gains at one unit.

    >>> scenario = price_table("digits", largest_share=0.2)
    >>> scenario.undefended, scenario.largest_share, scenario.basis["largest_share"]
    ('plain', 0.2, 'assumed')

    Args:
        table: a table that ``advgame measure`` wrote, or the name of a bundled one.
        undefended: the defence that counts as doing nothing; None for the first standard training.
        dataset: the data set to play; needed where the table holds several.
        network: the network architecture to play; needed where the table holds several.
        name: of the scenario; None for the experiment's.
        question: that the scenario answers.
        largest_share: of the traffic that the attacker can supply, from 0 to 1.
        volume_per_month: classified inputs.
        natural_changes: whether natural changes, such as fog, are among the attacker's choices.
        prices: of what was counted; None for the default prices.

    Returns:
        The scenario; ``basis`` states for each price where it comes from, or that it is assumed.

    Raises:
        MeasurementError: when the files that ``advgame measure`` writes beside a table are missing or lack
            what is priced, or no attack was tried on every defence.
        UnknownName: for a defence, data set or network that the table does not hold.
        ScenarioError: for a share or volume out of range.
    """
    path = measured_table(table)
    whole = read_measured(path)
    measured = _chosen(whole, path, dataset, network)
    story = Story(
        name=name or f"{measured.experiment}, measured",
        question=question,
        undefended=_undefended(measured, undefended),
        largest_share=largest_share,
        volume_per_month=volume_per_month,
        nature_plays=natural_changes,
    )
    scenario = scenario_of(measured, story, data_name(path), prices)
    if len(whole) == 1:
        return scenario
    select = replace(scenario.select, dataset=measured.dataset, networks=(measured.network,))
    return replace(scenario, select=select)


def measured_table(given: str | os.PathLike[str]) -> Path:
    """The file of a measured table: a path, or the name of a bundled one.

    >>> measured_table("digits").name
    'digits.csv'

    Raises:
        MeasurementError: when there is no such table, or no run record beside it.
    """
    path, known = Path(given), bundled_names("data/measured", ".run.json")
    if not path.is_file() and str(given) in known:
        path = bundled("data") / "measured" / f"{given}.csv"
    if not path.is_file():
        raise MeasurementError(
            f"There is no table {given}; name one that `advgame measure` wrote, or a bundled one: "
            f"{', '.join(known)}."
        )
    if not path.with_suffix(".run.json").is_file():
        raise MeasurementError(
            f"{path.with_suffix('.run.json').name} is missing beside {path.name}. Prices are made from the "
            "costs that `advgame measure` writes with a table: run `advgame measure EXPERIMENT.toml -o "
            f"{path.name} --resume` where its journal is. Write the scenario of an imported table by hand."
        )
    return path


def data_name(table: Path) -> str:
    """The name of a table in a scenario: its place among the bundled data, or else its path.

    >>> data_name(bundled("data") / "measured" / "digits.csv")
    'measured/digits.csv'
    """
    place, bundle = table.resolve(), bundled("data").resolve()
    return place.relative_to(bundle).as_posix() if place.is_relative_to(bundle) else os.path.relpath(place)


def _chosen(whole: Sequence[Measured], path: Path, dataset: str | None, network: str | None) -> Measured:
    for kind, given, known in (
        ("data set", dataset, {each.dataset for each in whole}),
        ("network", network, {each.network for each in whole}),
    ):
        if given is not None and given not in known:
            raise UnknownName(f"{kind} of {path.name}", given, known)
    fitting = [each for each in whole if dataset in (None, each.dataset) and network in (None, each.network)]
    if len(fitting) != 1:
        pairs = "; ".join(f"dataset {each.dataset}, network {each.network}" for each in fitting or whole)
        raise MeasurementError(
            f"A scenario plays one data set and one network, and {path.name} holds {len(fitting)} that fit "
            f"({pairs}). Choose one by its dataset and network."
        )
    return fitting[0]


def _undefended(measured: Measured, given: str | None) -> str:
    if given is not None:
        if given not in measured.steps:
            raise UnknownName("defence of the table", given, measured.steps)
        return given
    for step in measured.steps.values():
        if step.use == STANDARD and step.after is None:
            return step.name
    raise MeasurementError(
        f"No defence of {measured.experiment} is a standard training, so none counts as doing nothing. Name "
        f"the undefended one of: {', '.join(measured.steps)}."
    )
