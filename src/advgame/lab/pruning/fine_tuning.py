"""Fine-tuning after pruning, with any defence that trains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from torch import nn

from advgame.errors import LabError, UnknownName
from advgame.lab.fitting.task import Task
from advgame.lab.training import TRAININGS
from advgame.lab.training.trained import Trained

NONE = "none"


def check_fine_tuning(name: str, settings: Mapping[str, Any]) -> None:
    """Raises an error unless the training defence exists and has these settings.

    Raises:
        LabError: for a setting that the defence does not have.
        UnknownName: if there is no training defence of that name.
    """
    _defence(name, settings)


def settings_given(epochs: int, learning_rate: float, **optional: float | None) -> dict[str, float]:
    """The settings of a training defence, without those that it is to choose itself.

    >>> settings_given(3, 0.01, radius=None, noise=0.2)
    {'epochs': 3, 'learning_rate': 0.01, 'noise': 0.2}

    Args:
        epochs: epochs of the training.
        learning_rate: the learning rate.
        optional: further settings by name; None for the default of the defence.
    """
    chosen = {name: value for name, value in optional.items() if value is not None}
    return {"epochs": epochs, "learning_rate": learning_rate, **chosen}


def fine_tuned(network: nn.Module, task: Task, name: str, settings: Mapping[str, Any]) -> nn.Module:
    """The network fine-tuned by a training defence; weights that are 0 stay 0.

    Args:
        network: the pruned network.
        task: data, seed and device of the training.
        name: name of the training defence.
        settings: the settings of that defence.
    """
    defence = _defence(name, settings)
    return network if defence is None else defence.fit(defence.prepared(network), task)


def _defence(name: str, settings: Mapping[str, Any]) -> Trained | None:
    if name == NONE:
        return None
    training = dict(TRAININGS.items())
    kind = training.get(name.replace("-", "_"))
    if kind is None:
        raise UnknownName("training after pruning", name, [*training, NONE])
    known = {field.name for field in fields(kind)}
    for setting in settings:
        if setting not in known:
            raise LabError(
                f"The setting {setting!r} is given, but fine-tuning with {name!r} has no such setting; "
                "remove it."
            )
    return kind(**settings)
