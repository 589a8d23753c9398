"""Free adversarial training (Shafahi et al. 2019): one backward pass moves the weights and the inputs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch.nn.functional import cross_entropy

from advgame.lab.fitting.loop import Batch, Recipe
from advgame.lab.fitting.settings import check_range
from advgame.lab.training.ascent import Ball, check_ball
from advgame.lab.training.trained import Trained


@dataclass(frozen=True)
class FreeTraining(Trained):
    """Trains on each batch several times in a row, with one step of gradient ascent on the inputs each time.

    Costs as much as standard training for epochs × replays epochs. The perturbation of an input starts from
    the last one at the same position of the previous batch.
    """

    name: ClassVar[str] = "free_training"
    radius: float = 0.1
    norm: str = "Linf"  # or "L2"
    replays: int = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        check_ball(self.norm, self.radius)
        check_range("replays", self.replays, 1)

    @property
    def recipe(self) -> Recipe:
        """How the weights are moved: several steps on each batch."""
        return replace(super().recipe, replays=self.replays)

    def loss(self, batch: Batch) -> torch.Tensor:
        """The cross-entropy on the inputs with their present perturbation."""
        change = self._next_change(batch)
        perturbed = (batch.inputs + change).clamp(0, 1).requires_grad_(True)
        batch.memory["perturbed"], batch.memory["change"] = perturbed, change
        return cross_entropy(batch.network(perturbed), batch.labels)

    def _next_change(self, batch: Batch) -> torch.Tensor:
        """The perturbation after a step along the gradient from the last backward pass."""
        if "perturbed" not in batch.memory:
            return torch.zeros_like(batch.inputs)
        ball = Ball(self.norm, self.radius)
        change: torch.Tensor = batch.memory["change"]
        return ball.inside(change + ball.step(batch.memory["perturbed"].grad, self.radius))
