"""Downloads: the report in any format, and the scenario with its settings."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from advgame.decision import Situation
from advgame.errors import AdvgameError
from advgame.reports import FORMATS, report
from advgame.scenarios import Scenario
from advgame.scenarios.scenario_files import toml_of
from widgets import solvers
from widgets.words import plain

MAIN = "html"


def show(situation: Situation) -> None:
    """The HTML report, and the other formats behind a button; each is rendered on request."""
    if not solvers.are_ready("downloads", solvers.REPORT_NOTE):
        return
    with st.container(horizontal=True, key="downloads"):
        _offer(situation, MAIN, "Download the report", primary=True)
        with st.popover("Other formats", icon=":material/more_horiz:"):
            for name in FORMATS:
                if name != MAIN:
                    _offer(situation, name, f"Report as {name}")
            offer_scenario(situation.scenario)


def _offer(situation: Situation, name: str, label: str, *, primary: bool = False) -> None:
    offer_format(name, label, f"download {name}", _report(situation, name), primary=primary)


def offer_format(
    name: str, label: str, key: str, content: Callable[[], bytes], *, primary: bool = False
) -> None:
    """A button for a file in one format; disabled, with the reason, where the format needs more packages.

    Args:
        name: of the format, in ``FORMATS``.
        label: of the button.
        key: of the button.
        content: renders the file; called when the button is pressed.
        primary: whether it is the main button of its place.
    """
    missing = missing_for(name)
    st.download_button(
        label,
        content if not missing else b"",
        file_name=f"decision{FORMATS[name].endings[0]}",
        mime=FORMATS[name].media_type,
        key=key,
        icon=":material/download:",
        type="primary" if primary else "secondary",
        on_click="ignore",
        disabled=bool(missing),
        help=plain(missing) or None,
    )


@st.cache_resource(max_entries=64, show_spinner=False)
def missing_for(name: str) -> str:
    """Why a format cannot be rendered here; empty where it can."""
    try:
        FORMATS[name].check()
    except AdvgameError as mistake:
        return str(mistake)
    return ""


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
