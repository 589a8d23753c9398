"""The page of play: both sides learn, simulated traffic against the prediction, and a board for teaching."""

from __future__ import annotations

import streamlit as st
from widgets import learning_figure, state, study_block, teaching_board
from widgets.words import plain

BOARD, LEARNING, TRAFFIC = "teaching board", "both sides learn", "simulated traffic"


def show() -> None:
    """One of three ways to play."""
    st.title("Play", anchor=False)
    way = st.segmented_control(
        "What to play",
        [LEARNING, TRAFFIC, BOARD],
        default=LEARNING,
        required=True,
        key="play",
        format_func=str.capitalize,
        bind="query-params",
    )
    if way == BOARD:
        teaching_board.show()
        return
    st.caption(plain(state.scenario().name))
    if way == LEARNING:
        study_block.show("dynamics", "Where repeated play leads", learning_figure.draw)
    else:
        study_block.show("simulation", "Simulated traffic against the prediction", learning_figure.predicted)


show()
