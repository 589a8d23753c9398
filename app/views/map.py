"""The page of the map: which defences are deployed over two parameters."""

from __future__ import annotations

import streamlit as st
from widgets import region_map, state
from widgets.messages import errors_shown
from widgets.words import plain

st.title("What would change the answer", anchor=False)
st.caption(plain(state.scenario().name))
with errors_shown():
    region_map.show(state.situation().concept)
