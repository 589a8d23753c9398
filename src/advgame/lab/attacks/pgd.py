"""Projected gradient descent with a fixed step (Madry et al. 2018), as foolbox runs it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import ClassVar

import torch
from foolbox.attacks.projected_gradient_descent import (
    L2ProjectedGradientDescentAttack,
    LinfProjectedGradientDescentAttack,
)
from torch import nn

from advgame.errors import LabError
from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.foolbox_model import Expectation, foolbox_model
from advgame.lab.attacks.kinds import FixedEpsilonAttack, check_counts
from advgame.lab.networks.classifier import draws_at_random, draws_per_answer

STEPS, STEP_SIZE = 100, 0.03  # of `averaged_pgd`; the length of a step as a share of the radius
AVERAGED = 16  # draws of a randomised network behind each step of `averaged_pgd`, at least


@dataclass(frozen=True)
class Pgd(FixedEpsilonAttack):
    """Signed gradient steps on the cross-entropy from a random start, in L∞.

    Foolbox's own step, a thirtieth of the radius, leaves more inputs standing than a tenth does.
    """

    name: ClassVar[str] = "pgd"
    norm: ClassVar[str | None] = "Linf"
    steps: int = 40
    step_size: float = 0.1  # as a share of the radius
    draws: int = 1  # gradients averaged for each step, for a stand-in that is random itself

    def __post_init__(self) -> None:
        check_counts(self, steps=1, draws=1)
        if not 0 < self.step_size <= 2:
            raise LabError(
                f"The step size of the attack 'pgd' is {self.step_size}; expected a share of the radius "
                "above 0 and at most 2."
            )

    def within(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radius: float
    ) -> torch.Tensor:
        """The last point of the way."""
        stand_in = victim.stand_in if self.draws == 1 else Expectation(victim.stand_in, self.draws)
        run = LinfProjectedGradientDescentAttack(rel_stepsize=self.step_size, steps=self.steps)
        return run.run(foolbox_model(stand_in, inputs), inputs, labels, epsilon=radius)


def averaged_pgd(
    victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, norm: str, radius: float, draws: int
) -> torch.Tensor:
    """The end of projected gradient descent on gradients averaged over draws of a randomised network (EOT).

    Fixed steps need no comparison of losses, which differ by chance.

    Args:
        victim: a randomised network.
        inputs: (inputs, …) in [0, 1].
        labels: (inputs,) int64, the true classes.
        norm: "Linf" or "L2".
        radius: largest change, at least 0, in that norm.
        draws: answers of the stand-in that are averaged, at least; more where each averages few draws.
    """
    model = Expectation(victim.stand_in, max(draws, _answers(victim.stand_in)))
    kind = LinfProjectedGradientDescentAttack if norm == "Linf" else L2ProjectedGradientDescentAttack
    run = kind(rel_stepsize=STEP_SIZE, steps=STEPS)
    examples: torch.Tensor = run.run(foolbox_model(model, inputs), inputs, labels, epsilon=radius)
    return examples


def _answers(stand_in: nn.Module) -> int:
    """How many answers of a stand-in average over `AVERAGED` draws; 1 where it is the exact expectation."""
    return ceil(AVERAGED / draws_per_answer(stand_in)) if draws_at_random(stand_in) else 1
