"""The page of the decision: what to deploy, what it is worth, how sure that is, and what would change it."""

from __future__ import annotations

import streamlit as st
from widgets import key_figures, knowledge_table, settings, solvers, state, verdict
from widgets.messages import errors_shown
from widgets.words import plain

from advgame.decision import Decision, decide


def show() -> None:
    """The decision in one screen; what is behind it below."""
    decision = None
    try:
        with errors_shown():
            decision = _show_answer()
    finally:
        settings.show()  # after the answer, for which nobody has to wait until every slider is drawn
    with errors_shown():
        if decision is not None:
            _show_details(decision)
    solvers.start()  # once the page is there: other pages need them


def _show_answer() -> Decision:
    """The verdict, its figures, and the best policy for each state of the attacker's knowledge."""
    scenario = state.scenario()
    st.title(plain(scenario.name), anchor=False)
    st.caption(plain(scenario.question))
    situation = state.situation()
    decision = state.remembered("decision", lambda: decide(situation))
    verdict.show(decision)
    key_figures.show(decision)
    knowledge_table.show(decision)
    return decision


def _show_details(decision: Decision) -> None:
    """How sure the decision is, the comparison, and the downloads.

    Studies, reports and charts take most of a second to import, and are imported after the verdict is shown.
    """
    from widgets import comparison, downloads, sureness

    sureness.show(decision)
    comparison.show(decision)
    downloads.show(state.situation())
    _show_more(decision)


def _show_more(decision: Decision) -> None:
    """What stands behind the decision; drawn when it is opened."""
    from widgets import mixes, payoffs, policy_table

    with st.expander(
        "All policies compared", key="policies", icon=":material/list:", on_change="rerun"
    ) as box:
        if box.open:
            policy_table.show(decision)
    with st.expander("Who plays what", key="mixes", icon=":material/bar_chart:", on_change="rerun") as box:
        if box.open:
            mixes.show(decision.recommendation)
    with st.expander(
        "Payoffs of each pair of strategies", key="payoffs", icon=":material/grid_on:", on_change="rerun"
    ) as box:
        if box.open:
            payoffs.show(decision.recommendation)


show()
