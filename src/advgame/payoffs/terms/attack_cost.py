"""What attacking costs the attacker: for each input, and once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from advgame.arrays import FloatArray
from advgame.payoffs.accuracies import Accuracies
from advgame.payoffs.terms.term import NOTHING, Amount, Term, parameter, spread


@dataclass(frozen=True)
class AttackCost(Term):
    """Charges the attacker for each adversarial input, and for setting the attack up.

    − p_j c_j − F_j 1[p_j > 0]
    """

    name: ClassVar[str] = "attack_cost"
    attack_cost: Amount = parameter(
        0.0,
        "attacker's cost per attacked input",
        "money per adversarial input",
        usual_top=1.0,
        by="attack",
    )
    attack_setup: Amount = parameter(
        0.0,
        "attacker's set-up cost, spread over the volume",
        "money per classified input",
        usual_top=0.5,
        by="attack",
    )

    def to_defender(self, accuracies: Accuracies) -> FloatArray:  # noqa: ARG002 (the promise of a term)
        """Nothing: the attacker pays for the attack."""
        return NOTHING

    def to_attacker(self, accuracies: Accuracies) -> FloatArray:
        """The running and the set-up cost of each attack; none for no attack."""
        names = accuracies.attacks[1:]
        running = spread(self.attack_cost, names, "attack_cost")  # (attacks that are one,)
        setup = spread(self.attack_setup, names, "attack_setup")
        share = accuracies.adversarial_share[..., 1:]
        charged = -(share * running + np.where(share > 0, setup, 0))
        free = np.zeros((*charged.shape[:-1], 1), charged.dtype)
        return np.concatenate([free, charged], axis=-1)[..., None, :]  # (1, attacks)
