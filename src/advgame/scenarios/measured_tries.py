"""How often one of several tries succeeded, from outcomes of several runs of the same cases."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from advgame.arrays import NO_ATTACK
from advgame.errors import ScenarioError
from advgame.files import read_once
from advgame.measurements import MeasurementTable
from advgame.measurements.measurement import PLAYABLE
from advgame.measurements.outcomes import OutcomeTable, read_outcomes
from advgame.payoffs.accuracies import column_names, defence_names
from advgame.payoffs.field_success import Dependence
from advgame.scenarios.data_paths import beside
from advgame.statistics.repeated_tries import hit_rates

_outcomes_at = read_once(read_outcomes, kept=4)


def outcomes_beside(data: str, folder: Path | None) -> OutcomeTable | None:
    """The outcomes beside a scenario's table; None where there are none.

    Args:
        data: as the scenario names it.
        folder: of the scenario's file.
    """
    path = beside(data, folder, ".outcomes.parquet")
    return None if path is None else _outcomes_at(path)


def measured_dependence(
    selected: MeasurementTable,
    defences: tuple[str, ...],
    attacks: tuple[str, ...],
    outcomes: OutcomeTable | None,
) -> Dependence:
    """How far several tries of the same case depend on each other, if every run of it is a try.

    Args:
        selected: the rows of the scenario.
        defences: names of its defences.
        attacks: names of its attacks, no attack first.
        outcomes: beside its table.

    Raises:
        ScenarioError: where outcomes of at least two runs of every cell are missing.
    """
    names = defence_names(selected)
    rows = [row for row in selected if row.attack != NO_ATTACK and row.metric in PLAYABLE]
    columns = column_names(tuple(dict.fromkeys(row.column for row in rows)))
    cells = {(names[row.network, row.defence], columns[row.column]): row for row in rows}
    runs = {
        cell: 1 - outcomes.cell(row.dataset, row.network, row.defence, row.column).right.T
        for cell, row in cells.items()
        if outcomes is not None and outcomes.has(row.dataset, row.network, row.defence, row.column)
    }
    most = min((cell_runs.shape[1] for cell_runs in runs.values()), default=0)
    if len(runs) < len(cells) or most < 2:
        raise ScenarioError(
            "runs_are_tries is true, but outcomes of at least two runs of every attacked case are needed "
            "beside the table (….outcomes.parquet). Remove the key to take tries as independent."
        )
    ratios = np.ones((most, len(defences), len(attacks)))
    for (defence, attack), succeeded in runs.items():
        rates = hit_rates(succeeded[:, :most])
        for k, (measured, independent) in enumerate(zip(rates.measured, rates.independent, strict=True)):
            place = k, defences.index(defence), attacks.index(attack)
            ratios[place] = measured / independent if independent else 1.0
    return Dependence(ratios)
