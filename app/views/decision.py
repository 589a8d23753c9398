"""The decision page: what to deploy in a case, and what the decision depends on."""

from __future__ import annotations

import streamlit as st
from widgets import (
    choice,
    downloads,
    evidence,
    key_figures,
    mixes,
    payoffs,
    region_map,
    rules,
    sliders,
    state,
    verdict,
)
from widgets.messages import errors_shown
from widgets.words import plain

from advgame.decision import recommend
from advgame.studies.break_even import break_even_pairs


def show() -> None:
    """The settings on the left, the decision on the right."""
    with st.sidebar:
        choice.show()
        with errors_shown():
            sliders.show()
            rules.show()
    scenario = state.scenario()
    st.title(plain(scenario.name), anchor=False)
    st.caption(plain(scenario.question))
    state.show_error()
    with errors_shown():
        recommendation = recommend(state.situation())
        pairs = break_even_pairs(scenario, recommendation)
        verdict.show(recommendation, pairs)
        key_figures.show(recommendation, pairs)
        downloads.show(recommendation.situation)
        mixes.show(recommendation)
        region_map.show()
        payoffs.show(recommendation)
        evidence.show(scenario)


show()
