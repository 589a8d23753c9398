"""Loads a network that was trained for a measured table, by the names of the experiment."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from torch import nn

from advgame.errors import LabError
from advgame.lab.experiment.journal import Journal
from advgame.lab.experiment.named import named_experiment
from advgame.lab.experiment.plan import Experiment
from advgame.lab.experiment.runner import Bench, dataset_in
from advgame.lab.experiment.stored_networks import check_trained, one_of
from advgame.lab.experiment.units import Unit
from advgame.lab.networks.classifier import predictions

AnyPath: TypeAlias = str | os.PathLike[str]
NamedExperiment: TypeAlias = Experiment | AnyPath  # itself, its TOML file, or the name of a bundled one
DEFAULT_TABLE = "rows.csv"  # the default output of `advgame measure`


def network(
    experiment: NamedExperiment,
    defence: str,
    seed: int | None = None,
    *,
    table: AnyPath = DEFAULT_TABLE,
    dataset: str | None = None,
    architecture: str | None = None,
    images: AnyPath | None = None,
    device: str = "cpu",
) -> nn.Module:
    """A trained network with its defence, by its name in an experiment.

        ag.lab.network("digits", "magnitude-4", 0, table="rows.csv")

    Args:
        experiment: the experiment, its TOML file, or the name of a bundled one.
        defence: name of the defence in the experiment.
        seed: the training seed; by default the first of the defence.
        table: the table into which the experiment was measured; the weights are in its journal.
        dataset: name of the data set; by default the first of the experiment.
        architecture: name of the architecture; by default the first of the experiment.
        images: folder of image sets; by default that in ADVGAME_IMAGES.
        device: where the network is put, such as "cpu" or "cuda".

    Returns:
        The network in evaluation mode: logits (inputs, classes) of inputs in [0, 1].

    Raises:
        UnknownName: for an experiment, a defence, a data set or an architecture that does not exist.
        LabError: for a seed that the experiment does not have, a network that was not trained into this
            table, and weights that are missing or damaged.
    """
    bench = bench_of(experiment, table, images, device)
    return bench.network(trained_unit(bench, defence, seed, dataset=dataset, architecture=architecture))


def bench_of(
    experiment: NamedExperiment, table: AnyPath, images: AnyPath | None = None, device: str = "cpu"
) -> Bench:
    """The experiment with its journal, from which trained networks are loaded.

    Args:
        experiment: the experiment, its TOML file, or the name of a bundled one.
        table: the table into which the experiment was measured.
        images: folder of image sets; by default that in ADVGAME_IMAGES.
        device: where networks are put, such as "cpu" or "cuda".

    Raises:
        UnknownName, LabError: for an experiment that does not exist or cannot be read.
    """
    if not isinstance(experiment, Experiment):
        experiment = named_experiment(os.fspath(experiment))
    folder = None if images is None else Path(images)
    return Bench(experiment, Journal.beside(Path(table)), folder, device)


def trained_unit(
    bench: Bench,
    defence: str,
    seed: int | None = None,
    *,
    dataset: str | None = None,
    architecture: str | None = None,
) -> Unit:
    """The unit that made a network, which must be in the journal.

    Args:
        bench: the experiment and the journal.
        defence: name of the defence in the experiment.
        seed: the training seed; by default the first of the defence.
        dataset: name of the data set; by default the first of the experiment.
        architecture: name of the architecture; by default the first of the experiment.

    Raises:
        UnknownName: for a name that the experiment does not have.
        LabError: for a seed that it does not have, and for a network that is not in the journal.
    """
    experiment = bench.experiment
    where = (
        one_of("data set", dataset, experiment.datasets),
        one_of("network", architecture, experiment.networks),
        one_of("defence", defence, [plan.name for plan in experiment.defences]),
    )
    chosen = experiment.seeds_of(experiment.defence(defence))[0] if seed is None else seed
    check_trained(experiment, *where, chosen)
    unit = bench.plan.network(*where, chosen)
    if not bench.journal.record_path(unit).is_file():
        raise LabError(
            f"{bench.journal.folder} holds no {defence!r} with seed {unit.seed}; measure the experiment "
            f"{experiment.name!r} first, or name the table into which it was measured."
        )
    return unit


def trained_networks(
    bench: Bench,
    defences: Sequence[str],
    seed: int | None = None,
    *,
    dataset: str | None = None,
    architecture: str | None = None,
) -> list[nn.Module]:
    """The networks of several defences, in evaluation mode.

    Args:
        bench: the experiment and the journal.
        defences: names of the defences in the experiment.
        seed: the training seed; by default the first of each defence.
        dataset: name of the data set; by default the first of the experiment.
        architecture: name of the architecture; by default the first of the experiment.

    Raises:
        UnknownName, LabError: as `network`.
    """
    return [
        bench.network(trained_unit(bench, defence, seed, dataset=dataset, architecture=architecture))
        for defence in defences
    ]


def described_network(
    experiment: Experiment, defence: str, seed: int | None, table: Path, images: Path | None
) -> tuple[nn.Module, str]:
    """A trained network, and a sentence with its size and its clean accuracy on all test inputs.

    Args:
        experiment: the experiment.
        defence: name of the defence in the experiment.
        seed: the training seed; by default the first of the defence.
        table: the table into which the experiment was measured.
        images: folder of image sets; by default that in ADVGAME_IMAGES.

    Raises:
        UnknownName, LabError: as `network`.
    """
    bench = bench_of(experiment, table, images)
    unit = trained_unit(bench, defence, seed)
    loaded, record = bench.network(unit), bench.journal.read(unit)
    data = dataset_in(unit.dataset, images)
    right = int((predictions(loaded, data.test_inputs) == data.test_labels).sum())
    return loaded, (
        f"{defence} ({unit.network}, {unit.dataset}, seed {unit.seed}): {record['parameters_left']:,} of "
        f"{record['parameters_total']:,} parameters left; {right:,} of {len(data.test_labels):,} test inputs "
        f"classified correctly ({100 * right / len(data.test_labels):.1f} %)."
    )
