"""Adversarial traffic: the defender's gain from stopped attacks and loss from breaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from advgame.arrays import FloatArray
from advgame.payoffs.accuracies import Accuracies
from advgame.payoffs.terms.term import NOTHING, Term, parameter


@dataclass(frozen=True)
class AdversarialTraffic(Term):
    """Pays the defender for adversarial inputs, depending on whether they are classified correctly.

    p_j (G_a − (G_a + L_a) ε_ij), after Samsinger et al. (arXiv:2108.07602).
    """

    name: ClassVar[str] = "adversarial_traffic"
    stopped_gain: float = parameter(
        1.0, "gain from a correctly classified adversarial input", "money per adversarial input"
    )
    breach_loss: float = parameter(
        0.0, "loss from a misclassified adversarial input", "money per adversarial input", usual_top=10.0
    )

    def to_defender(self, accuracies: Accuracies) -> FloatArray:
        """The expected value of the adversarial share of the traffic."""
        swing = self.stopped_gain + self.breach_loss
        per_input = self.stopped_gain - swing * accuracies.attacked_error  # (defences, attacks)
        return accuracies.adversarial_share[..., None, :] * per_input

    def to_attacker(self, accuracies: Accuracies) -> FloatArray:  # noqa: ARG002 (the contract of a term)
        """Zero: the attacker's reward is `AttackReward`."""
        return NOTHING
