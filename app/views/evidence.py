"""The page of the evidence: the figures that the decision rests on, and your own table."""

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
    st.header("Your own table", anchor=False)
    upload.show()


show()
