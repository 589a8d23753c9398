"""Random pruning: the baseline of all pruning methods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import nn

from advgame.lab.fitting.task import Task
from advgame.lab.networks.complexity import prunable_layers
from advgame.lab.pruning.method import Pruning
from advgame.lab.pruning.prunable_units import Units


@dataclass(frozen=True)
class RandomPruning(Pruning):
    """Ranks units randomly; units that are already 0 are removed first."""

    name: ClassVar[str] = "random"

    def importances(self, network: nn.Module, units: Units, task: Task) -> list[torch.Tensor]:
        """Uniform in [0, 1) from the task's seed, (units,) by group; −1 for units that are 0."""
        generator = task.generator()
        nonzero = {f"{name}.weight": layer.weight != 0 for name, layer in prunable_layers(network).items()}
        importances = []
        for weights_left in units.sums(nonzero):
            drawn = torch.rand(len(weights_left), generator=generator, dtype=torch.float64)
            importances.append(drawn.masked_fill(weights_left.cpu() == 0, -1.0))
        return importances
