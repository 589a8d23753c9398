"""The rules of the game: who moves first, and what counts as a successful attack."""

from __future__ import annotations

import streamlit as st

from advgame.equilibria import CONCEPTS
from advgame.payoffs import SUCCESS_RULES
from advgame.wording.names import listed
from widgets import state
from widgets.words import plain, sentence

ANNOUNCED, CONCEPT, SUCCESS = "announced", "concept", "success"


def show() -> None:
    """The choice of announced or simultaneous play, of the solution concept, and of the success rule."""
    st.header("Rules", anchor=False)
    scenario = state.scenario()
    state.put(ANNOUNCED, scenario.announced)
    st.toggle(
        "The defence is announced",
        key=ANNOUNCED,
        help="On: the attacker observes the defence, or its probabilities, before choosing. "
        "Off: both sides choose at the same time.",
        on_change=_turned,
        args=(ANNOUNCED,),
    )
    _choose_concept()
    state.put(SUCCESS, scenario.success)
    st.radio(
        "The attacker is paid for",
        list(SUCCESS_RULES),
        key=SUCCESS,
        captions=[sentence(meaning) + "." for meaning in SUCCESS_RULES.values()],
        on_change=_turned,
        args=(SUCCESS,),
    )


def _choose_concept() -> None:
    """The solution concept, with the situation it applies to."""
    state.put(CONCEPT, state.concept() or state.AS_THE_SCENARIO_SAYS)
    st.selectbox(
        "Solution concept",
        [state.AS_THE_SCENARIO_SAYS, *CONCEPTS],
        key=CONCEPT,
        format_func=lambda name: sentence(name.replace("_", " ")),
        on_change=lambda: state.answer_by(st.session_state[CONCEPT]),
    )
    chosen = state.situation().concept
    names = (
        f" (also called {listed(alias.replace('_', ' ') for alias in chosen.aliases)})"
        if chosen.aliases
        else ""
    )
    st.caption(plain(f"{chosen.situation}{names}."))


def _turned(key: str) -> None:
    state.turn(key, st.session_state[key])
