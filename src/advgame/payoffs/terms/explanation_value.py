"""Explanation value: what understandable explanations are worth to the defender."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from advgame.arrays import FloatArray
from advgame.errors import MeasurementError
from advgame.payoffs.accuracies import Accuracies
from advgame.payoffs.terms.term import NOTHING, Term, parameter


@dataclass(frozen=True)
class ExplanationValue(Term):
    """Pays the defender for explanations in which people recognise the object.

    w h_i, where h_i is the measured share of explanations recognised (metric ``human_recognition``),
    after the study of pruning and explainability by Merkle et al. (arXiv:2302.08878).

    Raises:
        MeasurementError: when the amount is not 0 and a defence has no measured recognition.
    """

    name: ClassVar[str] = "explanation_value"
    explanation_value: float = parameter(
        0.0, "value of an explanation that people recognise", "money per classified input", usual_top=1.0
    )

    def to_defender(self, accuracies: Accuracies) -> FloatArray:
        """The expected value of each network's explanations."""
        if np.all(self.explanation_value == 0):  # of one game, or of all games of a batch
            return NOTHING
        recognised = accuracies.other_measures.get("human_recognition", {})
        missing = [defence for defence in accuracies.defences if defence not in recognised]
        if missing:
            raise MeasurementError(
                f"explanation_value is {self.explanation_value} but {missing[0]!r} has no row of metric "
                "human_recognition; add one, select other defences, or set explanation_value to 0."
            )
        shares = np.array([recognised[defence] for defence in accuracies.defences])
        return self.explanation_value * shares[:, None]  # (defences, 1)

    def to_attacker(self, accuracies: Accuracies) -> FloatArray:  # noqa: ARG002 (the contract of a term)
        """Zero."""
        return NOTHING
