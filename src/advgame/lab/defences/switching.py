"""A mixed strategy over networks: one is drawn at random for each input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import nn
from torch.nn.functional import log_softmax

from advgame.lab.defences.combination import Combination
from advgame.lab.defences.ensemble import MeanProbabilities
from advgame.lab.networks.classifier import Adapted, stand_in


@dataclass(frozen=True)
class Switching(Combination):
    """Draws a member for each input, with the weights as probabilities: a mixed strategy."""

    name: ClassVar[str] = "switching"

    def combined(self, networks: Sequence[nn.Module]) -> nn.Module:
        """The members behind the draw."""
        return Switched(networks, self.shares)


class Switched(Adapted):
    """Networks of which one, drawn for each input of each call, answers."""

    def __init__(self, members: Sequence[nn.Module], shares: Sequence[float]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)
        self.shares = tuple(shares)
        self.randomised = self.draws_a_member = True
        self.training = any(member.training for member in members)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Log-probabilities (inputs, classes), so that the answers of all members are of one scale."""
        # Drawn on the CPU: the same members on every device. (At least one draw: torch fails on none.)
        drawn = torch.multinomial(torch.tensor(self.shares), max(1, len(inputs)), replacement=True)
        drawn = drawn[: len(inputs)].to(inputs.device)
        places, answers = [], []
        for place, member in enumerate(self.members):
            chosen = (drawn == place).nonzero()[:, 0]
            if len(chosen) or len(inputs) == 0:
                places.append(chosen)
                answers.append(log_softmax(member(inputs[chosen]), dim=1))
        return torch.cat(answers)[torch.cat(places).argsort()]

    def stand_in(self) -> nn.Module:
        """The mean of the members' probabilities: the expectation over the draw, exactly."""
        return MeanProbabilities([stand_in(member) for member in self.members], self.shares)
