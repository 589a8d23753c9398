"""The strongest attack for its price: stages that only meet what the stage before left standing.

A randomised network meets all stages with every input, and the surest example is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch

from advgame.lab.attacks.apgd import aimed, climbed
from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.ddn import Ddn
from advgame.lab.attacks.kinds import WithinRadius, check_counts, fooled, in_batches
from advgame.lab.attacks.norms import size
from advgame.lab.attacks.surest import errors_and_margin, surest_of
from advgame.lab.classifier import is_randomised

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
        norm = str(self.norm)
        first = self.steps if is_randomised(victim.network) else min(FIRST_STEPS, self.steps)
        changed = climbed(victim, inputs, labels, norm, radius, first, self.draws)
        standing = ~fooled(victim, changed, labels)
        if self.steps > first and standing.any():
            changed[standing] = climbed(
                victim, inputs[standing], labels[standing], norm, radius, self.steps, self.draws
            )
        return aimed(
            victim, inputs, labels, changed, norm, radius, self.aimed_steps, self.targets, self.draws
        )


@dataclass(frozen=True)
class StrongestLinf(_Stages):
    """Auto-PGD on the cross-entropy, short then long, then towards the likeliest other classes, in L∞."""

    name: ClassVar[str] = "strongest_linf"
    norm: ClassVar[str | None] = "Linf"


@dataclass(frozen=True)
class StrongestL2(_Stages):
    """The same stages in L2, then the search for the smallest change by decoupled direction and norm."""

    name: ClassVar[str] = "strongest_l2"
    norm: ClassVar[str | None] = "L2"

    def within(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radius: float
    ) -> torch.Tensor:
        """The first stage's example that fools; the long ascent's end where none does."""

        def shrink(some: torch.Tensor, goal: torch.Tensor) -> torch.Tensor:
            return Ddn().craft(victim, some, goal, [radius])[0]

        changed = super().within(victim, inputs, labels, radius)
        if is_randomised(victim.network):
            near = in_batches(shrink, inputs, labels)
            return surest_of([changed, near], errors_and_margin(victim, labels))
        standing = (~fooled(victim, changed, labels)).nonzero().squeeze(1)
        if len(standing) == 0:
            return changed
        near = in_batches(shrink, inputs[standing], labels[standing])
        fell = fooled(victim, near, labels[standing]) & (size(near, inputs[standing], "L2") <= radius)
        changed[standing[fell]] = near[fell]
        return changed
