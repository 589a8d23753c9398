"""The contract of a classifier: logits for inputs in [0, 1], and a stand-in for white-box attacks.

Any `torch.nn.Module` is a classifier. One that is randomised, or that changes its inputs without a useful
gradient, is an `Adapted` one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import nn


class Adapted(nn.Module, ABC):
    """A classifier that provides a differentiable stand-in for white-box attacks.

    ``forward`` is the deployed classifier. ``stand_in`` is the stand-in that a white-box attacker who knows
    the defence differentiates: the expectation over the randomness (Athalye et al. 2018), or a
    straight-through estimate of an input change that has no gradient.
    """

    randomised: bool = False  # whether two calls may return different logits
    draws_a_member: bool = False  # whether one of several networks, with probabilities `shares`, answers

    @abstractmethod
    def stand_in(self) -> nn.Module:
        """The differentiable form of the classifier: logits (inputs, classes) of inputs in [0, 1]."""


def stand_in(network: nn.Module) -> nn.Module:
    """The network that a white-box attack differentiates: the network itself, or its stand-in."""
    return network.stand_in() if isinstance(network, Adapted) else network


def is_randomised(network: nn.Module) -> bool:
    """Whether two calls with the same input may return different logits."""
    return isinstance(network, Adapted) and network.randomised


def draws_per_answer(network: nn.Module) -> int:
    """The number of random draws that one output averages over; 1 for a network that does not average.

    A network that averages has an attribute ``draws``; if one such network contains another, the draws
    multiply. The members of an ensemble count once.
    """
    within = max((draws_per_answer(child) for child in network.children()), default=1)
    return int(getattr(network, "draws", 1)) * within


def draws_at_random(network: nn.Module) -> bool:
    """Whether outputs depend on random draws, also those of a stand-in that averages over them.

    The stand-in of a randomised network may be its exact expectation, which needs no averaging.
    """
    return is_randomised(network) or any(hasattr(part, "draws") for part in network.modules())


def predictions(network: nn.Module, inputs: torch.Tensor, batch: int = 250) -> torch.Tensor:
    """The predicted label of each input, (inputs,); without gradients, in evaluation mode.

    Args:
        network: the network; put into evaluation mode.
        inputs: (inputs, channels, height, width) in [0, 1].
        batch: inputs per forward pass.
    """
    network.eval()
    if len(inputs) == 0:  # some networks fail on an empty batch, such as those with torch.fft on a CPU
        return torch.empty(0, dtype=torch.int64, device=inputs.device)
    with torch.no_grad():
        parts = [network(part).argmax(dim=1) for part in inputs.split(batch)]  # type: ignore[no-untyped-call]
    return torch.cat(parts)
