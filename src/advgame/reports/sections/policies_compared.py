"""Section: what is every policy worth, to an attacker who knows it and to one who does not?"""

from __future__ import annotations

from advgame.catalogue import also_called
from advgame.decision.policies import Kind, Policy
from advgame.decision.secret_range import secret_range
from advgame.decision.situation import ANSWERED_BY
from advgame.number_text import percent
from advgame.reports.blocks import Block, Cell, Head, Heading, Paragraph, Table
from advgame.reports.facts import Facts
from advgame.reports.money_cells import money_cells, money_heads
from advgame.scenarios.knowledge import NOTHING
from advgame.wording.names import attack_in_words
from advgame.wording.policy_words import COLUMNS, KNOWS, deployed, explanations, range_in_words, titles

SINGLES = 8  # rows of single defences in short formats


@also_called("worth", "announcement")
def policies(facts: Facts) -> tuple[Block, ...]:
    """The policy under each state of the attacker's knowledge, every single defence, and their values."""
    blocks: list[Block] = [Heading("The policies compared")]
    if facts.has_attacks:
        blocks += [Paragraph(_knowledge(facts)), *map(Paragraph, explanations(facts.decision, facts.money))]
    rows = _rows(facts)
    named = sum(group[0].kind is not Kind.SINGLE for group in rows)
    blocks.append(
        Table(
            "Policies" + (f", {money_heads(facts.money)[0]}" if facts.has_attacks else ""),
            _heads(facts),
            tuple(_row(facts, group) for group in rows),
            note=f"{COLUMNS}{_secret_range(facts)}" if facts.has_attacks else "",
            shown=named + SINGLES,
        )
    )
    return tuple(blocks)


def _secret_range(facts: Facts) -> str:
    """How far the attacker's amounts may differ while a secret mixture keeps its value."""
    hidden = facts.policies.of(Kind.HIDDEN)
    if hidden is None or hidden.single is not None:
        return ""
    secret = facts.question.answered_by(ANSWERED_BY[NOTHING])
    return range_in_words(secret_range(secret, secret.solution.recommended))


def _knowledge(facts: Facts) -> str:
    scenario = facts.scenario
    stated = (
        f'The scenario states attacker_knows = "{scenario.knowledge}"'
        if scenario.attacker_knows
        else f'What the attacker knows is not stated; it is played as attacker_knows = "{scenario.knowledge}"'
    )
    basis = scenario.basis.get("attacker_knows")
    return f"{stated}: the attacker knows {KNOWS[scenario.knowledge]}{f' ({basis})' if basis else ''}."


def _rows(facts: Facts) -> list[tuple[Policy, ...]]:
    """The named policies in their order, then the single defences, the best first; a row for equal ones."""
    table = facts.policies
    if facts.has_attacks:
        return list(table.alike)
    stopped = [policy for policy in table.named if policy.kind is Kind.STOPPED]
    return [(policy,) for policy in sorted([*table.singles, *stopped], key=lambda policy: -policy.worth)]


def _heads(facts: Facts) -> tuple[Head, ...]:
    per_input, *per_month = money_heads(facts.money)
    last = (
        *(Head(f"worth, {head}", numeric=True) for head in per_month),
        Head(f"this − recommended, {per_input}", numeric=True),
    )
    if not facts.has_attacks:
        return Head("policy"), Head(f"worth, {per_input}", numeric=True), *last
    return (
        Head("policy"),
        Head("deployed"),
        Head("attack it draws"),
        Head("adversarial share", numeric=True),
        Head("if known", numeric=True),
        Head("guaranteed", numeric=True),
        Head("at equilibrium", numeric=True),
        *last,
    )


def _is_chosen(facts: Facts, group: tuple[Policy, ...]) -> bool:
    """Whether a row is of the verdict; without attacks, rows are of single defences alone."""
    verdict = facts.policies.verdict
    alone = not facts.has_attacks and verdict.single is not None and group[0].single == verdict.single
    return verdict in group or alone


def _row(facts: Facts, group: tuple[Policy, ...]) -> tuple[Cell, ...]:
    table, money, policy = facts.policies, facts.money, group[0]
    mark = " (recommended)" if facts.decision.by_knowledge else " (by what the attacker knows)"
    mark = mark if _is_chosen(facts, group) else ""
    first = Cell(f"{titles(table, group)}{mark}", policy.kind.value)
    _, *per_month = money_cells(money, policy.worth)
    last = *per_month, money_cells(money, table.against_verdict(policy), difference=True)[0]
    if not facts.has_attacks:
        return first, money_cells(money, policy.worth)[0], *last
    return (
        first,
        Cell("all inputs" if policy.kind is Kind.SINGLE else deployed(policy)),
        Cell(attack_in_words(policy.response), policy.response),
        Cell(percent(policy.share), policy.share),
        *(
            money_cells(money, value)[0]
            for value in (policy.if_known, policy.guaranteed, policy.at_equilibrium)
        ),
        *last,
    )
