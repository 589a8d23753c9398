"""The fast adaptive boundary attack (Croce & Hein 2020), as pyautoattack runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from pyautoattack.fab_pt import FABAttack_PT

from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.kinds import MinimumNormAttack, check_counts, fooled
from advgame.lab.attacks.norms import size


@dataclass(frozen=True)
class Fab(MinimumNormAttack):
    """Projects onto the linearised boundary to one other class after the other, in L∞; keeps the nearest."""

    name: ClassVar[str] = "fab"
    norm: ClassVar[str | None] = "Linf"
    steps: int = 100
    targets: int = 9  # classes that are aimed at, likeliest first; as many as there are where that is fewer

    def __post_init__(self) -> None:
        check_counts(self, steps=1, targets=1)

    def smallest(self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The nearest of the examples found for all targets."""
        norm = str(self.norm)
        run = FABAttack_PT(
            victim.stand_in,
            norm=norm,
            n_iter=self.steps,
            seed=victim.seed,
            targeted=True,
            device=inputs.device,
        )
        with torch.no_grad():
            classes = victim.stand_in(inputs[:1]).shape[1]
        nearest = inputs.clone()
        least = torch.full((len(inputs),), torch.inf, dtype=torch.float64, device=inputs.device)
        for rank in range(2, min(self.targets, classes - 1) + 2):  # the library counts from the right class
            run.target_class = rank
            with torch.no_grad():
                examples = run.attack_single_run(inputs, labels, is_targeted=True)
            sizes = size(examples, inputs, norm)
            nearer = fooled(victim, examples, labels) & (sizes < least)
            nearest[nearer], least[nearer] = examples[nearer], sizes[nearer]
        return nearest
