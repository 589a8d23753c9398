"""The page of the evidence: the figures that the decision rests on, and a table of one's own."""

from __future__ import annotations

import streamlit as st
from widgets import evidence, state, upload
from widgets.messages import errors_shown
from widgets.words import plain


def show() -> None:
    """The figures in use with their downloads, and the upload."""
    st.title("What this rests on", anchor=False)
    st.caption(plain(state.scenario().name))
    with errors_shown():
        evidence.show(state.scenario())
    st.header("A table of your own", anchor=False)
    upload.show()


show()
