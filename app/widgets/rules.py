"""The rules of the game: who moves first, and what counts as a successful attack."""

from __future__ import annotations

import streamlit as st

from advgame.equilibria import CONCEPTS
from advgame.payoffs import SUCCESS_RULES
from advgame.scenarios.knowledge import KNOWLEDGE
from advgame.wording.names import listed
from widgets import state
from widgets.words import plain, sentence

KNOWS, CONCEPT, SUCCESS, STOP = "attacker_knows", "concept", "success", "may_stop"
MARGIN = "attacker_margin"


def show() -> None:
    """What the attacker knows, the margin, the solution concept, and the success rule."""
    st.header("Rules", anchor=False)
    scenario = state.scenario()
    state.put(KNOWS, scenario.knowledge)
    st.radio(
        "The attacker knows",
        list(KNOWLEDGE),
        key=KNOWS,
        captions=[sentence(meaning) + "." for meaning in KNOWLEDGE.values()],
        on_change=_turned,
        args=(KNOWS,),
    )
    state.put(MARGIN, scenario.attacker_margin)
    st.number_input(
        "Margin of the attacker's rewards and costs",
        0.0,
        0.5,
        step=0.01,
        key=MARGIN,
        help="By how much they may be higher or lower than assumed, as a fraction: 0.05 is 5 %. What is "
        "recommended against an attacker who knows the defence holds within this margin.",
        on_change=_turned,
        args=(MARGIN,),
    )
    state.put(STOP, scenario.may_stop)
    st.toggle(
        "The service may be stopped",
        key=STOP,
        help="On: not running the service, worth 0, is one of the policies.",
        on_change=_turned,
        args=(STOP,),
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
