"""Pictures of importances: the rank that a pruning method estimates for each unit, against the true rank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from advgame.errors import LabError
from advgame.lab.analysis.pictures import needs_matplotlib
from advgame.lab.analysis.pruning_importances import INPUTS, UNITS, network_studies
from advgame.lab.experiment.trained_network import AnyPath, NamedExperiment, bench_of, trained_unit
from advgame.lab.pruning.importance_study import ImportanceStudy

if TYPE_CHECKING:
    from matplotlib.figure import Figure

UNIT_WORDS = {"unstructured": "single weights", "kernel": "kernels", "filter": "filters"}


def picture_importances(
    experiment: NamedExperiment,
    table: AnyPath,
    defence: str,
    *,
    seed: int | None = None,
    dataset: str | None = None,
    network: str | None = None,
    images: AnyPath | None = None,
    inputs: int = INPUTS,
    units: int = UNITS,
) -> Figure:
    """The estimated and the true importances of the units of one trained network, as a figure.

    Args:
        experiment: the experiment that was measured, its TOML file, or the name of a bundled one.
        table: the table into which it was measured; its journal is beside it.
        defence: name of the defence whose network is drawn.
        seed: the training seed; by default the first of the defence.
        dataset: name of the data set; by default the first of the experiment.
        network: name of the architecture; by default the first of the experiment.
        images: folder of image sets; by default that in ADVGAME_IMAGES.
        inputs: largest number of test inputs on which the loss is measured.
        units: largest number of units that are removed in turn.

    Raises:
        UnknownName: for a name that the experiment does not have.
        LabError: for a network that was not trained.
    """
    bench = bench_of(experiment, table, images)
    unit = trained_unit(bench, defence, seed, dataset=dataset, architecture=network)
    studies = list(network_studies(bench, unit, inputs=inputs, units=units))
    return draw_importances(studies, f"{defence}, {unit.network}, {unit.dataset}, seed {unit.seed}")


def draw_importances(studies: Sequence[tuple[str, ImportanceStudy]], title: str) -> Figure:
    """One panel for each method (columns) and structure (rows); a point is a unit, its colour the layer.

    Points on the diagonal are units whose rank is estimated correctly. The number is Spearman's rank
    correlation with its 95 % interval.

    Args:
        studies: the structure of the units and the study, at least one.
        title: the title of the figure.

    Raises:
        LabError: without studies, or without a library to draw with.
    """
    with needs_matplotlib():
        from matplotlib.figure import Figure
    if not studies:
        raise LabError("There are no importances to draw; give at least one study.")
    structures = list(dict.fromkeys(structure for structure, _ in studies))
    methods = list(dict.fromkeys(study.method for _, study in studies))
    size = (1.0 + 2.5 * len(methods), 1.2 + 2.6 * len(structures))
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots(len(structures), len(methods), squeeze=False, sharex="row", sharey="row")
    for structure, study in studies:
        panel = axes[structures.index(structure), methods.index(study.method)]
        true, estimated = _ranks(study.true), _ranks(study.estimated)
        panel.scatter(true, estimated, s=8, c=study.groups, cmap="viridis", alpha=0.7, linewidths=0)
        panel.plot([1, len(true)], [1, len(true)], color="grey", linewidth=0.8, zorder=0)
        panel.set_title(
            f"{study.method}: {study.correlation:.2f} [{study.low:.2f}, {study.high:.2f}]", fontsize="medium"
        )
        panel.set_aspect("equal")
    for row, structure in enumerate(structures):
        axes[row, 0].set_ylabel(f"{UNIT_WORDS[structure]}\nestimated rank")
    for panel in axes[-1]:
        panel.set_xlabel("true rank (1 matters least)")
    words = "a point is a unit, its colour the layer · Spearman's rank correlation [95 % interval]"
    figure.suptitle(f"{title}\n{words}", parse_math=False, fontsize="medium")
    return figure


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1, in the order of the values; equal values share their mean rank."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(values))
