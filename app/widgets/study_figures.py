"""Figures of the studies: one function for each kind of result."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from advgame.number_text import percent, significant
from advgame.studies import NearestFlip, SamplingError, Sensitivity, ValueOfInformation
from advgame.wording.names import attack_in_words, meaning_of
from widgets import state
from widgets.colours import ATTACKER, DEFENDER, FAINT, colour_of, dash_of
from widgets.words import chart_text, short, short_names

BAR = 30  # pixels of height
MOST_BARS = 12
MOST_LINES = 6
LEGEND = {"orientation": "h", "y": -0.28, "yanchor": "top", "itemclick": False, "itemdoubleclick": False}


def acceptability(result: SamplingError) -> go.Figure:
    """The probability that each option is the best one, over the largest share."""
    curve, case = result.curve, state.question().case
    peaks = np.nan_to_num(curve.probability).max(axis=0)
    chosen = [int(place) for place in np.argsort(-peaks)[:MOST_LINES] if peaks[place] > 0.01]
    names = short_names([state.say(curve.options[place]) for place in chosen], 40)
    figure = go.Figure(
        [
            go.Scatter(
                x=curve.shares,
                y=curve.probability[:, place],
                name=chart_text(name),
                mode="lines",
                line={
                    "color": colour_of(case, curve.options[place]),
                    "dash": dash_of(case, curve.options[place]),
                    "width": 3,
                },
                hovertemplate=f"{chart_text(name)}<br>%{{x:.1%}} of the traffic: %{{y:.0%}}<extra></extra>",
            )
            for place, name in zip(chosen, names, strict=True)
        ]
    )
    figure.add_vline(result.largest_share, line={"dash": "dot", "color": "#808890"})
    return figure.update_layout(
        height=340,
        margin={"l": 0, "r": 8, "t": 10, "b": 0},
        legend=LEGEND,
        showlegend=True,
        xaxis=_axis("largest share of the traffic that can be adversarial", tickformat=".3~%"),
        yaxis=_axis("probability of being best", tickformat=".3~%", range=[0, 1.02]),
    )


def tornado(result: Sensitivity) -> go.Figure | None:
    """The value at both ends of each assumption's interval, the greatest swing on top."""
    bars = result.bars[:MOST_BARS]
    if not bars:
        return None
    names = [short(state.say(meaning_of(bar.parameter)), 60) for bar in bars]
    ends = (
        ("at the low end", [bar.value_low for bar in bars], [bar.low for bar in bars], DEFENDER, ""),
        ("at the high end", [bar.value_high for bar in bars], [bar.high for bar in bars], ATTACKER, "/"),
    )
    figure = go.Figure(
        [
            go.Bar(
                y=list(range(len(bars))),
                x=[value - result.value for value in values],
                base=result.value,
                orientation="h",
                name=name,
                marker={"color": colour, "pattern": {"shape": pattern}},
                hovertext=[
                    f"{chart_text(label)}: {significant(at)}<br>value {significant(value)}"
                    for label, at, value in zip(names, amounts, values, strict=True)
                ],
                hoverinfo="text",
            )
            for name, values, amounts, colour, pattern in ends
        ]
    )
    return _named_bars(figure, names, state.say("value, money per classified input")).update_layout(
        barmode="overlay", showlegend=True, legend={"orientation": "h", "y": 1.0, "yanchor": "bottom"}
    )


def worth_knowing(result: ValueOfInformation) -> go.Figure | None:
    """What knowing each figure exactly would be worth over the horizon."""
    figures = [estimate for estimate in result.figures if estimate.kind in ("accuracy", "price")][:MOST_BARS]
    if not figures:
        return None
    names = [short(state.say(meaning_of(estimate.figure)), 60) for estimate in figures]
    drawn = go.Figure(
        go.Bar(
            y=list(range(len(figures))),
            x=[estimate.evppi.value for estimate in figures],
            orientation="h",
            marker={"color": DEFENDER},
            hovertext=[
                f"{chart_text(name)}<br>{significant(estimate.evppi.value)}"
                for name, estimate in zip(names, figures, strict=True)
            ],
            hoverinfo="text",
        )
    )
    return _named_bars(drawn, names, state.say("value of knowing it exactly, money per classified input"))


def nearest_flip(result: NearestFlip) -> go.Figure | None:
    """By how many standard errors each accuracy moves in the smallest joint change."""
    moving = [change for change in result.figures if abs(change.in_standard_errors) > 0.02 * result.distance]
    if result.deploy_changed is None or not moving:
        return None
    moving = moving[:MOST_BARS]
    names = [
        short(state.say(f"{change.defence} under {attack_in_words(change.attack)}"), 60) for change in moving
    ]
    figure = go.Figure(
        go.Bar(
            y=list(range(len(moving))),
            x=[change.in_standard_errors for change in moving],
            orientation="h",
            marker={"color": DEFENDER},
            hovertext=[
                f"{chart_text(name)}<br>{percent(change.accuracy)} → {percent(change.changed)}"
                for name, change in zip(names, moving, strict=True)
            ],
            hoverinfo="text",
        )
    )
    return _named_bars(figure, names, "change in standard errors")


def _named_bars(figure: go.Figure, names: Sequence[str], across: str) -> go.Figure:
    """Horizontal bars with their names above them, so that long names fit on a phone."""
    for place, name in enumerate(names):
        figure.add_annotation(
            x=0,
            xref="paper",
            y=place - 0.44,
            text=chart_text(name),
            showarrow=False,
            xanchor="left",
            yanchor="middle",
            font={"size": 12},
        )
    return figure.update_traces(width=0.42).update_layout(
        height=(BAR + 16) * len(names) + 70,
        margin={"l": 0, "r": 8, "t": 10, "b": 0},
        showlegend=False,
        xaxis=_axis(across),
        yaxis={"visible": False, "range": [len(names) - 0.5, -0.75], "fixedrange": True},
    )


def _axis(title: str, **more: object) -> dict[str, object]:
    return {"title": {"text": title, "font": {"size": 13}}, "fixedrange": True, "gridcolor": FAINT, **more}
