"""The importances that pruning methods estimate, compared with the true ones, as a table.

The networks are those in the journal of a measured table; the result stands beside it as
``….importances.csv``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from advgame.errors import LabError
from advgame.files import spreadsheet_safe, written_whole
from advgame.lab.experiment.journal import Journal
from advgame.lab.experiment.plan import Experiment
from advgame.lab.experiment.runner import CHOICE_OF_TEST_INPUTS, Bench, dataset_in
from advgame.lab.experiment.trained_network import trained_unit
from advgame.lab.experiment.units import Unit, seed_from
from advgame.lab.fitting.task import Task
from advgame.lab.pruning import PRUNINGS, Pruning
from advgame.lab.pruning.importance_study import ImportanceStudy, importance_study

if TYPE_CHECKING:
    import pandas as pd

STRUCTURES = ("unstructured", "kernel", "filter")
INPUTS = 500  # test inputs on which the loss without a unit is measured, at most
UNITS = 400  # removed in turn, drawn at random where there are more


def importances(
    experiment: Experiment,
    table: Path,
    *,
    images: Path | None = None,
    inputs: int = INPUTS,
    units: int = UNITS,
) -> pd.DataFrame:
    """One row per network that is pruned, seed, method and structure: Spearman's correlation with the truth.

    The methods estimate on training inputs; the true importance is the squared change of the loss on test
    inputs when a unit is removed.

    Args:
        experiment: one that prunes networks.
        table: what it was measured into; its journal stands beside it.
        images: the folder of image sets; None for ADVGAME_IMAGES.
        inputs: test inputs; units: of each network.

    Raises:
        LabError: when nothing is pruned, or a network is not in the journal.
    """
    import pandas as pd

    bench = Bench(experiment, Journal.beside(table), images)
    rows = [
        {
            "dataset": unit.dataset,
            "network": unit.network,
            "defence": unit.defence,
            "seed": unit.seed,
            "method": study.method,
            "structure": structure,
            "units": len(study.true),
            "inputs": min(inputs, len(dataset_in(unit.dataset, images).test_labels)),
            "correlation": study.correlation,
            "low": study.low,
            "high": study.high,
        }
        for unit in _pruned_networks(bench)
        for structure, study in network_studies(bench, unit, inputs=inputs, units=units)
    ]
    if not rows:
        raise LabError(f"The experiment {experiment.name} prunes no network, so there is nothing to compare.")
    return pd.DataFrame(rows)


def network_studies(
    bench: Bench, unit: Unit, *, inputs: int = INPUTS, units: int = UNITS
) -> Iterator[tuple[str, ImportanceStudy]]:
    """The structure of the units and their estimated and true importances, for every method and structure.

    Args:
        bench: the experiment and its journal.
        unit: the unit that made the network.
        inputs: largest number of test inputs.
        units: largest number of units that are removed in turn.

    Raises:
        LabError: for a network that is not in the journal.
    """
    trained_unit(bench, unit.defence, unit.seed, dataset=unit.dataset, architecture=unit.network)
    data = dataset_in(unit.dataset, bench.images)
    chosen = torch.from_numpy(data.chosen_for_test(inputs, CHOICE_OF_TEST_INPUTS))
    for method in PRUNINGS.values():
        for structure in STRUCTURES:
            task = Task(data, seed_from(unit.key, method.name, structure))
            study = importance_study(
                bench.network(unit),
                method(structure=structure),
                task,
                data.test_inputs[chosen],
                data.test_labels[chosen],
                units,
            )
            yield structure, study


def _pruned_networks(bench: Bench) -> Iterator[Unit]:
    """The networks that a pruning starts from, and that are not pruned themselves."""
    experiment = bench.experiment
    for dataset in experiment.datasets:
        for network in experiment.networks:
            for plan in experiment.defences:
                pruned = any(
                    defence.after == plan.name and isinstance(defence.defence, Pruning)
                    for defence in experiment.defences
                )
                if pruned and not isinstance(plan.defence, Pruning):
                    for seed in experiment.seeds_of(plan):
                        yield bench.plan.network(dataset, network, plan.name, seed)


def write_importances(frame: pd.DataFrame, table: Path) -> Path:
    """Writes the frame beside a table, as ``….importances.csv``."""
    safe = frame.map(lambda value: spreadsheet_safe(value) if isinstance(value, str) else value)
    text = safe.to_csv(index=False, lineterminator="\n", float_format="%.6g")
    return written_whole(table.with_suffix(".importances.csv"), lambda file: file.write(text), text=True)


def save_importances(experiment: Experiment, table: Path, *, images: Path | None = None) -> Path:
    """Computes the importances with one thread, as networks are measured, and writes them beside a table.

    Args:
        experiment: one that prunes networks.
        table: what it was measured into; its journal stands beside it.
        images: the folder of image sets; None for ADVGAME_IMAGES.

    Returns:
        The file that was written.

    Raises:
        LabError: when nothing is pruned, or a network is not in the journal.
        InputError: when the file cannot be written.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return write_importances(importances(experiment, table, images=images), table)
    finally:
        torch.set_num_threads(threads)
