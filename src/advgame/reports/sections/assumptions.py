"""Section: what was assumed?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advgame.number_text import accuracy, percent, significant
from advgame.payoffs import SUCCESS_RULES
from advgame.payoffs.terms import Parameter
from advgame.reports.blocks import Block, Bullets, Cell, Head, Heading, Table
from advgame.reports.facts import Facts
from advgame.scenarios.parameters import TERM_PARAMETERS
from advgame.wording.names import counted, listed, meaning_of, shortened, unit_of
from advgame.wording.policy_words import KNOWS

NAMED = 6
SHOWN = 20
NOT_STATED = "not stated"


def assumptions(facts: Facts) -> tuple[Block, ...]:
    """The rules of the game in words, and every price with its basis."""
    blocks: list[Block] = [Heading("Assumptions"), Bullets(tuple(_rules(facts))), _prices(facts)]
    if facts.scenario.what_if:
        blocks.append(_what_if(facts))
    return tuple(blocks)


def _rules(facts: Facts) -> Iterator[str]:
    scenario = facts.scenario
    yield f'The success of an attack is counted as "{scenario.success}": {SUCCESS_RULES[scenario.success]}.'
    yield from _knowledge(facts)
    if facts.has_attacks:
        yield f"Before choosing, the attacker knows {KNOWS[scenario.knowledge]}."
        yield f"The attacker's rewards and costs {_margin(facts)}."
    yield f"At most {percent(scenario.largest_share)} of the traffic is adversarial."
    for attack, cap in sorted(scenario.adversarial_share.items()):
        yield f"{attack} can supply at most {percent(cap)}."


def _margin(facts: Facts) -> str:
    """How far the attacker's amounts may differ from those assumed."""
    margin = facts.scenario.attacker_margin
    within = f"may be up to {percent(margin)} higher or lower than assumed" if margin else "are as assumed"
    if not facts.scenario.intervals:
        return within
    addresses = listed(map(meaning_of, facts.scenario.intervals))
    return f"{within}, except where the scenario states an interval ({addresses})"


def _knowledge(facts: Facts) -> Iterator[str]:
    """What the attacker can observe of the defence, according to how the accuracies were measured."""
    columns = [row.column for row in facts.rows if row.metric == "robust"]
    adapted = [
        row.column for row in facts.rows if row.metric == "robust" and row.adaptivity in (None, "adaptive")
    ]
    direct = list(dict.fromkeys(column.attack for column in adapted if column.source_model is None))
    transferred = list(
        dict.fromkeys(column.full_name for column in columns if column.source_model is not None)
    )
    natural = list(dict.fromkeys(row.attack for row in facts.rows if row.metric == "corruption"))
    if direct:
        yield (
            f"In {counted(len(direct), 'column', 'columns')} ({shortened(direct, NAMED)}) the attack was run "
            "against each network itself. This is an upper bound on the success of an attacker who cannot "
            "observe which network is drawn."
        )
    if transferred:
        yield (
            f"In {counted(len(transferred), 'column', 'columns')} ({shortened(transferred, NAMED)}) the "
            "examples were crafted on a source model and transferred, as by an attacker who cannot observe "
            "which network is drawn."
        )
    if natural:
        verb = "is a natural corruption" if len(natural) == 1 else "are natural corruptions"
        yield f"{shortened(natural, NAMED)} {verb} of the inputs, not an attack."


def _prices(facts: Facts) -> Table:
    heads = Head("parameter"), Head("amount", True), Head("unit"), Head("basis")
    rows = [_price(facts, "largest_share", facts.scenario.largest_share)]
    if facts.scenario.volume_per_month is not None:
        rows.append(_price(facts, "volume_per_month", facts.scenario.volume_per_month))
    for about in TERM_PARAMETERS.values():
        rows += [_price(facts, address, amount) for address, amount in _amounts(facts, about)]
    return Table("All amounts and their basis", heads, tuple(rows), shown=SHOWN)


def _amounts(facts: Facts, about: Parameter) -> list[tuple[str, float]]:
    amount = getattr(facts.scenario.term(about.term), about.name)
    if isinstance(amount, Mapping):
        return [(f"{about.name}[{name}]", value) for name, value in amount.items()]
    return [(about.name, amount)]


def _price(facts: Facts, address: str, amount: float) -> tuple[Cell, ...]:
    basis = facts.scenario.basis
    behind = basis.get(address) or basis.get(address.partition("[")[0]) or NOT_STATED
    meaning = meaning_of(address).replace("(*)", "(all others)")
    return (
        Cell(meaning, address),
        Cell(significant(amount, 7), amount),
        Cell(unit_of(address, facts.scenario)),
        Cell(behind),
    )


def _what_if(facts: Facts) -> Table:
    heads = Head("accuracy assumed instead of measured"), Head("assumed", True)
    rows = tuple(
        (Cell(meaning_of(address), address), Cell(accuracy(assumed, None), assumed))
        for address, assumed in sorted(facts.scenario.what_if.items())
    )
    return Table("Accuracies that were not measured", heads, rows, shown=SHOWN)
