"""Utility under attack: what the defender earns from tasks that users complete although they are attacked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from advgame.arrays import FloatArray
from advgame.errors import MeasurementError
from advgame.payoffs.accuracies import Accuracies
from advgame.payoffs.terms.term import NOTHING, Term, parameter


@dataclass(frozen=True)
class UtilityUnderAttack(Term):
    """Pays the defender for attacked items on which the attack failed and the user's task was done.

    p_j G_u (1 − ε_ij) r_ij, where r_ij is the measured share of failed attacks with the task done: the metric
    ``utility_under_attack`` over the accuracy of the same cell. The attacker does not gain what the defender
    loses here, so in general the game is no longer strategically of rank 1.

    Raises:
        MeasurementError: when the amount is not 0 and a cell has no row of that metric.
    """

    name: ClassVar[str] = "utility_under_attack"
    attacked_utility: float = parameter(
        0.0, "gain from a user's task completed under attack", "money per adversarial input", usual_top=2.0
    )

    def to_defender(self, accuracies: Accuracies) -> FloatArray:
        """The expected value of tasks completed on the adversarial share of the traffic."""
        if np.all(self.attacked_utility == 0):  # of one game, or of all games of a batch
            return NOTHING
        completed = accuracies.completed
        if completed is None:
            raise MeasurementError(
                f"attacked_utility is {self.attacked_utility} but some attack has no row of metric "
                "utility_under_attack for some defence; add the rows, narrow [select], or set "
                "attacked_utility to 0."
            )
        done = completed * (1 - accuracies.attacked_error)  # (defences, attacks)
        return accuracies.adversarial_share[..., None, :] * (self.attacked_utility * done)

    def to_attacker(self, accuracies: Accuracies) -> FloatArray:  # noqa: ARG002 (the contract of a term)
        """Zero: the attacker earns nothing from a task that is not done."""
        return NOTHING
