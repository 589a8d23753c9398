"""The figures behind the verdict."""

from __future__ import annotations

import streamlit as st

from advgame.decision import Recommendation
from advgame.studies import BreakEven, thresholds
from advgame.wording.caveats import turning_in_words, turning_share
from advgame.wording.comparison import comparison
from advgame.wording.names import currency_of
from advgame.wording.numbers import MONEY_DIGITS, percent, signed, significant


def show(found: Recommendation, pairs: tuple[BreakEven, ...]) -> None:
    """Value, gain, expected share, turning point and certificate."""
    unit = currency_of(found.scenario)
    with st.container(horizontal=True, gap="small", key="key-figures"):
        _figure(
            f"Worth, {unit} per input",
            significant(found.value, MONEY_DIGITS),
            "What the defender earns on average with one classified input.",
        )
        _show_gain(found, unit)
        if len(found.game.attacks) > 1:
            _figure(
                "Expected adversarial traffic",
                percent(found.expected_share),
                "The average share of adversarial traffic when both sides play the strategies shown here.",
            )
            _show_turning(found, pairs)
        _figure(
            "Equilibrium",
            "proven",
            "Neither side could gain more than "
            f"{significant(100 * found.profile.certificate.regret, 2)} % of its payoff range by changing "
            "its strategy, recomputed from the payoffs. A solution off by more than 2e-7 % is never shown.",
        )


def _show_gain(found: Recommendation, unit: str) -> None:
    compared = comparison(found)
    if compared is not None:
        gain = signed(significant(compared.gain, MONEY_DIGITS))
        meaning = f"{compared.label}, after the attacker's best response: recommended − this."
        _figure(gain_title(found), gain, f"{meaning} In {unit} per input.")


def gain_title(found: Recommendation) -> str:
    """What the gain is over, in few words."""
    if not found.defends:
        return "Against next best"
    named = found.scenario.undefended is not None
    return "Against doing nothing" if named else "Against best without attacks"


def _show_turning(found: Recommendation, pairs: tuple[BreakEven, ...]) -> None:
    threshold, *_ = thresholds(found, parameters=["largest_share"])
    share = turning_share(found, threshold)
    if share is None:
        return
    text, interval = turning_in_words(found, share, pairs)
    meaning = (
        "The largest share of adversarial traffic, nearest to yours, at which other defences are deployed;"
    )
    _figure("Threshold of the largest share", text, f"{meaning} {interval}".strip() + ".")


def _figure(label: str, value: str, meaning: str) -> None:
    st.metric(label, value, help=meaning, border=True)
