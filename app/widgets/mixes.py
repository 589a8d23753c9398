"""Both mixed strategies as bars."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from advgame.arrays import FloatArray
from advgame.decision import Recommendation
from advgame.games.tolerances import PLAYED
from advgame.number_text import percent
from widgets import state
from widgets.colours import ATTACKER, DEFENDER, FAINT, INK
from widgets.words import chart_text, short_names

MOST_BARS = 6  # unless more are played
BAR_HEIGHT = 44  # pixels


def show(recommendation: Recommendation) -> None:
    """The defender's and the attacker's mixed strategy side by side."""
    game, profile = recommendation.game, recommendation.profile
    left, right = st.columns(2)
    with left:
        pay = np.asarray(game.defender_payoffs @ profile.attacker)
        _show_mix(
            "The defender deploys",
            [state.say(name) for name in game.defences],
            profile.defender,
            pay,
            DEFENDER,
        )
    with right:
        names = ("no attack", *(state.say(name) for name in game.attacks[1:]))
        pay = np.asarray(profile.defender @ game.attacker_payoffs)
        _show_mix("The attacker plays", names, profile.attacker, pay, ATTACKER)


def chosen_bars(mixed_strategy: FloatArray, pay: FloatArray, most: int = MOST_BARS) -> list[int]:
    """The strategies that get a bar: all that are played, then those with the highest payoffs."""
    played = int((mixed_strategy > PLAYED).sum())
    order = sorted(range(len(mixed_strategy)), key=lambda place: (-mixed_strategy[place], -pay[place]))
    return order[: max(played, min(most, len(mixed_strategy)))]


def _show_mix(
    title: str, names: Sequence[str], mixed_strategy: FloatArray, pay: FloatArray, colour: str
) -> None:
    st.markdown(f"**{title}**")
    # Smaller probabilities do not count as played
    mixed_strategy = np.where(mixed_strategy > PLAYED, mixed_strategy, 0.0)
    chosen = chosen_bars(mixed_strategy, pay)
    figure = _bars(
        [names[place] for place in chosen], [float(mixed_strategy[place]) for place in chosen], colour
    )
    st.plotly_chart(figure, config={"displayModeBar": False}, key=f"mix {title}")
    if len(names) > len(chosen):
        st.caption(f"{len(names) - len(chosen)} other strategies are not played.")


def _bars(names: Sequence[str], shares: Sequence[float], colour: str) -> go.Figure:
    """Bars with their names above them, so that long names fit on a phone."""
    labels = [f"{chart_text(name)}: {percent(share)}" for name, share in zip(names, shares, strict=True)]
    figure = go.Figure([_bar([1.0] * len(names), FAINT, labels), _bar(shares, colour, labels)])
    font = {"size": 13, "color": INK}
    for place, (name, share) in enumerate(zip(short_names(names, 34), shares, strict=True)):
        above = {"y": place - 0.38, "showarrow": False, "yanchor": "middle", "font": font}
        figure.add_annotation(x=0, text=chart_text(name), xanchor="left", **above)
        figure.add_annotation(x=1, text=percent(share), xanchor="right", **above)
    return figure.update_layout(
        barmode="overlay",
        height=BAR_HEIGHT * len(names) + 12,
        margin={"l": 0, "r": 0, "t": 4, "b": 4},
        showlegend=False,
        xaxis={"visible": False, "range": [0, 1], "fixedrange": True},
        yaxis={"visible": False, "range": [len(names) - 0.55, -0.75], "fixedrange": True},
        plot_bgcolor="rgba(0,0,0,0)",
    )


def _bar(lengths: Sequence[float], colour: str, labels: Sequence[str]) -> go.Bar:
    return go.Bar(
        x=lengths,
        y=list(range(len(lengths))),
        orientation="h",
        width=0.3,
        marker={"color": colour, "cornerradius": 4},
        hovertext=labels,
        hoverinfo="text",
    )
