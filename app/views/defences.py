"""The page of the defences: accuracies with intervals, Pareto front, costs, pruning, and pictures."""

from __future__ import annotations

import streamlit as st
from widgets import defences, network_pictures, state, study_block
from widgets.messages import errors_shown
from widgets.words import plain

from advgame.decision import decide


def show() -> None:
    """The defences side by side; the pruning study where networks differ in size."""
    scenario = state.scenario()
    st.title("The defences", anchor=False)
    st.caption(plain(scenario.name))
    with errors_shown():
        situation = state.situation()
        defences.show(state.remembered("decision", lambda: decide(situation)))
        if any(row.compression is not None for row in scenario.selected.rows):
            study_block.show("sweet_spots", "How far to prune")
        study_block.show("portfolio", "How few of the defences suffice")
    with errors_shown():
        network_pictures.show()


show()
