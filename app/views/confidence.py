"""The page of confidence: how sure the decision is, what it hangs on, and what to measure next."""

from __future__ import annotations

import streamlit as st
from widgets import state, study_block, study_figures
from widgets.words import plain, sentence

from advgame.studies import STUDIES

SHOWN = ("sampling_error", "sensitivity", "value_of_information", "nearest_flip")
TABLES = ("regions", "sweep")  # which have pages of their own, or thousands of rows


def show() -> None:
    """The four studies of confidence, and any other one that is chosen."""
    st.title("How sure is the decision?", anchor=False)
    st.caption(plain(state.scenario().name))
    study_block.show("sampling_error", "How often each option is the best one", study_figures.acceptability)
    study_block.show("sensitivity", "Which assumptions matter", study_figures.tornado)
    study_block.show("value_of_information", "What is worth measuring next", study_figures.worth_knowing)
    study_block.show("nearest_flip", "How far the answer is from changing", study_figures.nearest_flip)
    _show_other()


@st.fragment
def _show_other() -> None:
    st.header("Another study", anchor=False)
    remaining_studies = [name for name in STUDIES if name not in (*SHOWN, *TABLES)]
    name = st.selectbox(
        "The study",
        remaining_studies,
        key="study",
        index=None,
        placeholder="Choose a question",
        format_func=lambda name: f"{sentence(name.replace('_', ' '))}: {study_block.question_of(name)}",
        bind="query-params",
    )
    if name is not None:
        study_block.show(name, sentence(name.replace("_", " ")))


show()
