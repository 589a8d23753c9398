"""The report as it will look: the web page itself, in a frame."""

from __future__ import annotations

import streamlit as st

from advgame.reports import Report

HEIGHT = 900  # pixels


def show(report: Report) -> None:
    """The report's web page; it has no scripts, and every name in it is escaped."""
    page = report.file_content("html").decode()
    st.iframe(page, height=HEIGHT, alt="The report as a web page.")
