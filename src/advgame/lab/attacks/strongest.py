"""The strongest attack for its cost: stages, each on the inputs not yet fooled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import ClassVar

import torch

from advgame.lab.attacks.apgd import MOST_TARGETS, aim, climbed
from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.ddn import Ddn
from advgame.lab.attacks.kinds import FixedEpsilonAttack, check_counts, in_batches
from advgame.lab.attacks.norms import WITHIN, size
from advgame.lab.attacks.pgd import averaged_pgd
from advgame.lab.attacks.stochastic_targets import answers_to_compare
from advgame.lab.attacks.survivors import Survivors
from advgame.lab.networks.classifier import is_randomised

FIRST_STEPS = 10  # a short ascent fells most inputs of a network that was not trained against attacks
RESTARTED = 0.1  # of the inputs that stand after all stages, those nearest to another class
SECOND_SEED = 7_368_787  # added to the victim's


@dataclass(frozen=True)
class _Stages(FixedEpsilonAttack):
    """Auto-PGD on the cross-entropy, short then long, then towards the likeliest other classes."""

    batch: ClassVar[int] = 1000  # cut into smaller ones at each stage, when it is known who still stands
    steps: int = 40  # of the ascent on the cross-entropy
    aimed_steps: int = 100  # of each targeted ascent
    targets: int = 3
    draws: int = 1  # gradients averaged for each step, for a stand-in that is random itself

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
        self._restart(survivors, radius)
        return survivors

    def _restart(self, survivors: Survivors, radius: float) -> None:
        """A second start for the inputs that came nearest to another class, in place."""
        if len(survivors) == 0 or is_randomised(survivors.victim.network):
            return
        chosen = nearest_to_falling(survivors)
        again = replace(survivors.victim, seed=survivors.victim.seed + SECOND_SEED)
        inputs, labels = survivors.inputs[chosen], survivors.labels[chosen]
        few = Survivors(again, inputs, labels)
        few.meet(climbed(again, inputs, labels, str(self.norm), radius, self.aimed_steps, self.draws))
        aim(few, str(self.norm), radius, self.aimed_steps, MOST_TARGETS, self.draws)
        examples = survivors.changed[survivors.places].clone()
        examples[chosen] = few.changed
        survivors.meet(examples, chosen)

    def _average(self, survivors: Survivors, radius: float) -> None:
        """PGD with averaged gradients on what stands of a randomised network, in place."""

        def averaged(some: torch.Tensor, goal: torch.Tensor) -> torch.Tensor:
            return averaged_pgd(survivors.victim, some, goal, str(self.norm), radius, self.draws + 1)

        if is_randomised(survivors.victim.network) and len(survivors) > 0:
            draws = answers_to_compare(survivors.victim.network)
            survivors.meet(in_batches(averaged, survivors.inputs, survivors.labels), draws=draws)


def nearest_to_falling(survivors: Survivors) -> torch.Tensor:
    """A share of the inputs that stand, those whose label leads least on their last attempt, (standing,)."""
    with torch.no_grad():
        logits = survivors.victim.stand_in(survivors.changed[survivors.places])
    labels = survivors.labels[:, None]
    lead = logits.gather(1, labels).squeeze(1) - logits.scatter(1, labels, -torch.inf).amax(dim=1)
    chosen = torch.zeros_like(lead, dtype=torch.bool)
    chosen[lead.argsort(stable=True)[: ceil(RESTARTED * len(lead))]] = True
    return chosen


@dataclass(frozen=True)
class StrongestLinf(_Stages):
    """Auto-PGD on the cross-entropy, short then long, then targeted, in L∞.

    Against a randomised network also PGD with averaged gradients, which no lucky draw of the loss misleads.
    """

    name: ClassVar[str] = "strongest_linf"
    norm: ClassVar[str | None] = "Linf"

    def staged(self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radius: float) -> Survivors:
        """The examples, and what still stands after all stages.

        Args:
            victim: the network under attack, with the gradients and answers an attack may use.
            inputs: (inputs, channels, height, width) in [0, 1].
            labels: (inputs,) int64, the true classes.
            radius: largest change, at least 0, for inputs in [0, 1].
        """

        survivors = super().staged(victim, inputs, labels, radius)
        self._average(survivors, radius)
        return survivors


@dataclass(frozen=True)
class StrongestL2(_Stages):
    """Auto-PGD in L2, short, long, then targeted, then a minimum-norm search.

    Against a randomised network also PGD with averaged gradients, which no lucky draw of the loss misleads.
    """

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
        self._average(survivors, radius)
        return survivors
