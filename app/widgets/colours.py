"""Colours that can be distinguished with any colour vision (Okabe and Ito 2008); a strategy keeps its own."""

from __future__ import annotations

import streamlit as st

DEFENDER = "#0072b2"
ATTACKER = "#d55e00"
INK = "#1b2733"
FAINT = "rgba(128, 140, 152, 0.28)"
UNKNOWN = "#b8c0c8"

PALETTE = (
    *("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#0072b2", "#d55e00"),
    *("#a6d8f5", "#f3cf80", "#7fcfb9", "#e6bcd4", "#7a6f12", "#7fb8d8", "#eaae7f"),
)
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")

# From white to the player's colour: light enough for dark numbers almost everywhere.
DEFENDER_SCALE = ((0.0, "#f4f9fc"), (0.5, "#a9d3ec"), (1.0, "#2b8cc4"))
ATTACKER_SCALE = ((0.0, "#fdf6f0"), (0.5, "#f4c19a"), (1.0, "#e0792b"))


def colour_of(case: str, strategy: str) -> str:
    """The colour of a strategy, the same on every page and after every move of a slider.

    Args:
        case: the case; another one has colours of its own.
        strategy: its name.
    """
    return PALETTE[_place(case, strategy) % len(PALETTE)]


def dash_of(case: str, strategy: str) -> str:
    """The pattern of a strategy's line, so that lines differ without colour."""
    return DASHES[_place(case, strategy) % len(DASHES)]


def _place(case: str, strategy: str) -> int:
    """In which order the strategy was first shown in this session."""
    seen: dict[str, int] = st.session_state.setdefault("strategies seen", {}).setdefault(case, {})
    return seen.setdefault(strategy, len(seen))
