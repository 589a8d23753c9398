"""The answer in a sentence, and what it is worth."""

from __future__ import annotations

import streamlit as st

from advgame.studies import Recommendation
from widgets.words import amount, listed, percent, plain

SAME = 1e-9  # of the amounts compared: a smaller difference is none


def show_verdict(found: Recommendation) -> None:
    """The verdict, set apart from everything else on the page."""
    with st.container(border=True, key="verdict"):
        st.subheader(plain(verdict(found)), anchor=False)
        st.write(plain(worth(found)))
        st.write(plain(threat(found)))


def verdict(found: Recommendation) -> str:
    """What to deploy, in a sentence."""
    if not found.defends:
        return f"Deploy {found.undefended}: no defence is worth its price here."
    if found.pure:
        return f"Deploy {found.deploy[0][0]}."
    parts = [f"{defence} for {percent(share)}" for defence, share in found.deploy]
    return f"Deploy {listed(parts)} of the inputs, drawn at random."


def worth(found: Recommendation) -> str:
    """What the verdict earns against doing nothing, per input and per month."""
    scenario, alone = found.scenario, found.doing_nothing
    gain = found.value - alone.value
    if not found.defends:
        return f"Doing nothing means {alone.defence}, which is what pays best at these prices."
    if abs(gain) <= SAME * max(abs(found.value), abs(alone.value)):
        return f"It earns as much as doing nothing, {alone.defence} alone against {_named(alone.answer)}."
    more = "more" if gain > 0 else "less"
    monthly = ""
    if scenario.volume_per_month is not None:
        monthly = f", {amount(abs(gain) * scenario.volume_per_month, scenario.currency)} a month"
    return (
        f"It earns {amount(abs(gain), scenario.currency)} {more} per classified input than doing nothing{monthly}. "
        f"Doing nothing is {alone.defence} alone, against {_named(alone.answer)}."
    )


def threat(found: Recommendation) -> str:
    """What to expect from the adversary."""
    if len(found.game.attacks) == 1:
        return "No attack was measured in this case, so nothing is said about adversarial traffic."
    attacks = [(attack, share) for attack, share in found.attacked_by if attack != found.game.attacks[0]]
    if not attacks:
        return "The adversary does best not to attack."
    if len(found.attacked_by) == 1:
        how = f"The adversary does best with {attacks[0][0]}"
    else:
        parts = [f"{attack} ({percent(share)} of the time)" for attack, share in attacks]
        how = f"Expect {listed(parts, most=3)}"
    return f"{how}; {percent(found.expected_share)} of the traffic is then adversarial."


def _named(answer: str) -> str:
    return "no attack" if answer == "none" else answer
