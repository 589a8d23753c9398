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
    """Trains on each batch several times in a row while the inputs climb, one step each time.

    Costs as much as standard training of epochs × replays epochs. The change an input begins with is the
    one its place in the batch before ended with.
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
        """The cross-entropy on the inputs as far as they have climbed."""
        change = self._climbed_by(batch)
        asked = (batch.inputs + change).clamp(0, 1).requires_grad_(True)
        batch.memory["asked"], batch.memory["change"] = asked, change
        return cross_entropy(batch.network(asked), batch.labels)

    def _climbed_by(self, batch: Batch) -> torch.Tensor:
        """The change so far, after a step along the gradient that the last backward pass has left."""
        if "asked" not in batch.memory:
            return torch.zeros_like(batch.inputs)
        ball = Ball(self.norm, self.radius)
        change: torch.Tensor = batch.memory["change"]
        return ball.inside(change + ball.step(batch.memory["asked"].grad, self.radius))
