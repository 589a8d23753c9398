"""The attack of Carlini & Wagner 2017, as foolbox runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from foolbox.attacks.carlini_wagner import L2CarliniWagnerAttack

from advgame.errors import LabError
from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.foolbox_model import foolbox_model
from advgame.lab.attacks.kinds import SmallestChange, check_counts


@dataclass(frozen=True)
class CarliniWagner(SmallestChange):
    """Weighs a small change against a wrong answer, and searches for the weight, in L2."""

    name: ClassVar[str] = "cw"
    norm: ClassVar[str | None] = "L2"
    steps: int = 100  # for each weight
    searches: int = 5  # weights tried, each from the answer of the one before
    step_size: float = 0.05
    first_weight: float = 0.1

    def __post_init__(self) -> None:
        check_counts(self, steps=1, searches=1)
        if self.step_size <= 0 or self.first_weight <= 0:
            raise LabError(
                f"The step size {self.step_size} and the first weight {self.first_weight} of the attack "
                "'cw': both must be above 0."
            )

    def smallest(self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The nearest example of all searches; nothing useful where none fooled."""
        run = L2CarliniWagnerAttack(
            binary_search_steps=self.searches,
            steps=self.steps,
            stepsize=self.step_size,
            initial_const=self.first_weight,
        )
        return run.run(foolbox_model(victim.surrogate, inputs), inputs, labels)
