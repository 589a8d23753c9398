"""What would change the answer?"""

from __future__ import annotations

from advgame.reports.blocks import Block, Bullets, Cell, Head, Heading, Paragraph, Table
from advgame.reports.facts import Facts
from advgame.reports.numbers import significant
from advgame.reports.sections.value_by_share import value_by_share
from advgame.reports.words import listed, meaning_of, unit_of
from advgame.studies import Threshold

SHOWN = 12
NAMED = 3  # defences of a mix that are named in a cell


def turning_points(facts: Facts) -> tuple[Block, ...]:
    """Every number at which something else is deployed, the nearest first, and the numbers that decide nothing."""
    deciding = sorted((each for each in facts.thresholds if each.decides), key=_distance)
    idle = [each for each in facts.thresholds if not each.decides]
    told: list[Block] = [Heading("What would change the answer"), Paragraph(_lead(deciding))]
    if deciding:
        told += [Bullets(tuple(_sentence(each) for each in deciding[:3])), _table(facts, deciding)]
    if idle:
        told.append(_without_effect(facts, idle))
    return (*told, *value_by_share(facts))


def _lead(deciding: list[Threshold]) -> str:
    if not deciding:
        return "No single number, changed alone within the range searched, changes which defences are deployed."
    return (
        "Each number below is changed alone; both sides answer the change. Between its two turning points the "
        "same defences are deployed, though the probabilities of a lottery may move. The nearest come first."
    )


def _distance(each: Threshold) -> tuple[float, str]:
    """How far the nearest turning point is, in parts of the range searched."""
    edges = [edge for edge in (each.below, each.above) if edge is not None]
    return min(abs(edge - each.value) for edge in edges) / ((each.high - each.low) or 1.0), each.parameter


def _sentence(each: Threshold) -> str:
    subject = f"The {meaning_of(each.parameter)} is {significant(each.value)}"
    parts = []
    if each.below is not None:
        parts.append(_beyond("above", each.value - each.below, each.below, "below", each.deploy_below))
    if each.above is not None:
        parts.append(_beyond("below", each.above - each.value, each.above, "above", each.deploy_above))
    return f"{subject}: {'; '.join(parts)}."


def _beyond(side: str, gap: float, edge: float, beyond: str, deploy: tuple[str, ...] | None) -> str:
    place = f"we stand {significant(gap, 2)} {side} the turning point {significant(edge)}"
    if gap == 0:
        place = f"we stand on the turning point {significant(edge)}"
    return f"{place}, {beyond} which {_deployed(deploy)} would be deployed"


def _table(facts: Facts, deciding: list[Threshold]) -> Table:
    heads = (
        Head("number"),
        Head("here", True),
        Head("turns below", True),
        Head("to"),
        Head("turns above", True),
        Head("to"),
        Head("unit"),
    )
    rows = tuple(_row(facts, each) for each in deciding)
    return Table("Turning points", heads, rows, shown=SHOWN)


def _row(facts: Facts, each: Threshold) -> tuple[Cell, ...]:
    return (
        Cell(meaning_of(each.parameter), each.parameter),
        Cell(significant(each.value), each.value),
        _edge(each.below),
        Cell(_deployed(each.deploy_below)),
        _edge(each.above),
        Cell(_deployed(each.deploy_above)),
        Cell(unit_of(each.parameter, facts.scenario)),
    )


def _edge(edge: float | None) -> Cell:
    return Cell("–" if edge is None else significant(edge), edge)


def _deployed(deploy: tuple[str, ...] | None) -> str:
    if deploy is None:
        return "–"
    if len(deploy) > NAMED:
        return f"a lottery over {len(deploy)} defences"
    return f"{deploy[0]} alone" if len(deploy) == 1 else listed(deploy)


def _without_effect(facts: Facts, idle: list[Threshold]) -> Table:
    heads = Head("number"), Head("here", True), Head("searched", True), Head("unit")
    rows = tuple(
        (
            Cell(meaning_of(each.parameter), each.parameter),
            Cell(significant(each.value), each.value),
            Cell(f"{significant(each.low)} to {significant(each.high)}"),
            Cell(unit_of(each.parameter, facts.scenario)),
        )
        for each in idle
    )
    title = "Numbers that, changed alone, change nothing about which defences are deployed"
    return Table(title, heads, rows, shown=SHOWN)
