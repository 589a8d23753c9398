"""Composes the report of a scenario from the sections."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from advgame.decision import Situation
from advgame.equilibria import Concept
from advgame.reports.blocks import Block, Matrix, Table
from advgame.reports.facts import Facts, gather
from advgame.reports.fingerprint import versions
from advgame.reports.report import Report
from advgame.reports.sections import SECTIONS
from advgame.scenarios import Scenario
from advgame.studies.study_progress import Progress, part, reported_to
from advgame.wording.nouns import Say, in_words_of, said_of

DECISION = "decision"  # the section that every report has
SUMMARY = "summary"  # the section that states how sure the decision is
IN_SHORT = (DECISION, SUMMARY)  # the sections of the short answer
ABOUT_THE_INPUTS = "payoffs"  # the section from which on a report is about its inputs
QUOTED = ("sources", "provenance")  # sections that quote tables and the inputs of a computation


def report(
    scenario: Scenario | Situation,
    concept: str | Concept | None = None,
    sections: Sequence[str] = (),
    progress: Progress | None = None,
    *,
    only: Sequence[str] | None = None,
) -> Report:
    """The report of a scenario: the decision, its reasons, assumptions and sources.

    >>> from advgame.scenarios import case, set_parameter
    >>> report(set_parameter(case("cifar10-two-defences"), "largest_share", 0.05)).verdict
    'Deploy undefended network: defending does not pay'

    Studies named in ``sections`` are added as further sections:

    >>> from advgame.reports.blocks import Heading
    >>> longer = report(case("cifar10-two-defences"), sections=["portfolio"])
    >>> [block.text for block in longer.blocks if isinstance(block, Heading)][5]
    'How few of the defences suffice?'

    Args:
        scenario: a scenario or a situation; the game and solution of a situation are reused.
        concept: a solution concept; by default `concept_for` the scenario, by what the attacker knows.
        sections: names of studies in ``STUDIES``, each a section before those on the inputs, in this order.
        progress: called repeatedly with the work done and all work, while studies are computed.
        only: names in ``SECTIONS``; the others are left out, except the decision itself. None for all.

    Raises:
        UnknownName: when no study, or no section, has one of the names.
        SolverError: when no solution could be certified.
    """
    studies = _studies(sections)
    facts = gather(scenario, concept)
    say = _wording_of(facts.scenario)
    written = {
        name: tuple(block if name in QUOTED else in_words_of(block, say(block)) for block in section(facts))
        for name, section in SECTIONS.items()
        if name in _wanted(only)
    }
    with reported_to(progress):
        study_blocks = [in_words_of(block, say(block)) for block in _studied(studies, facts)]
    names = list(written)
    place = sum(list(SECTIONS).index(name) < list(SECTIONS).index(ABOUT_THE_INPUTS) for name in names)
    return Report(
        facts.scenario.name,
        facts.scenario.question,
        (
            *_joined(written, names[:place]),
            *study_blocks,
            *_joined(written, names[place:]),
        ),
        facts.decision,
        facts.thresholds,
        facts.break_even,
        facts.confidence if SUMMARY in written and facts.has_attacks else None,
        facts.inputs_sha256,
        versions(),
    )


def _studies(sections: Sequence[str]) -> list[str]:
    """The studies' names, each once; the catalogue with all their modules is loaded if there are any.

    Raises:
        UnknownName: for a name that no study has.
    """
    if not sections:
        return []
    from advgame.studies import STUDIES

    return list(dict.fromkeys(map(STUDIES.name_of, sections)))


def _studied(studies: Sequence[str], facts: Facts) -> Iterator[Block]:
    """The blocks of the studies' sections, in their order."""
    for place, name in enumerate(studies):
        from advgame.reports.study_section import study_section

        with part(place / len(studies), (place + 1) / len(studies)):
            section = study_section(name, facts)
        yield from section


def _wording_of(scenario: Scenario) -> Callable[[Block], Say]:
    """The words for a block: labels in text and figures, the names of the source in tables."""
    prose, tables = said_of(scenario), said_of(scenario, labelled=False)
    return lambda block: tables if isinstance(block, Table | Matrix) else prose


def _wanted(only: Sequence[str] | None) -> set[str]:
    """The sections to write; the decision is always one of them."""
    if only is None:
        return set(SECTIONS)
    return {DECISION, *map(SECTIONS.name_of, only)}


def _joined(written: Mapping[str, tuple[Block, ...]], names: Sequence[str]) -> tuple[Block, ...]:
    return tuple(block for name in names for block in written[name])
