"""The table of policies: what each is worth to an attacker who knows it and to one who does not."""

from __future__ import annotations

import streamlit as st

from advgame.decision import Decision, Policy
from advgame.decision.policies import Kind
from advgame.number_text import MONEY_DIGITS, if_known, percent, signed, significant
from advgame.wording.money import Money, money_of
from advgame.wording.names import attack_in_words
from advgame.wording.policy_words import COLUMNS, deployed, explanations, titles
from widgets.words import plain

SINGLES = 5  # single defences that get a row


def show(decision: Decision) -> None:
    """The policies side by side, with the price of secrecy and of the margin."""
    table, money = decision.policies, money_of(decision.policies.scenario)
    if len(table.game.attacks) == 1:
        return
    named = sum(group[0].kind is not Kind.SINGLE for group in table.alike)
    st.dataframe(
        [_row(decision, group, money) for group in table.alike[: named + SINGLES]],
        hide_index=True,
        width="stretch",
    )
    for text in (COLUMNS, *explanations(decision, money)):
        st.caption(plain(text))


def _row(decision: Decision, group: tuple[Policy, ...], money: Money) -> dict[str, str]:
    table, policy = decision.policies, group[0]
    chosen = table.verdict in group
    gap = table.against_verdict(policy)
    return {
        "Policy": f"{titles(table, group)}{' ✓' if chosen else ''}",
        "Deployed": deployed(policy),
        f"If known, {money.unit}": significant(policy.if_known, MONEY_DIGITS),
        "Guaranteed": significant(policy.guaranteed, MONEY_DIGITS),
        "At equilibrium": if_known(policy.at_equilibrium, MONEY_DIGITS),
        "Against the verdict": "–" if gap == 0 else signed(significant(gap, MONEY_DIGITS)),
        "Attack it draws": attack_in_words(policy.response),
        "Adversarial traffic": percent(policy.share),
    }
