"""Which experiment trains a stored network, and whether it trains it as it is used here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from advgame.errors import LabError, UnknownName
from advgame.lab.defences.stored import Stored
from advgame.lab.experiment.named import named_experiment
from advgame.lab.experiment.plan import Experiment


def source_experiment(stored: Stored) -> Experiment:
    """The experiment that trains a stored network.

    Raises:
        LabError, UnknownName: for an experiment that cannot be read, a defence that it does not have, and
            one that is itself stored elsewhere.
    """
    experiment = _read(stored.experiment)
    plan = experiment.defence(
        one_of("defence", stored.defence, [defence.name for defence in experiment.defences])
    )
    if isinstance(plan.defence, Stored):
        raise LabError(
            f"The defence {stored.defence!r} of the experiment {experiment.name!r} is itself a stored "
            f"network; name the experiment {plan.defence.experiment!r}, which trains it."
        )
    return experiment


def check_trained(experiment: Experiment, dataset: str, network: str, defence: str, seed: int) -> None:
    """Raises an error unless an experiment trains a network.

    Args:
        experiment: the experiment.
        dataset: name of the data set.
        network: name of the architecture.
        defence: name of the defence in the experiment.
        seed: the training seed.

    Raises:
        UnknownName: for a data set, an architecture or a defence that the experiment does not have.
        LabError: for a seed that it does not have.
    """
    one_of("data set", dataset, experiment.datasets)
    one_of("network", network, experiment.networks)
    one_of("defence", defence, [plan.name for plan in experiment.defences])
    seeds = experiment.seeds_of(experiment.defence(defence))
    if seed not in seeds:
        raise LabError(
            f"The experiment {experiment.name!r} does not train {defence!r} with the seed {seed}; expected "
            f"one of {', '.join(map(str, seeds))}."
        )


def one_of(kind: str, given: str | None, known: Sequence[str]) -> str:
    """A name of an experiment, or its first one if none is given.

    Args:
        kind: what the name belongs to, for the error message.
        given: the name; None for the first one.
        known: the names of the experiment.

    Raises:
        UnknownName: for a name that the experiment does not have.
    """
    if given is not None and given not in known:
        raise UnknownName(f"{kind} of this experiment", given, known)
    return given if given is not None else known[0]


@lru_cache(maxsize=16)
def _read(experiment: str) -> Experiment:
    return named_experiment(experiment)
