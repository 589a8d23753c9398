"""Makes a scenario from a measured table, at stated prices."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from advgame.bundled import bundled, bundled_names
from advgame.errors import MeasurementError, UnknownName
from advgame.measurements.experiment_tables import Measured, read_measured
from advgame.scenarios.from_experiment import Prices, Story, scenario_of
from advgame.scenarios.scenario import Scenario

STANDARD = "standard"  # the training defence that leaves the network undefended


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
    """The scenario of a measured table: measured costs at stated prices, gains at one unit.

    >>> scenario = price_table("digits", largest_share=0.2)
    >>> scenario.undefended, scenario.largest_share, scenario.basis["largest_share"]
    ('plain', 0.2, 'assumed')

    Args:
        table: a table written by ``advgame measure``, or the name of a bundled one.
        undefended: the defence that counts as doing nothing; None for the first standard training.
        dataset: the data set; required if the table contains several.
        network: the network architecture; required if the table contains several.
        name: name of the scenario; None for that of the experiment.
        question: the question of the scenario, shown in reports.
        largest_share: largest share of the traffic that the attacker can supply, from 0 to 1.
        volume_per_month: classified inputs per month.
        natural_changes: whether natural changes, such as fog, are among the attacker's choices.
        prices: prices of what was counted; None for the default prices.

    Returns:
        The scenario; its ``basis`` gives the source of each price, or states that it is assumed.

    Raises:
        MeasurementError: when the files that ``advgame measure`` writes beside a table are missing or
            incomplete, or when no attack was run against every defence.
            UnknownName: for a defence, data set or network that the table does not contain.
            ScenarioError: for a share or volume out of range.
    """
    path = measured_table(table)
    measured = _chosen(read_measured(path), path, dataset, network)
    story = Story(
        name=name or f"{measured.experiment}, measured",
        question=question,
        undefended=_undefended(measured, undefended),
        largest_share=largest_share,
        volume_per_month=volume_per_month,
        nature_plays=natural_changes,
    )
    return scenario_of(measured, story, data_name(path), prices)


def measured_table(given: str | os.PathLike[str]) -> Path:
    """The file of a measured table: a path, or the name of a bundled one.

    >>> measured_table("digits").name
    'digits.csv'

    Raises:
        MeasurementError: when the table or the run record beside it does not exist.
    """
    path, known = Path(given), bundled_names("data/measured", ".run.json")
    if not path.is_file() and str(given) in known:
        path = bundled("data") / "measured" / f"{given}.csv"
    if not path.is_file():
        raise MeasurementError(
            f"There is no table {given}; name one written by `advgame measure`, or a bundled one: "
            f"{', '.join(known)}."
        )
    if not path.with_suffix(".run.json").is_file():
        raise MeasurementError(
            f"{path.with_suffix('.run.json').name} is missing beside {path.name}. Prices are computed from "
            "the costs that `advgame measure` writes with a table: run `advgame measure EXPERIMENT.toml -o "
            f"{path.name} --resume` beside its journal. Write the scenario of an imported table by hand."
        )
    return path


def data_name(table: Path) -> str:
    """The name of a table in a scenario: relative to the bundled data, or else its path.

    >>> data_name(bundled("data") / "measured" / "digits.csv")
    'measured/digits.csv'
    """
    place, bundle = table.resolve(), bundled("data").resolve()
    return place.relative_to(bundle).as_posix() if place.is_relative_to(bundle) else os.path.relpath(place)


def _chosen(whole: Sequence[Measured], path: Path, dataset: str | None, network: str | None) -> Measured:
    for kind, given, known in (
        ("data set", dataset, {row.dataset for row in whole}),
        ("network", network, {row.network for row in whole}),
    ):
        if given is not None and given not in known:
            raise UnknownName(f"{kind} of {path.name}", given, known)
    fitting = [row for row in whole if dataset in (None, row.dataset) and network in (None, row.network)]
    if len(fitting) != 1:
        pairs = "; ".join(f"dataset {row.dataset}, network {row.network}" for row in fitting or whole)
        raise MeasurementError(
            f"A scenario uses one data set and one network, but {path.name} contains {len(fitting)} matching "
            f"pairs ({pairs}). Choose one by dataset and network."
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
        f"No defence of {measured.experiment} uses standard training, so none counts as doing nothing. Name "
        f"the undefended one: {', '.join(measured.steps)}."
    )
