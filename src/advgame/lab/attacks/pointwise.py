"""The pointwise attack (Schott et al. 2019), as foolbox runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from foolbox.attacks.pointwise import PointwiseAttack

from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.averaged import steady
from advgame.lab.attacks.foolbox_model import foolbox_model
from advgame.lab.attacks.kinds import MinimumNormAttack
from advgame.lab.attacks.starts import firmly_wrong, from_noise, labels_of
from advgame.lab.networks.classifier import is_randomised


@dataclass(frozen=True)
class Pointwise(MinimumNormAttack):
    """Starts from salt-and-pepper noise that fools and puts back one value after the other, in L0."""

    name: ClassVar[str] = "pointwise"
    norm: ClassVar[str | None] = "L0"
    queries_only: ClassVar[bool] = True

    def smallest(self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """What is left when no value can be put back; the input itself where no noise fooled."""
        network = steady(victim)
        starts, there = from_noise(labels_of(network), inputs, labels)
        if is_randomised(victim.network):
            starts, there = firmly_wrong(labels_of(network), inputs, starts, labels, there)
        changed = inputs.clone()
        if there.any():
            changed[there] = PointwiseAttack(l2_binary_search=False).run(
                foolbox_model(network, inputs), inputs[there], labels[there], starting_points=starts[there]
            )
        return changed
