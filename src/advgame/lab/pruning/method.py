"""The contract of a pruning method: removes the least important units, then fine-tunes."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import torch
from torch import nn

from advgame.errors import LabError
from advgame.lab.fitting.defence import Defence
from advgame.lab.fitting.settings import check_choice, check_range
from advgame.lab.fitting.task import Task
from advgame.lab.networks.complexity import parameters_left
from advgame.lab.pruning.filters import Filters
from advgame.lab.pruning.fine_tuning import check_fine_tuning, fine_tuned, settings_given
from advgame.lab.pruning.masks import Masked
from advgame.lab.pruning.prunable_units import (
    SCOPES,
    TOLERANCE,
    Units,
    check_reachable,
    fewest_to_remove,
    order_of_removal,
)
from advgame.lab.pruning.size import remember_size, size_before_pruning

STRUCTURES = ("unstructured", "kernel", "filter")


@dataclass(frozen=True)
class Pruning(Defence):
    """Prunes the whole network to a compression and fine-tunes the remaining weights.

    The compression is relative to the network before its first pruning, so a chain has the levels 2, 4, 8.
    At least one unit of each layer and all classes remain. Filters are removed, which makes the network
    faster; kernels and single weights are set to 0.

    Raises:
        LabError: for a setting out of its range.
    """

    compression: float = 2.0  # parameters before pruning / parameters left
    structure: str = "unstructured"  # or "kernel", or "filter"
    scope: str = "global"  # "local" removes the same share of each layer
    epochs: int = 3  # of fine-tuning
    learning_rate: float = 3e-3
    fine_tuning: str = "standard"  # name of the defence that fine-tunes; "none" for none
    radius: float | None = None  # setting of that defence, if it has one; None for its default
    noise: float | None = None  # likewise

    def __post_init__(self) -> None:
        check_range("compression", self.compression, 1)
        check_choice("structure", self.structure, STRUCTURES)
        check_choice("scope", self.scope, SCOPES)
        check_fine_tuning(self.fine_tuning, self.fine_tuning_settings)

    @abstractmethod
    def importances(self, network: nn.Module, units: Units, task: Task) -> list[torch.Tensor]:
        """The importance of each unit, by group: (units,); the least important is removed first.

        Args:
            network: the network to prune.
            units: the units that can be removed, by group.
            task: data, seed and device, for methods that compute gradients or draw.
        """

    @property
    def fine_tuning_settings(self) -> dict[str, float]:
        """The settings of the defence that fine-tunes."""
        return settings_given(self.epochs, self.learning_rate, radius=self.radius, noise=self.noise)

    def prepared(self, network: nn.Module) -> nn.Module:
        """The network itself, with its size recorded."""
        remember_size(network)
        return network

    def fit(self, network: nn.Module, task: Task) -> nn.Module:
        """The network, pruned and fine-tuned.

        Raises:
            LabError: for a compression below that of the network, or one that cannot be reached.
        """
        network = self.prepared(network).to(task.device).eval()
        before = size_before_pruning(network)
        self._prune(network, before, task)
        task.progress(f"pruned to {before / parameters_left(network):.3g} times fewer parameters")
        return fine_tuned(network, task, self.fine_tuning, self.fine_tuning_settings).eval()

    def _prune(self, network: nn.Module, before: int, task: Task) -> None:
        left, target = parameters_left(network), round(before / self.compression)
        if left * TOLERANCE < target:
            raise LabError(
                f"The compression is {self.compression:g}, but the network already has a compression of "
                f"{before / left:.3g}; expected at least that. Give the levels of a chain in rising order."
            )
        if left <= target:
            return
        units = self.units(network, task)
        removal = order_of_removal(self.importances(network, units, task), self.scope)
        check_reachable(units, removal, before, self.compression, self.structure)
        units.remove(removal, fewest_to_remove(units, removal, target))

    def units(self, network: nn.Module, task: Task) -> Units:
        """The units that can be removed, by the setting ``structure``."""
        if self.structure == "filter":
            return Filters(network, task.dataset.shape)
        return Masked(network, kernels=self.structure == "kernel")
