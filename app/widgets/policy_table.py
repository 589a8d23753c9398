"""The table of policies: what each is worth to an attacker who knows it and to one who does not."""

from __future__ import annotations

import streamlit as st

from advgame.decision import Decision, Kind, Policy
from advgame.wording.money import Money, money_of
from advgame.wording.names import attack_in_words
from advgame.wording.numbers import MONEY_DIGITS, percent, signed, significant
from advgame.wording.policy_words import (
    COLUMNS,
    binding_in_words,
    by_knowledge_in_words,
    deployed,
    edge_in_words,
    lottery_in_words,
    margin_in_words,
    secrecy_in_words,
    title,
)
from widgets.words import plain

SINGLES = 5  # single defences that get a row


def show(decision: Decision) -> None:
    """The policies side by side, with the price of secrecy and of the margin."""
    table, money = decision.policies, money_of(decision.policies.scenario)
    if len(table.game.attacks) == 1:
        return
    st.header("The policies compared", anchor=False)
    st.dataframe(
        [_row(decision, policy, money) for policy in _rows(decision)], hide_index=True, width="stretch"
    )
    for text in (
        "" if decision.by_knowledge else by_knowledge_in_words(table, money),
        COLUMNS,
        secrecy_in_words(table, money),
        binding_in_words(table),
        margin_in_words(table, money),
        edge_in_words(table, money),
        lottery_in_words(table, money),
    ):
        if text:
            st.caption(plain(text))


def _rows(decision: Decision) -> list[Policy]:
    policies = decision.policies.policies
    named = [policy for policy in policies if policy.kind is not Kind.SINGLE]
    singles = sorted(
        (policy for policy in policies if policy.kind is Kind.SINGLE), key=lambda policy: -policy.worth
    )
    return named + singles[:SINGLES]


def _row(decision: Decision, policy: Policy, money: Money) -> dict[str, str]:
    table = decision.policies
    chosen = policy is table.verdict
    gap = table.against_verdict(policy)
    return {
        "Policy": f"{title(table, policy)}{' ✓' if chosen else ''}",
        "Deployed": deployed(policy),
        f"If known, {money.unit}": significant(policy.if_known, MONEY_DIGITS),
        "Guaranteed": significant(policy.guaranteed, MONEY_DIGITS),
        "At equilibrium": significant(policy.at_equilibrium, MONEY_DIGITS),
        "Against the verdict": "–" if gap == 0 else signed(significant(gap, MONEY_DIGITS)),
        "Attack it draws": attack_in_words(policy.response),
        "Adversarial traffic": percent(policy.share),
    }
