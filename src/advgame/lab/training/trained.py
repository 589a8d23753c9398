"""The base of defences that train: a recipe, and the loss of a batch."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import torch
from torch import nn

from advgame.lab.fitting.defence import Defence
from advgame.lab.fitting.loop import Batch, Recipe, fit
from advgame.lab.fitting.task import Task


@dataclass(frozen=True)
class Trained(Defence):
    """Trains a network to minimise the defence's loss.

    Raises:
        LabError: for a setting out of its range.
    """

    epochs: int = 10
    learning_rate: float = 3e-3  # the highest of the schedule
    batch_size: int = 128
    optimiser: str = "adam"  # or "sgd"
    schedule: str = "one_cycle"  # "cosine", or "constant"
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        _ = self.recipe  # checks the settings

    @property
    def recipe(self) -> Recipe:
        """The settings of the optimiser."""
        return Recipe(
            self.epochs,
            self.learning_rate,
            self.batch_size,
            self.optimiser,
            self.schedule,
            self.weight_decay,
        )

    @abstractmethod
    def loss(self, batch: Batch) -> torch.Tensor:
        """The loss to minimise, of one batch of training inputs."""

    def fit(self, network: nn.Module, task: Task) -> nn.Module:
        """The trained network; weights that are exactly 0 stay 0."""
        return fit(network, task, self.recipe, self.loss)
