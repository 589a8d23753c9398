"""An ensemble: the mean of the probabilities of several networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import ClassVar

import torch
from torch import nn
from torch.nn.functional import log_softmax

from advgame.lab.defences.combination import Combination
from advgame.lab.networks.classifier import Adapted, is_randomised, stand_in


@dataclass(frozen=True)
class Ensemble(Combination):
    """Averages the class probabilities of its members."""

    name: ClassVar[str] = "ensemble"

    def combined(self, networks: Sequence[nn.Module]) -> nn.Module:
        """The members behind their average."""
        return MeanProbabilities(networks, self.shares)


class MeanProbabilities(Adapted):
    """Networks whose probabilities are averaged with weights that sum to 1."""

    def __init__(self, members: Sequence[nn.Module], shares: Sequence[float]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)
        self.shares = tuple(shares)
        self.training = any(member.training for member in members)

    @property
    def randomised(self) -> bool:  # type: ignore[override]  # follows from the members
        """Whether two calls may answer differently."""
        return any(is_randomised(member) for member in self.members)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The logarithm of the mean probabilities, (inputs, classes)."""
        logarithms = [
            log_softmax(member(inputs), dim=1) + log(share)
            for member, share in zip(self.members, self.shares, strict=True)
        ]
        return torch.stack(logarithms).logsumexp(dim=0)

    def stand_in(self) -> nn.Module:
        """The average of the members' stand-ins."""
        return MeanProbabilities([stand_in(member) for member in self.members], self.shares)
