"""What is known of the networks of a scenario beside their accuracy: size, speed, quality of explanations."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from advgame.payoffs.accuracies import defence_names
from advgame.scenarios.data_paths import beside
from advgame.scenarios.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

RECOGNITION = "human_recognition"  # share of explanations in which people recognise the object
STABILITY = "grad_cam_stability"  # rank correlation of explanations with those of the unpruned network


@dataclass(frozen=True)
class NetworkSize:
    """One network; None where a figure is not known."""

    defence: str
    compression: float | None  # parameters before over parameters left
    parameters_left: int | None
    relative_latency: float | None  # of a single input, over that of the network it was made from
    explanation: float | None  # by the measure of the table, higher is better


def network_sizes(scenario: Scenario) -> tuple[tuple[NetworkSize, ...], str]:
    """The networks of a scenario, in the order of its game, and the measure of explanations ("" for none).

    Sizes are in the table; speed and explanations also in the files that an experiment writes beside it.

    >>> from advgame.scenarios import case
    >>> networks, measure = network_sizes(case("imagenette-explanations"))
    >>> [(network.compression, network.explanation) for network in networks], measure
    ([(1.0, 0.8584), (2.0, 0.864), (32.0, 0.8132)], 'human_recognition')
    """
    names = defence_names(scenario.selected)
    latency = _means(_beside(scenario, "networks"), names, "relative_latency_1")
    measures = _beside(scenario, "measures")
    if measures is not None:
        measures = measures[(measures["measure"] == "explanations") & (measures["value"] == STABILITY)]
    measured = _means(measures, names, "mean")
    recognised = scenario.accuracies.other_measures.get(RECOGNITION, {})
    explained = recognised or measured
    sizes = {names[row.network, row.defence]: row for row in scenario.selected}
    return tuple(
        NetworkSize(
            defence,
            sizes[defence].compression,
            sizes[defence].parameters_left,
            latency.get(defence),
            explained.get(defence),
        )
        for defence in scenario.accuracies.defences
    ), RECOGNITION if recognised else STABILITY if measured else ""


def _beside(scenario: Scenario, kind: str) -> pd.DataFrame | None:
    """A table that an experiment wrote beside the accuracies; None where there is none."""
    import pandas as pd

    path = beside(scenario.data, scenario.folder, f".{kind}.csv")
    return None if path is None else pd.read_csv(path)


def _means(rows: pd.DataFrame | None, names: dict[tuple[str, str], str], column: str) -> dict[str, float]:
    """The mean over seeds by strategy; empty where the column is not there."""
    if rows is None or not {"network", "defence", column} <= set(rows):
        return {}
    known: dict[str, list[float]] = {}
    for network, defence, value in rows[["network", "defence", column]].dropna().itertuples(index=False):
        if (network, defence) in names:
            known.setdefault(names[network, defence], []).append(float(value))
    return {name: fmean(values) for name, values in known.items()}
