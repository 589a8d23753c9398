"""A stochastic (Bayesian) extractor under a deterministic last layer: the contrast to `stochastic_head`.

Every layer with weights but the last is drawn anew for each prediction, so a prediction costs as many
passes through the whole network as it averages over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from advgame.errors import LabError
from advgame.lab.defences.gaussian_layers import (
    AveragedDraws,
    GaussianConv2d,
    GaussianLinear,
    evidence_loss,
    gaussian_layers,
)
from advgame.lab.fitting.defence import Defence
from advgame.lab.fitting.loop import Recipe, fit
from advgame.lab.fitting.settings import check_range
from advgame.lab.fitting.task import Task


@dataclass(frozen=True)
class StochasticExtractor(Defence):
    """Makes all convolutions and fully connected layers but the last stochastic, and trains the network."""

    name: ClassVar[str] = "stochastic_extractor"
    epochs: int = 20
    learning_rate: float = 3e-3
    batch_size: int = 128
    prior_std: float = 1.0  # of each weight before anything is seen
    initial_std: float = 0.05  # of each weight when training starts; the means are the weights there were
    divergence_scale: float = 0.1  # the prior of so many weights would otherwise outweigh the data
    draws: int = 30  # averaged over in a prediction
    surrogate_draws: int = 8  # an adaptive adversary averages over in each step

    def __post_init__(self) -> None:
        Recipe(self.epochs, self.learning_rate, self.batch_size)  # refuses what is out of range
        for setting in ("prior_std", "initial_std"):
            check_range(setting, getattr(self, setting), 0, low_included=False)
        check_range("divergence_scale", self.divergence_scale, 0)
        for setting in ("draws", "surrogate_draws"):
            check_range(setting, getattr(self, setting), 1)

    def prepared(self, network: nn.Module) -> nn.Module:
        """The network with stochastic layers; the weights it had are their means.

        Raises:
            LabError: for a network that has stochastic layers already, or no layer below its last.
        """
        if gaussian_layers(network):
            raise LabError(
                "The network has stochastic layers already; take one stochastic defence or the other."
            )
        layers = [name for name, layer in network.named_modules() if isinstance(layer, nn.Linear | nn.Conv2d)]
        if len(layers) < 2:
            raise LabError(
                f"The network has {len(layers)} layers with weights; expected at least two, of which all but "
                "the last become stochastic."
            )
        for name in layers[:-1]:
            parent, _, own = name.rpartition(".")
            setattr(network.get_submodule(parent), own, self._stochastic(network.get_submodule(name)))
        return AveragedDraws(nn.Identity(), network, self.draws, self.surrogate_draws)

    def fit(self, network: nn.Module, task: Task) -> nn.Module:
        """The network after variational inference on the training inputs."""
        recipe = Recipe(self.epochs, self.learning_rate, self.batch_size)
        loss = evidence_loss(self.prior_std, self.divergence_scale, len(task.dataset.train_labels))
        return fit(network, task, recipe, loss)

    def _stochastic(self, layer: nn.Module) -> nn.Module:
        if isinstance(layer, nn.Conv2d):
            return GaussianConv2d(layer, self.initial_std)
        assert isinstance(layer, nn.Linear)  # chosen among these two
        return GaussianLinear(layer, self.initial_std)
