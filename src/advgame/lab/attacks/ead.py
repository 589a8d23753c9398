"""Elastic-net attack (Chen et al. 2018), as foolbox runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from foolbox.attacks.ead import EADAttack

from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.foolbox_model import foolbox_model
from advgame.lab.attacks.kinds import SmallestChange, check_counts


@dataclass(frozen=True)
class ElasticNet(SmallestChange):
    """Carlini & Wagner's attack with a shrinkage that keeps most values as they are, in L1."""

    name: ClassVar[str] = "ead"
    norm: ClassVar[str | None] = "L1"
    steps: int = 100  # for each weight
    searches: int = 5  # weights tried, each from the answer of the one before
    step_size: float = 0.01
    first_weight: float = 0.1

    def __post_init__(self) -> None:
        check_counts(self, steps=1, searches=1)

    def smallest(self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The example of the smallest L1 norm of all searches; nothing useful where none fooled."""
        run = EADAttack(
            binary_search_steps=self.searches,
            steps=self.steps,
            initial_stepsize=self.step_size,
            initial_const=self.first_weight,
            decision_rule="L1",
        )
        return run.run(foolbox_model(victim.surrogate, inputs), inputs, labels)
