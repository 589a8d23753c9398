"""A stochastic (Bayesian) extractor under a deterministic last layer: the contrast to `stochastic_head`.

Every layer with weights but the last is drawn again for each prediction, so a prediction costs as many
passes through the whole network as it averages over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from advgame.errors import LabError
from advgame.lab.defences.bayesian_weights import BayesianWeights
from advgame.lab.defences.gaussian_layers import (
    AveragedDraws,
    GaussianConv2d,
    GaussianLinear,
    gaussian_layers,
)


@dataclass(frozen=True)
class StochasticExtractor(BayesianWeights):
    """Makes all convolutions and fully connected layers but the last stochastic, and trains the network."""

    name: ClassVar[str] = "stochastic_extractor"
    divergence_scale: float = 0.1  # the prior of so many weights would otherwise outweigh the data

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
        return AveragedDraws(nn.Identity(), network, self.draws, self.stand_in_draws)

    def _stochastic(self, layer: nn.Module) -> nn.Module:
        if isinstance(layer, nn.Conv2d):
            return GaussianConv2d(layer, self.initial_std)
        assert isinstance(layer, nn.Linear)  # chosen among these two
        return GaussianLinear(layer, self.initial_std)
