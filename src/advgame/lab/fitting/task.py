"""The task of a defence: training data, randomness, device."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import nn

from advgame.lab.datasets.dataset import Dataset


@dataclass(frozen=True, eq=False)
class Task:
    """The data, seed and device with which a network is trained or pruned."""

    dataset: Dataset
    seed: int  # of all random draws of the defence
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    progress: Callable[[str], object] = lambda _step: None  # called with a description of each step

    # Called with the network and the share of the training that is done, in 0..1, before each step.
    before_step: Callable[[nn.Module, float], object] = lambda _network, _progress: None

    def generator(self) -> torch.Generator:
        """A new generator with the seed (on the CPU, so that draws are the same on every device)."""
        return torch.Generator().manual_seed(self.seed)
