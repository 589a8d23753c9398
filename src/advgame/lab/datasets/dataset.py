"""Images, or rows of a table, with their classes: split into what is trained on and what is measured on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from advgame.errors import LabError


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set in memory, inputs scaled to [0, 1]."""

    name: str
    train_inputs: torch.Tensor  # (inputs, channels, height, width) or (inputs, features), float32 in [0, 1]
    train_labels: torch.Tensor  # (inputs,) int64
    test_inputs: torch.Tensor
    test_labels: torch.Tensor
    classes: tuple[str, ...]  # by label

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one input."""
        return tuple(self.train_inputs.shape[1:])

    def test_input(self, place: int) -> tuple[torch.Tensor, int]:
        """A test input and its label.

        Args:
            place: index in the test set, from 0.

        Raises:
            LabError: for an index that does not exist.
        """
        if not 0 <= place < len(self.test_labels):
            raise LabError(
                f"There is no test input {place}; {self.name} has the inputs 0 to "
                f"{len(self.test_labels) - 1}."
            )
        return self.test_inputs[place], int(self.test_labels[place])

    def chosen_for_test(self, count: int, seed: int = 0) -> NDArray[np.int64]:
        """Places of ``count`` test inputs drawn without replacement, rising; all where there are no more."""
        there = len(self.test_labels)
        if count >= there:
            return np.arange(there)
        return np.sort(np.random.default_rng(seed).choice(there, size=count, replace=False))
