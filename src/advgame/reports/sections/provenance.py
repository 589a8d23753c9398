"""How can somebody check this?"""

from __future__ import annotations

from advgame.reports.blocks import Block, Bullets, Heading
from advgame.reports.facts import Facts
from advgame.reports.fingerprint import inputs_sha256, versions


def provenance(facts: Facts) -> tuple[Block, ...]:
    """The versions of the software and the hash of the inputs."""
    software = ", ".join(f"{name} {version}" for name, version in versions())
    return (
        Heading("How to check this"),
        Bullets(
            (
                f"Scenario: {facts.scenario.name}.",
                f"Software: {software}.",
                f"SHA-256 of the inputs (scenario and rows): {inputs_sha256(facts.scenario)}",
                "The same inputs and versions give the same report, byte for byte.",
            )
        ),
    )
