"""A small convolutional network, for images of 8 × 8 pixels."""

from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from advgame.lab.networks.architecture import Architecture


@dataclass(frozen=True)
class SmallCnn(Architecture):
    """Two convolutions and two linear layers: 38,282 weights on 8 × 8 grey pixels and ten classes.

    >>> sum(weight.numel() for weight in SmallCnn()((1, 8, 8), 10, seed=0).parameters())
    38282
    """

    name: ClassVar[str] = "small_cnn"
    smallest: ClassVar[int | None] = 2

    def layers(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        """3 × 3 convolutions with 16 and 32 filters, the second with stride 2; then 64, classes."""
        channels, height, width = shape
        return nn.Sequential(
            nn.Conv2d(channels, 16, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * -(-height // 2) * -(-width // 2), 64),
            nn.ReLU(),
            nn.Linear(64, classes),
        )
