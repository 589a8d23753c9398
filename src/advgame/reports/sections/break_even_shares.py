"""Section: above which adversarial share does one defence beat another, with intervals."""

from __future__ import annotations

from advgame.number_text import significant, with_error
from advgame.reports.blocks import Block, Caution, Cell, Head, Heading, Paragraph, Table
from advgame.reports.facts import Facts
from advgame.studies import BreakEven

NEVER = "never pays"  # not even if all inputs were adversarial


def break_even(facts: Facts) -> tuple[Block, ...]:
    """The break-even shares of pairs of defences with their intervals; unreliable ones carry a caution."""
    if not facts.break_even or facts.decision.stops:
        return ()
    attack, level = facts.break_even[0].attack, facts.break_even[0].level
    lead = (
        "Without attacks, the first defence of a pair is worth at least as much. Above the break-even share "
        f"of adversarial inputs the second is worth more, here under {attack} for any costs of the attacker. "
        f"The {100 * level:g} % interval reflects the sampling errors of the accuracies."
    )
    shaky = tuple(Caution(_shaky(pair)) for pair in facts.break_even if pair.shaky)
    return (Heading("Break-even shares"), Paragraph(lead), _table(facts.break_even), *shaky)


def _table(pairs: tuple[BreakEven, ...]) -> Table:
    heads = (
        Head("first"),
        Head("second"),
        Head("break-even share", True),
        Head("interval", True),
        Head("clean accuracy lost", numeric=True),
        Head("accuracy gained under attack", numeric=True),
    )
    return Table("", heads, tuple(_row(pair) for pair in pairs))


def _row(pair: BreakEven) -> tuple[Cell, ...]:
    return (
        Cell(pair.plain),
        Cell(pair.defended),
        Cell(_share(pair.share), pair.share),
        Cell(_interval(pair)),
        Cell(_difference(pair.clean_price, pair.clean_price_error), pair.clean_price),
        Cell(_difference(pair.robust_gain, pair.robust_gain_error), pair.robust_gain),
    )


def _share(share: float) -> str:
    return NEVER if share > 1 else significant(share)


def _interval(pair: BreakEven) -> str:
    if pair.low is None or pair.high is None:
        return "unknown"
    low, high = (NEVER if end > 1 else significant(end, 3) for end in (pair.low, pair.high))
    return low if low == high else f"{low} to {high}"


def _difference(value: float, error: float | None) -> str:
    return significant(value, 3) if error is None else with_error(value, error)


def _shaky(pair: BreakEven) -> str:
    return (
        f"The break-even share of {pair.defended} against {pair.plain} rests on a difference of "
        f"{significant(pair.robust_gain, 2)} with a standard error of about "
        f"{significant(pair.robust_gain_error or 0, 2)}, which cannot be distinguished from zero."
    )
