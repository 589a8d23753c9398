"""Defences that draw weights again for each prediction: their settings, and how their weights are learned.

The weights are Gaussian with means and deviations of their own, found by variational inference (Blundell et
al. 2015); predictions average the probabilities of many draws.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from torch import nn

from advgame.lab.defences.gaussian_layers import evidence_loss
from advgame.lab.fitting.defence import Defence
from advgame.lab.fitting.loop import Recipe, fit
from advgame.lab.fitting.settings import check_range
from advgame.lab.fitting.task import Task


@dataclass(frozen=True)
class BayesianWeights(Defence):
    """Makes layers stochastic and trains them."""

    epochs: int = 20
    learning_rate: float = 3e-3
    batch_size: int = 128
    prior_std: float = 1.0  # of each weight before anything is seen
    initial_std: float = 0.05  # of each weight when training starts; the means are the weights there were
    divergence_scale: float = 1.0  # of the divergence from the prior in the loss; below 1 trusts data more
    draws: int = 30  # averaged over in a prediction
    stand_in_draws: int = 8  # an adaptive attack averages over in each step

    def __post_init__(self) -> None:
        Recipe(self.epochs, self.learning_rate, self.batch_size)  # raises an error for values out of range
        for setting in ("prior_std", "initial_std"):
            check_range(setting, getattr(self, setting), 0, low_included=False)
        check_range("divergence_scale", self.divergence_scale, 0)
        for setting in ("draws", "stand_in_draws"):
            check_range(setting, getattr(self, setting), 1)

    @abstractmethod
    def prepared(self, network: nn.Module) -> nn.Module:
        """The network with stochastic layers; the weights it had are their means."""

    def fit(self, network: nn.Module, task: Task) -> nn.Module:
        """The network after variational inference on the training inputs."""
        recipe = Recipe(self.epochs, self.learning_rate, self.batch_size)
        loss = evidence_loss(self.prior_std, self.divergence_scale, len(task.dataset.train_labels))
        return fit(network, task, recipe, loss)
