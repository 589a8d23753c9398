"""What an adversary who asks a randomised network several times learns: its answers on average."""

from __future__ import annotations

import torch
from torch import nn

from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.seeding import seeded
from advgame.lab.classifier import is_randomised
from advgame.lab.defences.expectation import log_mean_probabilities

DRAWS = 4  # of a randomised network, for each answer an attack goes by


def averaged(victim: Victim) -> nn.Module:
    """The network to be asked; of a randomised one the mean of new draws at every call.

    A search that keeps what one lucky draw got wrong ends where the network errs by luck.
    """
    return _Averaged(victim.network, None) if is_randomised(victim.network) else victim.network


def steady(victim: Victim) -> nn.Module:
    """The network to be asked; of a randomised one the mean of the same draws at every call.

    Walks along a boundary break off when a point that was wrong is right when asked again. The guard
    judges by draws of its own.
    """
    return _Averaged(victim.network, victim.seed) if is_randomised(victim.network) else victim.network


class _Averaged(nn.Module):
    """The logarithm of a randomised network's probabilities, on average over some draws."""

    def __init__(self, network: nn.Module, seed: int | None) -> None:
        super().__init__()
        self.network, self.seed = network, seed
        self.training = network.training

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Log-probabilities (inputs, classes)."""
        if self.seed is None:
            return log_mean_probabilities(self.network, inputs, DRAWS)
        with seeded(self.seed, inputs.device):
            return log_mean_probabilities(self.network, inputs, DRAWS)
