"""A stochastic (Bayesian) last layer on a deterministic extractor; it is cheap, as only the layer is drawn.

The weights of the layer are Gaussian with means and deviations of their own, found by variational
inference (Blundell et al. 2015); predictions average the probabilities of many draws. Training by another
defence afterwards moves the means and deviations without the prior, and so shrinks the deviations.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import nn

from advgame.errors import LabError
from advgame.lab.defences.bayesian_weights import BayesianWeights
from advgame.lab.defences.gaussian_layers import AveragedDraws, GaussianLinear
from advgame.lab.defences.input_change import InputChanged
from advgame.lab.fitting.loop import counted
from advgame.lab.fitting.task import Task
from advgame.lab.networks.classifier import Adapted


@dataclass(frozen=True)
class StochasticHead(BayesianWeights):
    """Makes the last fully connected layer stochastic and trains it, or the whole network with it."""

    name: ClassVar[str] = "stochastic_head"
    learning_rate: float = 1e-2
    whole: bool = False  # True: the extractor is trained too

    def prepared(self, network: nn.Module) -> nn.Module:
        """The network cut before its last layer, which becomes stochastic; its weights are the means.

        Raises:
            LabError: for a network that is random or combined already, or has no fully connected layer.
        """
        extractor, last = _without_last_layer(network)
        head = GaussianLinear(last, self.initial_std)
        return AveragedDraws(extractor, head, self.draws, self.stand_in_draws)

    def fit(self, network: nn.Module, task: Task) -> nn.Module:
        """The network after variational inference on the training inputs."""
        assert isinstance(network, AveragedDraws)  # prepared made it
        if self.whole:
            return super().fit(network, task)
        network.to(task.device).eval()
        features = _features(network.once, task)
        dataset = replace(task.dataset, train_inputs=features)
        super().fit(network.drawn, replace(task, dataset=dataset))
        return network.eval()


@torch.no_grad()
def _features(extractor: nn.Module, task: Task) -> torch.Tensor:
    """What a fixed extractor makes of the training inputs: once, instead of in every epoch."""
    with counted(extractor):
        parts = [extractor(part.to(task.device)) for part in torch.split(task.dataset.train_inputs, 250)]
    return torch.cat(parts) if parts else task.dataset.train_inputs


def _without_last_layer(network: nn.Module) -> tuple[nn.Module, nn.Linear]:
    """The network with its last fully connected layer taken out, and that layer."""
    inner = network
    while isinstance(inner, InputChanged):
        inner = inner.network
    if isinstance(inner, Adapted):
        raise LabError(
            f"A {type(inner).__name__} network has no single last layer to make stochastic; let "
            "stochastic_head come before smoothing, ensembles and other stochastic layers."
        )
    names = [name for name, layer in network.named_modules() if isinstance(layer, nn.Linear)]
    if not names:
        raise LabError("The network has no fully connected layer at its end; take one that has.")
    if names[-1] == "":  # nothing but that layer
        return nn.Identity(), network  # type: ignore[return-value]
    parent, _, own = names[-1].rpartition(".")
    last = network.get_submodule(names[-1])
    setattr(network.get_submodule(parent), own, nn.Identity())
    return network, last  # type: ignore[return-value]
