"""Defences that transform the input: a transformation in front of a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from advgame.errors import LabError
from advgame.lab.networks.classifier import Adapted, is_randomised, stand_in


class InputChanged(Adapted):
    """A network that sees every input changed.

    ``change`` must have a usable gradient: its own if it is smooth, otherwise that of the identity
    (straight-through, BPDA; Athalye et al. 2018).
    """

    def __init__(self, change: nn.Module, network: nn.Module) -> None:
        super().__init__()
        self.change = change
        self.network = network
        self.training = network.training

    @property
    def randomised(self) -> bool:  # type: ignore[override]  # follows from the network
        """Whether two calls may answer differently."""
        return is_randomised(self.network)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Logits (inputs, classes)."""
        logits: torch.Tensor = self.network(self.change(inputs))
        return logits

    def stand_in(self) -> nn.Module:
        """The same transformation in front of the network's stand-in."""
        return InputChanged(self.change, stand_in(self.network))


def straight_through(change: Callable[[torch.Tensor], torch.Tensor], inputs: torch.Tensor) -> torch.Tensor:
    """The changed inputs, whose gradient is that of the inputs as they were.

    >>> inputs = torch.tensor([0.2, 0.8], requires_grad=True)
    >>> changed = straight_through(torch.round, inputs)
    >>> changed.sum().backward()
    >>> changed.tolist(), inputs.grad.tolist()
    ([0.0, 1.0], [1.0, 1.0])
    """
    changed: torch.Tensor = _StraightThrough.apply(inputs, change)  # type: ignore[no-untyped-call]
    return changed


class _StraightThrough(torch.autograd.Function):
    @staticmethod
    def forward(_: Any, inputs: torch.Tensor, change: Callable[[torch.Tensor], torch.Tensor]) -> torch.Tensor:
        return change(inputs)

    @staticmethod
    def backward(_: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:
        return gradient, None


def check_images(defence: str, inputs: torch.Tensor) -> None:
    """Nothing, if the inputs are images.

    Raises:
        LabError: for rows of a table.
    """
    if inputs.ndim != 4:
        raise LabError(
            f"The defence {defence!r} changes images (inputs, channels, height, width), but was given inputs "
            f"of shape {tuple(inputs.shape)}, as of a table; leave it out there, or take bit_depth."
        )
