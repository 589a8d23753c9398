"""The page of the report: its sections and studies, a preview, and files in every format."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st
from widgets import report_preview, state, study_block
from widgets.downloads import offer_scenario
from widgets.messages import errors_shown
from widgets.words import plain, sentence

from advgame.errors import AdvgameError
from advgame.reports import FORMATS, Report, report
from advgame.reports.compose import DECISION, IN_SHORT
from advgame.reports.sections import SECTIONS
from advgame.reports.sign_off import DECISIONS, SignOff
from advgame.studies import STUDIES

SUMMARY, FULL, CHOSEN = "one-page summary", "full report", "chosen sections"
LABELS = {"html": "Web page (HTML)", "markdown": "Markdown", "json": "Data (JSON)", "text": "Plain text"}


def show() -> None:
    """What the report contains, how it looks, and its downloads."""
    st.title("Report", anchor=False)
    st.caption(plain(state.scenario().name))
    only, studies, sign_off = _contents()
    with errors_shown():
        here = state.situation()
        what = ("report", only, studies, sign_off)
        with st.spinner("Writing the report …", show_time=True):
            written = state.remembered(
                what, lambda: report(here, sections=studies, only=only, sign_off=sign_off)
            )
        _show_downloads(written)
        st.header("Preview", anchor=False)
        report_preview.show(written)


def _contents() -> tuple[tuple[str, ...] | None, tuple[str, ...], SignOff | None]:
    """The sections, the studies and the sign-off that are chosen."""
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
        others = [name for name in SECTIONS if name != DECISION]
        only = tuple(
            st.multiselect(
                "Sections, after the decision",
                others,
                list(IN_SHORT[1:]),
                key="sections",
                format_func=_named,
                persist_state="session",
            )
        )
    if kind != SUMMARY:
        studies = st.multiselect(
            "Studies to add",
            list(STUDIES),
            key="studies",
            format_func=lambda name: f"{_named(name)}: {study_block.question_of(name)}",
            persist_state="session",
        )
    return only, tuple(studies), _sign_off()


def _named(name: str) -> str:
    return sentence(name.replace("_", " "))


def _sign_off() -> SignOff | None:
    """Author, date and decision, if a block for signatures is wanted."""
    if not st.toggle("With date, decision and signatures", key="signed", persist_state="session"):
        return None
    left, middle, right = st.columns(3)
    author = left.text_input("Author", key="author", max_chars=120, persist_state="session")
    day = middle.date_input("Date", date.today(), key="date", format="YYYY-MM-DD")
    decided = right.selectbox(
        "Decision", ["", *DECISIONS], key="decided", format_func=lambda text: text or "(to be filled in)"
    )
    return SignOff(author, "" if day is None else day.isoformat(), decided)


def _show_downloads(written: Report) -> None:
    """A button for each format; a file is rendered when it is asked for."""
    with st.container(horizontal=True, key="report-downloads"):
        for name, form in FORMATS.items():
            st.download_button(
                LABELS.get(name, _named(name)),
                _content(written, name),
                file_name=f"decision{form.endings[0]}",
                mime=form.media_type,
                key=f"report {name}",
                icon=":material/download:",
                type="primary" if name == "html" else "secondary",
                on_click="ignore",
            )
        offer_scenario(written.recommendation.scenario)
    st.caption("The address of this page reproduces it: share the link to show others the same settings.")


def _content(written: Report, name: str) -> Callable[[], bytes]:
    def content() -> bytes:
        try:
            return written.file_content(name)
        except AdvgameError as mistake:  # a package that is not installed
            return f"{mistake}\n".encode()

    return content


show()
