"""The inner maximisation of adversarial training: gradient ascent on the inputs inside a ball.

The loop is our own. A training step takes eight propagations of a small batch, and the overhead of a
library's attack (copies, checks, bookkeeping per call) would cost as much as the propagations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from advgame.lab.fitting.loop import Batch
from advgame.lab.fitting.settings import check_choice, check_range

BALLS = ("Linf", "L2")
# The total length of all steps, in radii: the far side of the ball is within reach (Madry et al. 2018).
REACH = 2.5


@dataclass(frozen=True)
class Ball:
    """The perturbations whose norm is at most a radius."""

    norm: str
    radius: float

    def drawn(self, batch: Batch) -> torch.Tensor:
        """A random perturbation of each input: uniform in L∞; random direction and length in L2."""
        if self.norm == "Linf":
            return batch.uniform() * self.radius
        length = torch.rand(len(batch.inputs), generator=batch.generator).to(batch.inputs.device)
        return _of_length(batch.normal(), self.radius * length)

    def step(self, gradient: torch.Tensor, length: float) -> torch.Tensor:
        """The step of a given length that increases the loss most, to first order."""
        return length * gradient.sign() if self.norm == "Linf" else _of_length(gradient, length)

    def inside(self, change: torch.Tensor) -> torch.Tensor:
        """The projection of a perturbation onto the ball."""
        if self.norm == "Linf":
            return change.clamp(-self.radius, self.radius)
        return change * _beside(self.radius / _lengths(change), change).clamp_max(1)


def check_ball(norm: str, radius: float) -> None:
    """Raises an error unless training supports the ball.

    >>> check_ball("L1", 0.1)
    Traceback (most recent call last):
    advgame.errors.LabError: The setting 'norm' is 'L1'; expected one of Linf, L2.

    Raises:
        LabError: for another norm, and for a radius out of range.
    """
    check_choice("norm", norm, BALLS)
    if norm == "Linf":
        check_range("radius", radius, 0, 1, low_included=False)
    else:
        check_range("radius", radius, 0, low_included=False)


def climbed(
    batch: Batch,
    ball: Ball,
    steps: int,
    loss: Callable[[torch.Tensor], torch.Tensor] | None = None,
    *,
    start: torch.Tensor | None = None,
    reach: float = REACH,
) -> torch.Tensor:
    """The batch's inputs after projected gradient ascent in the ball and in [0, 1], (inputs, …).

    Args:
        batch: the inputs, their labels and the network to attack.
        ball: the set of allowed perturbations.
        steps: number of steps, each of ``reach`` / ``steps`` radii.
        loss: a scalar function of the logits to maximise; the cross-entropy by default.
        start: the initial perturbation; drawn from the ball by default.
        reach: total length of the steps, in radii.
    """

    def error(logits: torch.Tensor) -> torch.Tensor:
        return cross_entropy(logits, batch.labels, reduction="sum")

    objective = loss or error
    change = ball.drawn(batch) if start is None else start
    perturbed = (batch.inputs + change).clamp(0, 1)
    with statistics_at_rest(batch.network):
        for _ in range(steps):
            perturbed.requires_grad_(True)
            (gradient,) = torch.autograd.grad(objective(batch.network(perturbed)), perturbed)
            change = perturbed.detach() + ball.step(gradient, reach * ball.radius / steps) - batch.inputs
            perturbed = (batch.inputs + ball.inside(change)).clamp(0, 1)
    return perturbed


def ramped(radius: float, ramp: float, progress: float) -> float:
    """The radius at a point of the training: it rises linearly during the first ``ramp`` of it.

    >>> ramped(0.3, ramp=0.5, progress=0.25), ramped(0.3, ramp=0.5, progress=0.75)
    (0.15, 0.3)

    Args:
        radius: the final radius.
        ramp: share of the training during which the radius rises, in 0..1.
        progress: share of the training that is done, in 0..1.
    """
    return radius * min(1.0, progress / ramp) if ramp > 0 else radius


@contextmanager
def statistics_at_rest(network: nn.Module) -> Iterator[None]:
    """Inside, batch normalisation neither uses nor updates the statistics of the batch.

    The intermediate inputs of an attack are not training inputs.
    """
    layers = [
        layer
        for layer in network.modules()
        if isinstance(layer, nn.modules.batchnorm._BatchNorm) and layer.training
    ]
    for layer in layers:
        layer.training = False
    try:
        yield
    finally:
        for layer in layers:
            layer.training = True


def _lengths(change: torch.Tensor) -> torch.Tensor:
    lengths: torch.Tensor = torch.linalg.vector_norm(change.flatten(1), dim=1)
    return lengths.clamp_min(1e-12)


def _of_length(change: torch.Tensor, length: torch.Tensor | float) -> torch.Tensor:
    return change * _beside(length / _lengths(change), change)


def _beside(factor: torch.Tensor, change: torch.Tensor) -> torch.Tensor:
    return factor.reshape(-1, *[1] * (change.dim() - 1))
