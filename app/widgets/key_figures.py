"""The key figures of the decision."""

from __future__ import annotations

import streamlit as st

from advgame.decision import Decision, Recommendation
from advgame.equilibria import Timing
from advgame.equilibria.concepts.robust_commitment import RobustCommitment
from advgame.studies import BreakEven, thresholds
from advgame.studies.policy_thresholds import policy_thresholds
from advgame.wording.caveats import nearest_threshold, threshold_in_words
from advgame.wording.names import currency_of
from advgame.wording.numbers import MONEY_DIGITS, percent, signed, significant
from advgame.wording.policy_words import gains

MOST_GAINS = 2  # tiles


def show(decision: Decision, pairs: tuple[BreakEven, ...]) -> None:
    """Value, gains, expected share, threshold and certificate."""
    recommendation = decision.recommendation
    unit = currency_of(recommendation.scenario)
    value = decision.policies.verdict.worth if decision.by_knowledge else recommendation.value
    with st.container(horizontal=True, gap="small", key="key-figures"):
        _figure(
            f"Value, {unit} per input",
            significant(value, MONEY_DIGITS),
            "What the defender earns on average per classified input.",
        )
        _show_gains(decision, unit)
        if len(recommendation.game.attacks) > 1 and not decision.stops:
            _figure(
                "Expected adversarial traffic",
                percent(recommendation.expected_share),
                "The mean share of adversarial traffic when both sides play the strategies shown here.",
            )
            _show_threshold(recommendation, pairs)
        _show_certificate(recommendation)


def _show_certificate(recommendation: Recommendation) -> None:
    regret = significant(100 * recommendation.profile.certificate.regret, 2)
    simultaneous = recommendation.situation.concept.timing is Timing.SIMULTANEOUS
    who = "Neither side" if simultaneous else "The attacker, who knows the defence,"
    cannot = "can" if simultaneous else "cannot"
    _figure(
        "Equilibrium" if simultaneous else "Best response",
        "proven",
        f"{who} {cannot} gain more than {regret} % of its payoff range by changing its strategy, recomputed "
        "from the payoffs. A solution with a regret above 2e-7 % is never shown.",
    )


def _show_gains(decision: Decision, unit: str) -> None:
    for gain in gains(decision.policies)[:MOST_GAINS] if decision.by_knowledge else ():
        amount = signed(significant(gain.amount, MONEY_DIGITS))
        _figure(gain.label.partition(" (")[0], amount, f"{gain.label}: verdict − this, in {unit} per input.")


def _show_threshold(recommendation: Recommendation, pairs: tuple[BreakEven, ...]) -> None:
    robust = isinstance(recommendation.situation.concept, RobustCommitment)
    study = policy_thresholds if robust else thresholds
    threshold, *_ = study(recommendation, parameters=["largest_share"])
    share = nearest_threshold(recommendation, threshold)
    if share is None:
        return
    text, interval = threshold_in_words(recommendation, share, pairs)
    meaning = "The value of the largest share, nearest to yours, at which other defences are better;"
    _figure("Threshold of the largest share", text, f"{meaning} {interval}".strip() + ".")


def _figure(label: str, value: str, meaning: str) -> None:
    st.metric(label, value, help=meaning, border=True)
