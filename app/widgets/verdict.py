"""The verdict in a sentence, and its value."""

from __future__ import annotations

import streamlit as st

from advgame.arrays import NO_ATTACK
from advgame.decision import Decision, Recommendation, situate
from advgame.equilibria import Timing
from advgame.measurements import pool_seeds
from advgame.number_text import percent, percentages
from advgame.scenarios import Scenario
from advgame.wording.caveats import warned
from advgame.wording.concepts import ALWAYS, certificate_in_words
from advgame.wording.money import money_of
from advgame.wording.names import shortened
from advgame.wording.policy_words import (
    NOT_STATED,
    earned,
    response_in_words,
    worth_in_words,
)
from advgame.wording.type_words import types_in_words
from advgame.wording.verdict import verdict_of
from widgets import state
from widgets.words import plain

MOST_NAMED = 3
PROVEN = {
    Timing.SIMULTANEOUS: "Equilibrium",
    Timing.LEADER: "Best response",
    Timing.SECURITY: "Worst case",
    Timing.NOISY: "Logit equilibrium",
}


def show(decision: Decision) -> None:
    """The verdict and its caveats, visually separated from the rest of the page."""
    scenario = decision.policies.scenario
    with st.container(border=True, key="verdict"):
        st.header(state.worded(f"{verdict_of(decision)}."), anchor=False)
        st.markdown(state.worded(f"{worth(decision)} {response(decision)}"))
        warnings = warned(pool_seeds(scenario.selected))
        if warnings:
            st.markdown(f":material/warning: {plain(warnings)}")
        _show_certificate(decision.recommendation)
        if scenario.attacker_types and len(decision.recommendation.game.attacks) > 1:
            st.markdown(f":material/groups: {state.worded(_types(scenario))}")
        if scenario.attacker_knows is None and len(decision.recommendation.game.attacks) > 1:
            st.caption(state.worded(NOT_STATED))


def _show_certificate(recommendation: Recommendation) -> None:
    st.caption(
        f":material/verified: {PROVEN[recommendation.situation.concept.timing]} proven",
        help=plain(
            f"{certificate_in_words(recommendation)} A solution that misses this by more than {ALWAYS} is "
            "never shown."
        ),
    )


def _types(scenario: Scenario) -> str:
    from advgame.studies.attacker_types import AttackerTypesStudy  # no other case waits for the studies

    result = AttackerTypesStudy().run(situate(scenario))
    return types_in_words(result, money_of(scenario))


def worth(decision: Decision) -> str:
    """The value of the verdict, with its sign, and how far it is guaranteed."""
    money = money_of(decision.policies.scenario)
    if not decision.by_knowledge:
        value = decision.recommendation.value
        return f"It is {'worth ' if value >= 0 else ''}{earned(money, value)}."
    return worth_in_words(decision.policies, money)


def response(decision: Decision) -> str:
    """What the attacker does against the verdict; empty where the service is not run."""
    if decision.stops:
        return ""
    table = decision.policies
    known = response_in_words(table, money_of(table.scenario)) if decision.by_knowledge else ""
    return known or threat(decision.recommendation)


def threat(recommendation: Recommendation) -> str:
    """The attacker's behaviour, in a sentence."""
    if len(recommendation.game.attacks) == 1:
        return "No attack was measured in this case, so adversarial traffic is not considered."
    if recommendation.attacked_by[0][0] == NO_ATTACK and len(recommendation.attacked_by) == 1:
        best = recommendation.situation.concept.timing in (Timing.SIMULTANEOUS, Timing.LEADER)
        return "The attacker's best response is not to attack." if best else "The attacker does not attack."
    parts = percentages([share for _, share in recommendation.attacked_by])
    attacks = [
        name if len(parts) == 1 else f"{name} {part} of the time"
        for (name, _), part in zip(recommendation.attacked_by, parts, strict=True)
        if name != NO_ATTACK
    ]
    return (
        f"The attacker plays {shortened(attacks, MOST_NAMED)}; "
        f"{percent(recommendation.expected_share)} of the traffic is then adversarial."
    )
