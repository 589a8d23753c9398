"""Caveats of a verdict, one line each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from math import floor, inf, log10
from typing import TYPE_CHECKING

from advgame.decision import Recommendation
from advgame.equilibria import Timing
from advgame.measurements import Measurement
from advgame.number_text import fixed, percent, significant
from advgame.wording.names import counted, listed

if TYPE_CHECKING:
    from advgame.studies import BreakEven, Threshold

NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e-?\d+)?")
NAMED = 2  # kinds of warnings
SAME_SHARE = 1e-6  # closer than this, a break-even share and a threshold are the same


def warned(rows: Iterable[Measurement]) -> str:
    """How many of the figures in use carry warnings, and the most frequent kinds; empty if none does."""
    figures = list(rows)
    concerned = sum(1 for row in figures if row.warnings)
    if not concerned:
        return ""
    verb = "carries a warning" if concerned == 1 else "carry warnings"
    kinds = listed(f"{count} × {kind}" for kind, count in _kinds(figures)[:NAMED])
    more = ", among others" if len(_kinds(figures)) > NAMED else ""
    total = counted(len(figures), "figure", "figures")
    return f"{concerned:,} of the {total} used here {verb} ({kinds}{more}): see Warnings."


def _kinds(rows: Iterable[Measurement]) -> list[tuple[str, int]]:
    """Warnings by their first words (an example where numbers differ), with their counts, falling."""
    openings = [{re.split(r"[:,] ", warning)[0] for warning in row.warnings} for row in rows]
    texts: dict[str, set[str]] = {}
    counts: Counter[str] = Counter()
    for warning_kinds in openings:
        counts.update({NUMBER.sub("…", text) for text in warning_kinds})
        for text in warning_kinds:
            texts.setdefault(NUMBER.sub("…", text), set()).add(text)
    return [
        (min(texts[kind]) if len(texts[kind]) == 1 else f"such as “{min(texts[kind])}”", count)
        for kind, count in counts.most_common()
    ]


def too_close(recommendation: Recommendation, pairs: Iterable[BreakEven]) -> str:
    """A caveat if the largest share is within the interval of a relevant break-even share; else empty.

    >>> from advgame.scenarios import case, set_parameter
    >>> from advgame.studies import break_even_share
    >>> from advgame.decision import recommend
    >>> edge = set_parameter(case("cifar10-two-defences"), "largest_share", 0.15)
    >>> pair = break_even_share(edge, "Standard", "Rice2020Overfitting")
    >>> too_close(recommend(edge), [pair]).partition(":")[0]
    'Too close to call'
    """
    share = recommendation.scenario.largest_share
    near = [pair for pair in _deciding(recommendation, pairs) if _holds(pair, share)]
    if not near:
        return ""
    return _too_close(recommendation, min(near, key=lambda example: abs(example.share - share)))


def _too_close(recommendation: Recommendation, pair: BreakEven) -> str:
    least = max(0, _decimals(pair) - 2)  # of percent
    middle = "above 100 %" if pair.share > 1 else f"{fixed(100 * pair.share, least)} %"
    between = "" if len(recommendation.game.defences) == 2 else f" between {pair.plain} and {pair.defended}"
    under = "" if len(recommendation.game.attacks) == 2 else f" under {pair.attack}"
    if not pair.low and (pair.high or 0.0) > 1:
        return f"Too close to call{between}{under}: the difference is within sampling error."
    return (
        f"Too close to call{between}{under}: the break-even share is {middle}, "
        f"{100 * pair.level:g} % interval {_ends(pair, least, 100)} %, and the largest share is "
        f"{percent(recommendation.scenario.largest_share)}."
    )


def nearest_threshold(recommendation: Recommendation, threshold: Threshold | None) -> float | None:
    """The threshold of the largest share that is nearest to its value; None if there is none."""
    if threshold is None:
        return None
    edges = [edge for edge in (threshold.below, threshold.above) if edge is not None]
    return min(edges, key=lambda edge: abs(edge - recommendation.scenario.largest_share), default=None)


def threshold_in_words(
    recommendation: Recommendation, share: float, pairs: Iterable[BreakEven]
) -> tuple[str, str]:
    """A threshold of the largest share in percent, rounded like its interval, and the interval.

    The interval is empty unless the threshold is a break-even share of two measured defences.

    Args:
        recommendation: the recommendation.
        share: the adversarial share at which the recommendation changes, 0 to 1.
        pairs: break-even shares of pairs of defences, which supply the interval.
    """
    there = [
        pair
        for pair in _deciding(recommendation, pairs)
        if abs(pair.share - share) < SAME_SHARE and _known(pair)
    ]
    if not there:
        return f"{significant(100 * share, 3)} %", ""
    pair = there[0]
    decimals = max(0, _decimals(pair) - 3)  # one digit of half the interval, in percent
    interval = f"{100 * pair.level:g} % interval {_ends(pair, max(0, _decimals(pair) - 2), 100)} %"
    return f"{fixed(100 * share, decimals)} %", interval


def _deciding(recommendation: Recommendation, pairs: Iterable[BreakEven]) -> list[BreakEven]:
    """The pairs of a deployed defence with one that is deployed, undefended or next best.

    Empty if the defence is announced: the thresholds are then not break-even shares.
    """
    if recommendation.situation.concept.timing is not Timing.SIMULTANEOUS:
        return []
    deployed = set(dict(recommendation.deploy))
    following = {recommendation.next_best.defence} if recommendation.next_best is not None else set()
    relevant = deployed | {recommendation.undefended} | following
    return [
        pair
        for pair in pairs
        if {pair.plain, pair.defended} & deployed and {pair.plain, pair.defended} <= relevant
    ]


def _known(pair: BreakEven) -> bool:
    return pair.low is not None and pair.high is not None and 0 < pair.high - pair.low < inf


def _holds(pair: BreakEven, share: float) -> bool:
    return (
        pair.low is not None
        and pair.high is not None
        and pair.low < pair.high
        and pair.low <= share <= pair.high
    )


def _decimals(pair: BreakEven) -> int:
    """Decimals that show the interval's width to two digits."""
    width = min(pair.high or 0.0, 1.0) - (pair.low or 0.0)
    return 3 if width <= 0 else max(0, 1 - floor(log10(width)))


def _ends(pair: BreakEven, decimals: int, scale: int) -> str:
    low, high = pair.low or 0.0, pair.high or 0.0
    end = f"above {scale}" if high > 1 else fixed(scale * high, decimals)
    return f"{fixed(scale * low, decimals)} to {end}"
