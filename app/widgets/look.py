"""Styles beyond the theme: less empty space, and a prominent verdict."""

from __future__ import annotations

import streamlit as st

STYLE = """
<style>
.stMainBlockContainer { padding-top: 3.2rem; padding-bottom: 3rem; max-width: 1180px; }
.stSidebar [data-testid="stSidebarHeader"] { margin-bottom: 0; height: 2.5rem; }
.stSidebar h2 { padding-top: 0.9rem; }
.st-key-verdict { border-left: 6px solid #0072b2; background: #f6fafd; }
.st-key-verdict h3 { font-size: 1.3rem; padding-top: 0; }
.st-key-key-figures > div { flex: 1 1 140px; align-self: stretch; }
.st-key-key-figures [data-testid="stMetric"] { height: 100%; display: flex; flex-direction: column;
  justify-content: space-between; }
.st-key-key-figures [data-testid="stMetricLabel"] * {
  white-space: normal; overflow: visible; line-height: 1.3;
}
</style>
"""


def show() -> None:
    """Applies the style sheet."""
    st.html(STYLE)
