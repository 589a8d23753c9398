"""Layers whose weights are Gaussian, each with a mean and a standard deviation of its own (mean field).

The mean is the layer's `weight`, so pruning, counting and storing treat it like any other; a weight that
pruning has set to exactly 0 is no longer random.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from math import log
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, TypeVar

import torch
from torch import nn
from torch.nn.functional import cross_entropy, linear

from advgame.errors import LabError
from advgame.lab.fitting.loop import Batch, Objective
from advgame.lab.networks.classifier import Adapted, stand_in
from advgame.lab.networks.expectation import log_mean_probabilities

Plain = TypeVar("Plain", nn.Linear, nn.Conv2d)

LEAST_VARIANCE = 1e-16  # below it a square root has no usable gradient
MEAN_AND_DEVIATION = 2  # values of each weight, both of which an input is multiplied by

if TYPE_CHECKING:
    GaussianLayer: TypeAlias = "GaussianLinear | GaussianConv2d"


class GaussianLinear(nn.Linear):
    """A fully connected layer with Gaussian weights, drawn again for each row.

    Not the weights are drawn but their effect on each output (local reparameterisation, Kingma et
    al. 2015): the same distribution for each row, with less noise in the gradient.
    """

    values_per_weight: ClassVar[int] = MEAN_AND_DEVIATION

    def __init__(self, layer: nn.Linear, std: float) -> None:
        # On the device "meta" nothing is drawn for weights that are replaced at once.
        super().__init__(layer.in_features, layer.out_features, layer.bias is not None, device="meta")
        _take_over(self, layer, std)
        self.log_std: nn.Parameter
        self.bias_log_std: nn.Parameter | None

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """One draw of the layer's output for each row."""
        std, bias_std = stds(self)
        mean = linear(inputs, self.weight, self.bias)
        variance = linear(inputs.square(), std.square(), None if bias_std is None else bias_std.square())
        return mean + variance.clamp_min(LEAST_VARIANCE).sqrt() * torch.randn_like(mean)

    def drawn(self, generator: torch.Generator) -> nn.Linear:
        """A layer with fixed weights, drawn from the distribution; the generator is one of the CPU."""
        layer = nn.Linear(self.in_features, self.out_features, self.bias is not None, device="meta")
        return _with_weights(layer, self, generator)


class GaussianConv2d(nn.Conv2d):
    """A convolution with Gaussian weights, drawn again in each call.

    Rows of one call share a draw up to random signs of their input and output channels (Flipout,
    Wen et al. 2018): each row has the right distribution, and rows are uncorrelated.
    """

    values_per_weight: ClassVar[int] = MEAN_AND_DEVIATION

    def __init__(self, layer: nn.Conv2d, std: float) -> None:
        super().__init__(**_settings(layer), device="meta")
        _take_over(self, layer, std)
        self.log_std: nn.Parameter
        self.bias_log_std: nn.Parameter | None

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """One draw of the layer's output for each row."""
        std, bias_std = stds(self)
        rows = len(inputs)
        signs_in = _signs(rows, inputs.shape[1], inputs)
        signs_out = _signs(rows, self.weight.shape[0], inputs)
        bias = None if bias_std is None else bias_std * torch.randn_like(bias_std)
        noise = self._conv_forward(inputs * signs_in, std * torch.randn_like(std), bias)
        mean = self._conv_forward(inputs, self.weight, self.bias)
        drawn: torch.Tensor = mean + noise * signs_out
        return drawn

    def drawn(self, generator: torch.Generator) -> nn.Conv2d:
        """A layer with fixed weights, drawn from the distribution; the generator is one of the CPU."""
        layer = nn.Conv2d(**_settings(self), device="meta")
        return _with_weights(layer, self, generator)


class AveragedDraws(Adapted):
    """A network whose first part is computed once and whose second, with Gaussian weights, is averaged over.

    In evaluation mode its logits are the logarithms of the mean probabilities of ``draws`` draws;
    in training mode they are those of one.
    """

    def __init__(self, once: nn.Module, drawn: nn.Module, draws: int, stand_in_draws: int) -> None:
        super().__init__()
        self.once = once
        self.drawn = drawn
        self.draws = draws
        self.stand_in_draws = stand_in_draws
        self.randomised = True
        self.training = drawn.training

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Logits (inputs, classes)."""
        features = self.once(inputs)
        if self.training:
            logits: torch.Tensor = self.drawn(features)
            return logits
        return log_mean_probabilities(self.drawn, features, self.draws)

    def stand_in(self) -> nn.Module:
        """The same average over fewer, fresh draws: it has a gradient already."""
        few = self.stand_in_draws
        return AveragedDraws(stand_in(self.once), stand_in(self.drawn), few, few)


def stds(layer: GaussianLayer) -> tuple[torch.Tensor, torch.Tensor | None]:
    """The standard deviations of a layer's weights, 0 where pruned, and of its biases.

    Raises:
        LabError: when the layer was narrowed after it became stochastic.
    """
    if layer.log_std.shape != layer.weight.shape:
        raise LabError(
            f"A stochastic layer has means of shape {tuple(layer.weight.shape)} but deviations of shape "
            f"{tuple(layer.log_std.shape)}: filters were taken out after it became stochastic. Prune first: "
            "let the stochastic defence come after the pruning."
        )
    bias = None if layer.bias_log_std is None else layer.bias_log_std.exp()
    return layer.log_std.exp() * (layer.weight != 0), bias


def gaussian_layers(network: nn.Module) -> list[GaussianLayer]:
    """The layers of a network that have Gaussian weights."""
    return [layer for layer in network.modules() if isinstance(layer, GaussianLinear | GaussianConv2d)]


def divergence_from_prior(network: nn.Module, prior_std: float) -> torch.Tensor:
    """The Kullback-Leibler divergence of all Gaussian weights from a prior N(0, prior_std²), in nats.

    Summed over weights and biases; pruned weights are no longer part of the model.
    """
    return torch.stack(
        [part for layer in gaussian_layers(network) for part in _parts(layer, prior_std)]
    ).sum()


def _parts(layer: GaussianLayer, prior_std: float) -> Iterator[torch.Tensor]:
    stds(layer)  # whether the shapes belong together
    kept = layer.weight != 0
    yield _divergence(layer.weight[kept], layer.log_std[kept], prior_std)
    if layer.bias is not None and layer.bias_log_std is not None:
        yield _divergence(layer.bias, layer.bias_log_std, prior_std)


def _divergence(mean: torch.Tensor, log_std: torch.Tensor, prior_std: float) -> torch.Tensor:
    """The sum of ln(s/σ) + (σ² + μ²)/(2s²) − 1/2 over weights N(μ, σ²) with a prior N(0, s²)."""
    squares = (2 * log_std).exp() + mean.square()
    return (log(prior_std) - log_std + squares / (2 * prior_std**2) - 0.5).sum()


def evidence_loss(prior_std: float, divergence_scale: float, trained_on: int) -> Objective:
    """The objective of variational inference: the negative evidence lower bound, per training input.

    Cross-entropy of one draw + scale · KL(weights ‖ prior) / n, n the number of training inputs. With a
    scale of 1 it bounds the evidence; smaller scales trust the data more ("cold" posteriors).

    Args:
        prior_std: standard deviation of the Gaussian prior of each weight.
        divergence_scale: factor of the KL divergence.
        trained_on: number of training inputs.
    """

    def loss(batch: Batch) -> torch.Tensor:
        misfit = cross_entropy(batch.network(batch.inputs), batch.labels)
        return misfit + divergence_scale / trained_on * divergence_from_prior(batch.network, prior_std)

    return loss


def one_network(network: nn.Module, generator: torch.Generator) -> nn.Module:
    """One network with fixed weights, drawn from a stochastic one: what stands behind a single answer.

    Args:
        network: it keeps its weights; the drawn one is a copy, in evaluation mode.
        generator: of the CPU, so that every device draws the same.

    Raises:
        LabError: when no layer is stochastic.
    """
    if not gaussian_layers(network):
        raise LabError(
            "No layer of the network is stochastic; give one made by stochastic_head or _extractor."
        )
    return _fixed(deepcopy(network), generator).eval()


def _fixed(module: nn.Module, generator: torch.Generator) -> nn.Module:
    if isinstance(module, GaussianLinear | GaussianConv2d):
        return module.drawn(generator)
    for name, child in module.named_children():
        setattr(module, name, _fixed(child, generator))
    if isinstance(module, AveragedDraws):
        return nn.Sequential(module.once, module.drawn)  # no longer anything to average over
    return module


def _take_over(made: GaussianLayer, layer: nn.Linear | nn.Conv2d, std: float) -> None:
    """Gives a new layer the weights of another as means, and equal deviations."""
    made.weight = layer.weight
    made.bias = layer.bias
    made.log_std = nn.Parameter(torch.full_like(layer.weight.detach(), log(std)))
    bias_log_std = (
        None if layer.bias is None else nn.Parameter(torch.full_like(layer.bias.detach(), log(std)))
    )
    made.register_parameter("bias_log_std", bias_log_std)
    made.train(layer.training)


def _settings(layer: nn.Conv2d) -> dict[str, Any]:
    """What a convolution like this one is made with."""
    names = ("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups")
    given = {name: getattr(layer, name) for name in (*names, "padding_mode")}
    return {**given, "bias": layer.bias is not None}


def _with_weights(layer: Plain, of: GaussianLayer, generator: torch.Generator) -> Plain:
    with torch.no_grad():
        std, bias_std = stds(of)
        layer.weight = nn.Parameter(of.weight + std * _normal(std, generator))
        if of.bias is not None and bias_std is not None:
            layer.bias = nn.Parameter(of.bias + bias_std * _normal(bias_std, generator))
    return layer


def _normal(like: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    return torch.randn(like.shape, generator=generator, dtype=like.dtype).to(like.device)


def _signs(rows: int, channels: int, like: torch.Tensor) -> torch.Tensor:
    """Random signs (rows, channels, 1, 1)."""
    shape = (rows, channels, 1, 1)
    return torch.randint(0, 2, shape, device=like.device, dtype=like.dtype) * 2 - 1
