"""Elastic-net attack (Chen et al. 2018), as foolbox runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from foolbox.attacks.ead import EADAttack

from advgame.lab.attacks.weight_search import WeightSearch


@dataclass(frozen=True)
class ElasticNet(WeightSearch):
    """Carlini & Wagner's attack with a shrinkage that keeps most values as they are, in L1."""

    name: ClassVar[str] = "ead"
    norm: ClassVar[str | None] = "L1"
    step_size: float = 0.01

    @property
    def foolbox_attack(self) -> EADAttack:
        """foolbox's attack with these settings; of equal weights, the example of the smallest L1 norm."""
        return EADAttack(
            binary_search_steps=self.searches,
            steps=self.steps,
            initial_stepsize=self.step_size,
            initial_const=self.first_weight,
            decision_rule="L1",
        )
