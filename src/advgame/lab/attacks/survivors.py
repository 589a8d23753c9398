"""Staged attacks: each stage runs on the inputs not yet fooled."""

from __future__ import annotations

import torch

from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.kinds import fooled
from advgame.lab.attacks.stochastic_targets import DRAWS, always_errs, errors_and_margin
from advgame.lab.networks.classifier import is_randomised


class Survivors:
    """The best example of each input so far, and which inputs are not fooled yet.

    A randomised network counts as fooled where it errs in every answer; until then the
    example on which it errs most surely is kept.
    """

    def __init__(
        self,
        victim: Victim,
        inputs: torch.Tensor,
        labels: torch.Tensor,
        changed: torch.Tensor | None = None,  # a first attempt; without one every input stands
    ) -> None:
        self.victim, self._inputs, self._labels = victim, inputs, labels
        self._at_random = is_randomised(victim.network)
        self.changed = (inputs if changed is None else changed).clone()
        every = torch.arange(len(inputs), device=inputs.device)
        self.places = every if changed is None else every[~self._falls(changed, labels)]  # that stand

    def __len__(self) -> int:
        return len(self.places)

    @property
    def inputs(self) -> torch.Tensor:
        """Those that stand."""
        return self._inputs[self.places]

    @property
    def labels(self) -> torch.Tensor:
        """Theirs, (standing,)."""
        return self._labels[self.places]

    def meet(
        self,
        examples: torch.Tensor,
        usable: torch.Tensor | None = None,
        instead: bool = False,
        draws: int = DRAWS,
    ) -> torch.Tensor:
        """Takes over what fools, and attempts that are better than what there was.

        Args:
            examples: an example for each that stands.
            usable: which of them are, (standing,); by default all.
            instead: whether all count as better, as those of a longer run do.
            draws: answers of a randomised network that decide which example is better.

        Returns:
            Which of them stand still, (standing,).
        """
        usable = torch.ones_like(self.places, dtype=torch.bool) if usable is None else usable
        fell = usable & self._falls(examples, self.labels)
        kept = fell | (usable & self._better(examples, instead, draws))
        self.changed[self.places[kept]] = examples[kept]
        self.places = self.places[~fell]
        return ~fell

    def _falls(self, changed: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return (always_errs if self._at_random else fooled)(self.victim, changed, labels)

    def _better(self, examples: torch.Tensor, instead: bool, draws: int) -> torch.Tensor:
        """Where an attempt is worth more than the one before: surer, or the first at all."""
        before = self.changed[self.places]
        if self._at_random:
            sureness = errors_and_margin(self.victim, self.labels, draws)
            return sureness(examples) > sureness(before)
        return (before == self.inputs).flatten(1).all(dim=1) | instead
