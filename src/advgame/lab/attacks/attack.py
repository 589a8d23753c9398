"""The contract of an attack: it changes inputs within a radius."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import nn


@dataclass(frozen=True, eq=False)
class Victim:
    """The network under attack."""

    network: nn.Module  # answers queries: logits (inputs, classes) of inputs in [0, 1]
    stand_in: nn.Module  # what a white-box attack differentiates; the network itself where it can be
    others: dict[str, nn.Module]  # further networks the attacker may know, by the defence's name
    seed: int  # every random act of the attack follows from it


@dataclass(frozen=True)
class Attack(ABC):
    """One attack; its fields are its settings.

    Its results are verified: `robust_accuracy.outcomes` predicts again, measures the perturbation again and
    counts an input as fooled only if the example is finite, inside [0, 1] and inside the radius.
    """

    name: ClassVar[str]  # as in the catalogue
    norm: ClassVar[str | None]  # "Linf", "L2", "L1", "L0"; None where the strength is no norm
    metric: ClassVar[str] = "robust"  # or "corruption", for natural changes
    queries_only: ClassVar[bool] = False  # needs nothing but the network's answers

    @abstractmethod
    def craft(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radii: Sequence[float]
    ) -> list[torch.Tensor]:
        """The changed inputs, one tensor of the shape of ``inputs`` per radius.

        Args:
            victim: in evaluation mode.
            inputs: in [0, 1]; labels: (inputs,), the true ones.
            radii: rising. A minimum-norm attack returns the same tensor for each.
        """
