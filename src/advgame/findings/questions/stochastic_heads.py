"""A stochastic network beside the deterministic one it was made from, under each kind of attack."""

from __future__ import annotations

from advgame.findings.comparisons import Difference, compared, difference
from advgame.findings.finding import Finding, listed, norm_sign, points
from advgame.findings.questions.hidden_gradients import warns
from advgame.measurements.experiment_tables import (
    BLACK_BOX,
    HONEST,
    NATURAL,
    TRANSFERRED,
    WHITE_BOX,
    Measured,
)

QUESTION = "Does a stochastic head help, against transferred examples and against adaptive attacks?"
STOCHASTIC = ("stochastic_head", "stochastic_extractor")
SIDES = (HONEST, WHITE_BOX, TRANSFERRED, BLACK_BOX, NATURAL)


def stochastic_heads(measured: Measured) -> Finding:
    """Each stochastic network beside its base; attacks on it average over its randomness."""
    pairs = [(step.name, base) for step in measured.using(*STOCHASTIC) if (base := measured.base(step.name))]
    found = {pair: sides for pair, sides in compared(measured, pairs, SIDES).items() if WHITE_BOX in sides}
    if not found:
        return Finding(
            QUESTION, measured.experiment, "It attacks no stochastic network and the one that it came from."
        )
    evidence = [
        each.row
        for pair, sides in found.items()
        for side, whole in sides.items()
        for each in (whole, *(by_norm(measured, *pair, side) if side in (WHITE_BOX, BLACK_BOX) else ()))
    ]
    parts = []
    for (first, second), sides in found.items():
        told = "; ".join(
            f"{side} {each.words}{_in_each(by_norm(measured, first, second, side))}"
            for side, each in sides.items()
        )
        hidden = sum(row.defence == first and warns(row) for row in measured.table)
        warned = f" {hidden} of its rows warn that it may only hide its gradients." if hidden else ""
        parts.append(f"{first} beside {second}: {told}.{warned}")
    return Finding(QUESTION, measured.experiment, " ".join(parts), tuple(evidence))


def _in_each(differences: list[Difference]) -> str:
    if not differences:
        return ""
    norms = [f"{points(each.found.difference)} in {each.on.rpartition(', ')[2]}" for each in differences]
    return f", {listed(norms)}"


def by_norm(measured: Measured, first: str, second: str, side: str) -> list[Difference]:
    """The difference under attacks of each norm for itself, where there are several; on all that were tried.

    One norm that stands out may speak of the attack.

    Args:
        measured: one measured experiment: its table, outcomes per input and costs.
        first: name of the first defence.
        second: name of the second defence.
        side: kind of attacks: white-box, black-box, transfer, natural.
    """
    if side not in (WHITE_BOX, BLACK_BOX):
        return []
    shared = [column for column in measured.tested[first] if column in measured.tested[second]]
    columns = [column for column in shared if measured.side(column) == side]
    norms = list(dict.fromkeys(column.norm for column in columns))
    if len(norms) == 1:
        return []
    return [
        difference(
            measured,
            first,
            second,
            f"{side}, {norm_sign(norm)}",
            [column for column in columns if column.norm == norm],
        )
        for norm in norms
    ]
