"""Pictures that the laboratory drew of the networks behind the table."""

from __future__ import annotations

import streamlit as st

from advgame.scenarios.pictures_beside import pictures_beside
from widgets import state
from widgets.words import plain

NO_DESCRIPTION = "No description is stored in this picture."


def show() -> None:
    """The pictures beside the measured table, each with a sentence; nothing where there are none."""
    for picture in pictures_beside(state.scenario()):
        description = state.worded(picture.description) if picture.description else plain(NO_DESCRIPTION)
        st.header(plain(picture.title), anchor=False)
        st.markdown(description)
        st.image(picture.content, alt=description.replace("\\", ""), width="content")
