"""Benign inputs: what the defender earns by classifying them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from advgame.arrays import FloatArray
from advgame.payoffs.accuracies import Accuracies
from advgame.payoffs.terms.term import NOTHING, Term, parameter


@dataclass(frozen=True)
class BenignTraffic(Term):
    """Pays the defender for benign inputs, depending on whether they are classified correctly.

    (1 − p_j) (G_b − (G_b + L_b) e_i), after Samsinger et al. (arXiv:2108.07602).
    """

    name: ClassVar[str] = "benign_traffic"
    benign_gain: float = parameter(
        1.0, "gain from a correctly classified benign input", "money per benign input"
    )
    benign_loss: float = parameter(0.0, "loss from a misclassified benign input", "money per benign input")

    def to_defender(self, accuracies: Accuracies) -> FloatArray:
        """The expected value of the honest share of the traffic."""
        swing = self.benign_gain + self.benign_loss
        per_input = self.benign_gain - swing * accuracies.clean_error[..., None]  # (defences, 1)
        return (1 - accuracies.adversarial_share[..., None, :]) * per_input  # (defences, attacks)

    def to_attacker(self, accuracies: Accuracies) -> FloatArray:  # noqa: ARG002 (the contract of a term)
        """Zero: the attacker earns nothing from benign inputs."""
        return NOTHING
