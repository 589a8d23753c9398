"""AutoAttack (Croce & Hein 2020), the standard protocol, as pyautoattack runs it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import ClassVar

import pyautoattack
import torch

from advgame.errors import LabError
from advgame.lab.attacks.apgd import CLASSES_FOR_DLR, MOST_TARGETS, QUIET, Margin
from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.kinds import FixedEpsilonAttack
from advgame.lab.attacks.square import SMALLEST_SIDE, AsImages, as_images
from advgame.lab.networks.classifier import is_randomised


@dataclass(frozen=True)
class AutoAttack(FixedEpsilonAttack):
    """APGD-CE, APGD-T and FAB-T for 100 steps and nine targets each, then Square for 5,000 queries, in L∞.

    With fewer classes than the protocol expects, the targets are as many as there are others, and below
    four the targeted ascent follows the plain difference of two logits. Gradients and
    queries use the stand-in; examples are verified on the network.
    """

    name: ClassVar[str] = "autoattack"
    norm: ClassVar[str | None] = "Linf"

    def within(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radius: float
    ) -> torch.Tensor:
        """The first attack's example that fools; the input itself where none does."""
        if is_randomised(victim.network):
            raise LabError(
                f"The attack {self.name!r} takes one answer of a network for all, and this one answers at "
                "random; use 'strongest_linf', 'strongest_l2' or 'strongest_l1', which average over draws."
            )
        images, network = as_images(inputs), AsImages(victim.stand_in, inputs.shape[1:])
        with torch.no_grad():
            classes = network(images[:1]).shape[1]
        run = pyautoattack.AutoAttack(
            network, norm=self.norm, eps=radius, seed=victim.seed, version="standard", device=inputs.device
        )
        run.verbose = False
        run.logger = run.apgd.logger = run.apgd_targeted.logger = QUIET
        if classes < CLASSES_FOR_DLR:
            run.apgd_targeted = Margin(
                network,
                norm=self.norm,
                eps=radius,
                seed=victim.seed,
                device=inputs.device,
                use_largereps=self.norm == "L1",
            )
        run.apgd_targeted.n_target_classes = min(
            MOST_TARGETS if self.norm != "L1" else run.apgd_targeted.n_target_classes, classes - 1
        )
        run.fab.n_target_classes = min(MOST_TARGETS, classes - 1)
        if self.norm != "Linf" and min(images.shape[2:]) < SMALLEST_SIDE:
            run.attacks_to_run = [attack for attack in run.attacks_to_run if attack != "square"]
        tracer = sys.gettrace()  # which the library's check for dynamic defences does not restore
        try:
            changed, _ = run.run_standard_evaluation(images, labels, batch_size=len(images))
        finally:
            sys.settrace(tracer)
        examples: torch.Tensor = changed.detach().reshape(inputs.shape)
        return examples


@dataclass(frozen=True)
class AutoAttackL2(AutoAttack):
    """AutoAttack in L2; without Square for inputs fewer than five values high or wide."""

    name: ClassVar[str] = "autoattack_l2"
    norm: ClassVar[str | None] = "L2"


@dataclass(frozen=True)
class AutoAttackL1(AutoAttack):
    """AutoAttack in L1; without Square for inputs fewer than five values high or wide."""

    name: ClassVar[str] = "autoattack_l1"
    norm: ClassVar[str | None] = "L1"
