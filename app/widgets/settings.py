"""The settings beside every page; a case that cannot be read stops the page here, with the reason."""

from __future__ import annotations

import streamlit as st

from advgame.errors import AdvgameError
from widgets import choice, rules, sliders, state
from widgets.messages import errors_shown
from widgets.words import plain


def check() -> None:
    """Stops the page here where the case cannot be read; an error of the last change is shown on it."""
    try:
        state.scenario().accuracies  # noqa: B018 (raises where the table does not fit)
    except AdvgameError as mistake:
        with st.sidebar:
            choice.show()
        _stop(mistake)
    state.show_error()


def show() -> None:
    """The question, its numbers and its rules in the sidebar."""
    with st.sidebar:
        choice.show()
        sliders.show()
        with errors_shown():
            rules.show()


def _stop(mistake: AdvgameError) -> None:
    """Shows why there is no answer; nothing of another case is shown in its place."""
    st.title("This case cannot be read", anchor=False)
    state.show_error()
    st.error(plain(str(mistake)), icon=":material/error:")
    st.markdown("Correct the file and try again, or choose another case in the sidebar.")
    st.button("Try again", icon=":material/refresh:", type="primary")
    st.stop()
