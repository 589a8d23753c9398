"""The attack of Brendel & Bethge 2019 in L0, as foolbox runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from foolbox.attacks.brendel_bethge import L0BrendelBethgeAttack

from advgame.errors import LabError
from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.averaged import FixedDraws
from advgame.lab.attacks.foolbox_model import foolbox_model
from advgame.lab.attacks.kinds import MinimumNormAttack, check_counts
from advgame.lab.attacks.starts import firmly_wrong, from_noise, labels_of
from advgame.lab.networks.classifier import is_randomised


@dataclass(frozen=True)
class BrendelBethgeL0(MinimumNormAttack):
    """Follows the boundary by its gradient towards the input, in L0.

    The first use in a process compiles foolbox's optimiser, which takes half a minute.
    """

    name: ClassVar[str] = "brendel_bethge_l0"
    norm: ClassVar[str | None] = "L0"
    steps: int = 50
    trust: float = 100.0  # radius of the trust region at first; it halves every twentieth of the steps

    def __post_init__(self) -> None:
        check_counts(self, steps=1)
        if self.trust <= 0:
            raise LabError(
                f"The setting 'trust' of the attack {self.name!r} is {self.trust}; expected above 0."
            )

    def smallest(self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The example that changes the fewest values; the input itself where there was no start."""
        network, at_random = victim.stand_in, is_randomised(victim.network)
        if at_random:
            network = FixedDraws(network, victim.seed).eval()
        starts, there = from_noise(labels_of(network), inputs, labels)
        if at_random:
            starts, there = firmly_wrong(labels_of(network), inputs, starts, labels, there)
        changed = inputs.clone()
        if there.any():
            # foolbox multiplies by all values of the batch, so that its region grows with the batch
            values = inputs[there].numel()
            run = L0BrendelBethgeAttack(steps=self.steps, lr=self.trust / values)
            changed[there] = run.run(
                foolbox_model(network, inputs),
                inputs[there],
                labels[there],
                starting_points=starts[there],
            )
        return changed
