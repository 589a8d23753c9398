"""Randomised smoothing (Cohen et al. 2019): the majority class over noisy copies of an input.

The network in it should have been trained under the same noise. `certify.py` proves a radius.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import nn

from advgame.lab.fitting.defence import Defence
from advgame.lab.fitting.settings import check_range
from advgame.lab.networks.classifier import Adapted, stand_in
from advgame.lab.networks.expectation import log_mean_probabilities, repeated


@dataclass(frozen=True)
class Smoothing(Defence):
    """Predicts by a vote among noisy copies of the input; no training."""

    name: ClassVar[str] = "smoothing"
    learns: ClassVar[bool] = False
    noise: float = 0.25  # standard deviation, in units of inputs in [0, 1]
    draws: int = 100  # noisy copies that vote
    stand_in_draws: int = 8  # noisy copies an adaptive attack averages over in each step

    def __post_init__(self) -> None:
        check_range("noise", self.noise, 0, low_included=False)
        check_range("draws", self.draws, 1)
        check_range("stand_in_draws", self.stand_in_draws, 1)

    def prepared(self, network: nn.Module) -> nn.Module:
        """The network under noise."""
        return Smoothed(network, self.noise, self.draws, self.stand_in_draws)


class Smoothed(Adapted):
    """A network whose noisy answers are counted.

    In evaluation mode its logits are the logarithms of the shares of votes, and have no gradient. In
    training mode they are those of one noisy copy, so that training it is training under noise.
    Noise is not cut at 0 and 1: the certificate holds for Gaussian noise only.
    """

    def __init__(self, network: nn.Module, noise: float, draws: int = 100, stand_in_draws: int = 8) -> None:
        super().__init__()
        self.network = network
        self.noise = noise
        self.draws = draws
        self.stand_in_draws = stand_in_draws
        self.randomised = True

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Logits (inputs, classes)."""
        if self.training:
            return _under_noise(self.network, inputs, self.noise)
        votes = self.votes(inputs, self.draws)
        classes = votes.shape[1]
        # Half a vote for each class keeps the logarithm finite and the order as it is.
        return ((votes + 0.5) / (self.draws + classes / 2)).log()

    @torch.no_grad()
    def votes(self, inputs: torch.Tensor, draws: int) -> torch.Tensor:
        """The number of noisy copies classified as each class, (inputs, classes) integers."""
        total = torch.zeros(0)
        for part in repeated(inputs, draws):
            logits = _under_noise(self.network, part.flatten(0, 1), self.noise)
            chosen = nn.functional.one_hot(logits.argmax(dim=1), logits.shape[1])
            counts = chosen.view(*part.shape[:2], chosen.shape[1]).sum(dim=0)
            total = counts if total.numel() == 0 else total + counts
        return total

    def stand_in(self) -> nn.Module:
        """The mean probabilities of fresh noisy copies: the vote's expectation, made smooth."""
        return _NoiseExpectation(stand_in(self.network), self.noise, self.stand_in_draws)


class _NoiseExpectation(nn.Module):
    """The probabilities of a network averaged over noise on its inputs, differentiable."""

    def __init__(self, network: nn.Module, noise: float, draws: int) -> None:
        super().__init__()
        self.network = network
        self.noise = noise
        self.draws = draws
        self.training = network.training

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The logarithm of the mean probabilities, (inputs, classes)."""
        return log_mean_probabilities(
            lambda rows: _under_noise(self.network, rows, self.noise), inputs, self.draws
        )


def _under_noise(network: nn.Module, inputs: torch.Tensor, noise: float) -> torch.Tensor:
    logits: torch.Tensor = network(inputs + noise * torch.randn_like(inputs))
    return logits
