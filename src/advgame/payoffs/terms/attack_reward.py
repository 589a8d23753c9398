"""Attack reward: the attacker's reward for success and penalty for failure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from advgame.arrays import FloatArray
from advgame.payoffs.accuracies import Accuracies
from advgame.payoffs.terms.term import NOTHING, Term, parameter


@dataclass(frozen=True)
class AttackReward(Term):
    """Pays the attacker for adversarial inputs, depending on whether they succeed.

    p_j ((R + P) s_ij − P), where s_ij is ε_ij if every error pays and ε_ij − e_i if only caused errors do.
    """

    name: ClassVar[str] = "attack_reward"
    attack_reward: float = parameter(
        1.0, "attacker's reward for a success", "money per adversarial input", usual_top=10.0
    )
    attack_penalty: float = parameter(
        0.0, "attacker's penalty for a failure", "money per adversarial input", usual_top=10.0
    )

    def to_defender(self, accuracies: Accuracies) -> FloatArray:  # noqa: ARG002 (the contract of a term)
        """Zero: the defender's loss from a breach is `AdversarialTraffic`."""
        return NOTHING

    def to_attacker(self, accuracies: Accuracies) -> FloatArray:
        """The expected reward for the adversarial share of the traffic."""
        swing = self.attack_reward + self.attack_penalty
        return accuracies.adversarial_share[..., None, :] * (
            swing * accuracies.attack_success - self.attack_penalty
        )
