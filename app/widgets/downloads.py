"""Downloads: the report in any format, and the scenario with its settings."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from advgame.decision import Situation
from advgame.reports import FORMATS, report
from advgame.scenarios import Scenario
from advgame.scenarios.scenario_files import toml_of

MAIN = "html"


def show(situation: Situation) -> None:
    """The HTML report, and the other formats behind a button; each is rendered on request."""
    with st.container(horizontal=True, key="downloads"):
        _offer(situation, MAIN, "Download the report", primary=True)
        with st.popover("Other formats", icon=":material/more_horiz:"):
            for name in FORMATS:
                if name != MAIN:
                    _offer(situation, name, f"Report as {name}")
            offer_scenario(situation.scenario)


def _offer(situation: Situation, name: str, label: str, *, primary: bool = False) -> None:
    st.download_button(
        label,
        _report(situation, name),
        file_name=f"decision{FORMATS[name].endings[0]}",
        mime=FORMATS[name].media_type,
        key=f"download {name}",
        icon=":material/download:",
        type="primary" if primary else "secondary",
        on_click="ignore",
    )


def offer_scenario(scenario: Scenario) -> None:
    """The scenario file with the settings as they are."""
    st.download_button(
        "This question, with your settings",
        toml_of(scenario),
        file_name="scenario.toml",
        mime="application/toml",
        key="download scenario",
        icon=":material/download:",
        help="A scenario file, for advgame solve and advgame app.",
        on_click="ignore",
    )


def _report(situation: Situation, name: str) -> Callable[[], bytes]:
    return lambda: report(situation).file_content(name)
