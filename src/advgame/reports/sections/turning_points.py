"""What would change the answer?"""

from __future__ import annotations

from advgame.reports.blocks import Block, Bullets, Cell, Head, Heading, Paragraph, Table
from advgame.reports.charts.value_by_share import value_by_share
from advgame.reports.facts import Facts
from advgame.studies import Threshold
from advgame.wording.names import listed, meaning_of, unit_of
from advgame.wording.numbers import significant

SHOWN = 20
SEARCH_REST = 1e-8  # of the range searched
OTHER_SOLVER = "The named algorithm computes only the recommendation; this section uses all Nash equilibria."
NAMED = 3  # defences of a mixed strategy that are named in a cell


def turning_points(facts: Facts) -> tuple[Block, ...]:
    """Every number at which something else is deployed, and the numbers that decide nothing."""
    deciding = sorted((each for each in facts.thresholds if each.decides), key=_order)
    idle = [each for each in facts.thresholds if not each.decides and not each.cut_short]
    complete = not any(each.cut_short for each in facts.thresholds)
    told: list[Block] = [Heading("What would change the answer"), Paragraph(_lead(deciding, complete))]
    if not complete:
        told.append(Paragraph(_cut_short(facts)))
    if facts.what_if_concept != facts.concept:
        told.append(Paragraph(OTHER_SOLVER))
    if deciding:
        told += [Bullets(tuple(_sentence(each) for each in deciding[:3])), _table(deciding)]
    if idle:
        told.append(_without_effect(facts, idle))
    return (*told, *value_by_share(facts))


def _cut_short(facts: Facts) -> str:
    count = sum(each.cut_short for each in facts.thresholds)
    return (
        f"For {count} of {len(facts.thresholds)} numbers the search was cut short: games with changed "
        "numbers take long to solve here, and the work for all of them is limited. These numbers may have "
        "turning points that are not listed."
    )


def _lead(deciding: list[Threshold], complete: bool) -> str:
    if not deciding and not complete:
        return "No turning point was found."
    if not deciding:
        return "No number, varied alone within its range, changes which defences are deployed."
    return (
        "Each number below is varied alone, and the game is solved again. Between its two thresholds the "
        "same defences are deployed, though their probabilities may change. The attacker's largest share "
        "comes first, then the numbers nearest to a threshold."
    )


def _order(each: Threshold) -> tuple[bool, float, str]:
    """The largest share first, then by the distance of the threshold, relative to the range searched."""
    edges = [edge for edge in (each.below, each.above) if edge is not None]
    distance = min(abs(edge - each.value) for edge in edges) / ((each.high - each.low) or 1.0)
    return each.parameter != "largest_share", distance, each.parameter


def _sentence(each: Threshold) -> str:
    subject = f"The {meaning_of(each.parameter)} is {significant(each.value)}"
    parts = []
    if each.below is not None:
        edge = _settled(each, each.below)
        parts.append(_beyond("above", each.value - edge, edge, "below", each.deploy_below))
    if each.above is not None:
        edge = _settled(each, each.above)
        parts.append(_beyond("below", edge - each.value, edge, "above", each.deploy_above))
    return f"{subject}: {', and '.join(parts)}."


def _beyond(side: str, gap: float, edge: float, beyond: str, deploy: tuple[str, ...] | None) -> str:
    place = f"{significant(gap, 2)} {side} the threshold {significant(edge)}"
    if gap == 0:
        place = f"on the threshold {significant(edge)}"
    return f"{place}, {beyond} which {_deployed(deploy)} would be deployed"


def _table(deciding: list[Threshold]) -> Table:
    heads = (
        Head("number"),
        Head("value", numeric=True),
        Head("lower", numeric=True),
        Head("deployed below"),
        Head("upper", numeric=True),
        Head("deployed above"),
    )
    return Table("Thresholds", heads, tuple(_row(each) for each in deciding), shown=SHOWN)


def _row(each: Threshold) -> tuple[Cell, ...]:
    return (
        Cell(meaning_of(each.parameter), each.parameter),
        Cell(significant(each.value), each.value),
        _edge(each, each.below),
        Cell(_deployed(each.deploy_below)),
        _edge(each, each.above),
        Cell(_deployed(each.deploy_above)),
    )


def _edge(each: Threshold, edge: float | None) -> Cell:
    return Cell("–" if edge is None else significant(_settled(each, edge)), edge)


def _settled(each: Threshold, edge: float) -> float:
    """The threshold, without the rounding that a search leaves beside zero."""
    return 0.0 if abs(edge) < SEARCH_REST * (each.high - each.low) else edge


def _deployed(deploy: tuple[str, ...] | None) -> str:
    if deploy is None:
        return "–"
    if len(deploy) > NAMED:
        return f"a mixed strategy over {len(deploy)} defences"
    return f"{deploy[0]} alone" if len(deploy) == 1 else listed(deploy)


def _without_effect(facts: Facts, idle: list[Threshold]) -> Table:
    heads = Head("number"), Head("value", True), Head("range searched", True), Head("unit")
    rows = tuple(
        (
            Cell(meaning_of(each.parameter), each.parameter),
            Cell(significant(each.value), each.value),
            Cell(f"{significant(each.low)} to {significant(each.high)}"),
            Cell(unit_of(each.parameter, facts.scenario)),
        )
        for each in idle
    )
    title = "Numbers that do not change which defences are deployed"
    return Table(title, heads, rows, shown=SHOWN)
