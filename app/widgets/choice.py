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
    trades = {item.name: item.title for item in presets()}
    _choose("Prices", PRESET, {"": "As in the case", **trades}, state.question().preset)
    _show_story()
    _show_buttons()


def _case_titles() -> dict[str, str]:
    own = {} if state.own_file() is None else {state.OWN: "Your own scenario"}
    given = {} if state.uploaded() is None else {state.UPLOADED: "Your uploaded table"}
    return {**own, **given, **{item.name: item.title for item in cases()}}


def _choose(label: str, key: str, titles: Mapping[str, str], now: str) -> None:
    st.session_state[key] = now
    st.selectbox(label, list(titles), key=key, format_func=titles.__getitem__, on_change=_begin)


def _show_story() -> None:
    story = next((preset.story for preset in presets() if preset.name == state.question().preset), None)
    if story is not None:
        st.caption(plain(story))


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
