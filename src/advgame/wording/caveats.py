"""What a reader must know before trusting the verdict, in a line each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from math import floor, inf, log10

from advgame.decision import Recommendation
from advgame.equilibria import Timing
from advgame.measurements import Measurement
from advgame.studies import BreakEven, Threshold
from advgame.wording.names import counted, listed
from advgame.wording.numbers import fixed, significant

NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e-?\d+)?")
NAMED = 2  # kinds of warnings
TURNS_THERE = 1e-6  # a break-even share and a turning point so near each other are the same


def warned(rows: Iterable[Measurement]) -> str:
    """How many of the figures in use carry warnings, and of which kinds most; empty where none does."""
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
    """The openings of the warnings, alike but for numbers taken as one, the most frequent first."""
    openings = [{re.split(r"[:,] ", warning)[0] for warning in row.warnings} for row in rows]
    texts: dict[str, set[str]] = {}
    counts: Counter[str] = Counter()
    for found in openings:
        counts.update({NUMBER.sub("…", text) for text in found})
        for text in found:
            texts.setdefault(NUMBER.sub("…", text), set()).add(text)
    return [
        (next(iter(texts[kind])) if len(texts[kind]) == 1 else kind, count)
        for kind, count in counts.most_common()
    ]


def too_close(found: Recommendation, pairs: Iterable[BreakEven]) -> str:
    """Says so where the largest share is within the interval of a break-even share that matters; else empty.

    >>> from advgame.scenarios import case, set_parameter
    >>> from advgame.studies import break_even_share
    >>> from advgame.decision import recommend
    >>> edge = set_parameter(case("cifar10-two-defences"), "largest_share", 0.15)
    >>> pair = break_even_share(edge, "Standard", "Rice2020Overfitting")
    >>> too_close(recommend(edge), [pair]).partition(":")[0]
    'Too close to call'
    """
    share = found.scenario.largest_share
    near = [each for each in _deciding(found, pairs) if _holds(each, share)]
    if not near:
        return ""
    return _too_close(found, min(near, key=lambda pair: abs(pair.share - share)))


def _too_close(found: Recommendation, each: BreakEven) -> str:
    least = _decimals(each)
    middle = "above 1" if each.share > 1 else fixed(each.share, least)
    pair = "" if len(found.game.defences) == 2 else f" between {each.plain} and {each.defended}"
    under = "" if len(found.game.attacks) == 2 else f" under {each.attack}"
    if not each.low and (each.high or 0.0) > 1:
        return f"Too close to call{pair}{under}: the difference is within sampling error."
    return (
        f"Too close to call{pair}{under}: the break-even share is {middle}, "
        f"{100 * each.level:g} % interval {_ends(each, least, 1)}, and the largest share is "
        f"{significant(found.scenario.largest_share)}."
    )


def turning_share(found: Recommendation, threshold: Threshold | None) -> float | None:
    """The largest share nearest to ours at which the answer turns; None where it turns nowhere."""
    edges = (
        [] if threshold is None else [edge for edge in (threshold.below, threshold.above) if edge is not None]
    )
    return min(edges, key=lambda edge: abs(edge - found.scenario.largest_share), default=None)


def turning_in_words(found: Recommendation, share: float, pairs: Iterable[BreakEven]) -> tuple[str, str]:
    """The turning share in percent with the digits its interval leaves, and that interval.

    The interval is empty where the share is not a break-even share of two measured defences.

    Args:
        found: the recommendation.
        share: the adversarial share at which the recommendation changes, 0 to 1.
        pairs: break-even shares of pairs of defences, among which its interval is looked up.
    """
    there = [
        each for each in _deciding(found, pairs) if abs(each.share - share) < TURNS_THERE and _known(each)
    ]
    if not there:
        return f"{significant(100 * share, 3)} %", ""
    each = there[0]
    decimals = max(0, _decimals(each) - 3)  # of the half interval in percent one digit
    interval = f"{100 * each.level:g} % interval {_ends(each, max(0, _decimals(each) - 2), 100)} %"
    return f"{fixed(100 * share, decimals)} %", interval


def _deciding(found: Recommendation, pairs: Iterable[BreakEven]) -> list[BreakEven]:
    """The pairs of a deployed defence and another that is deployed, undefended or next best.

    None where the defence is announced: the answer turns elsewhere then.
    """
    if found.situation.concept.timing is not Timing.SIMULTANEOUS:
        return []
    deployed = set(dict(found.deploy))
    following = {found.next_best.defence} if found.next_best is not None else set()
    others = deployed | {found.undefended} | following
    return [
        each
        for each in pairs
        if {each.plain, each.defended} & deployed and {each.plain, each.defended} <= others
    ]


def _known(each: BreakEven) -> bool:
    return each.low is not None and each.high is not None and 0 < each.high - each.low < inf


def _holds(each: BreakEven, share: float) -> bool:
    return (
        each.low is not None
        and each.high is not None
        and each.low < each.high
        and each.low <= share <= each.high
    )


def _decimals(each: BreakEven) -> int:
    """Decimals that show the interval's width to two digits."""
    width = min(each.high or 0.0, 1.0) - (each.low or 0.0)
    return 3 if width <= 0 else max(0, 1 - floor(log10(width)))


def _ends(each: BreakEven, decimals: int, scale: int) -> str:
    low, high = each.low or 0.0, each.high or 0.0
    end = f"above {scale}" if high > 1 else fixed(scale * high, decimals)
    return f"{fixed(scale * low, decimals)} to {end}"
