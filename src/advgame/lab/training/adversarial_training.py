"""Adversarial training (Madry et al. 2018): training on worst-case perturbations of the inputs."""

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
class AdversarialTraining(Trained):
    """Trains on inputs that projected gradient ascent has moved inside a ball.

    A large radius is easier to learn if it grows: on MNIST with radius 0.3, a network trained with the full
    radius from the start may never become better than chance.
    """

    name: ClassVar[str] = "adversarial_training"
    radius: float = 0.1
    norm: str = "Linf"  # or "L2"
    steps: int = 7
    ramp: float = 0.0  # share of the training during which the radius grows from 0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_ball(self.norm, self.radius)
        check_range("steps", self.steps, 1)
        check_range("ramp", self.ramp, 0, 1)

    def loss(self, batch: Batch) -> torch.Tensor:
        """The cross-entropy on the perturbed inputs."""
        ball = Ball(self.norm, ramped(self.radius, self.ramp, batch.progress))
        return cross_entropy(batch.network(climbed(batch, ball, self.steps)), batch.labels)
