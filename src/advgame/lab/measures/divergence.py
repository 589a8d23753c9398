"""The largest divergence of a network's output within a ball, independent of the label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import nn
from torch.nn.functional import kl_div, log_softmax

from advgame.errors import LabError
from advgame.lab.attacks.averaged import FixedDraws
from advgame.lab.measures.measure import Measure, Values
from advgame.lab.networks.classifier import is_randomised, surrogate


@dataclass(frozen=True)
class LargestDivergence(Measure):
    """The largest Kullback–Leibler divergence of a network's answers from its answer, in an L∞ ball.

    max KL(f(x) ‖ f(x + δ)) over ‖δ‖∞ ≤ radius, in nats, and ψ, one over it: an intrinsic robustness
    that asks for no label and for no attack to succeed (after Yu et al. 2019, arXiv:1905.04270).
    Found by projected gradient ascent from random starts, so the divergence is a lower bound and ψ an
    upper one. Of a randomised network it is that of one set of its draws, which the ascent can fit: there it
    may be too large as well.
    """

    name: ClassVar[str] = "largest_divergence"
    radius: float = 0.05
    steps: int = 20
    starts: int = 2

    def __post_init__(self) -> None:
        if not 0 < self.radius <= 1 or self.steps < 1 or self.starts < 1:
            raise LabError(
                f"The ball has radius {self.radius}, in {self.steps} steps from {self.starts} starts; "
                "expected a radius above 0 and at most 1, and at least one step and one start."
            )

    def values(
        self, network: nn.Module, reference: nn.Module, inputs: torch.Tensor, labels: torch.Tensor, seed: int
    ) -> Values:
        """The divergence and ψ, by input."""
        generator = torch.Generator().manual_seed(seed)
        asked = surrogate(network)
        if is_randomised(network):  # new draws would move the answer too, and the largest move is looked for
            asked = FixedDraws(asked, seed).eval()
        found = torch.cat(
            [self._largest(asked, part, generator) for part in inputs.split(250)]  # type: ignore[no-untyped-call]
        ).numpy()
        return {"divergence": found, "psi": 1 / np.maximum(found, 1e-12)}

    def _largest(self, network: nn.Module, inputs: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        with torch.no_grad():
            answer = log_softmax(network(inputs), dim=1)
        best = torch.zeros(len(inputs), dtype=torch.float64)
        for _ in range(self.starts):
            noise = torch.rand(inputs.shape, generator=generator).to(inputs.device) * 2 - 1
            moved = (inputs + self.radius * noise).clamp(0, 1)
            for step in range(self.steps + 1):
                moved.requires_grad_(True)
                other = log_softmax(network(moved), dim=1)
                apart = kl_div(other, answer, log_target=True, reduction="none").sum(dim=1)
                best = torch.maximum(best, apart.detach().double().cpu())
                if step == self.steps:
                    break
                (slope,) = torch.autograd.grad(apart.sum(), moved)
                # Steps that shrink as the ascent goes on: far first, then close.
                size = 2.5 * self.radius / self.steps * (1.5 - step / self.steps)
                near = (moved.detach() + size * slope.sign() - inputs).clamp(-self.radius, self.radius)
                moved = (inputs + near).clamp(0, 1)
        return best
