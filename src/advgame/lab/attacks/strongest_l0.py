"""The strongest attack in L0: beams of candidates, exchanges, then a minimum-norm search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch

from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.fmn_l0 import FmnL0
from advgame.lab.attacks.norms import size
from advgame.lab.attacks.sparse_l0 import BeamSearch
from advgame.lab.attacks.survivors import Survivors
from advgame.lab.networks.classifier import is_randomised


@dataclass(frozen=True)
class StrongestL0(BeamSearch):
    """A beam search over gradient-ranked values with exchanges, then a minimum-norm search, in L0."""

    name: ClassVar[str] = "strongest_l0"
    norm: ClassVar[str | None] = "L0"
    targets: int = 5
    exchanges: int = 8

    def craft(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radii: Sequence[float]
    ) -> list[torch.Tensor]:
        """The example of the beam search for each radius, or of the minimum-norm search where only it fools.

        Args:
            victim: the network under attack, with the gradients and answers an attack may use.
            inputs: (inputs, …) in [0, 1].
            labels: (inputs,) int64, the true classes.
            radii: rising; how many values may change.
        """
        crafted = super().craft(victim, inputs, labels, radii)
        first = Survivors(victim, inputs, labels, crafted[0])  # stand at the smallest radius
        if len(first) == 0 or is_randomised(victim.network):
            return crafted
        near = FmnL0().craft(victim, first.inputs, first.labels, radii)
        for place, radius in enumerate(radii):
            changed = crafted[place][first.places]
            standing = Survivors(victim, first.inputs, first.labels, changed)
            usable = size(near[place], first.inputs, "L0") <= radius
            standing.meet(near[place][standing.places], usable[standing.places])
            crafted[place][first.places] = standing.changed
        return crafted
