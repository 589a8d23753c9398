"""Defence cost: amortised training and inference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from advgame.arrays import FloatArray
from advgame.payoffs.accuracies import Accuracies
from advgame.payoffs.terms.term import NOTHING, Amount, Term, parameter, spread


@dataclass(frozen=True)
class DefenceCost(Term):
    """Charges the defender C_i per classified input; negative if a defence saves money (pruning)."""

    name: ClassVar[str] = "defence_cost"
    defence_cost: Amount = parameter(
        0.0,
        "cost of running a defence",
        "money per classified input",
        usual_top=0.5,
        by="defence",
        may_be_negative=True,
    )

    def to_defender(self, accuracies: Accuracies) -> FloatArray:
        """The cost of each defence, whatever the attacker does."""
        return -spread(self.defence_cost, accuracies.defences, "defence_cost")[..., :, None]  # (defences, 1)

    def to_attacker(self, accuracies: Accuracies) -> FloatArray:  # noqa: ARG002 (the contract of a term)
        """Zero."""
        return NOTHING
