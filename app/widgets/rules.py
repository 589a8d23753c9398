"""The rules of the game: who moves first, and what counts as a successful attack."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from advgame.equilibria import CONCEPTS
from advgame.payoffs import SUCCESS_RULES
from advgame.scenarios import Axis
from advgame.scenarios.knowledge import KNOWLEDGE
from advgame.scenarios.ranges import SHARE
from advgame.wording.names import listed
from widgets import state
from widgets.sliders import show_number
from widgets.words import plain, sentence

KNOWS, CONCEPT, SUCCESS, STOP = "attacker_knows", "choose concept", "success", "may_stop"
AS_THE_SCENARIO_SAYS = ""
MARGIN = Axis("attacker_margin", "margin of the attacker's rewards and costs", SHARE, 0.0, 0.5)
WIDEST = 0.99  # the end of its range where a margin beyond the usual one is stated or typed


def show() -> None:
    """What the attacker knows, the margin, the solution concept, and the success rule."""
    st.header("Rules", anchor=False)
    if len(state.scenario().accuracies.attacks) > 1:
        _show_rules_of_the_attacker()
    st.session_state[STOP] = state.scenario().may_stop
    st.toggle(
        "The service may be stopped",
        key=STOP,
        help="On: not running the service, worth 0, is one of the policies.",
        on_change=_turned,
        args=(STOP,),
    )


def _show_rules_of_the_attacker() -> None:
    scenario = state.scenario()
    st.session_state[KNOWS] = scenario.knowledge
    st.radio(
        "The attacker knows",
        list(KNOWLEDGE),
        key=KNOWS,
        captions=[state.say(sentence(meaning)) + "." for meaning in KNOWLEDGE.values()],
        on_change=_turned,
        args=(KNOWS,),
    )
    st.markdown(
        "Margin of the attacker's rewards and costs",
        help="By how much they may be higher or lower than assumed. Recommendations against an attacker who "
        "knows the defence hold for all values within this margin.",
    )
    margin = scenario.attacker_margin
    ends = MARGIN if margin <= MARGIN.high else replace(MARGIN, high=max(WIDEST, margin))
    show_number(MARGIN.address, sentence(MARGIN.meaning), ends, margin)
    _choose_concept()
    st.session_state[SUCCESS] = scenario.success
    st.radio(
        "The attacker is paid for",
        list(SUCCESS_RULES),
        key=SUCCESS,
        captions=[state.say(sentence(meaning)) + "." for meaning in SUCCESS_RULES.values()],
        on_change=_turned,
        args=(SUCCESS,),
    )


def _choose_concept() -> None:
    """The solution concept, with the situation it applies to."""
    st.session_state[CONCEPT] = state.question().concept
    st.selectbox(
        "Solution concept",
        [AS_THE_SCENARIO_SAYS, *CONCEPTS],
        key=CONCEPT,
        format_func=lambda name: sentence(name.replace("_", " ")) if name else "By what the attacker knows",
        on_change=lambda: state.answer_by(st.session_state[CONCEPT]),
    )
    chosen = state.situation().concept
    names = (
        f" (also called {listed(alias.replace('_', ' ') for alias in chosen.aliases)})"
        if chosen.aliases
        else ""
    )
    st.caption(plain(f"{sentence(chosen.situation)}{names}."))


def _turned(key: str) -> None:
    state.turn(key, st.session_state[key])
