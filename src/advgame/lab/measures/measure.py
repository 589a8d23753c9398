"""The contract of a measure: numbers per input besides correctness."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

Values = Mapping[str, NDArray[np.float64]]  # name of the quantity → (inputs,); NaN where it is undefined


@dataclass(frozen=True)
class Measure(ABC):
    """A property of a network besides its accuracies; its fields are its settings."""

    name: ClassVar[str]  # as in the catalogue
    revision: ClassVar[int] = 1  # increased when its values change, so that stored ones are not reused

    @abstractmethod
    def values(
        self, network: nn.Module, reference: nn.Module, inputs: torch.Tensor, labels: torch.Tensor, seed: int
    ) -> Values:
        """The values of the measure for each input.

        Args:
            network: in evaluation mode; computes logits (inputs, classes) of inputs in [0, 1].
            reference: a network to compare with, such as the one before pruning; the network itself if there
                is none.
            inputs: (inputs, …) in [0, 1].
            labels: (inputs,), the true labels.
            seed: seed of all random draws.
        """
