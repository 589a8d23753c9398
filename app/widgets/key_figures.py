"""The key figures of the decision."""

from __future__ import annotations

import streamlit as st

from advgame.decision import Recommendation
from advgame.studies import BreakEven, thresholds
from advgame.wording.caveats import nearest_threshold, threshold_in_words
from advgame.wording.comparison import comparison
from advgame.wording.names import currency_of
from advgame.wording.numbers import MONEY_DIGITS, percent, signed, significant


def show(recommendation: Recommendation, pairs: tuple[BreakEven, ...]) -> None:
    """Value, gain, expected share, threshold and certificate."""
    unit = currency_of(recommendation.scenario)
    with st.container(horizontal=True, gap="small", key="key-figures"):
        _figure(
            f"Value, {unit} per input",
            significant(recommendation.value, MONEY_DIGITS),
            "What the defender earns on average per classified input.",
        )
        _show_gain(recommendation, unit)
        if len(recommendation.game.attacks) > 1:
            _figure(
                "Expected adversarial traffic",
                percent(recommendation.expected_share),
                "The mean share of adversarial traffic when both sides play the strategies shown here.",
            )
            _show_threshold(recommendation, pairs)
        _figure(
            "Equilibrium",
            "proven",
            "Neither side can gain more than "
            f"{significant(100 * recommendation.profile.certificate.regret, 2)} % of its payoff range by "
            "changing "
            "its strategy, recomputed from the payoffs. A solution with a regret above 2e-7 % is never "
            "shown.",
        )


def _show_gain(recommendation: Recommendation, unit: str) -> None:
    compared = comparison(recommendation)
    if compared is not None:
        gain = signed(significant(compared.gain, MONEY_DIGITS))
        meaning = f"{compared.label}, after the attacker's best response: recommended − this."
        _figure(gain_title(recommendation), gain, f"{meaning} In {unit} per input.")


def gain_title(recommendation: Recommendation) -> str:
    """The title of the gain: what the recommendation is compared with."""
    if not recommendation.defends:
        return "Against next best"
    named = recommendation.scenario.undefended is not None
    return "Against doing nothing" if named else "Against best without attacks"


def _show_threshold(recommendation: Recommendation, pairs: tuple[BreakEven, ...]) -> None:
    threshold, *_ = thresholds(recommendation, parameters=["largest_share"])
    share = nearest_threshold(recommendation, threshold)
    if share is None:
        return
    text, interval = threshold_in_words(recommendation, share, pairs)
    meaning = "The value of the largest share, nearest to yours, at which the deployed defences change;"
    _figure("Threshold of the largest share", text, f"{meaning} {interval}".strip() + ".")


def _figure(label: str, value: str, meaning: str) -> None:
    st.metric(label, value, help=meaning, border=True)
