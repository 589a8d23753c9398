"""Thresholds in words: which are named first, the sentence where there is none, and on which side a number
lies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite
from typing import TYPE_CHECKING

from advgame.wording.names import counted

if TYPE_CHECKING:
    from advgame.studies import Threshold

NAMED = 3  # thresholds in a short answer
CUT_SHORT = (
    "The search was cut short for {count} of {all}: the varied games take long to solve, and the work for "
    "all of them is limited. These parameters may have thresholds that are not listed."
)


def nearest_thresholds(thresholds: Iterable[Threshold]) -> list[Threshold]:
    """The few that a short answer names, as `by_distance` orders them; none that cannot be reached."""
    reached = (threshold for threshold in thresholds if isfinite(threshold.relative_distance))
    return sorted(reached, key=by_distance)[:NAMED]


def by_distance(threshold: Threshold) -> tuple[bool, float, str]:
    """The largest share first, then by the distance to the threshold, relative to the searched range."""
    return threshold.parameter != "largest_share", threshold.relative_distance, threshold.parameter


def no_threshold_in_words(searched: Sequence[Threshold], alternatives: int, *, of_policies: bool) -> str:
    """That no threshold was found, and what follows from that; nothing does where the search was cut short.

    Args:
        searched: the parameters that were varied, none of which has a threshold.
        alternatives: the defences of the scenario, and not running the service where that is allowed.
        of_policies: whether fixed policies were compared, instead of games solved again.
    """
    if alternatives == 1:
        return "The scenario has a single defence, so no parameter changes what is deployed."
    if any(threshold.cut_short for threshold in searched):
        return "No threshold was found, but the search was cut short for some parameters."
    if of_policies:
        return (
            "No parameter, varied alone within its range, makes a single defence worth more than the "
            "recommended policy."
        )
    return "No parameter, varied alone within its range, changes which defences are deployed."


def cut_short_in_words(searched: Sequence[Threshold]) -> str:
    """For how many parameters the search was cut short; empty where it was for none.

    Args:
        searched: the parameters that were varied.
    """
    count = sum(threshold.cut_short for threshold in searched)
    if not count:
        return ""
    return CUT_SHORT.format(count=count, all=counted(len(searched), "parameter", "parameters"))


def side_in_words(value: float, edge: float, texts: tuple[str, str]) -> str:
    """On which side of a threshold a number lies, also where both are printed alike.

    >>> side_in_words(0.3, 0.15, ("30 %", "15 %")), side_in_words(0.15, 0.15017, ("15 %", "15 %"))
    ('above it', 'just below it')
    >>> side_in_words(0.15, 0.15, ("15 %", "15.0 %"))
    'on it'

    Args:
        value: the number.
        edge: the threshold.
        texts: both as printed, in percent.
    """
    if value == edge:
        return "on it"
    shown, shown_edge = (float(text.removesuffix(" %").replace(",", "").replace("−", "-")) for text in texts)
    side = "above it" if value > edge else "below it"
    apart = shown > shown_edge if value > edge else shown < shown_edge
    return side if apart else f"just {side}"
