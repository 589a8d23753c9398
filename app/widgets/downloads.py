"""The decision to take away: as a report, and as the scenario it answers."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from advgame.scenarios import Scenario
from advgame.scenarios.files import toml_of

FORMATS = {
    "html": ("Report", "text/html", "html"),
    "markdown": ("Markdown", "text/markdown", "md"),
    "json": ("JSON", "application/json", "json"),
}


def show(scenario: Scenario) -> None:
    """A button for each format; a report is written when it is asked for."""
    with st.container(horizontal=True, key="downloads"):
        for name, (label, mime, ending) in FORMATS.items():
            st.download_button(
                label,
                _report(scenario, name),
                file_name=f"decision.{ending}",
                mime=mime,
                key=f"download {name}",
                icon=":material/download:",
                type="primary" if name == "html" else "secondary",
                on_click="ignore",
            )
        st.download_button(
            "Scenario",
            toml_of(scenario),
            file_name="scenario.toml",
            mime="application/toml",
            key="download scenario",
            icon=":material/tune:",
            help="This question with your settings, for `advgame solve` or `advgame app`.",
            on_click="ignore",
        )


def _report(scenario: Scenario, name: str) -> Callable[[], bytes]:
    def write() -> bytes:
        from advgame.reports import report

        told = report(scenario).render(name)
        return told.encode("utf-8") if isinstance(told, str) else told

    return write
