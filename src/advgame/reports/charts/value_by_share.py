"""Chart: the value of each defence as the attacker's largest share grows."""

from __future__ import annotations

import numpy as np

from advgame.decision import Recommendation
from advgame.equilibria import Timing
from advgame.equilibria.concepts.robust_commitment import RobustCommitment
from advgame.reports.blocks import Block, LineChart, Series
from advgame.reports.facts import Facts
from advgame.studies import worth_along

POINTS = 41
FEWEST_POINTS = 13
MOST_CELLS = 10_000  # payoffs computed for the whole chart
LINES = 5  # besides that of the recommendation
ANNOUNCED = "The attacker knows what is deployed and plays the best response to it."
NO_MARGIN = (
    " The best commitment has no margin for the attacker's rewards and costs: the recommendation, which has "
    "one, is worth no more."
)
HIDDEN = " “Kept secret”: neither side sees the other's choice."
UNANNOUNCED = (
    "“Once known” (dashed): the defence is deployed alone, and the attacker, who knows this, plays the best "
    "response. Against the attacker's equilibrium strategy no single defence earns more than the "
    "recommendation."
)
OF_THE_CONCEPT = (
    "“As recommended”: against the attacker's strategy shown above. A defence alone is valued against the "
    "attacker's best response to it."
)
MISSING = " Some shares are omitted because solving them would have exceeded the work limit."


def value_by_share(facts: Facts) -> tuple[Block, ...]:
    """A chart of the values of the recommendation and of single defences by the largest share."""
    if not facts.has_attacks:
        return ()
    curves = worth_along(
        facts.recommendation.situation
        if facts.what_if_concept is facts.concept
        else facts.recommendation.situation.answered_by(facts.what_if_concept),
        "largest_share",
        _shares(facts),
    )
    same = facts.what_if_concept == facts.concept or facts.concept.timing is Timing.SIMULTANEOUS
    recommended = Series(
        "as recommended" if same else "best commitment, no margin", curves.recommended, strong=True
    )
    known = "" if _announced(facts) else ", once known"
    lines = tuple(Series(f"{name} alone{known}", curves.alone(name)) for name in _drawn(facts.recommendation))
    return (
        LineChart(
            "Value by the attacker's largest share",
            "largest share of the traffic that can be adversarial",
            f"{facts.money.unit} per classified input",
            (recommended, *_kept_secret(facts), *lines),
            here=facts.scenario.largest_share,
            note=_note(facts) + (MISSING if curves.cut_short else ""),
        ),
    )


def _kept_secret(facts: Facts) -> tuple[Series, ...]:
    """The simultaneous equilibrium, where the recommendation is to announce instead."""
    if not facts.decision.announces:
        return ()
    situation = facts.recommendation.situation.answered_by("nash")
    return (Series("kept secret", worth_along(situation, "largest_share", _shares(facts)).recommended),)


def _note(facts: Facts) -> str:
    timing = facts.concept.timing
    if timing is Timing.SIMULTANEOUS:
        return UNANNOUNCED
    if timing is not Timing.LEADER:
        return OF_THE_CONCEPT
    margin = NO_MARGIN if isinstance(facts.concept, RobustCommitment) else ""
    return ANNOUNCED + margin + (HIDDEN if facts.decision.announces else "")


def _announced(facts: Facts) -> bool:
    return facts.recommendation.situation.concept.timing is not Timing.SIMULTANEOUS


def _shares(facts: Facts) -> list[float]:
    rows, columns = facts.game.shape
    points = max(FEWEST_POINTS, min(POINTS, MOST_CELLS // (rows * columns)))
    stated = facts.scenario.largest_share
    top = min(1.0, max(2 * stated, 0.1))
    return sorted({*np.linspace(0.0, top, points).round(12).tolist(), stated})


def _drawn(recommendation: Recommendation) -> list[str]:
    """The undefended network, the deployed defences and the next best."""
    following = [recommendation.next_best.defence] if recommendation.next_best is not None else []
    return list(
        dict.fromkeys([recommendation.undefended, *(name for name, _ in recommendation.deploy), *following])
    )[:LINES]
