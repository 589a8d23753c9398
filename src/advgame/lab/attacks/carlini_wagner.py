"""The attack of Carlini & Wagner 2017, as foolbox runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from foolbox.attacks.carlini_wagner import L2CarliniWagnerAttack

from advgame.lab.attacks.weight_search import WeightSearch


@dataclass(frozen=True)
class CarliniWagner(WeightSearch):
    """Trades off a small perturbation against misclassification, with a search for the weight, in L2."""

    name: ClassVar[str] = "cw"
    norm: ClassVar[str | None] = "L2"

    @property
    def foolbox_attack(self) -> L2CarliniWagnerAttack:
        """foolbox's attack with these settings."""
        return L2CarliniWagnerAttack(
            binary_search_steps=self.searches,
            steps=self.steps,
            stepsize=self.step_size,
            initial_const=self.first_weight,
        )
