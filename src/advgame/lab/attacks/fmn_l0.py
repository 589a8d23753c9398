"""The fast minimum-norm attack (Pintor et al. 2021) in L0, as foolbox runs it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from eagerpy.tensor.tensor import Tensor
from foolbox.attacks.fast_minimum_norm import L0FMNAttack
from torch import nn

from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.foolbox_model import foolbox_model
from advgame.lab.attacks.kinds import MinimumNormAttack, check_counts

HANDICAPS = (0.0, 2.0, 6.0)  # by how much the right class's logit is raised


@dataclass(frozen=True)
class FmnL0(MinimumNormAttack):
    """Follows the gradient with a budget of changed values: less after a success, more after a failure.

    A randomised network is attacked with handicaps as well: an example that must fool by more goes further.
    """

    name: ClassVar[str] = "fmn_l0"
    norm: ClassVar[str | None] = "L0"
    steps: int = 100

    def __post_init__(self) -> None:
        check_counts(self, steps=1)

    def smallest(self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The example of all steps that changes the fewest values; the input itself where none fooled."""
        return _AsMany(steps=self.steps).run(foolbox_model(victim.stand_in, inputs), inputs, labels)

    def against_randomness(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor
    ) -> list[torch.Tensor]:
        """The examples found with each handicap."""
        against = [_Handicapped(victim.stand_in, labels, handicap).eval() for handicap in HANDICAPS]
        return [self.smallest(replace(victim, stand_in=target), inputs, labels) for target in against]


class _Handicapped(nn.Module):
    """A network that an attack must fool by so much: the logits of the right classes are raised."""

    def __init__(self, network: nn.Module, labels: torch.Tensor, handicap: float) -> None:
        super().__init__()
        self.network, self.labels, self.handicap = network, labels, handicap

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.network(inputs)
        return logits.scatter_add(1, self.labels[:, None], torch.full_like(logits[:, :1], self.handicap))


class _AsMany(L0FMNAttack):
    """Foolbox's attack, which keeps one change more than it means to, and so never finds a single one."""

    def project(self, x: Tensor, x0: Tensor, epsilon: Tensor) -> Tensor:
        """Keeps the largest changes, the number of which foolbox counts from 0."""
        last = x0.raw[0].numel() - 1
        kept: Tensor = super().project(x, x0, (epsilon - 1).maximum(0).minimum(last))
        return kept
