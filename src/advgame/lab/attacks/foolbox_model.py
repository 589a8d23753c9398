"""A network as a foolbox model."""

from __future__ import annotations

import torch
from foolbox.models.pytorch import PyTorchModel
from torch import nn

from advgame.lab.networks.expectation import log_mean_probabilities


def foolbox_model(network: nn.Module, inputs: torch.Tensor) -> PyTorchModel:
    """The network for inputs in [0, 1], on the device of the inputs; foolbox would choose the first GPU."""
    return PyTorchModel(network, bounds=(0, 1), device=inputs.device)


class Expectation(nn.Module):
    """The logarithm of the mean probabilities of several calls, for a stand-in that is random itself."""

    def __init__(self, network: nn.Module, draws: int) -> None:
        super().__init__()
        self.network, self.draws = network, draws
        self.training = network.training

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Log-probabilities (inputs, classes)."""
        return log_mean_probabilities(self.network, inputs, self.draws)
