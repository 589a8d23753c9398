"""The answer in a sentence, and what it is worth."""

from __future__ import annotations

import streamlit as st

from advgame.measurements.measurement import NO_ATTACK
from advgame.reports.money import money_of
from advgame.reports.numbers import percentages
from advgame.reports.sections.decision import verdict_of
from advgame.reports.words import shortened
from advgame.studies import Recommendation
from widgets.words import percent, plain

SAME = 1e-9  # of the amounts compared: a smaller difference is none
MOST_NAMED = 3
WHY_LESS = (
    "Doing nothing would be worth that only if the adversary saw it and relied on it: "
    "turn on “The defence is announced” to see what an announcement is worth."
)


def show(found: Recommendation) -> None:
    """The verdict, set apart from everything else on the page."""
    with st.container(border=True, key="verdict"):
        st.subheader(plain(f"{verdict_of(found)}."), anchor=False)
        st.markdown(plain(f"{worth(found)} {threat(found)}"))


def worth(found: Recommendation) -> str:
    """What the verdict earns against doing nothing, per input and per month."""
    if not found.defends:
        return f"{found.undefended} is the network that is worth most when nobody attacks."
    alone = found.doing_nothing
    gain = found.value - alone.value
    nothing = f"doing nothing, that is {alone.defence} alone"
    against = f" against {alone.answer}" if alone.answer != NO_ATTACK else ""
    if abs(gain) <= SAME * max(abs(found.value), abs(alone.value)):
        return f"It is worth as much as {nothing}{against}."
    direction = "more" if gain > 0 else "less"
    seen = f" {WHY_LESS}" if gain < 0 and not found.scenario.announced else ""
    return (
        f"It is worth {money_of(found.scenario).both(abs(gain))} {direction} than {nothing}{against}.{seen}"
    )


def threat(found: Recommendation) -> str:
    """What to expect from the adversary."""
    if len(found.game.attacks) == 1:
        return "No attack was measured in this case, so nothing is said about adversarial traffic."
    if found.attacked_by[0][0] == NO_ATTACK and len(found.attacked_by) == 1:
        return "The adversary does best not to attack."
    parts = percentages([share for _, share in found.attacked_by])
    attacks = [
        name if len(parts) == 1 else f"{name} {part} of the time"
        for (name, _), part in zip(found.attacked_by, parts, strict=True)
        if name != NO_ATTACK
    ]
    return (
        f"The adversary answers with {shortened(attacks, MOST_NAMED)}; "
        f"{percent(found.expected_share)} of the traffic is then adversarial."
    )
