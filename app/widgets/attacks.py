"""The attacks side by side: cost, accuracy left, and what each earns against the decision."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from advgame.arrays import NO_ATTACK
from advgame.decision import Decision
from advgame.equilibria import CONCEPTS
from advgame.errors import AdvgameError
from advgame.games.tolerances import TIE
from advgame.number_text import MONEY_DIGITS, percentages, significant
from advgame.scenarios import Scenario
from advgame.wording.names import counted, currency_of, listed
from widgets import state
from widgets.words import plain

NATURE = "nature"


def show(decision: Decision) -> None:
    """The table of attacks, and what an attacker who errs would do."""
    st.header("What each attack earns against the decision", anchor=False)
    rows = economics(decision)
    paying = [row["attack"] for row in rows if row["pays"] == "yes"]
    unit = currency_of(decision.policies.scenario)
    earn = "earns" if len(paying) == 1 else "earn"
    summary = (
        f"{len(paying)} of {counted(len(rows), 'attack', 'attacks')} {earn} more than staying away: "
        f"{listed(map(str, paying))}."
        if paying
        else "No attack earns more than staying away."
    )
    st.markdown(state.worded(summary))
    st.dataframe(
        [{**row, "attack": state.say(str(row["attack"]))} for row in rows],
        hide_index=True,
        column_config={name: _column(name) for name in rows[0]},
        alt="The attacks with their costs and what they earn.",
    )
    st.caption(state.worded(f"Amounts in {unit} per classified input, at the amounts assumed."))
    if any(row["played by"] == NATURE for row in rows):
        st.caption(
            "Rows played by nature are natural changes of the inputs, such as fog or noise. They are not "
            "chosen to do harm, but the case counts them among the attacks, so that the worst is assumed."
        )
    _show_quantal()


def _column(name: str) -> Any:
    """How a column shows its numbers, which stay numbers, so that it can be sorted."""
    if name in ("largest share", "accuracy left"):
        return st.column_config.NumberColumn(format="%.1f %%")
    if name in ("earns the attacker", "leaves the defender"):
        return st.column_config.NumberColumn(format="%.4f")
    return name


def economics(decision: Decision) -> list[dict[str, object]]:
    """For each attack what it leaves, costs and earns against what is deployed."""
    recommendation = decision.recommendation
    game, accuracies = recommendation.game, recommendation.situation.accuracies
    natural = natural_changes(recommendation.scenario)
    range_of_payoffs = float(np.ptp(game.attacker_payoffs))
    left = recommendation.profile.defender @ accuracies.attacked_accuracy
    earns = recommendation.profile.defender @ game.attacker_payoffs
    loses = recommendation.profile.defender @ game.defender_payoffs
    return [
        {
            "attack": name,
            "played by": NATURE if name in natural else "attacker",
            "largest share": 100 * float(accuracies.adversarial_share[place]),
            "accuracy left": 100 * float(left[place]),
            "earns the attacker": float(earns[place]),
            "pays": "yes" if earns[place] > earns[0] + TIE * range_of_payoffs else "no",
            "leaves the defender": float(loses[place]),
        }
        for place, name in enumerate(game.attacks)
        if name != NO_ATTACK
    ]


def natural_changes(scenario: Scenario) -> set[str]:
    """The names of the columns that are natural changes of the inputs, such as fog or noise."""
    rows = [row for row in scenario.selected.rows if row.metric == "corruption"]
    return {name for row in rows for name in (row.attack, row.column.full_name)}


def _show_quantal() -> None:
    """The logit equilibrium of an attacker who errs."""
    st.header(
        "If the attacker errs",
        anchor=False,
        help="Quantal response: the worse an option, the less often it is chosen; every option has a "
        "positive probability.",
    )
    try:
        situation = state.situation()
        concept = CONCEPTS["quantal_response"]
        equilibrium = state.remembered("quantal", lambda: concept.solve(situation.game).recommended)
    except AdvgameError as mistake:
        st.caption(plain(str(mistake)))
        return
    parts = percentages([float(share) for share in equilibrium.attacker])
    played = sorted(
        zip(equilibrium.attacker.tolist(), parts, situation.game.attacks, strict=True), reverse=True
    )[:4]
    words = ", ".join(f"{'no attack' if name == NO_ATTACK else name} ({part})" for _, part, name in played)
    st.markdown(
        state.worded(
            f"In the logit equilibrium the attacker plays {words}; the defender then earns "
            f"{significant(equilibrium.defender_payoff, MONEY_DIGITS)} per input."
        )
    )
