"""The page of the report: its sections and studies, a preview, and files in every format."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st
from widgets import report_preview, solvers, state, study_block
from widgets.downloads import offer_format, offer_scenario
from widgets.messages import errors_shown
from widgets.words import plain, sentence

from advgame.reports import FORMATS, Report, report
from advgame.reports.compose import DECISION, IN_SHORT
from advgame.reports.sections import SECTIONS
from advgame.studies import STUDIES

SUMMARY, FULL, CHOSEN = "one-page summary", "full report", "chosen sections"
DECISIONS = ("accepted", "accepted with changes", "rejected", "postponed")
LABELS = {
    "html": "Web page (HTML)",
    "pdf": "PDF",
    "xlsx": "Workbook (XLSX)",
    "latex": "LaTeX",
    "json": "Data (JSON)",
    "text": "Plain text",
    "nfg": "Game (.nfg)",
    "nfg_counts": "Game without names (.nfg)",
}


def show() -> None:
    """What the report contains, how it looks, and its downloads."""
    st.title("Report", anchor=False)
    st.caption(plain(state.scenario().name))
    only, studies = _contents()
    if not solvers.are_ready("report", solvers.REPORT_NOTE):
        return
    with errors_shown():
        situation = state.situation()
        what = ("report", only, studies)
        with st.spinner("Writing the report …", show_time=True):
            written = state.remembered(what, lambda: report(situation, sections=studies, only=only))
        written = _signed(written)
        _show_downloads(written)
        st.header("Preview", anchor=False)
        report_preview.show(written)


def _contents() -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """The sections and the studies that are chosen."""
    kind = st.segmented_control(
        "What the report contains",
        [SUMMARY, FULL, CHOSEN],
        default=SUMMARY,
        required=True,
        key="report",
        format_func=sentence,
        bind="query-params",
    )
    only: tuple[str, ...] | None = IN_SHORT if kind == SUMMARY else None
    studies: list[str] = []
    if kind == CHOSEN:
        optional_sections = [name for name in SECTIONS if name != DECISION]
        only = tuple(
            st.multiselect(
                "Sections, after the decision",
                optional_sections,
                list(IN_SHORT[1:]),
                key="sections",
                format_func=_named,
                bind="query-params",
            )
        )
    if kind != SUMMARY:
        studies = st.multiselect(
            "Studies to add",
            list(STUDIES),
            key="studies",
            format_func=lambda name: f"{_named(name)}: {study_block.question_of(name)}",
            bind="query-params",
        )
    return only, tuple(studies)


def _named(name: str) -> str:
    return sentence(name.replace("_", " "))


def _signed(written: Report) -> Report:
    """The report with author, date and decision, if a block for signatures is wanted."""
    if not st.toggle("With date, decision and signatures", key="signed", persist_state="session"):
        return written
    left, middle, right = st.columns(3)
    author = left.text_input("Author", key="author", max_chars=120, persist_state="session")
    day = middle.date_input("Date", date.today(), key="date", format="YYYY-MM-DD")
    decided = right.selectbox(
        "Decision", ["", *DECISIONS], key="decided", format_func=lambda text: text or "(to be filled in)"
    )
    return written.signed(author, "" if day is None else day.isoformat(), decided)


def _show_downloads(written: Report) -> None:
    """A button for each format; a file is rendered when its button is pressed."""
    with st.container(horizontal=True, key="report-downloads"):
        for name in FORMATS:
            offer_format(
                name,
                LABELS.get(name, _named(name)),
                f"report {name}",
                _content(written, name),
                primary=name == "html",
            )
        offer_scenario(written.recommendation.scenario)
    st.caption("The address of this page reproduces it: share the link to show others the same settings.")


def _content(written: Report, name: str) -> Callable[[], bytes]:
    return lambda: written.file_content(name)


show()
