"""TRADES (Zhang et al. 2019): trades clean accuracy off against stable predictions nearby."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch.nn.functional import cross_entropy, kl_div, log_softmax

from advgame.lab.fitting.loop import Batch
from advgame.lab.fitting.settings import check_range
from advgame.lab.training.ascent import Ball, check_ball, climbed, ramped, statistics_at_rest
from advgame.lab.training.trained import Trained

FIRST_STEP = 1e-3  # standard deviation of the start: at the input itself the divergence has no gradient


@dataclass(frozen=True)
class Trades(Trained):
    """Trains on the cross-entropy of benign inputs plus β times the largest divergence nearby.

    loss = CE(f(x), y) + β KL(f(x) ‖ f(x′)), where x′ in the ball maximises the divergence.
    """

    name: ClassVar[str] = "trades"
    radius: float = 0.1
    beta: float = 6.0  # weight of robustness against clean accuracy
    norm: str = "Linf"  # or "L2"
    steps: int = 7
    ramp: float = 0.0  # share of the training during which the radius grows from 0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_ball(self.norm, self.radius)
        check_range("beta", self.beta, 0)
        check_range("steps", self.steps, 1)
        check_range("ramp", self.ramp, 0, 1)

    def loss(self, batch: Batch) -> torch.Tensor:
        """The loss above, as means over the batch."""
        with torch.no_grad(), statistics_at_rest(batch.network):
            benign = log_softmax(batch.network(batch.inputs), dim=1)

        def divergence(logits: torch.Tensor) -> torch.Tensor:
            return kl_div(log_softmax(logits, dim=1), benign, reduction="sum", log_target=True)

        ball = Ball(self.norm, ramped(self.radius, self.ramp, batch.progress))
        start = ball.inside(FIRST_STEP * batch.normal())
        perturbed = climbed(batch, ball, self.steps, divergence, start=start)
        logits, perturbed_logits = batch.network(torch.cat([batch.inputs, perturbed])).chunk(2)
        mean_divergence = kl_div(
            log_softmax(perturbed_logits, dim=1),
            log_softmax(logits, dim=1),
            reduction="batchmean",
            log_target=True,
        )
        return cross_entropy(logits, batch.labels) + self.beta * mean_divergence
