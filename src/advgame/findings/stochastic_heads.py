"""A stochastic network beside the deterministic one it was made from, under each kind of attack."""

from __future__ import annotations

from advgame.findings.comparisons import Difference, compared, difference
from advgame.findings.finding import Finding, norm_sign
from advgame.findings.hidden_gradients import warns
from advgame.findings.measured import BLACK_BOX, HONEST, NATURAL, TRANSFERRED, WHITE_BOX, Measured

QUESTION = "Does a stochastic head help, against transferred examples and against adaptive attacks?"
STOCHASTIC = ("stochastic_head", "stochastic_extractor")
SIDES = (HONEST, WHITE_BOX, TRANSFERRED, BLACK_BOX, NATURAL)


def stochastic_heads(measured: Measured) -> Finding:
    """Each stochastic network beside its base; white-box attacks on it average over its randomness."""
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
        for each in (whole, *(by_norm(measured, *pair) if side == WHITE_BOX else ()))
    ]
    parts = []
    for (first, second), sides in found.items():
        told = "; ".join(f"{side} {each.words}" for side, each in sides.items())
        hidden = sum(row.defence == first and warns(row) for row in measured.table)
        warned = f" {hidden} of its rows warn that it may only hide its gradients." if hidden else ""
        parts.append(f"{first} beside {second}: {told}.{warned}")
    return Finding(QUESTION, measured.experiment, " ".join(parts), tuple(evidence))


def by_norm(measured: Measured, first: str, second: str) -> list[Difference]:
    """The difference under white-box attacks of each norm for itself, where there are several.

    An attack that looks for the smallest change ends where a random network is right every other time: one
    norm that stands out may speak of the attack.
    """
    columns = measured.sides((first, second))[WHITE_BOX]
    norms = list(dict.fromkeys(column.norm for column in columns))
    if len(norms) == 1:
        return []
    return [
        difference(
            measured,
            first,
            second,
            f"of these, {norm_sign(norm)}",
            [column for column in columns if column.norm == norm],
        )
        for norm in norms
    ]
