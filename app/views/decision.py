"""The decision page: what to deploy in a case, and what that depends on."""

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
from widgets.mistakes import told
from widgets.words import plain

from advgame.decision import recommend
from advgame.studies.break_even import break_even_pairs


def show() -> None:
    """The question on the left, the answer on the right."""
    with st.sidebar:
        choice.show()
        with told():
            sliders.show()
            rules.show()
    scenario = state.scenario()
    st.title(plain(scenario.name), anchor=False)
    st.caption(plain(scenario.question))
    state.tell_mistake()
    with told():
        found = recommend(state.situation())
        pairs = break_even_pairs(scenario, found)
        verdict.show(found, pairs)
        key_figures.show(found, pairs)
        downloads.show(found.situation)
        mixes.show(found)
        region_map.show()
        payoffs.show(found)
        evidence.show(scenario)


show()
