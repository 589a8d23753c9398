"""Styles beyond the theme: less empty space, a prominent verdict, and settings that a phone's user finds."""

from __future__ import annotations

import streamlit as st

STYLE = """
<style>
.stMainBlockContainer > [data-testid="stVerticalBlock"] { gap: 0.6rem; }
.stMainBlockContainer { padding-top: 3.7rem; padding-bottom: 2rem; max-width: 1240px; }
@media (min-width: 900px) { .stMainBlockContainer { padding-left: 2rem; padding-right: 2rem; } }
.stMainBlockContainer h1 { font-size: 1.35rem; padding: 0; }
.stMainBlockContainer [data-testid="stMarkdownContainer"] p { line-height: 1.4; }
.stMainBlockContainer .stHeading [data-testid="stMarkdownContainer"] { margin-bottom: -0.5rem; }
.stMainBlockContainer h2 { font-size: 1.15rem; padding: 0.2rem 0; }
.stMainBlockContainer h3 { font-size: 1.02rem; padding: 0.1rem 0; }
.stSidebar [data-testid="stSidebarHeader"] { margin-bottom: 0; height: 2.5rem; }
.stSidebar h2 { padding-top: 0.6rem; font-size: 1.15rem; }
.stSidebar [data-testid="stVerticalBlock"] { gap: 0.55rem; }
.stSidebar [data-testid="stHorizontalBlock"] { flex-wrap: nowrap; }
.stSidebar [data-testid="stColumn"] { min-width: 0; }
.stSidebar .st-key-settings-buttons button { padding: 0.15rem 0.5rem; min-height: 2rem; }
.stSidebar .st-key-settings-buttons { flex-wrap: wrap; }
.st-key-verdict { border-left: 6px solid #0072b2; background: rgba(0, 114, 178, 0.07);
  padding: 0.6rem 1rem; gap: 0.5rem; }
.st-key-verdict h2 { font-size: 1.2rem; padding: 0; line-height: 1.25; }
.st-key-verdict [data-testid="stMarkdownContainer"] p { margin-bottom: 0.3rem; }
.st-key-verdict .stHeading [data-testid="stMarkdownContainer"] { margin-bottom: 0; }
.st-key-key-figures > div { flex: 1 1 118px; align-self: stretch; }
.st-key-key-figures [data-testid="stMetric"] { height: 100%; padding: 0.45rem 0.7rem; }
.st-key-key-figures [data-testid="stMetric"] > div { padding: 0; height: 100%; display: flex;
  flex-direction: column; justify-content: space-between; }
.st-key-key-figures [data-testid="stMetricValue"] { font-size: 1.2rem; line-height: 1.4; }
.st-key-key-figures [data-testid="stMetricLabel"] * {
  white-space: normal; overflow: visible; line-height: 1.25;
}
[data-testid="stTable"] td, [data-testid="stTable"] th { padding: 0.15rem 0.5rem; line-height: 1.25; }
[data-testid="stTable"] { font-size: 0.83rem; }
.stMainBlockContainer li { margin-bottom: 0; font-size: 0.88rem; line-height: 1.35; }
.st-key-sureness [data-testid="stMarkdownContainer"] { font-size: 0.88rem; }
.st-key-sureness [data-testid="stVerticalBlock"] { gap: 0.85rem; }
.st-key-sureness .stHeading { padding: 0; }
.st-key-sureness ul { margin-bottom: 0.5rem; }
@media (min-width: 1200px) { .st-key-knowledge th:nth-child(2) { min-width: 25rem; } }
.st-key-knowledge th:nth-child(n+3), .st-key-knowledge td:nth-child(5) { white-space: nowrap; }
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p, .stSpinner span { color: inherit; }
[data-testid="stCaptionContainer"] { opacity: 0.82; }
button[data-testid="stBaseButton-primary"] { background: #0072b2; border-color: #0072b2; color: #ffffff; }
button[data-testid="stBaseButton-primary"]:hover { background: #005e93; border-color: #005e93; }
@media (max-width: 640px) {
  [data-testid="stExpandSidebarButton"]::after { content: "Pages and settings"; font-size: 0.9rem;
    padding-left: 0.3rem; white-space: nowrap; }
  [data-testid="stExpandSidebarButton"] { width: auto; }
}
</style>
"""


def show() -> None:
    """Applies the style sheet."""
    st.html(STYLE)
