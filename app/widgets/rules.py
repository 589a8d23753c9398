"""The rules of the game: who moves first, and what counts as a success."""

from __future__ import annotations

import streamlit as st

from advgame.payoffs import SUCCESS_RULES
from widgets import state
from widgets.words import sentence

ANNOUNCED, SUCCESS = "announced", "success"


def show() -> None:
    """The choice between announced and simultaneous, and of the success rule."""
    st.header("Rules", anchor=False)
    scenario = state.scenario()
    state.put(ANNOUNCED, scenario.announced)
    st.toggle(
        "The defence is announced",
        key=ANNOUNCED,
        help="On: the attacker sees the defence, or its probabilities, before choosing. "
        "Off: both choose unseen.",
        on_change=_turned,
        args=(ANNOUNCED,),
    )
    state.put(SUCCESS, scenario.success)
    st.radio(
        "The attacker is paid for",
        list(SUCCESS_RULES),
        key=SUCCESS,
        captions=[sentence(meaning) + "." for meaning in SUCCESS_RULES.values()],
        on_change=_turned,
        args=(SUCCESS,),
    )


def _turned(key: str) -> None:
    state.turn(key, st.session_state[key])
