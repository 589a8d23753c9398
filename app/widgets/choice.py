"""The choice of a case and of a price preset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from advgame.scenarios import cases, presets
from widgets import state
from widgets.words import plain

CASE, PRESET = "case", "preset"


def show() -> None:
    """The choice of a case and of prices, and the button that resets them."""
    st.header("The question", anchor=False)
    bundled = {item.name: item.title for item in cases()}
    own = {} if state.own_file() is None else {state.OWN: "Your own scenario"}
    _choose("Case", CASE, {**own, **bundled})
    trades = {item.name: item.title for item in presets()}
    _choose("Prices", PRESET, {state.AS_GIVEN: "As in the case", **trades})
    _show_story()
    st.button("Start again", icon=":material/restart_alt:", on_click=_restart, width="stretch")


def _choose(label: str, key: str, titles: Mapping[Any, str]) -> None:
    state.put(key, getattr(state.chosen(), key))
    st.selectbox(label, list(titles), key=key, format_func=titles.__getitem__, on_change=_begin)


def _show_story() -> None:
    story = next((preset.story for preset in presets() if preset.name == state.chosen().preset), None)
    if story is not None:
        st.caption(plain(story))


def _begin() -> None:
    state.begin(state.Chosen(st.session_state[CASE], st.session_state[PRESET]))


def _restart() -> None:
    state.begin(state.chosen())
