"""Section: at which parameter values would other defences be deployed?"""

from __future__ import annotations

from advgame.catalogue import also_called
from advgame.decision.policies import NOT_RUN
from advgame.number_text import significant
from advgame.reports.blocks import Block, Bullets, Cell, Head, Heading, Paragraph, Table
from advgame.reports.charts.value_by_share import value_by_share
from advgame.reports.facts import Facts
from advgame.studies import Threshold
from advgame.studies.verdict_thresholds import of_policies as thresholds_of_policies
from advgame.wording.names import listed, meaning_of, unit_of, with_unit
from advgame.wording.threshold_words import (
    by_distance,
    cut_short_in_words,
    nearest_thresholds,
    no_threshold_in_words,
)

SHOWN = 20
SEARCH_REST = 1e-8  # of the searched range
OTHER_SOLVER = "The chosen algorithm computes only the recommendation; this section uses all Nash equilibria."
OF_POLICIES = (
    "Each parameter below is varied alone, and the recommended policy is held fixed. Beyond a threshold the "
    "policy named is guaranteed to be worth more, against an attacker who knows what is deployed. "
    "Before that, other probabilities may be better than those recommended."
)
WITHOUT_SERVICE = (
    "Each parameter below is varied alone. Beyond a threshold the policy named is guaranteed to earn money, "
    "against an attacker who knows what is deployed. Before that, other probabilities may pay already."
)
NAMED = 3  # the most defences of a mixed strategy that a cell names


@also_called("turning_points")
def thresholds(facts: Facts) -> tuple[Block, ...]:
    """The parameters whose thresholds change the deployed defences, and those without effect."""
    deciding = sorted((threshold for threshold in facts.thresholds if threshold.decides), key=by_distance)
    idle = [threshold for threshold in facts.thresholds if not threshold.decides and not threshold.cut_short]
    blocks: list[Block] = [
        Heading("What would change the answer"),
        Paragraph(_lead(facts, deciding)),
    ]
    cut_short = cut_short_in_words(facts.thresholds)
    if cut_short:
        blocks.append(Paragraph(cut_short))
    if not of_policies(facts) and facts.what_if_concept != facts.concept:
        blocks.append(Paragraph(OTHER_SOLVER))
    if deciding:
        near = [threshold_sentence(facts, threshold) for threshold in nearest_thresholds(facts.thresholds)]
        blocks += [*([Bullets(tuple(near))] if near else []), _table(facts, deciding)]
    if idle:
        blocks.append(_without_effect(facts, idle))
    return (*blocks, *(() if facts.decision.stops else value_by_share(facts)))


def _lead(facts: Facts, deciding: list[Threshold]) -> str:
    if not deciding:
        return no_threshold_in_words(facts.thresholds, alternatives(facts), of_policies=of_policies(facts))
    if facts.decision.stops:
        return WITHOUT_SERVICE
    if of_policies(facts):
        return OF_POLICIES
    return (
        "Each parameter below is varied alone, and the game is solved again. Between its two thresholds the "
        "same defences are deployed, though their probabilities may change. The attacker's largest share "
        "comes first, then the parameters nearest to a threshold."
    )


def alternatives(facts: Facts) -> int:
    """How many known policies without a draw there are: the defences, and not running the service if allowed.

    Args:
        facts: of the report.
    """
    return facts.game.shape[0] + facts.scenario.may_stop


def of_policies(facts: Facts) -> bool:
    """Whether the thresholds compare fixed policies with each other, instead of games solved again."""
    return thresholds_of_policies(facts.decision)


def threshold_sentence(facts: Facts, threshold: Threshold) -> str:
    """How far a parameter is from its thresholds, and what is better beyond them.

    Args:
        facts: of the report.
        threshold: of a parameter that has one.
    """
    verb = "would be worth more" if of_policies(facts) else "would be deployed"
    value = with_unit(significant(threshold.value), threshold.parameter, facts.scenario)
    subject = f"The {meaning_of(threshold.parameter)} is {value}"
    parts = []
    if threshold.below is not None:
        edge = _settled(threshold, threshold.below)
        parts.append(_beyond("above", threshold.value, edge, "below", threshold.deploy_below, verb))
    if threshold.above is not None:
        edge = _settled(threshold, threshold.above)
        parts.append(_beyond("below", threshold.value, edge, "above", threshold.deploy_above, verb))
    return f"{subject}: {', and '.join(parts)}."


def _beyond(
    side: str, value: float, edge: float, beyond: str, deploy: tuple[str, ...] | None, verb: str
) -> str:
    if deploy == ():
        verb = "would be better"
    place = f"{significant(abs(value - edge), 2)} {side} the threshold {significant(edge)}"
    if significant(value) == significant(edge):
        place = f"just {side} the threshold"
    if value == edge:
        place = f"on the threshold {significant(edge)}"
    return f"{place}, {beyond} which {_deployed(deploy)} {verb}"


def _table(facts: Facts, deciding: list[Threshold]) -> Table:
    what = "better" if of_policies(facts) else "deployed"
    heads = (
        Head("parameter"),
        Head("value", numeric=True),
        Head("lower", numeric=True),
        Head(f"{what} below"),
        Head("upper", numeric=True),
        Head(f"{what} above"),
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
    if not deploy:
        return NOT_RUN
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
    title = "Parameters without a threshold in the range searched"
    return Table(title, heads, rows, shown=SHOWN)
