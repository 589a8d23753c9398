"""What methods of pruning believe to matter, beside what does."""

from __future__ import annotations

from advgame.findings.finding import Finding, Row
from advgame.measurements.experiment_tables import Measured, Value

QUESTION = "How does the importance that pruning goes by correlate with the true one?"
ORDER = ("taylor", "magnitude", "random")


def importance(measured: Measured) -> Finding:
    """Spearman's correlation over units, the mean of the seeds and what their bootstrap intervals span.

    The true importance is the squared change of the loss on test inputs when a unit is removed, per weight.
    """
    if measured.importances.empty:
        return Finding(QUESTION, measured.experiment, "It compares no importances with the true one.")
    found = {
        (str(defence), str(structure), str(method)): Value.of(group, "correlation")
        for (defence, structure, method), group in measured.importances.groupby(
            ["defence", "structure", "method"], sort=False
        )
    }
    parts = []
    for defence, structure in dict.fromkeys(key[:2] for key in found):
        told = ", ".join(
            f"{method} {found[defence, structure, method].words}"
            for method in ORDER
            if (defence, structure, method) in found
        )
        unit = "single weights" if structure == "unstructured" else f"{structure}s"
        parts.append(f"On {defence}, {unit}: {told}.")
    evidence: list[Row] = [
        {
            "defence": defence,
            "structure": structure,
            "method": method,
            "rank correlation": value.mean,
            "from": value.low,
            "to": value.high,
        }
        for (defence, structure, method), value in found.items()
    ]
    return Finding(QUESTION, measured.experiment, " ".join(parts), tuple(evidence))
