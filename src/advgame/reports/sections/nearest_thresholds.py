"""Section: at which parameter values would other defences be deployed?"""

from __future__ import annotations

from advgame.catalogue import also_called
from advgame.equilibria import Timing
from advgame.reports.blocks import Block, Bullets, Cell, Head, Heading, Paragraph, Table
from advgame.reports.charts.value_by_share import value_by_share
from advgame.reports.facts import Facts
from advgame.studies import Threshold
from advgame.wording.names import listed, meaning_of, unit_of
from advgame.wording.numbers import significant

SHOWN = 20
SEARCH_REST = 1e-8  # of the searched range
OTHER_SOLVER = "The chosen algorithm computes only the recommendation; this section uses all Nash equilibria."
NO_MARGIN = (
    "This section uses the best commitment without a margin for the attacker's rewards and costs, which "
    "deploys the same defences as the recommendation; with the margin, thresholds differ somewhat."
)
OTHER_START = (
    "This section uses the best commitment without a margin for the attacker's rewards and costs. "
    "Without it, {} would be deployed, and not what is recommended above: the thresholds below show where "
    "that answer changes, not where the recommendation does."
)
NAMED = 3  # the most defences of a mixed strategy that a cell names


@also_called("turning_points")
def thresholds(facts: Facts) -> tuple[Block, ...]:
    """The parameters whose thresholds change the deployed defences, and those without effect."""
    deciding = sorted((threshold for threshold in facts.thresholds if threshold.decides), key=_order)
    idle = [threshold for threshold in facts.thresholds if not threshold.decides and not threshold.cut_short]
    complete = not any(threshold.cut_short for threshold in facts.thresholds)
    blocks: list[Block] = [Heading("What would change the answer"), Paragraph(_lead(deciding, complete))]
    if not complete:
        blocks.append(Paragraph(_cut_short(facts)))
    if facts.what_if_concept != facts.concept:
        blocks.append(Paragraph(_no_margin(facts) if facts.concept.timing is Timing.LEADER else OTHER_SOLVER))
    if deciding:
        blocks += [Bullets(tuple(_sentence(threshold) for threshold in deciding[:3])), _table(deciding)]
    if idle:
        blocks.append(_without_effect(facts, idle))
    return (*blocks, *value_by_share(facts))


def _no_margin(facts: Facts) -> str:
    start = facts.recommendation.deployed_in_bulk
    same = set(start) == set(dict(facts.recommendation.deploy))
    return NO_MARGIN if same else OTHER_START.format(_deployed(start))


def _cut_short(facts: Facts) -> str:
    count = sum(threshold.cut_short for threshold in facts.thresholds)
    return (
        f"The search was cut short for {count} of {len(facts.thresholds)} parameters: the varied games take "
        "long to solve, and the work for all of them is limited. These parameters may have thresholds "
        "that are not listed."
    )


def _lead(deciding: list[Threshold], complete: bool) -> str:
    if not deciding and not complete:
        return "No threshold was found."
    if not deciding:
        return "No parameter, varied alone within its range, changes the deployed defences."
    return (
        "Each parameter below is varied alone, and the game is solved again. Between its two thresholds the "
        "same defences are deployed, though their probabilities may change. The attacker's largest share "
        "comes first, then the parameters nearest to a threshold."
    )


def _order(threshold: Threshold) -> tuple[bool, float, str]:
    """The largest share first, then by the distance to the threshold, relative to the searched range."""
    edges = [edge for edge in (threshold.below, threshold.above) if edge is not None]
    distance = min(abs(edge - threshold.value) for edge in edges) / ((threshold.high - threshold.low) or 1.0)
    return threshold.parameter != "largest_share", distance, threshold.parameter


def _sentence(threshold: Threshold) -> str:
    subject = f"The {meaning_of(threshold.parameter)} is {significant(threshold.value)}"
    parts = []
    if threshold.below is not None:
        edge = _settled(threshold, threshold.below)
        parts.append(_beyond("above", threshold.value - edge, edge, "below", threshold.deploy_below))
    if threshold.above is not None:
        edge = _settled(threshold, threshold.above)
        parts.append(_beyond("below", edge - threshold.value, edge, "above", threshold.deploy_above))
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
    return Table("Thresholds", heads, tuple(_row(threshold) for threshold in deciding), shown=SHOWN)


def _row(threshold: Threshold) -> tuple[Cell, ...]:
    return (
        Cell(meaning_of(threshold.parameter), threshold.parameter),
        Cell(significant(threshold.value), threshold.value),
        _edge(threshold, threshold.below),
        Cell(_deployed(threshold.deploy_below)),
        _edge(threshold, threshold.above),
        Cell(_deployed(threshold.deploy_above)),
    )


def _edge(threshold: Threshold, edge: float | None) -> Cell:
    return Cell("–" if edge is None else significant(_settled(threshold, edge)), edge)


def _settled(threshold: Threshold, edge: float) -> float:
    """The threshold, with the rounding error of the search near zero removed."""
    return 0.0 if abs(edge) < SEARCH_REST * (threshold.high - threshold.low) else edge


def _deployed(deploy: tuple[str, ...] | None) -> str:
    if deploy is None:
        return "–"
    if len(deploy) > NAMED:
        return f"a mixed strategy over {len(deploy)} defences"
    return f"{deploy[0]} alone" if len(deploy) == 1 else listed(deploy)


def _without_effect(facts: Facts, idle: list[Threshold]) -> Table:
    heads = Head("parameter"), Head("value", True), Head("searched range", True), Head("unit")
    rows = tuple(
        (
            Cell(meaning_of(threshold.parameter), threshold.parameter),
            Cell(significant(threshold.value), threshold.value),
            Cell(f"{significant(threshold.low)} to {significant(threshold.high)}"),
            Cell(unit_of(threshold.parameter, facts.scenario)),
        )
        for threshold in idle
    )
    title = "Parameters that do not change the deployed defences"
    return Table(title, heads, rows, shown=SHOWN)
