"""Training on invariance-based examples, whose true label has changed.

After Rauter et al. 2023. Alone, it is one of two trainings that can follow each other in either order (as
steps of an experiment, with `adversarial_training`); with ``perturbation_radius`` the network learns both at
the same time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from advgame.errors import LabError
from advgame.lab.fitting.loop import Batch, fit, plain_loss
from advgame.lab.fitting.panel import NORMS, InvarianceExamples, invariance_examples, train_panel
from advgame.lab.fitting.settings import check_range
from advgame.lab.fitting.task import Task
from advgame.lab.training.ascent import Ball, check_ball, climbed, ramped
from advgame.lab.training.trained import Trained

PANEL_SEED = 1_000_003  # added to the task's, so that nobody is trained by the panel that measures


@dataclass(frozen=True)
class InvarianceTraining(Trained):
    """Trains on the training inputs and, with each batch, on some examples whose label has changed.

    loss = CE(inputs, moved up the loss if so asked) + weight × CE(examples, their new labels)

    The examples are made once, from some of the training inputs, with a panel of the defence's own.
    """

    name: ClassVar[str] = "invariance_training"
    radius: float = 0.3  # of the examples; in L0 the number of values that may change
    norm: str = "Linf"  # or "L0"
    searched: int = 10_000  # training inputs that examples are made from; a tenth of them may succeed
    examples: int = 64  # with each batch
    weight: float = 1.0
    perturbation_radius: float = 0.0  # 0: benign inputs; else inputs as in adversarial training
    perturbation_norm: str = "Linf"  # or "L2"
    steps: int = 7  # of moving inputs up the loss
    ramp: float = 0.0  # share of the training during which the perturbation's radius grows from 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.norm not in NORMS:
            raise LabError(f"The setting 'norm' is {self.norm!r}; expected one of {', '.join(NORMS)}.")
        if self.norm == "Linf":
            check_range("radius", self.radius, 0, 1, low_included=False)
        else:
            check_range("radius", self.radius, 1)
        check_range("searched", self.searched, 1)
        check_range("examples", self.examples, 1)
        check_range("weight", self.weight, 0, low_included=False)
        check_range("perturbation_radius", self.perturbation_radius, 0)
        if self.perturbation_radius > 0:
            check_ball(self.perturbation_norm, self.perturbation_radius)
        check_range("steps", self.steps, 1)
        check_range("ramp", self.ramp, 0, 1)

    def fit(self, network: nn.Module, task: Task) -> nn.Module:
        """The trained network; weights that are exactly 0 stay 0.

        Raises:
            LabError: where no training input can be changed so that the panel changes its label.
        """
        made = self.made(task)
        inputs, labels = made.inputs[made.found], made.labels[made.found]

        def both(batch: Batch) -> torch.Tensor:
            some = torch.randint(len(labels), (self.examples,), generator=batch.generator).to(inputs.device)
            follows = cross_entropy(batch.network(inputs[some]), labels[some])
            return self.loss(batch) + self.weight * follows

        return fit(network, task, self.recipe, both)

    def loss(self, batch: Batch) -> torch.Tensor:
        """The cross-entropy on the training inputs, to which that on the examples is added."""
        if self.perturbation_radius == 0:
            return plain_loss(batch)
        radius = ramped(self.perturbation_radius, self.ramp, batch.progress)
        moved = climbed(batch, Ball(self.perturbation_norm, radius), self.steps)
        return cross_entropy(batch.network(moved), batch.labels)

    def made(self, task: Task) -> InvarianceExamples:
        """The examples that are trained on.

        Raises:
            LabError: where there are none.
        """
        task.progress("looking for invariance-based examples")
        count = len(task.dataset.train_labels)
        chosen = torch.randperm(count, generator=task.generator())[: self.searched]
        inputs, labels = (
            each[chosen].to(task.device) for each in (task.dataset.train_inputs, task.dataset.train_labels)
        )
        people = train_panel(task.dataset, task.seed + PANEL_SEED, task.device)
        made = invariance_examples(inputs, labels, people, self.norm, self.radius)
        if not made.found.any():
            raise LabError(
                f"None of {len(labels)} training inputs of {task.dataset.name} changes its meaning within "
                f"{self.radius:g} in {self.norm}; take a larger radius, or more of them with 'searched'."
            )
        return made
