"""Compares the importances estimated by pruning methods with measured importances."""

from __future__ import annotations

from advgame.findings.finding import Finding, Row, span
from advgame.measurements.experiment_tables import Measured, Value

QUESTION = "How well do the importances used by pruning correlate with the true ones?"
ORDER = ("taylor", "magnitude", "random")


def importance(measured: Measured) -> Finding:
    """Spearman's correlation over units: the mean over seeds and the span of their bootstrap intervals.

    The true importance is the squared change of the loss on test inputs when a unit is removed, per weight.
    """
    if measured.importances.empty:
        return Finding(QUESTION, measured.name, "It compares no estimated importances with true ones.")
    correlations = {
        (str(defence), str(structure), str(method)): Value.of(group, "correlation")
        for (defence, structure, method), group in measured.importances.groupby(
            ["defence", "structure", "method"], sort=False
        )
    }
    parts = []
    for defence, structure in dict.fromkeys(key[:2] for key in correlations):
        values = ", ".join(
            f"{method} {correlations[defence, structure, method].words}"
            for method in ORDER
            if (defence, structure, method) in correlations
        )
        unit = "single weights" if structure == "unstructured" else f"{structure}s"
        parts.append(f"For {defence}, {unit}: {values}.")
    evidence: list[Row] = [
        {
            "defence": defence,
            "structure": structure,
            "method": method,
            "rank correlation": value.mean,
            "from": value.low,
            "to": value.high,
        }
        for (defence, structure, method), value in correlations.items()
    ]
    short = ", ".join(
        f"{method} {span([value.mean for key, value in correlations.items() if key[2] == method])}"
        for method in ORDER
        if any(key[2] == method for key in correlations)
    )
    return Finding(QUESTION, measured.name, " ".join(parts), tuple(evidence), short)
