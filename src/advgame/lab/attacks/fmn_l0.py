"""The fast minimum-norm attack (Pintor et al. 2021) in L0, as foolbox runs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from eagerpy.tensor.tensor import Tensor
from foolbox.attacks.fast_minimum_norm import L0FMNAttack
from torch import nn

from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.foolbox_model import foolbox_model
from advgame.lab.attacks.kinds import SmallestChange, check_counts
from advgame.lab.attacks.norms import size
from advgame.lab.classifier import is_randomised

HANDICAPS = (0.0, 2.0, 6.0)  # by how much the right class's logit is raised
DRAWS = 8  # of a randomised network, to tell how surely it errs


@dataclass(frozen=True)
class FmnL0(SmallestChange):
    """Follows the gradient while so many values may differ: fewer after a success, more after a failure.

    The smallest change lies on the boundary, where a randomised network is right every other time. Such a
    network is attacked with handicaps as well, and within each radius the surest example is kept.
    """

    name: ClassVar[str] = "fmn_l0"
    norm: ClassVar[str | None] = "L0"
    steps: int = 100

    def __post_init__(self) -> None:
        check_counts(self, steps=1)

    def smallest(self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The example of all steps that changes the fewest values; the input itself where none fooled."""
        return _AsMany(steps=self.steps).run(foolbox_model(victim.surrogate, inputs), inputs, labels)

    def craft(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radii: Sequence[float]
    ) -> list[torch.Tensor]:
        """The same examples for each radius; of a randomised network the surest within it."""
        if not is_randomised(victim.network):
            return super().craft(victim, inputs, labels, radii)
        kept = [inputs.clone() for _ in radii]
        best = [_margins(victim, inputs, labels)] * len(radii)
        for handicap in HANDICAPS:
            against = replace(victim, surrogate=_Handicapped(victim.surrogate, labels, handicap).eval())
            found = self.smallest(against, inputs, labels)
            sizes, margins = size(found, inputs, "L0"), _margins(victim, found, labels)
            for place, radius in enumerate(radii):
                surer = (sizes <= radius) & (margins > best[place])
                kept[place][surer] = found[surer]
                best[place] = torch.where(surer, margins, best[place])
        return kept


class _Handicapped(nn.Module):
    """A network that an attack must fool by so much: the logits of the right classes are raised."""

    def __init__(self, network: nn.Module, labels: torch.Tensor, handicap: float) -> None:
        super().__init__()
        self.network, self.labels, self.handicap = network, labels, handicap

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.network(inputs)
        return logits.scatter_add(1, self.labels[:, None], torch.full_like(logits[:, :1], self.handicap))


def _margins(victim: Victim, inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """By how much the likeliest other class is likelier than the right one, over some draws, (inputs,)."""
    with torch.no_grad():
        shares = torch.stack([victim.surrogate(inputs).softmax(dim=1) for _ in range(DRAWS)]).mean(dim=0)
    own = shares.gather(1, labels[:, None]).squeeze(1)
    return shares.scatter(1, labels[:, None], -torch.inf).amax(dim=1) - own


class _AsMany(L0FMNAttack):
    """Foolbox's attack, which looks past the last value once all of them may differ."""

    def project(self, x: Tensor, x0: Tensor, epsilon: Tensor) -> Tensor:
        """Keeps the largest changes."""
        values = x0.raw[0].numel()
        kept: Tensor = super().project(x, x0, epsilon.minimum(values - 1))
        return kept
