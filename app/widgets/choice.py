"""The choice of a case and of a price preset, and the buttons that undo, reset and compare."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from advgame.scenarios import cases, presets
from widgets import state
from widgets.words import plain

CASE, PRESET = "choose case", "choose preset"  # widgets; the link has keys of its own


def show() -> None:
    """The choice of a case and of prices, and what can be done with the settings."""
    st.header("The question", anchor=False)
    _choose("Case", CASE, _case_titles(), state.question().case)
    prices, story = _price_presets()
    _choose("Prices", PRESET, {"": "As in the case", **prices}, state.question().preset)
    if state.question().preset in story:
        st.caption(plain(story[state.question().preset]))
    _show_buttons()


def _case_titles() -> dict[str, str]:
    own = {} if state.own_file() is None else {state.OWN: "Your own scenario"}
    given = {} if state.uploaded() is None else {state.UPLOADED: "Your uploaded table"}
    return {**own, **given, **_bundled()}


@st.cache_resource(max_entries=1, show_spinner=False)
def _bundled() -> dict[str, str]:
    """The titles of the bundled cases, whose files are read once."""
    return {item.name: item.title for item in cases()}


@st.cache_resource(max_entries=1, show_spinner=False)
def _price_presets() -> tuple[dict[str, str], dict[str, str]]:
    """The titles and the stories of the price presets."""
    return {item.name: item.title for item in presets()}, {item.name: item.story for item in presets()}


def _choose(label: str, key: str, titles: Mapping[str, str], now: str) -> None:
    st.session_state[key] = now
    st.selectbox(label, list(titles), key=key, format_func=titles.__getitem__, on_change=_begin)


def _show_buttons() -> None:
    """Undo, redo, reset, and keeping the settings for comparison."""
    with st.container(horizontal=True, gap="small", key="settings-buttons"):
        st.button(
            "Undo",
            key="undo",
            icon=":material/undo:",
            on_click=state.undo,
            disabled=not state.past(),
            help="Take the last change back.",
        )
        st.button(
            "Redo",
            key="redo",
            icon=":material/redo:",
            on_click=state.redo,
            disabled=not state.future(),
            help="Make it again.",
        )
        unchanged = not state.question().changes and not state.question().concept
        st.button(
            "Reset",
            key="reset",
            icon=":material/restart_alt:",
            on_click=state.reset,
            disabled=unchanged,
            help="Back to the numbers of the case.",
        )
        st.button(
            "Compare",
            key="pin",
            icon=":material/compare_arrows:",
            on_click=state.pin,
            help="Keep these settings. The page Decide then shows them beside those that you change.",
        )


def _begin() -> None:
    state.choose(st.session_state[CASE], st.session_state[PRESET])
