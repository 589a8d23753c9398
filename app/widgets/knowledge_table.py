"""The best policy for each state of the attacker's knowledge, in three lines."""

from __future__ import annotations

import streamlit as st

from advgame.decision import Decision
from advgame.decision.policies import Kind, Policies, Policy
from advgame.decision.recommendation import undefended_in_words
from advgame.number_text import MONEY_DIGITS, percent, significant
from advgame.wording.money import Money, money_of
from advgame.wording.names import attack_in_words
from advgame.wording.policy_words import deployed
from widgets import state
from widgets.words import plain

STATES = {
    Kind.HIDDEN: "nothing: both choose at the same time",
    Kind.MIXTURE: "the probabilities, not the draw",
    Kind.NETWORK: "which network answers",
}
NOT_RUN = "– (the service is not run)"


def show(decision: Decision) -> None:
    """One line for each state of knowledge, one for the undefended network, and one for not running it."""
    table = decision.policies
    if len(table.game.attacks) == 1:
        return
    money = money_of(table.scenario)
    lines = {
        **STATES,
        Kind.UNDEFENDED: f"– ({undefended_in_words(table.scenario)})",
        Kind.STOPPED: NOT_RUN,
    }
    policies = [(words, table.of(kind)) for kind, words in lines.items()]
    rows = [_row(table, words, policy, money) for words, policy in policies if policy is not None]
    with st.container(key="knowledge"):
        st.table(
            rows,
            border="horizontal",
            alt="The best policy for each state of the attacker's knowledge, with its value.",
        )


def _row(table: Policies, words: str, policy: Policy, money: Money) -> dict[str, str]:
    chosen = " ✓" if policy is table.verdict else ""
    return {
        "If the attacker knows": state.worded(words) + chosen,
        "deploy": state.worded(deployed(policy)),
        state.worded(f"{money.unit} per input"): significant(policy.worth, MONEY_DIGITS),
        **(
            {}
            if money.volume is None
            else {plain(f"{money.unit} per month"): significant(policy.worth * money.volume, MONEY_DIGITS)}
        ),
        "attack it draws": state.worded(attack_in_words(policy.response)),
        "adversarial traffic": percent(policy.share),
    }
