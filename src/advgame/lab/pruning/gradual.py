"""Gradual pruning: the smallest weights are removed step by step while the network trains.

After Zhu & Gupta 2018 (arXiv:1710.01878). Pruning a trained network and fine-tuning it is `magnitude`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import nn

from advgame.errors import LabError
from advgame.lab.fitting.defence import Defence
from advgame.lab.fitting.settings import check_choice, check_range
from advgame.lab.fitting.task import Task
from advgame.lab.networks.complexity import parameters_left, prunable_layers
from advgame.lab.pruning.fine_tuning import NONE, check_fine_tuning, fine_tuned, settings_given
from advgame.lab.pruning.magnitude import MagnitudePruning
from advgame.lab.pruning.masks import Masked
from advgame.lab.pruning.prunable_units import (
    SCOPES,
    Units,
    check_reachable,
    fewest_to_remove,
    order_of_removal,
)
from advgame.lab.pruning.size import remember_size, size_before_pruning

STRUCTURES = ("unstructured", "kernel")


@dataclass(frozen=True)
class GradualPruning(Defence):
    """Trains a network and prunes it meanwhile: weights or kernels by magnitude, on a cubic schedule.

    The sparsity rises from 0 at ``begin`` to 1 − 1 / ``compression`` at ``end``, fast at first; the rest of
    the training repairs the network. It starts from an untrained network or continues with a trained one.

    Raises:
        LabError: for a setting out of its range.
    """

    name: ClassVar[str] = "gradual_pruning"
    compression: float = 4.0  # parameters before pruning / parameters left at the end
    structure: str = "unstructured"  # or "kernel"
    scope: str = "global"  # "local" removes the same share of each layer
    begin: float = 0.0  # share of the training before the first removal
    end: float = 0.75  # share of the training after which nothing more is removed
    updates: int = 50  # removals between begin and end
    train: str = "standard"  # name of the defence that trains
    epochs: int = 10
    learning_rate: float = 3e-3
    radius: float | None = None  # setting of that defence, if it has one; None for its default
    noise: float | None = None  # likewise

    def __post_init__(self) -> None:
        check_range("compression", self.compression, 1)
        check_range("begin", self.begin, 0, 1)
        check_range("end", self.end, 0, 1, low_included=False)
        check_range("updates", self.updates, 1)
        check_choice("structure", self.structure, STRUCTURES)
        check_choice("scope", self.scope, SCOPES)
        if self.begin >= self.end:
            raise LabError(
                f"The setting 'begin' is {self.begin:g} and 'end' is {self.end:g}; expected the first to be "
                "smaller."
            )
        if self.train == NONE:
            raise LabError(
                "The setting 'train' is 'none', but gradual pruning needs a training; use magnitude."
            )
        check_fine_tuning(self.train, self.settings_of_training)

    @property
    def settings_of_training(self) -> dict[str, float]:
        """The settings of the defence that trains."""
        return settings_given(self.epochs, self.learning_rate, radius=self.radius, noise=self.noise)

    def prepared(self, network: nn.Module) -> nn.Module:
        """The network itself, with its size recorded."""
        remember_size(network)
        return network

    def sparsity(self, progress: float) -> float:
        """The share of parameters that is removed at a point of the training, in 0..1.

        s = s_f (1 − (1 − τ)³), where τ is the share of the schedule that is done (equation 1 of the paper,
        from an initial sparsity of 0).

        >>> gradual = GradualPruning(compression=2.0, begin=0.0, end=0.5)
        >>> [gradual.sparsity(progress) for progress in (0.0, 0.25, 0.5, 1.0)]
        [0.0, 0.4375, 0.5, 0.5]

        Args:
            progress: share of the training that is done, in 0..1.
        """
        done = min(max((progress - self.begin) / (self.end - self.begin), 0.0), 1.0)
        return (1 - 1 / self.compression) * (1 - (1 - done) ** 3)

    def fit(self, network: nn.Module, task: Task) -> nn.Module:
        """The network, trained and pruned.

        Raises:
            LabError: for a compression that cannot be reached, or training that diverges.
        """
        network = self.prepared(network).to(task.device)
        before = size_before_pruning(network)
        units = self.units(network)
        removal = order_of_removal(self.importances(network, units, task), self.scope)
        check_reachable(units, removal, before, self.compression, self.structure)
        schedule = _Schedule(self, before, task)
        watched = replace(task, before_step=schedule)
        network = fine_tuned(network, watched, self.train, self.settings_of_training)
        schedule(network, 1.0)
        task.progress(f"pruned to {before / parameters_left(network):.3g} times fewer parameters")
        return network.eval()

    def units(self, network: nn.Module) -> Masked:
        """The units that can be removed."""
        return Masked(network, kernels=self.structure == "kernel")

    def importances(self, network: nn.Module, units: Units, task: Task) -> list[torch.Tensor]:
        """The mean square of the weights of each unit, by group: (units,).

        Args:
            network: the network to prune.
            units: its units.
            task: the task of the training.
        """
        magnitude = MagnitudePruning(structure=self.structure, fine_tuning=NONE)
        return magnitude.importances(network, units, task)


class _Schedule:
    """Removes units when they are due, and keeps what is removed at 0."""

    def __init__(self, settings: GradualPruning, before: int, task: Task) -> None:
        self.settings = settings
        self.before = before  # parameters
        self.task = task
        self.updates_done = -1
        self.removed: list[tuple[torch.Tensor, torch.Tensor]] = []  # weights and masks of their zeros

    def __call__(self, network: nn.Module, progress: float) -> None:
        """Prunes the network if the next removal is due."""
        if progress == 0:  # a training that diverged starts again with all weights
            self.updates_done, self.removed = -1, []
        with torch.no_grad():
            for weight, mask in self.removed:
                weight.masked_fill_(mask, 0.0)
        settings = self.settings
        done = (progress - settings.begin) / (settings.end - settings.begin)
        due = int(min(max(done, 0.0), 1.0) * settings.updates)
        if done >= 0 and due > self.updates_done:
            self.updates_done = due
            self._prune(network, progress)

    def _prune(self, network: nn.Module, progress: float) -> None:
        target = round(self.before * (1 - self.settings.sparsity(progress)))
        if parameters_left(network) > target:
            units = self.settings.units(network)
            importances = self.settings.importances(network, units, self.task)
            removal = order_of_removal(importances, self.settings.scope)
            units.remove(removal, fewest_to_remove(units, removal, target))
        layers = prunable_layers(network).values()
        self.removed = [(layer.weight, layer.weight == 0) for layer in layers]
