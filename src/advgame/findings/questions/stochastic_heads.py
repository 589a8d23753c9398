"""Compares stochastic networks with their deterministic base, under each kind of attack."""

from __future__ import annotations

from advgame.findings.comparisons import Difference, compared, difference
from advgame.findings.finding import Finding, listed, norm_sign, points
from advgame.findings.questions.hidden_gradients import warns
from advgame.measurements.experiment_tables import (
    BENIGN,
    BLACK_BOX,
    NATURAL,
    TRANSFERRED,
    WHITE_BOX,
    Measured,
)

QUESTION = "Does a stochastic head help, against transferred examples and against adaptive attacks?"
STOCHASTIC = ("stochastic_head", "stochastic_extractor")
ADVERSARIAL = {WHITE_BOX: "under white-box attacks", TRANSFERRED: "on transferred examples"}
SIDES = (BENIGN, WHITE_BOX, TRANSFERRED, BLACK_BOX, NATURAL)


def stochastic_heads(measured: Measured) -> Finding:
    """Each stochastic network compared with its base; attacks on it average over its randomness."""
    pairs = [(step.name, base) for step in measured.using(*STOCHASTIC) if (base := measured.base(step.name))]
    by_pair = {pair: sides for pair, sides in compared(measured, pairs, SIDES).items() if WHITE_BOX in sides}
    if not by_pair:
        return Finding(QUESTION, measured.name, "It attacks no pair of a stochastic network and its base.")
    evidence = [
        entry.row
        for pair, sides in by_pair.items()
        for side, whole in sides.items()
        for entry in (whole, *(by_norm(measured, *pair, side) if side in (WHITE_BOX, BLACK_BOX) else ()))
    ]
    parts = []
    for (first, second), sides in by_pair.items():
        parts_of_pair = "; ".join(
            f"{side} {entry.words}{_in_each(by_norm(measured, first, second, side))}"
            for side, entry in sides.items()
        )
        hidden = sum(row.defence == first and warns(row) for row in measured.table)
        warned = f" {hidden} of its rows warn of gradient masking." if hidden else ""
        parts.append(f"{first} compared with {second}: {parts_of_pair}.{warned}")
    short = "; ".join(
        f"{first}: "
        + ", ".join(f"{sides[side].verdict} {words}" for side, words in ADVERSARIAL.items() if side in sides)
        for (first, _), sides in by_pair.items()
    )
    return Finding(QUESTION, measured.name, " ".join(parts), tuple(evidence), short)


def _in_each(differences: list[Difference]) -> str:
    if not differences:
        return ""
    norms = [
        f"{points(entry.comparison.difference)} in {entry.on.rpartition(', ')[2]}" for entry in differences
    ]
    return f", {listed(norms)}"


def by_norm(measured: Measured, first: str, second: str, side: str) -> list[Difference]:
    """The difference under attacks of each norm separately, if there are several.

    A single norm that stands out may be an effect of its attack.

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
