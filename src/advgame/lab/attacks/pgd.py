"""Projected gradient descent with a fixed step (Madry et al. 2018), as foolbox runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from foolbox.attacks.projected_gradient_descent import LinfProjectedGradientDescentAttack

from advgame.errors import LabError
from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.foolbox_model import Averaged, foolbox_model
from advgame.lab.attacks.kinds import WithinRadius, check_counts


@dataclass(frozen=True)
class Pgd(WithinRadius):
    """Signed gradient steps on the cross-entropy from a random start, in L∞.

    Foolbox's own step, a thirtieth of the radius, leaves more inputs standing than a tenth does.
    """

    name: ClassVar[str] = "pgd"
    norm: ClassVar[str | None] = "Linf"
    steps: int = 40
    step_size: float = 0.1  # as a share of the radius
    draws: int = 1  # gradients averaged for each step, for a surrogate that is random itself

    def __post_init__(self) -> None:
        check_counts(self, steps=1, draws=1)
        if not 0 < self.step_size <= 2:
            raise LabError(
                f"The step size of the attack 'pgd' is {self.step_size}; expected a share of the radius "
                "above 0 and at most 2."
            )

    def within(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radius: float
    ) -> torch.Tensor:
        """The last point of the way."""
        surrogate = victim.surrogate if self.draws == 1 else Averaged(victim.surrogate, self.draws)
        run = LinfProjectedGradientDescentAttack(rel_stepsize=self.step_size, steps=self.steps)
        return run.run(foolbox_model(surrogate, inputs), inputs, labels, epsilon=radius)
