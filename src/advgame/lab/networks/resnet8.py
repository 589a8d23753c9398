"""A residual network of eight layers (after He et al. 2016, arXiv:1512.03385)."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import nn
from torch.nn.functional import relu

from advgame.lab.networks.architecture import Architecture

WIDTH = 16  # filters of the first stage


@dataclass(frozen=True)
class ResNet8(Architecture):
    """Three residual blocks of 16, 32 and 64 filters: 77,754 weights on 28 × 28 grey pixels and ten classes.

    >>> sum(weight.numel() for weight in ResNet8()((1, 28, 28), 10, seed=0).parameters())
    77754
    """

    name: ClassVar[str] = "resnet8"
    smallest: ClassVar[int | None] = 8

    def layers(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        """A convolution, three blocks, the mean over the pixels, a linear layer."""
        return nn.Sequential(
            nn.Conv2d(shape[0], WIDTH, 3, padding=1, bias=False),
            nn.BatchNorm2d(WIDTH),
            nn.ReLU(),
            ResidualBlock(WIDTH, WIDTH, stride=1),
            ResidualBlock(WIDTH, 2 * WIDTH, stride=2),
            ResidualBlock(2 * WIDTH, 4 * WIDTH, stride=2),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(4 * WIDTH, classes),
        )


class ResidualBlock(nn.Module):
    """Two convolutions and a shortcut, which is a 1 × 1 convolution if the shape changes."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The ReLU of the sum of both branches, (inputs, outputs, height / stride, width / stride)."""
        total: torch.Tensor = self.convolutions(inputs) + self.shortcut(inputs)
        return relu(total)
