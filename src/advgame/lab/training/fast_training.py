"""Fast adversarial training (Wong et al. 2020): one large step from a random start, not many small ones.

The network may lose its robustness within an epoch (catastrophic overfitting), depending on the seed: train
with several seeds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch.nn.functional import cross_entropy

from advgame.lab.fitting.loop import Batch
from advgame.lab.fitting.settings import check_range
from advgame.lab.training.ascent import Ball, check_ball, climbed, ramped
from advgame.lab.training.trained import Trained


@dataclass(frozen=True)
class FastTraining(Trained):
    """Trains on inputs after one step up the loss, for twice the cost of standard training."""

    name: ClassVar[str] = "fast_training"
    radius: float = 0.1
    norm: str = "Linf"  # or "L2"
    reach: float = 1.25  # length of the step, in radii
    ramp: float = 0.0  # share of the training during which the radius grows from 0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_ball(self.norm, self.radius)
        check_range("reach", self.reach, 0, 2, low_included=False)
        check_range("ramp", self.ramp, 0, 1)

    def loss(self, batch: Batch) -> torch.Tensor:
        """The cross-entropy on the perturbed inputs."""
        ball = Ball(self.norm, ramped(self.radius, self.ramp, batch.progress))
        perturbed = climbed(batch, ball, 1, reach=self.reach)
        return cross_entropy(batch.network(perturbed), batch.labels)
