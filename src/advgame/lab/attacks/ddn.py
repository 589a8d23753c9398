"""Decoupled direction and norm (Rony et al. 2019), as foolbox runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from foolbox.attacks.ddn import DDNAttack

from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.foolbox_model import foolbox_model
from advgame.lab.attacks.kinds import MinimumNormAttack, check_counts


@dataclass(frozen=True)
class Ddn(MinimumNormAttack):
    """Follows the gradient on a sphere that shrinks after a success and grows after a failure, in L2."""

    name: ClassVar[str] = "ddn"
    norm: ClassVar[str | None] = "L2"
    steps: int = 100

    def __post_init__(self) -> None:
        check_counts(self, steps=1)

    def smallest(self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The nearest example of all steps; the input itself where none fooled."""
        return DDNAttack(steps=self.steps).run(foolbox_model(victim.stand_in, inputs), inputs, labels)
