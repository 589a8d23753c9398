"""LeNet-5 in its modern form: two convolutions, three linear layers (after LeCun et al. 1998)."""

from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from advgame.lab.networks.architecture import Architecture


@dataclass(frozen=True)
class LeNet(Architecture):
    """61,706 weights on 28 × 28 grey pixels and ten classes.

    >>> sum(weight.numel() for weight in LeNet()((1, 28, 28), 10, seed=0).parameters())
    61706
    """

    name: ClassVar[str] = "lenet"
    smallest: ClassVar[int | None] = 12

    def layers(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        """5 × 5 convolutions with 6 and 16 filters, each with 2 × 2 max pooling; then 120, 84, classes."""
        channels, height, width = shape
        pixels = ((height // 2 - 4) // 2) * ((width // 2 - 4) // 2)
        return nn.Sequential(
            nn.Conv2d(channels, 6, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(16 * pixels, 120),
            nn.ReLU(),
            nn.Linear(120, 84),
            nn.ReLU(),
            nn.Linear(84, classes),
        )
