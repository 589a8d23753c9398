"""The figures behind the verdict."""

from __future__ import annotations

import streamlit as st

from advgame.reports.money import money_of
from advgame.reports.numbers import signed
from advgame.studies import Recommendation
from widgets.words import percent


def show(found: Recommendation) -> None:
    """Value, gain over doing nothing, expected share and certificate."""
    money = money_of(found.scenario)
    gain = found.value - found.doing_nothing.value
    with st.container(horizontal=True, gap="small", key="key-figures"):
        value = money.per_input(found.value)
        _figure("Worth per input", value, "What the defender earns on average, per classified input.")
        _figure(
            "Gain",
            signed(money.per_input(gain)) if gain else money.per_input(0.0),
            "Per classified input, against running alone the network that is best when nobody attacks.",
        )
        _figure(
            "Attacks expected",
            percent(found.expected_share),
            "The share of the traffic that is adversarial on average when both sides play as shown here.",
        )
        _figure(
            "Proof",
            proof(found.profile.certificate.regret),
            "The most that either side could still gain by playing otherwise, relative to the range of "
            "what it can earn. An answer off by more than 2e-9 is never shown.",
        )


def proof(regret: float) -> str:
    """A certificate in a few words.

    >>> proof(0.0), proof(3.2e-16)
    ('exact', 'off by < 1e-15')
    """
    from math import ceil, log10

    return "exact" if regret == 0 else f"off by < 1e{ceil(log10(regret))}"


def _figure(label: str, value: str, meaning: str) -> None:
    st.metric(label, value, help=meaning, border=True)
