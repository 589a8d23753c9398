"""Composes the report of a scenario from the sections."""

from __future__ import annotations

from advgame.decision import Situation
from advgame.equilibria import Concept
from advgame.reports.facts import gather
from advgame.reports.fingerprint import versions
from advgame.reports.report import Report
from advgame.reports.sections import SECTIONS
from advgame.scenarios import Scenario


def report(scenario: Scenario | Situation, concept: str | Concept | None = None) -> Report:
    """The report of a scenario: the decision, its reasons, assumptions and sources.

    >>> from advgame.scenarios import case, set_parameter
    >>> report(set_parameter(case("cifar10-two-defences"), "largest_share", 0.05)).verdict
    'Deploy Standard: defending does not pay'

    Args:
        scenario: a scenario or a situation; the game and solution of a situation are reused.
        concept: a solution concept; by default `concept_for` the scenario, by what the attacker knows.

    Raises:
        SolverError: when no solution could be certified.
    """
    facts = gather(scenario, concept)
    return Report(
        facts.scenario.name,
        facts.scenario.question,
        tuple(block for section in SECTIONS.values() for block in section(facts)),
        facts.decision,
        facts.thresholds,
        facts.break_even,
        facts.inputs_sha256,
        versions(),
    )
