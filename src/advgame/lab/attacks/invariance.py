"""Invariance-based attacks: perturbations that change the true label but not the prediction of a network.

After Tramèr et al. 2020. An input counts only if an example is found, and the network is correct if it
predicts the *new* label; the accuracy is the share of such examples. Human labels are replaced by those of a
`Panel` of programs, whose weaknesses are described there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch

from advgame.errors import LabError
from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.kinds import InvarianceAttack, check_counts
from advgame.lab.fitting.panel import Panel, invariance_examples
from advgame.lab.networks.classifier import is_randomised

PEOPLE = "people"  # the name of the panel among the networks available to the attacker


@dataclass(frozen=True)
class _Invariance(InvarianceAttack):
    """Moves inputs towards near inputs of other classes, preferring unchanged predictions."""

    metric: ClassVar[str] = "invariance"
    queries_only: ClassVar[bool] = True
    targets: int = 3  # other classes to try, those with the nearest input first

    def __post_init__(self) -> None:
        check_counts(self, targets=1)

    def craft(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radii: Sequence[float]
    ) -> list[torch.Tensor]:
        """The examples for each radius; inputs as they were where there is none."""
        # As in other attacks, one lucky draw of a randomised network is no success.
        network = victim.stand_in if is_randomised(victim.network) else victim.network
        return [
            invariance_examples(
                inputs, labels, people(victim), str(self.norm), radius, targets=self.targets, network=network
            ).inputs
            for radius in radii
        ]

    def meant(
        self, victim: Victim, inputs: torch.Tensor, changed: torch.Tensor, labels: torch.Tensor
    ) -> torch.Tensor:
        """The panel's label where it is a new one; the panel must have known the input's own label before."""
        return people(victim).new_meaning(inputs, changed, labels)


@dataclass(frozen=True)
class InvarianceLinf(_Invariance):
    """All values move at once, each as far as the radius lets it."""

    name: ClassVar[str] = "invariance_linf"
    norm: ClassVar[str | None] = "Linf"


@dataclass(frozen=True)
class InvarianceL0(_Invariance):
    """Regions of an image are copied from another one; the radius is the number of values that may change."""

    name: ClassVar[str] = "invariance_l0"
    norm: ClassVar[str | None] = "L0"


def people(victim: Victim) -> Panel:
    """The panel that replaces human labels.

    Raises:
        LabError: when the victim has no panel.
    """
    panel = victim.others.get(PEOPLE)
    if not isinstance(panel, Panel):
        raise LabError(
            f"Invariance-based attacks need a panel of networks that stands for human labels: give the "
            f"victim others = {{{PEOPLE!r}: measuring_panel(dataset, device)}}."
        )
    return panel
