"""The measured figures in use, with their sources and warnings."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import streamlit as st

from advgame.scenarios import Scenario
from advgame.wording.names import attack_in_words
from widgets.words import plain, sentence


def show(scenario: Scenario) -> None:
    """Every row in use with its source and warnings, and the basis of the prices."""
    _show_warnings(scenario)
    _show_rows(scenario)
    _show_basis(scenario)


def _show_warnings(scenario: Scenario) -> None:
    rows = scenario.selected.rows
    counts = Counter(warning for row in rows for warning in row.warnings)
    warned = sum(1 for row in rows if row.warnings)
    if not counts:
        st.caption("No contradictions among the figures in use.")
        return
    with st.expander(f"Warnings on {warned} of {len(rows)} figures in use", icon=":material/warning:"):
        for warning, count in counts.most_common():
            st.markdown(f"- {plain(sentence(warning))} ({count} {'figure' if count == 1 else 'figures'})")


def _show_rows(scenario: Scenario) -> None:
    rows, sources = scenario.selected.rows, scenario.selected.sources
    title = f"{len(rows)} measured figures from {len(sources)} {'source' if len(sources) == 1 else 'sources'}"
    with st.expander(title, icon=":material/menu_book:"):
        st.dataframe(
            pd.DataFrame(
                {
                    "defence": [row.defence for row in rows],
                    "attack": [attack_in_words(row.column.full_name) for row in rows],
                    "accuracy": [row.accuracy for row in rows],
                    "correct": [row.correct for row in rows],
                    "tested": [row.tested for row in rows],
                    "source": [row.source for row in rows],
                    "warnings": ["; ".join(row.warnings) for row in rows],
                }
            ),
            hide_index=True,
            height=min(36 * (len(rows) + 1) + 2, 420),
        )


def _show_basis(scenario: Scenario) -> None:
    if not scenario.basis:
        return
    with st.expander(f"Basis of {len(scenario.basis)} prices", icon=":material/payments:"):
        for address, basis in scenario.basis.items():
            st.markdown(f"- **{plain(sentence(address.replace('_', ' ')))}**: {plain(basis)}")
