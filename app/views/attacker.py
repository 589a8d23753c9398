"""The page of the attacker: what each attack costs and earns, what deters it, and if attackers differ."""

from __future__ import annotations

import streamlit as st
from widgets import attacks, state, study_block
from widgets.messages import errors_shown
from widgets.words import plain

from advgame.decision import decide


def show() -> None:
    """The economics of the attacks, and the studies of the attacker."""
    st.title("The attacker", anchor=False)
    st.caption(plain(state.scenario().name))
    with errors_shown():
        situation = state.situation()
        if len(situation.accuracies.attacks) == 1:
            st.markdown("No attack was measured in this case, so this page is empty.")
            return
        attacks.show(state.remembered("decision", lambda: decide(situation)))
        study_block.show("deterrence", "Deter or endure")
        study_block.show("attacker_types", "If attackers differ")


show()
