"""Attacks that weigh a small change against a wrong answer and search for the weight, run by foolbox."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import torch
from foolbox.attacks.base import MinimizationAttack

from advgame.errors import LabError
from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.foolbox_model import foolbox_model
from advgame.lab.attacks.kinds import MinimumNormAttack, check_counts


@dataclass(frozen=True)
class WeightSearch(MinimumNormAttack):
    """The smallest example of several searches, each with another weight of the wrong answer."""

    steps: int = 100  # for each weight
    searches: int = 5  # weights tried, each from the answer of the one before
    step_size: float = 0.05
    first_weight: float = 0.1

    def __post_init__(self) -> None:
        check_counts(self, steps=1, searches=1)
        if self.step_size <= 0 or self.first_weight <= 0:
            raise LabError(
                f"The step size {self.step_size} and the first weight {self.first_weight} of the attack "
                f"{self.name!r}: both must be above 0."
            )

    @property
    @abstractmethod
    def foolbox_attack(self) -> MinimizationAttack:
        """foolbox's attack with these settings."""

    def smallest(self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The nearest example of all searches; nothing useful where none fooled."""
        return self.foolbox_attack.run(foolbox_model(victim.stand_in, inputs), inputs, labels)
