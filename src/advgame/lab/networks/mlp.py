"""Multilayer perceptrons, for images and for rows of a table."""

from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import ClassVar

from torch import nn

from advgame.lab.networks.architecture import Architecture


@dataclass(frozen=True)
class Mlp300100(Architecture):
    """Hidden layers of 300 and 100, as in the pruning literature: 266,610 weights on 28 × 28 pixels.

    >>> sum(weight.numel() for weight in Mlp300100()((1, 28, 28), 10, seed=0).parameters())
    266610
    """

    name: ClassVar[str] = "mlp_300_100"

    def layers(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        """The layers, for inputs of any shape."""
        return connected((prod(shape), 300, 100, classes))


@dataclass(frozen=True)
class Mlp(Architecture):
    """Hidden layers of 64 and 32, for rows of a table: 5,858 weights on the 57 features of Spambase.

    >>> sum(weight.numel() for weight in Mlp()((57,), 2, seed=0).parameters())
    5858
    """

    name: ClassVar[str] = "mlp"

    def layers(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        """The layers, for inputs of any shape."""
        return connected((prod(shape), 64, 32, classes))


def connected(widths: tuple[int, ...]) -> nn.Sequential:
    """Linear layers with ReLUs between them; the first width is that of the input."""
    layers: list[nn.Module] = [nn.Flatten()]
    for inputs, outputs in pairwise(widths):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])
