"""A VGG narrow enough for a CPU: plain stacks of 3 × 3 convolutions (after Simonyan & Zisserman 2015)."""

from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from advgame.lab.networks.architecture import Architecture

STACKS = ((16,), (32, 32), (64, 64))  # filters of the convolutions between poolings


@dataclass(frozen=True)
class VggNarrow(Architecture):
    """Five convolutions with batch normalisation: 70,330 weights on grey images and ten classes.

    >>> sum(weight.numel() for weight in VggNarrow()((1, 28, 28), 10, seed=0).parameters())
    70330
    """

    name: ClassVar[str] = "vgg_narrow"
    smallest: ClassVar[int | None] = 8

    def layers(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        """Stacks of convolutions, each followed by pooling; the mean over the pixels; a linear layer."""
        layers: list[nn.Module] = []
        channels = shape[0]
        for stack in STACKS:
            for filters in stack:
                convolution = nn.Conv2d(channels, filters, 3, padding=1, bias=False)
                layers += [convolution, nn.BatchNorm2d(filters), nn.ReLU()]
                channels = filters
            layers.append(nn.MaxPool2d(2))
        return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))
