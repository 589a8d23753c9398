"""The task of a defence: training data, randomness, device."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from advgame.lab.datasets.dataset import Dataset


@dataclass(frozen=True, eq=False)
class Task:
    """The setting in which a network is trained or pruned; nothing in it is changed."""

    dataset: Dataset
    seed: int  # every random act of the defence follows from it
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    progress: Callable[[str], object] = lambda _step: None  # told now and then what is being done

    def generator(self) -> torch.Generator:
        """A fresh generator that starts from the seed (on the CPU, so that devices draw the same)."""
        return torch.Generator().manual_seed(self.seed)
