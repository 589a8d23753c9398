"""A stochastic network beside the deterministic one it was made from, under each kind of attack."""

from __future__ import annotations

from advgame.findings.comparisons import compared
from advgame.findings.finding import Finding
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
    evidence = [each.row for sides in found.values() for each in sides.values()]
    parts = []
    for (first, second), sides in found.items():
        told = "; ".join(f"{side} {each.words}" for side, each in sides.items())
        hidden = obscured(measured, first)
        warned = f" {hidden} of its rows warn that it is only obscured." if hidden else ""
        parts.append(f"{first} beside {second}: {told}.{warned}")
    return Finding(QUESTION, measured.experiment, " ".join(parts), tuple(evidence))


def obscured(measured: Measured, defence: str) -> int:
    """How many rows of a defence warn that attacks are blind to it rather than weak against it."""
    rows = [row for row in measured.table if row.defence == defence]
    return sum(any(warning.startswith("obscured") for warning in row.warnings) for row in rows)
