"""The figures behind the verdict."""

from __future__ import annotations

import streamlit as st

from advgame.reports.numbers import MONEY_DIGITS, signed, significant
from advgame.reports.words import currency_of
from advgame.studies import Recommendation
from widgets.words import percent


def show(found: Recommendation) -> None:
    """Value, gain over doing nothing, expected share and certificate."""
    per_input = f"In {currency_of(found.scenario)} per classified input"
    gain = found.value - found.doing_nothing.value
    with st.container(horizontal=True, gap="small", key="key-figures"):
        value = significant(found.value, MONEY_DIGITS)
        _figure("Worth", value, f"{per_input}: what the defender earns on average.")
        _figure(
            "Gain",
            signed(significant(gain, MONEY_DIGITS)),
            f"{per_input}: over running alone the network that is best when nobody attacks.",
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
    ('exact', '< 1e−15')
    """
    from math import ceil, log10

    return "exact" if regret == 0 else f"< 1e−{-ceil(log10(regret))}"


def _figure(label: str, value: str, meaning: str) -> None:
    st.metric(label, value, help=meaning, border=True)
