"""The page of help: a guided example of two minutes, and the words used."""

from __future__ import annotations

import streamlit as st
from widgets import glossary, state

STEPS = (
    (
        "See the decision.",
        "The page Decide says what to deploy in the first case, and what it is worth per input and per "
        "month. The table below gives the best policy for each state of the attacker's knowledge.",
        (),
    ),
    (
        "Lower the attacker's share.",
        "With at most 5 % adversarial traffic the robust network costs more accuracy than it saves: the "
        "undefended network is deployed.",
        (("largest_share", 0.05),),
    ),
    (
        "Raise it again, and make attacks cheap.",
        "At 30 % and a cost of 0.2 per attacked input the attack pays against every network; the robust "
        "one is deployed for all inputs.",
        (("largest_share", 0.3), ("attack_cost", 0.2)),
    ),
    (
        "Let the attacker see which network answers.",
        "A mixed strategy then gains nothing: the best single network is recommended.",
        (("largest_share", 0.3), ("attack_cost", 0.6), ("attacker_knows", "network")),
    ),
)
FIRST = "cifar10-two-defences"


def show() -> None:
    """The steps, each of which sets the numbers that it speaks of, and the glossary."""
    st.title("A guided example", anchor=False)
    st.caption("Four steps, two minutes. Each button sets the numbers in the sidebar; Undo takes it back.")
    for place, (title, text, changes) in enumerate(STEPS, 1):
        with st.container(border=True):
            st.subheader(f"{place}. {title}", anchor=False)
            st.markdown(text)
            st.button("Set these numbers", key=f"step {place}", on_click=state.ask, args=(FIRST, changes))
    st.page_link("views/decide.py", label="Look at the decision", icon=":material/balance:")
    st.markdown(
        "Then: **Map** shows where the answer changes, **Confidence** how sure it is, **Evidence** takes a "
        "table of your own, **Report** saves it as a file."
    )
    st.header("Glossary", anchor=False)
    glossary.show()


show()
