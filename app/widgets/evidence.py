"""The measured figures in use, with their sources and warnings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pandas as pd
import streamlit as st

from advgame.arrays import NO_ATTACK
from advgame.measurements import Measurement
from advgame.measurements.table_files import table_text
from advgame.scenarios import Scenario
from advgame.scenarios.scenario_files import toml_of
from advgame.wording.names import attack_in_words, counted
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
    of = f"{len(sources)} {'source' if len(sources) == 1 else 'sources'}"
    st.subheader(plain(f"{len(rows)} measured figures from {of}"), anchor=False)
    only = st.toggle("Only figures with warnings", key="only warned") if any(_warned(rows)) else False
    shown = [row for row in rows if row.warnings or not only]
    frame = pd.DataFrame(
        {
            "defence": [row.defence for row in shown],
            "attack": [attack_in_words(row.column.full_name) for row in shown],
            "accuracy": [100 * row.accuracy for row in shown],
            "correct": [row.correct for row in shown],
            "tested": [row.tested for row in shown],
            "runs": [row.runs for row in shown],
            "protocol": [_protocol(row) for row in shown],
            "source": [row.source for row in shown],
            "warnings": ["; ".join(row.warnings) for row in shown],
        }
    ).dropna(axis="columns", how="all")
    st.dataframe(
        frame,
        hide_index=True,
        height=min(36 * (len(shown) + 1) + 2, 420),
        column_config={"accuracy": st.column_config.NumberColumn("accuracy", format="%.2f %%")},
        alt="Every measured figure in use, with its source and warnings.",
    )
    _offer_downloads(scenario)


def _warned(rows: Iterable[Measurement]) -> list[bool]:
    return [bool(row.warnings) for row in rows]


def _protocol(row: Measurement) -> str:
    """How a figure was measured, in a few words."""
    against = f"crafted on {row.source_model}" if row.source_model else "against the network itself"
    return row.metric if row.attack == NO_ATTACK else f"{row.metric}, {against}"


def _offer_downloads(scenario: Scenario) -> None:
    with st.container(horizontal=True, key="evidence-downloads"):
        st.download_button(
            "The table as CSV",
            lambda: table_text(scenario.measurements).encode(),
            file_name="table.csv",
            mime="text/csv",
            key="download table",
            icon=":material/download:",
            help="Cleaned, in the columns that advgame reads, and safe to open in a spreadsheet.",
            on_click="ignore",
        )
        st.download_button(
            "The scenario file",
            lambda: toml_of(replace(scenario, data="table.csv")).encode(),
            file_name="scenario.toml",
            mime="application/toml",
            key="download table scenario",
            icon=":material/download:",
            help="With your settings. Put table.csv beside it; then: advgame solve scenario.toml.",
            on_click="ignore",
        )


def _show_basis(scenario: Scenario) -> None:
    if not scenario.basis:
        return
    with st.expander(
        f"Basis of {counted(len(scenario.basis), 'price', 'prices')}", icon=":material/payments:"
    ):
        for address, basis in scenario.basis.items():
            st.markdown(f"- **{plain(sentence(address.replace('_', ' ')))}**: {plain(basis)}")
