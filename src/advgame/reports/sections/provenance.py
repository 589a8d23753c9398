"""Section: how can the report be checked?"""

from __future__ import annotations

from advgame.reports.blocks import Block, Bullets, Heading
from advgame.reports.facts import Facts
from advgame.reports.fingerprint import versions

ROUNDING = (
    "Rounding: in sentences, the probabilities of a mixed strategy are whole percentages that sum to 100, "
    "with decimals if a small one would round to 0; bars and tiles have three digits; the JSON report has "
    "full precision. Parameters that are shares are given as fractions."
)


def provenance(facts: Facts) -> tuple[Block, ...]:
    """The versions of the software and the hash of the inputs."""
    software = ", ".join(f"{name} {version}" for name, version in versions())
    return (
        Heading("How to check this"),
        Bullets(
            (
                f"Scenario: {facts.scenario.name}.",
                f"Software: {software}.",
                f"SHA-256 of the inputs (scenario and rows): {facts.inputs_sha256}",
                _method(facts),
                ROUNDING,
                "The same inputs and versions give the same report, byte for byte.",
            )
        ),
    )


def _method(facts: Facts) -> str:
    small = " (2 × 2 games)" if facts.game.shape == (2, 2) else ""
    return f"Method: {facts.recommendation.solution.method}{small}."
