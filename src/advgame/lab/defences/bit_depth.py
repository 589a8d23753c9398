"""Feature squeezing (Xu et al. 2018): rounds inputs to few levels, which removes small perturbations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import nn

from advgame.lab.defences.input_change import InputChanged, straight_through
from advgame.lab.fitting.defence import Defence
from advgame.lab.fitting.settings import check_range


@dataclass(frozen=True)
class BitDepth(Defence):
    """Rounds each pixel or feature to 2^bits evenly spaced values; no training."""

    name: ClassVar[str] = "bit_depth"
    learns: ClassVar[bool] = False
    bits: int = 3

    def __post_init__(self) -> None:
        check_range("bits", self.bits, 1, 8)

    def prepared(self, network: nn.Module) -> nn.Module:
        """The rounding in front of the network."""
        return InputChanged(FewerBits(self.bits), network)


class FewerBits(nn.Module):
    """Rounds values in [0, 1] to the nearest of 2^bits levels; its gradient is the identity's.

    >>> FewerBits(1)(torch.tensor([[0.0, 0.4, 0.6, 1.0]])).tolist()
    [[0.0, 0.0, 1.0, 1.0]]
    """

    def __init__(self, bits: int) -> None:
        super().__init__()
        self.steps = 2**bits - 1

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The rounded inputs, of the same shape."""
        return straight_through(lambda given: (given * self.steps).round() / self.steps, inputs)
