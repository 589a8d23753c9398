"""One study on a page: its question, its answer in a sentence, a figure, and the table behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from advgame.files import spreadsheet_safe
from advgame.studies import STUDIES, StudyResult, study
from advgame.wording.money import amounts_in_words
from advgame.wording.names import addresses_in_words
from widgets import solvers, state
from widgets.messages import errors_shown
from widgets.words import plain

LARGE = 120  # cells of a game whose studies take more than a second or two
Figure = Callable[[Any], go.Figure | None]


@st.fragment
def show(name: str, title: str, figure: Figure | None = None, **settings: Any) -> None:
    """The study under a heading; for a large game it is computed at the press of a button.

    Args:
        name: of the study, in ``STUDIES``.
        title: the heading.
        figure: draws the result; None for the table alone.
        settings: of the study.
    """
    st.header(plain(title), anchor=False, help=plain(question_of(name)))
    with errors_shown():
        result = _result(name, settings) if solvers.are_ready(name) else None
        if result is None:
            return
        game = state.situation().game
        summary = addresses_in_words(result.sentence, {*game.defences, *game.attacks})
        st.markdown(state.worded(summary))
        amounts = amounts_in_words(result, state.situation().scenario)
        if amounts:
            st.caption(state.worded(amounts))
        drawn = figure(result) if figure is not None else None
        if drawn is not None:
            st.plotly_chart(
                drawn,
                config={"displayModeBar": False},
                key=f"figure {name}",
                alt=state.worded(summary),
            )
        _show_table(name, result.frame(), drawn is None)


def question_of(name: str) -> str:
    """The question of a study: the first line of its docstring."""
    return (STUDIES[name].__doc__ or name).strip().partition("\n")[0]


def _result(name: str, settings: dict[str, Any]) -> StudyResult | None:
    situation = state.situation()
    rows, columns = situation.game.shape
    session_key = f"asked {name}"
    what = ("study", name, tuple(sorted(settings.items())))
    if (
        rows * columns > LARGE
        and not state.is_remembered(what)
        and st.session_state.get(session_key) != state.question()
    ):
        st.caption(f"{rows} defences against {columns} attacks: this takes some seconds.")
        if not st.button("Compute", key=f"compute {name}", icon=":material/calculate:"):
            return None
        st.session_state[session_key] = state.question()  # any change of the question needs the button again
    with st.spinner("Computing …", show_time=True):
        prepared = STUDIES[name].prepared(situation.scenario)
        subject = situation if prepared is situation.scenario else prepared
        return state.remembered(what, lambda: study(name, subject, **settings))


def _show_table(name: str, frame: pd.DataFrame, alone: bool) -> None:
    """The table, which can be saved; a text that would start a formula is neutralised."""
    with st.expander("As a table", icon=":material/table:", expanded=alone):
        st.dataframe(frame, hide_index=True, height=min(36 * (len(frame) + 1) + 2, 420), alt="The result.")
        safe = frame.map(lambda cell: spreadsheet_safe(cell) if isinstance(cell, str) else cell)
        st.download_button(
            "Save as CSV",
            lambda: safe.to_csv(index=False).encode(),
            file_name=f"{name}.csv",
            mime="text/csv",
            key=f"save {name}",
            icon=":material/download:",
            on_click="ignore",
        )
