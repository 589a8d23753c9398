"""Attack cost: per adversarial input, and once for the set-up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from advgame.arrays import FloatArray
from advgame.payoffs.accuracies import Accuracies
from advgame.payoffs.terms.term import NOTHING, Amount, Term, parameter, spread


@dataclass(frozen=True)
class AttackCost(Term):
    """Charges the attacker per adversarial input and for the set-up of the attack.

    − p_j c_j K_ij − F_j 1[p_j > 0], where K_ij is the expected number of tries, 1 unless the scenario allows
    several.
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

    def to_defender(self, accuracies: Accuracies) -> FloatArray:  # noqa: ARG002 (the contract of a term)
        """Zero: the attacker pays for the attack."""
        return NOTHING

    def to_attacker(self, accuracies: Accuracies) -> FloatArray:
        """The running cost of all tries and the set-up cost of each attack; zero for no attack."""
        names = accuracies.attacks[1:]
        running = spread(self.attack_cost, names, "attack_cost")  # (real attacks,)
        setup = spread(self.attack_setup, names, "attack_setup")
        share = accuracies.adversarial_share[..., 1:]
        if accuracies.strength.tries == 1:
            charged = -(share * running + np.where(share > 0, setup, 0))[..., None, :]  # (1, attacks)
        else:
            tries = accuracies.expected_tries[..., 1:]  # (defences, attacks)
            paid = (share * running)[..., None, :] * tries
            charged = -(paid + np.where(share > 0, setup, 0)[..., None, :])
        free = np.zeros((*charged.shape[:-1], 1), charged.dtype)
        return np.concatenate([free, charged], axis=-1)
