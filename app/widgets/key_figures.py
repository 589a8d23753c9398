"""The figures behind the verdict."""

from __future__ import annotations

import streamlit as st

from advgame.studies import Recommendation
from widgets.words import amount, percent


def show(found: Recommendation) -> None:
    """Value, gain over doing nothing, expected share and certificate."""
    scenario = found.scenario
    gain = found.value - found.doing_nothing.value
    with st.container(horizontal=True, gap="small", key="key-figures"):
        _figure(
            "Worth per input", amount(found.value, scenario.currency), "What the defender earns on average."
        )
        _figure(
            "Against doing nothing",
            amount(gain, scenario.currency, signed=True),
            "Per classified input, against the network that is best when nobody attacks, run alone.",
        )
        _figure(
            "Adversarial traffic",
            percent(found.expected_share),
            "The share of the traffic that is adversarial on average when both play their mixes.",
        )
        _figure(
            "Proof",
            regret(found),
            "The most that either player could still gain by playing otherwise, relative to the range of "
            "that player's payoffs. An answer above 2e-9 is not shown.",
        )


def regret(found: Recommendation) -> str:
    """The certificate in a few words."""
    left = found.profile.certificate.regret
    return "exact" if left == 0 else f"within {left:.0e}"


def _figure(label: str, value: str, meaning: str) -> None:
    st.metric(label, value, help=meaning, border=True, width=185)
