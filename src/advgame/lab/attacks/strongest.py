"""The strongest attack for its cost: stages, each on the inputs not yet fooled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch

from advgame.lab.attacks.apgd import aim, climbed
from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.ddn import Ddn
from advgame.lab.attacks.fmn_l0 import FmnL0
from advgame.lab.attacks.kinds import WithinRadius, check_counts, in_batches
from advgame.lab.attacks.norms import WITHIN, size
from advgame.lab.attacks.sparse_l0 import BeamSearch
from advgame.lab.attacks.survivors import Survivors
from advgame.lab.networks.classifier import is_randomised

FIRST_STEPS = 10  # a short ascent fells most inputs of a network that was not trained against attacks


@dataclass(frozen=True)
class _Stages(WithinRadius):
    """Auto-PGD on the cross-entropy, short then long, then towards the likeliest other classes."""

    batch: ClassVar[int] = 1000  # cut into smaller ones at each stage, when it is known who still stands
    steps: int = 40  # of the ascent on the cross-entropy
    aimed_steps: int = 100  # of each targeted ascent
    targets: int = 3
    draws: int = 1  # gradients averaged for each step, for a surrogate that is random itself

    def __post_init__(self) -> None:
        check_counts(self, steps=1, aimed_steps=1, targets=0, draws=1)

    def within(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radius: float
    ) -> torch.Tensor:
        """The first stage's example that fools; the long ascent's end where none does."""
        return self.staged(victim, inputs, labels, radius).changed

    def staged(self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radius: float) -> Survivors:
        """The examples, and what still stands after all stages."""

        def climb(some: torch.Tensor, goal: torch.Tensor, steps: int) -> torch.Tensor:
            return climbed(victim, some, goal, str(self.norm), radius, steps, self.draws)

        first = min(FIRST_STEPS, self.steps)
        survivors = Survivors(victim, inputs, labels, climb(inputs, labels, first))
        if self.steps > first and len(survivors) > 0:
            survivors.meet(climb(survivors.inputs, survivors.labels, self.steps), instead=True)
        aim(survivors, str(self.norm), radius, self.aimed_steps, self.targets, self.draws)
        return survivors


@dataclass(frozen=True)
class StrongestLinf(_Stages):
    """Auto-PGD on the cross-entropy, short then long, then targeted, in L∞."""

    name: ClassVar[str] = "strongest_linf"
    norm: ClassVar[str | None] = "Linf"


@dataclass(frozen=True)
class StrongestL2(_Stages):
    """Auto-PGD in L2, short, long, then targeted, then a minimum-norm search."""

    name: ClassVar[str] = "strongest_l2"
    norm: ClassVar[str | None] = "L2"

    def staged(self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radius: float) -> Survivors:
        """The examples, and what still stands after all stages.

        Args:
            victim: the network under attack, with the gradients and answers an attack may use.
            inputs: (inputs, channels, height, width) in [0, 1].
            labels: (inputs,) int64, the true classes.
            radius: largest change, at least 0, in the norm of the attack, for inputs in [0, 1].
        """

        def shrink(some: torch.Tensor, goal: torch.Tensor) -> torch.Tensor:
            return Ddn().craft(victim, some, goal, [radius])[0]

        survivors = super().staged(victim, inputs, labels, radius)
        if len(survivors) > 0:
            near = in_batches(shrink, survivors.inputs, survivors.labels)
            survivors.meet(near, size(near, survivors.inputs, "L2") <= radius * (1 + WITHIN))
        return survivors


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
