"""Averages the outputs of a randomised network over several queries, for attacks."""

from __future__ import annotations

import torch
from torch import nn

from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.seeding import seeded
from advgame.lab.networks.classifier import is_randomised
from advgame.lab.networks.expectation import log_mean_probabilities

DRAWS = 4  # of a randomised network, for each answer an attack goes by


def steady(victim: Victim, draws: int = DRAWS) -> nn.Module:
    """The network to query; for a randomised one, the mean over the same draws at every call.

    With new draws, a search that keeps improvements of the margin keeps the luckiest draw and gets stuck, and
    a walk along the boundary stops when a misclassified point is suddenly correct. Verification uses separate
    draws.
    """
    if not is_randomised(victim.network):
        return victim.network
    return FixedDraws(victim.network, victim.seed, draws)


class FixedDraws(nn.Module):
    """The logarithm of a randomised network's probabilities, on average over the same draws at every call.

    An input's draws go by its place in the batch.
    """

    def __init__(self, network: nn.Module, seed: int, draws: int = 1) -> None:
        super().__init__()
        self.network, self.seed, self.draws = network, seed, draws
        self.training = network.training

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Log-probabilities (inputs, classes)."""
        with seeded(self.seed, inputs.device):
            return log_mean_probabilities(self.network, inputs, self.draws)
