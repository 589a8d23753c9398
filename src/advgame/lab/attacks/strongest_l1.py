"""The strongest attack in L1: sparse changes, then Auto-PGD from several starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch

from advgame.lab.attacks.apgd import aim, climbed, climbed_from
from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.kinds import FixedEpsilonAttack, check_counts, in_batches
from advgame.lab.attacks.norms import WITHIN, size
from advgame.lab.attacks.sparse_l0 import within_budget
from advgame.lab.attacks.strongest_l0 import StrongestL0
from advgame.lab.attacks.survivors import Survivors


@dataclass(frozen=True)
class StrongestL1(FixedEpsilonAttack):
    """Sparse changes in L1, the strongest attack of the L0 ball inside, then Auto-PGD from several starts.

    A change of k values in [0, 1] has an L1 norm of at most k, so an L1 ball of radius k contains the L0 ball
    of k values.
    """

    name: ClassVar[str] = "strongest_l1"
    norm: ClassVar[str | None] = "L1"
    batch: ClassVar[int] = 1000  # cut into smaller ones at each stage, when it is known who still stands
    steps: int = 100  # of the ascents on the cross-entropy
    aimed_steps: int = 100  # of each targeted ascent
    targets: int = 3
    draws: int = 1  # gradients averaged for each step, for a stand-in that is random itself
    most: int = 32  # values changed at most by the attack of the L0 ball

    def __post_init__(self) -> None:
        check_counts(self, steps=1, aimed_steps=1, targets=0, draws=1, most=0)

    def within(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radius: float
    ) -> torch.Tensor:
        """The first stage's example that fools; the last attempt where none does.

        Args:
            victim: the network under attack, with the gradients and answers an attack may use.
            inputs: (inputs, …) in [0, 1].
            labels: (inputs,) int64, the true classes.
            radius: largest sum of changes, at least 0.
        """

        def sparse(some: torch.Tensor, goal: torch.Tensor) -> torch.Tensor:
            return within_budget(victim, some, goal, radius)

        def few(some: torch.Tensor, goal: torch.Tensor) -> torch.Tensor:
            return StrongestL0().craft(victim, some, goal, [float(min(int(radius), self.most))])[0]

        survivors = Survivors(victim, inputs, labels, in_batches(sparse, inputs, labels))
        if len(survivors) > 0 and int(radius) >= 1 and self.most >= 1:
            survivors.meet(in_batches(few, survivors.inputs, survivors.labels))
        if len(survivors) > 0:
            starts = survivors.changed[survivors.places]
            changed = climbed_from(
                victim, survivors.inputs, starts, survivors.labels, "L1", radius, self.steps, self.draws
            )
            survivors.meet(changed, size(changed, survivors.inputs, "L1") <= radius * (1 + WITHIN))
        if len(survivors) > 0:
            changed = climbed(
                victim, survivors.inputs, survivors.labels, "L1", radius, self.steps, self.draws
            )
            survivors.meet(changed)
        aim(survivors, "L1", radius, self.aimed_steps, self.targets, self.draws)
        return survivors.changed
