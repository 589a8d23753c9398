"""The contract of an architecture: built for an input shape and a number of classes, weights from a seed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import prod
from typing import ClassVar

import torch
from torch import nn

from advgame.errors import LabError


@dataclass(frozen=True)
class Architecture(ABC):
    """A structure of layers whose networks compute logits (inputs, classes) for inputs in [0, 1]."""

    name: ClassVar[str]  # as in the catalogue
    smallest: ClassVar[int | None] = None  # least height and width of images; None for inputs of any shape

    def __call__(self, shape: tuple[int, ...], classes: int, seed: int) -> nn.Module:
        """An untrained network, on the CPU, in evaluation mode; its weights are determined by the seed.

        Args:
            shape: of one input, (channels, height, width) or (features,).
            classes: number of classes.
            seed: seed of the initial weights.

        Raises:
            LabError: for an unsupported shape, and for fewer than two classes.
        """
        self._check(shape, classes)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return self.layers(shape, classes).eval()

    @abstractmethod
    def layers(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        """The network, with weights drawn from torch's global generator."""

    def _check(self, shape: tuple[int, ...], classes: int) -> None:
        if classes < 2:
            raise LabError(f"The network {self.name} is given {classes} classes; expected at least 2.")
        if not shape or prod(shape) < 1:
            raise LabError(
                f"The network {self.name} is given inputs of shape {shape}; expected positive dimensions."
            )
        if self.smallest is None:
            return
        if len(shape) != 3 or min(shape[1:]) < self.smallest:
            raise LabError(
                f"The network {self.name} is given inputs of shape {shape}; expected images (channels, "
                f"height, width) of at least {self.smallest} × {self.smallest} pixels. Use small_cnn for "
                "small images, mlp for rows of a table."
            )
