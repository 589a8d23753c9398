"""Both payoff matrices as heat maps, with the best responses marked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.decision import Recommendation
from advgame.games import Game
from advgame.games.tolerances import TIE
from advgame.number_text import significant
from advgame.wording.names import attack_in_words, currency_of
from widgets import state
from widgets.colours import ATTACKER_SCALE, DEFENDER_SCALE, INK
from widgets.words import chart_text, short_names

MOST_ROWS = 14  # of a heat map; the table below shows all
MOST_FIGURED_COLUMNS = 4  # with more columns, numbers do not fit on a phone
ROW_HEIGHT = 34  # pixels
MARK = "◆"


def show(recommendation: Recommendation) -> None:
    """One heat map per player, and both matrices as tables."""
    game = recommendation.game
    rows = shown_rows(recommendation)
    st.caption(
        f"In {currency_of(recommendation.scenario)} per classified input. {MARK} marks the best response: "
        "of the defender to each attack, and of the attacker to each defence."
    )
    if len(rows) < len(game.defences):
        st.caption(
            f"{len(rows)} of {len(game.defences)} defences: those deployed, then those with the highest "
            "value alone."
        )
    left, right = st.columns(2)
    with left:
        st.markdown("**To the defender**")
        _show_map(game, game.defender_payoffs, defender_marks(game), rows, DEFENDER_SCALE, "defender")
    with right:
        st.markdown("**To the attacker**")
        _show_map(game, game.attacker_payoffs, attacker_marks(game), rows, ATTACKER_SCALE, "attacker")
    with st.expander("All figures as tables", icon=":material/table:"):
        _show_table("To the defender", game, game.defender_payoffs)
        _show_table("To the attacker", game, game.attacker_payoffs)


def shown_rows(recommendation: Recommendation, most: int = MOST_ROWS) -> list[int]:
    """The defences that get a row: those deployed, the undefended network, then the best ones alone."""
    deployed = dict(recommendation.deploy)
    order = sorted(
        range(len(recommendation.game.defences)),
        key=lambda row: (
            -deployed.get(recommendation.game.defences[row], 0.0),
            recommendation.game.defences[row] != recommendation.undefended,
            -recommendation.alone[row].value,
        ),
    )
    return order[: max(most, len(deployed))]


def defender_marks(game: Game) -> NDArray[np.bool_]:
    """True where a defence is a best response to the attack, (defences, attacks)."""
    payoffs = game.defender_payoffs
    return np.asarray(payoffs >= payoffs.max(axis=0, keepdims=True) - TIE * np.ptp(payoffs))


def attacker_marks(game: Game) -> NDArray[np.bool_]:
    """True where an attack is a best response to the defence, (defences, attacks)."""
    payoffs = game.attacker_payoffs
    return np.asarray(payoffs >= payoffs.max(axis=1, keepdims=True) - TIE * np.ptp(payoffs))


def _show_map(
    game: Game,
    payoffs: FloatArray,
    marks: NDArray[np.bool_],
    rows: Sequence[int],
    scale: tuple[tuple[float, str], ...],
    player: str,
) -> None:
    names = [state.say(game.defences[row]) for row in rows]
    attacks = ["no attack", *map(state.say, game.attacks[1:])]
    figure = go.Figure(_cells(payoffs[rows], marks[rows], names, attacks, scale))
    if len(attacks) > MOST_FIGURED_COLUMNS:
        figure.add_trace(_diamonds(marks[rows]))
    figure.update_layout(
        height=ROW_HEIGHT * len(rows) + 70,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        showlegend=False,
        xaxis=_named_axis(short_names(attacks, 16), side="top"),
        yaxis=_named_axis(short_names(names, 20), autorange="reversed"),
    )
    st.plotly_chart(figure, config={"displayModeBar": False}, key=f"payoffs {player}")


def _cells(
    payoffs: FloatArray,
    marks: NDArray[np.bool_],
    names: Sequence[str],
    attacks: Sequence[str],
    scale: tuple[tuple[float, str], ...],
) -> go.Heatmap:
    texts = [
        [(f"{MARK} " if best else "") + significant(value, 3) for value, best in zip(*row, strict=True)]
        for row in zip(payoffs.tolist(), marks.tolist(), strict=True)
    ]
    hover = [
        [
            f"{chart_text(name)}<br>{chart_text(attack)}<br>{text}"
            for attack, text in zip(attacks, row, strict=True)
        ]
        for name, row in zip(names, texts, strict=True)
    ]
    return go.Heatmap(
        z=payoffs,
        colorscale=scale,
        showscale=False,
        xgap=2,
        ygap=2,
        hovertext=hover,
        hoverinfo="text",
        text=texts,
        texttemplate="%{text}" if len(attacks) <= MOST_FIGURED_COLUMNS else "",
        textfont={"size": 12, "color": INK},
    )


def _diamonds(marks: NDArray[np.bool_]) -> go.Scatter:
    """The marks of a map whose cells are too small for numbers."""
    rows, columns = np.nonzero(marks)
    line = {"color": "white", "width": 1}
    marker = {"symbol": "diamond", "size": 9, "color": INK, "line": line}
    return go.Scatter(x=columns, y=rows, mode="markers", marker=marker, hoverinfo="skip")


def _named_axis(names: Sequence[str], **more: object) -> dict[str, object]:
    return {
        "tickvals": list(range(len(names))),
        "ticktext": [chart_text(name) for name in names],
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "automargin": True,
        "tickfont": {"size": 12, "color": INK},
        **more,
    }


def _show_table(title: str, game: Game, payoffs: FloatArray) -> None:
    st.markdown(f"**{title}**")
    frame = pd.DataFrame(
        payoffs,
        index=pd.Index(game.defences, name="defence"),
        columns=[attack_in_words(name) for name in game.attacks],
    )
    st.dataframe(frame, height=min(36 * (len(frame) + 1) + 2, 420))
