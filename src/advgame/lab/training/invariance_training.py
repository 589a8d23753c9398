"""Training on invariance-based examples, whose true label has changed.

After Rauter et al. 2023. It can precede or follow `adversarial_training` as a step of an experiment
(consecutive training); with ``perturbation_radius`` the network is trained on both simultaneously.
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
from advgame.lab.fitting.settings import check_choice, check_range
from advgame.lab.fitting.task import Task
from advgame.lab.training.ascent import Ball, check_ball, climbed, ramped
from advgame.lab.training.trained import Trained

PANEL_SEED = 1_000_003  # added to the task's seed, so that training does not use the measuring panel


@dataclass(frozen=True)
class InvarianceTraining(Trained):
    """Trains on the training inputs and, with each batch, on some examples whose label has changed.

    loss = CE(inputs, perturbed if ``perturbation_radius`` > 0) + weight × CE(examples, their new labels)

    The examples are crafted once, from some of the training inputs, with a separate panel.
    """

    name: ClassVar[str] = "invariance_training"
    radius: float = 0.3  # of the examples; in L0 the number of values that may change
    norm: str = "Linf"  # or "L0"
    searched: int = 10_000  # training inputs from which examples are crafted; a tenth may succeed
    examples: int = 64  # per batch
    weight: float = 1.0
    perturbation_radius: float = 0.0  # 0: benign inputs; otherwise inputs as in adversarial training
    perturbation_norm: str = "Linf"  # or "L2"
    steps: int = 7  # of the gradient ascent
    ramp: float = 0.0  # share of the training during which the perturbation's radius grows from 0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_choice("norm", self.norm, NORMS)
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
            LabError: if no training input can be changed so that the panel gives it another label.
        """
        crafted = self.crafted(task)
        inputs, labels = crafted.inputs[crafted.succeeded], crafted.labels[crafted.succeeded]

        def total_loss(batch: Batch) -> torch.Tensor:
            drawn = torch.randint(len(labels), (self.examples,), generator=batch.generator).to(inputs.device)
            example_loss = cross_entropy(batch.network(inputs[drawn]), labels[drawn])
            return self.loss(batch) + self.weight * example_loss

        return fit(network, task, self.recipe, total_loss)

    def loss(self, batch: Batch) -> torch.Tensor:
        """The cross-entropy on the training inputs; the loss on the examples is added to it."""
        if self.perturbation_radius == 0:
            return plain_loss(batch)
        radius = ramped(self.perturbation_radius, self.ramp, batch.progress)
        perturbed = climbed(batch, Ball(self.perturbation_norm, radius), self.steps)
        return cross_entropy(batch.network(perturbed), batch.labels)

    def crafted(self, task: Task) -> InvarianceExamples:
        """The examples to train on.

        Raises:
            LabError: if there are none.
        """
        task.progress("crafting invariance-based examples")
        count = len(task.dataset.train_labels)
        chosen = torch.randperm(count, generator=task.generator())[: self.searched]
        inputs = task.dataset.train_inputs[chosen].to(task.device)
        labels = task.dataset.train_labels[chosen].to(task.device)
        panel = train_panel(task.dataset, task.seed + PANEL_SEED, task.device)
        examples = invariance_examples(inputs, labels, panel, self.norm, self.radius)
        if not examples.succeeded.any():
            raise LabError(
                f"None of {len(labels)} training inputs of {task.dataset.name} changes its meaning within "
                f"{self.radius:g} in {self.norm}; give a larger radius, or a larger value of 'searched'."
            )
        return examples
