"""Beam search over values ranked by gradients, in L0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import ClassVar

import torch

from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.kinds import MinimumNormAttack, check_counts
from advgame.lab.attacks.sparse_search import Beams, Best, SparseSearch, nearest_beams

MORE_VALUES = 2.0  # values changed per unit of an L1 radius, as most of them move by less than 1
STEPS_WITHIN = (0.5, 0.25)  # moves of the changed values after the exchanges


@dataclass(frozen=True)
class BeamSearch(MinimumNormAttack):
    """Changes one value more at a time until the network is fooled; one run covers all radii.

    At each radius the candidates of inputs still standing are improved by exchanges of single values. Of a
    randomised network's candidates the one that errs most reliably is taken instead.
    """

    targets: int = 3  # classes that are aimed at, the likeliest first
    width: int = 2  # candidates kept for each target
    fan: int = 8  # values tried for each candidate; four times as many in the first step
    exchanges: int = 0  # rounds of exchanges at each radius
    most: int = 64  # values changed at most, where no radius is given

    def __post_init__(self) -> None:
        check_counts(self, targets=1, width=1, fan=1, exchanges=0, most=1)

    def smallest(self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The example with the fewest changed values; after ``most`` changes the best attempt.

        Args:
            victim: the network under attack, with the gradients and answers an attack may use.
            inputs: (inputs, …) in [0, 1].
            labels: (inputs,) int64, the true classes.
        """
        return self.craft(victim, inputs, labels, [float(self.most)])[0]

    def craft(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radii: Sequence[float]
    ) -> list[torch.Tensor]:
        """The example with the fewest changed values found, and the best attempt within each radius.

        Args:
            victim: the network under attack, with the gradients and answers an attack may use.
            inputs: (inputs, …) in [0, 1].
            labels: (inputs,) int64, the true classes.
            radii: rising; how many values may change.
        """
        flat = inputs.flatten(1)
        counts = [min(int(radius), flat.shape[1]) for radius in radii]
        search, examples = SparseSearch(victim, inputs.shape[1:]), flat.clone()
        beams = search.start(flat, labels, self.targets)
        beams = beams.of(beams.closeness[:, 0] <= 0) if not search.at_random else beams
        crafted = [examples.clone() for _ in counts]
        for changed in range(1, max(counts) + 1):
            if len(beams) > 0:
                beams, best = search.deepened(beams, self.width, self.fan)
                beams = _standing(beams, best, examples)
            if changed in counts and len(beams) > 0:
                if search.at_random:
                    search.keep_surest(beams, examples)
                else:
                    beams = self._improved(search, beams, examples, last=changed == max(counts))
            for place, count in enumerate(counts):
                if count >= changed:
                    crafted[place] = examples.clone()
        return [batch.view_as(inputs) for batch in crafted]

    def _improved(self, search: SparseSearch, beams: Beams, examples: torch.Tensor, last: bool) -> Beams:
        """The beams of inputs that still stand after exchanges and moves of the changed values."""
        near = nearest_beams(beams) if self.exchanges and len(beams) > 0 else beams
        for _ in range(self.exchanges):
            if len(near) > 0:
                near, best = search.exchanged(near, self.width, self.fan)
                near = _standing(near, best, examples)
        for step in STEPS_WITHIN if self.exchanges else ():
            if len(near) > 0:
                near, best = search.moved_within(near, step)
                near = _standing(near, best, examples)
        if last or not self.exchanges:
            return near
        return beams.of(torch.isin(beams.owners, near.owners))


def _standing(beams: Beams, best: Best, examples: torch.Tensor) -> Beams:
    """The beams of inputs not fooled; writes the best candidate of every input to ``examples``."""
    examples[best.owners] = best.examples
    return beams.of(~torch.isin(beams.owners, best.owners[best.fools]))


def within_budget(victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radius: float) -> torch.Tensor:
    """Inputs changed in few values, by a sum of changes within the radius: sparse attempts in L1.

    Args:
        victim: the network under attack, with the gradients and answers an attack may use.
        inputs: (inputs, …) in [0, 1].
        labels: (inputs,) int64, the true classes.
        radius: largest sum of changes, at least 0.
    """
    settings = SparseL0()
    flat = inputs.flatten(1)
    search, examples = SparseSearch(victim, inputs.shape[1:], radius), flat.clone()
    beams = search.start(flat, labels, settings.targets)
    beams = beams.of(beams.closeness[:, 0] <= 0) if not search.at_random else beams
    for _ in range(min(ceil(MORE_VALUES * radius) + 1, flat.shape[1], settings.most)):
        if len(beams) > 0:
            beams, best = search.deepened(beams, settings.width, settings.fan)
            beams = _standing(beams, best, examples)
    if search.at_random and len(beams) > 0:
        search.keep_surest(beams, examples)
    return examples.view_as(inputs)


@dataclass(frozen=True)
class SparseL0(BeamSearch):
    """Changes the values that gradients rank highest, one more at a time, in beams of candidates, in L0."""

    name: ClassVar[str] = "sparse_l0"
    norm: ClassVar[str | None] = "L0"
