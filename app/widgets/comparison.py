"""The settings that were kept, beside the current ones."""

from __future__ import annotations

import streamlit as st

from advgame.decision import Decision, decide, situate
from advgame.errors import AdvgameError
from advgame.number_text import percent, significant
from advgame.scenarios import Scenario, addresses, get_parameter
from advgame.scenarios.parameters import STRENGTHS
from advgame.wording.money import money_of
from advgame.wording.names import PLAIN, meaning_of
from advgame.wording.verdict import verdict_of
from widgets import state
from widgets.words import plain, sentence

MOST_CHANGES = 12  # that are listed
MARGIN = "attacker_margin"
RULES = {
    "attacker_knows": "what the attacker knows",
    "success": "what the attacker is paid for",
    "may_stop": "whether the service may be stopped",
    MARGIN: "margin of the attacker's amounts",
    "volume_per_month": "classified inputs per month",
}


def show(now: Decision) -> None:
    """Both verdicts, and the settings in which they differ."""
    kept = state.pinned()
    if kept is None:
        return
    question, scenario = kept
    with st.container(border=True, key="comparison"):
        st.subheader("Compared with the kept settings", anchor=False)
        before = decide(situate(scenario, question.concept or None))
        st.table(
            [_row("kept", before), _row("now", now)],
            border="horizontal",
            alt="The verdict for the kept and for the current settings.",
        )
        changes = [
            *_concepts(before, now),
            *differences(scenario, now.policies.scenario),
        ]
        for what, was, is_now in changes[:MOST_CHANGES]:
            st.markdown(f"- {state.worded(sentence(what))}: {plain(was)} → **{plain(is_now)}**")
        if len(changes) > MOST_CHANGES:
            st.caption(f"and {len(changes) - MOST_CHANGES} more")
        if not changes:
            st.caption("Both have the same numbers and rules. Move a slider to see the difference.")
        st.button("End the comparison", key="unpin", on_click=state.unpin)


def _row(when: str, decision: Decision) -> dict[str, str]:
    money = money_of(decision.policies.scenario)
    return {
        "settings": when,
        "verdict": state.worded(verdict_of(decision)),
        "per input": plain(money.per_input(decision.value)),
        "per month": plain(money.per_month(decision.value)) or "–",
    }


def _concepts(before: Decision, now: Decision) -> list[tuple[str, str, str]]:
    """The solution concepts, where one was chosen by hand and they differ."""
    was, is_now = _concept(before), _concept(now)
    return [("solution concept", was, is_now)] if was != is_now else []


def _concept(decision: Decision) -> str:
    if decision.by_knowledge:
        return "by what the attacker knows"
    return decision.recommendation.situation.concept.name.replace("_", " ")


def differences(before: Scenario, now: Scenario) -> list[tuple[str, str, str]]:
    """The parameters and rules in which two scenarios differ: what, the value before, the value now."""
    if before.name != now.name:
        return [("case", before.name, now.name)]
    rows = [
        (words, _text(field, getattr(before, field)), _text(field, getattr(now, field)))
        for field, words in RULES.items()
        if getattr(before, field) != getattr(now, field)
    ]
    rows += [
        (PLAIN[field], significant(get_parameter(before, field)), significant(get_parameter(now, field)))
        for field in STRENGTHS
        if get_parameter(before, field) != get_parameter(now, field)
    ]
    own_caps = {
        f"adversarial_share[{name}]" for scenario in (before, now) for name in scenario.adversarial_share
    }
    whole: set[str] = set()  # amounts that changed for all attacks, or all defences, at once
    for address in addresses(now):
        if address.startswith("adversarial_share") and address not in own_caps:
            continue  # it is the largest share, which is listed itself
        if address.partition("[")[0] in whole:
            continue
        was, is_now = _amount(before, address), _amount(now, address)
        if was != is_now and None not in (was, is_now):
            rows.append((meaning_of(address), _number(address, was), _number(address, is_now)))
            whole.add(address)
    return rows


def _amount(scenario: Scenario, address: str) -> float | None:
    try:
        return get_parameter(scenario, address)
    except AdvgameError:
        return None


def _number(address: str, value: float | None) -> str:
    if value is None:
        return "–"
    return percent(value) if "share" in address or "accuracy" in address else significant(value)


def _text(field: str, value: object) -> str:
    if field == MARGIN and isinstance(value, int | float):
        return percent(value)
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "not stated"}[value]
    return significant(value) if isinstance(value, int | float) else str(value)
