"""The largest divergence of a network's output within a ball, independent of the label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import nn
from torch.nn.functional import kl_div, log_softmax

from advgame.lab.attacks.averaged import FixedDraws
from advgame.lab.fitting.settings import check_range
from advgame.lab.measures.measure import Measure, Values
from advgame.lab.networks.classifier import is_randomised, stand_in
from advgame.lab.training.ascent import Ball, check_ball


@dataclass(frozen=True)
class LargestDivergence(Measure):
    """The largest Kullback–Leibler divergence between a network's outputs in a ball and at its centre.

    max KL(f(x) ‖ f(x + δ)) over ‖δ‖ ≤ radius in the L∞ or L2 norm, in nats, and ψ, its inverse: an intrinsic
    robustness that needs neither labels nor successful attacks (after Yu et al. 2019, arXiv:1905.04270).
    Computed by projected gradient ascent from random starts, so the divergence is a lower bound and ψ an
    upper bound. For a randomised network it is computed with one fixed set of draws, which the ascent can
    overfit, so it may also be too large.
    """

    name: ClassVar[str] = "largest_divergence"
    radius: float = 0.05
    steps: int = 20
    starts: int = 2
    norm: str = "Linf"  # or "L2"

    def __post_init__(self) -> None:
        check_ball(self.norm, self.radius)
        check_range("steps", self.steps, 1)
        check_range("starts", self.starts, 1)

    def values(
        self, network: nn.Module, reference: nn.Module, inputs: torch.Tensor, labels: torch.Tensor, seed: int
    ) -> Values:
        """The divergence and ψ, by input."""
        generator = torch.Generator().manual_seed(seed)
        model = stand_in(network)
        if is_randomised(network):  # fresh draws would change the output too, and inflate the maximum
            model = FixedDraws(model, seed).eval()
        divergences = torch.cat(
            [self._largest(model, part, generator) for part in inputs.split(250)]  # type: ignore[no-untyped-call]
        ).numpy()
        return {"divergence": divergences, "psi": 1 / np.maximum(divergences, 1e-12)}

    @property
    def ball(self) -> Ball:
        """The perturbations that are searched."""
        return Ball(self.norm, self.radius)

    def _largest(self, network: nn.Module, inputs: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        with torch.no_grad():
            centre = log_softmax(network(inputs), dim=1)
        best = torch.zeros(len(inputs), dtype=torch.float64)
        for _ in range(self.starts):
            noise = torch.rand(inputs.shape, generator=generator).to(inputs.device) * 2 - 1
            moved = (inputs + self.ball.inside(self.radius * noise)).clamp(0, 1)
            for step in range(self.steps + 1):
                moved.requires_grad_(True)
                output = log_softmax(network(moved), dim=1)
                divergence = kl_div(output, centre, log_target=True, reduction="none").sum(dim=1)
                best = torch.maximum(best, divergence.detach().double().cpu())
                if step == self.steps:
                    break
                (gradient,) = torch.autograd.grad(divergence.sum(), moved)
                # The step size decreases linearly during the ascent.
                size = 2.5 * self.radius / self.steps * (1.5 - step / self.steps)
                change = self.ball.inside(moved.detach() + self.ball.step(gradient, size) - inputs)
                moved = (inputs + change).clamp(0, 1)
        return best
