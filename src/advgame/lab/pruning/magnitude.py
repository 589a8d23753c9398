"""Magnitude pruning: removes the smallest weights (Han et al. 2015) or filters (Li et al. 2017)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import nn

from advgame.lab.fitting.task import Task
from advgame.lab.networks.complexity import prunable_layers
from advgame.lab.pruning.method import Pruning
from advgame.lab.pruning.prunable_units import Units

TINY = 1e-30  # a layer of zeros has no mean to compare with


@dataclass(frozen=True)
class MagnitudePruning(Pruning):
    """Ranks units by the mean square of their weights; single weights by their absolute value.

    The value of a filter is divided by the mean of its layer, because weights are larger in layers with fewer
    inputs; otherwise whole layers would be removed.
    """

    name: ClassVar[str] = "magnitude"

    def importances(self, network: nn.Module, units: Units, task: Task) -> list[torch.Tensor]:
        """The mean squares, (units,) by group."""
        squares = {
            f"{name}.weight": layer.weight.square() for name, layer in prunable_layers(network).items()
        }
        means = [total / size for total, size in zip(units.sums(squares), units.sizes, strict=True)]
        if self.structure != "filter":
            return means
        return [mean / mean.mean().clamp_min(TINY) for mean in means]
