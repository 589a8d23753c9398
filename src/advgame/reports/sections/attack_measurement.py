"""Section: what do the measured attacks leave open?"""

from __future__ import annotations

from advgame.arrays import NO_ATTACK
from advgame.errors import AdvgameError
from advgame.number_text import percent
from advgame.payoffs import Accuracies
from advgame.reports.blocks import Block, Bullets, Caution, Cell, Head, Heading, Table
from advgame.reports.facts import Facts
from advgame.reports.sections.nearest_thresholds import of_policies
from advgame.scenarios.judges import judge_evidence_of
from advgame.wording.attack_quality import (
    adaptive_threshold,
    factor_threshold,
    judges_in_words,
    other_attacks,
    static_attacks,
    tries_in_words,
    utility_in_words,
)

SHOWN = 20


def attack_measurement(facts: Facts) -> tuple[Block, ...]:
    """Adaptivity, populations, tries, the judge's errors and the names that auditors use."""
    scenario = facts.scenario
    static = static_attacks(facts.rows)
    runs = not facts.decision.stops  # thresholds and utility are of a service that is run
    sentences = [
        static,
        _adaptive(facts) if static and runs else "",
        other_attacks(facts.rows) if facts.has_attacks else "No attack was measured.",
        _populations(facts),
        utility_in_words(facts.recommendation, facts.accuracies) if runs else "",
        tries_in_words(scenario),
        *judges_in_words(scenario, facts.accuracies),
        _second_judge(facts),
    ]
    blocks: list[Block] = [
        Heading("How the attacks were measured"),
        Bullets(tuple(text[:1].upper() + text[1:] for text in sentences if text)),
    ]
    if facts.accuracies.outside:
        blocks.append(Caution("Corrected success rates outside 0 to 100 % were cut off."))
    if not scenario.strength.as_measured:
        blocks.append(_rates(facts.accuracies))
    if scenario.atlas:
        blocks.append(_atlas(facts))
    return tuple(blocks)


def _adaptive(facts: Facts) -> str:
    threshold = factor_threshold(facts.thresholds)
    return adaptive_threshold(facts.scenario, threshold, of_policies=of_policies(facts))


def _second_judge(facts: Facts) -> str:
    """Another judge's verdicts on the same cases, where they lie beside the table."""
    try:
        evidence = judge_evidence_of(facts.scenario)
    except AdvgameError as mistake:
        return f"Verdicts of a second judge cannot be used: {mistake}"
    if not evidence.other:
        return ""
    return f"{evidence.words} The study judge_error shows how far the decision depends on that."


def _populations(facts: Facts) -> str:
    clean = {row.population for row in facts.rows if row.attack == NO_ATTACK and row.population}
    attacked = {row.population for row in facts.rows if row.attack != NO_ATTACK and row.population}
    if not clean or not attacked or clean == attacked:
        return ""
    return (
        f"Clean figures are of {', '.join(sorted(clean))}, figures under attack of "
        f"{', '.join(sorted(attacked))}. These are different items: accuracy under attack may exceed the "
        "clean one without contradiction."
    )


def _rates(accuracies: Accuracies) -> Table:
    """Raw and effective success rates, so that nothing is corrected silently."""
    heads = Head("defence"), Head("attack"), Head("success measured", True), Head("success in the game", True)
    rows = tuple(
        (
            Cell(defence),
            Cell(attack),
            _rate(1 - float(accuracies.attacked_accuracy[row, column])),
            _rate(float(accuracies.attacked_error[row, column])),
        )
        for row, defence in enumerate(accuracies.defences)
        for column, attack in enumerate(accuracies.attacks)
        if column
    )
    return Table("Success rates of attacks", heads, rows, shown=SHOWN)


def _rate(value: float) -> Cell:
    return Cell(percent(value), value)


def _atlas(facts: Facts) -> Table:
    heads = Head("attack or defence"), Head("MITRE ATLAS")
    rows = tuple((Cell(name), Cell(", ".join(ids))) for name, ids in facts.scenario.atlas.items())
    return Table("Names in MITRE ATLAS", heads, rows, shown=SHOWN)
