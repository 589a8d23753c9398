"""Moderate pruning, beside the network that was pruned."""

from __future__ import annotations

from collections.abc import Mapping

from advgame.findings.comparisons import Difference, compared
from advgame.findings.finding import Finding, listed
from advgame.findings.measured import HONEST, WHITE_BOX, Measured

QUESTION = "Are there sweet spots, where moderate pruning helps or costs nothing?"
PRUNINGS = ("magnitude", "random", "taylor")
NOTHING = 0.02  # less than two points is called nothing
VERDICTS = {
    "helps": "surely helps under attack, and costs less than two points on honest inputs",
    "costs nothing": "surely costs less than two points, on honest inputs and under attack",
    "costs": "surely costs some accuracy",
    "open": "open, as its intervals hold both no cost and a cost of two points",
}


def sweet_spots(measured: Measured) -> Finding:
    """Each pruned network beside the one it was pruned from, on honest inputs and under white-box attacks."""
    pruned = {step.name: base for step in measured.using(*PRUNINGS) if (base := measured.base(step.name))}
    found = {
        name: sides
        for (name, _), sides in compared(measured, list(pruned.items()), (HONEST, WHITE_BOX)).items()
        if len(sides) == 2
    }
    if not found:
        return Finding(
            QUESTION, measured.experiment, "It attacks no pruned network and the one that was pruned."
        )
    compression = {name: true_compression(measured, name) for name in found}
    evidence = [
        {**each.row, "compression": compression[name], "verdict": verdict(sides)}
        for name, sides in found.items()
        for each in sides.values()
    ]
    return Finding(QUESTION, measured.experiment, _answer(found, compression), tuple(evidence))


def verdict(sides: Mapping[str, Difference]) -> str:
    """What the intervals on honest inputs and under attack say of one pruning; a key of ``VERDICTS``."""
    honest, attacked = sides[HONEST].found, sides[WHITE_BOX].found
    if attacked.low > 0 and honest.low > -NOTHING:
        return "helps"
    if min(honest.low, attacked.low) > -NOTHING:
        return "costs nothing"
    return "costs" if min(honest.high, attacked.high) < 0 else "open"


def true_compression(measured: Measured, defence: str) -> float:
    """Parameters before over parameters left, the mean of the seeds."""
    found = [row.compression or 1.0 for row in measured.table if row.defence == defence]
    return sum(found) / len(found)


def _answer(found: Mapping[str, Mapping[str, Difference]], compression: Mapping[str, float]) -> str:
    counts = []
    for word, phrase in VERDICTS.items():
        names = [name for name, sides in found.items() if verdict(sides) == word]
        if names:
            counts.append(f"{phrase}: {len(names)} ({listed(names)})")
    name, best = max(found.items(), key=lambda each: each[1][WHITE_BOX].found.difference)
    return (
        f"Of {len(found)} pruned, {'; '.join(counts)}. "
        f"Under attack, {name} stands best beside the network it was pruned from, {best[HONEST].second}, "
        f"which is {compression[name]:.2g} times larger: {best[WHITE_BOX].words} under attack, "
        f"{best[HONEST].words} on honest inputs."
    )
