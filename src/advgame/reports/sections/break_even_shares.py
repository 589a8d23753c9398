"""From which adversarial share on does one defence beat another, and how sure is that?"""

from __future__ import annotations

from advgame.reports.blocks import Block, Caution, Cell, Head, Heading, Paragraph, Table
from advgame.reports.facts import Facts
from advgame.studies import BreakEven
from advgame.wording.numbers import significant, with_error

NEVER = "never pays"  # not even if all inputs were adversarial


def break_even(facts: Facts) -> tuple[Block, ...]:
    """Break-even shares of pairs of defences with their intervals, and where they are shaky."""
    if not facts.break_even:
        return ()
    attack, level = facts.break_even[0].attack, facts.break_even[0].level
    lead = (
        "Without attack, the first of two defences is worth more. Above the break-even share of adversarial "
        f"inputs the second is worth more, here under {attack}, whatever the attacker's own costs. "
        f"The {100 * level:g} % interval reflects the sampling errors of the accuracies."
    )
    shaky = tuple(Caution(_shaky(each)) for each in facts.break_even if each.shaky)
    return (Heading("The break-even share"), Paragraph(lead), _table(facts.break_even), *shaky)


def _table(pairs: tuple[BreakEven, ...]) -> Table:
    heads = (
        Head("first"),
        Head("second"),
        Head("break-even share", True),
        Head("interval", True),
        Head("clean accuracy lost", numeric=True),
        Head("accuracy gained under attack", numeric=True),
    )
    return Table("", heads, tuple(_row(each) for each in pairs))


def _row(each: BreakEven) -> tuple[Cell, ...]:
    return (
        Cell(each.plain),
        Cell(each.defended),
        Cell(_share(each.share), each.share),
        Cell(_interval(each)),
        Cell(_difference(each.clean_price, each.clean_price_error), each.clean_price),
        Cell(_difference(each.robust_gain, each.robust_gain_error), each.robust_gain),
    )


def _share(share: float) -> str:
    return NEVER if share > 1 else significant(share)


def _interval(each: BreakEven) -> str:
    if each.low is None or each.high is None:
        return "not known"
    low, high = (NEVER if end > 1 else significant(end, 3) for end in (each.low, each.high))
    return low if low == high else f"{low} to {high}"


def _difference(value: float, error: float | None) -> str:
    return significant(value, 3) if error is None else with_error(value, error)


def _shaky(each: BreakEven) -> str:
    return (
        f"The break-even share of {each.defended} against {each.plain} rests on a difference of "
        f"{significant(each.robust_gain, 2)} with a standard error of about "
        f"{significant(each.robust_gain_error or 0, 2)}, which cannot be distinguished from zero."
    )
