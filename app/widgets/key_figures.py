"""The key figures of the decision."""

from __future__ import annotations

import streamlit as st

from advgame.decision import Decision
from advgame.number_text import MONEY_DIGITS, percent, signed, significant
from advgame.wording.names import currency_of
from advgame.wording.policy_words import gains
from widgets import state

MOST_GAINS = 3  # tiles


def show(decision: Decision) -> None:
    """Value per input and per month, gains, and the expected share."""
    recommendation = decision.recommendation
    unit, volume = currency_of(recommendation.scenario), recommendation.scenario.volume_per_month
    value = decision.value
    with st.container(horizontal=True, gap="small", key="key-figures"):
        kind = "Loss" if value < 0 else "Value"
        _figure(
            f"{kind} per input, {unit}",
            significant(value, MONEY_DIGITS),
            "What the defender earns on average per classified input; negative is a loss.",
        )
        if volume is not None:
            month = significant(value * volume, MONEY_DIGITS)
            _figure(f"{kind} per month, {unit}", month, "The same for the volume stated.")
        _show_gains(decision, unit)
        if len(recommendation.game.attacks) > 1 and not decision.stops:
            _figure(
                "Expected adversarial traffic",
                percent(recommendation.expected_share),
                "The mean share of adversarial traffic when both sides play the strategies shown here.",
            )


def _show_gains(decision: Decision, unit: str) -> None:
    for gain in gains(decision.policies)[:MOST_GAINS] if decision.by_knowledge else ():
        amount = signed(significant(gain.amount, MONEY_DIGITS))
        _figure(
            gain.label.partition(" (")[0],
            amount,
            f"{gain.label}: the verdict's value less that of this policy, in {unit} per input.",
        )


def _figure(label: str, value: str, meaning: str) -> None:
    st.metric(state.worded(label), value, help=state.worded(meaning), border=True)
