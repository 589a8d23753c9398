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
    policy_table,
    region_map,
    rules,
    sliders,
    state,
    verdict,
)
from widgets.messages import errors_shown
from widgets.words import plain

from advgame.decision import decide
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
        decision = decide(state.situation())
        recommendation = decision.recommendation
        pairs = break_even_pairs(scenario, recommendation)
        verdict.show(decision, pairs)
        key_figures.show(decision, pairs)
        downloads.show(state.situation())
        policy_table.show(decision)
        mixes.show(recommendation)
        region_map.show(recommendation.situation.concept)
        payoffs.show(recommendation)
        evidence.show(scenario)


show()
