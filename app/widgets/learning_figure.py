"""Figures of play: learning as an animation in the browser, and simulated against predicted value."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from advgame.studies import Dynamics, Simulation
from widgets.colours import DASHES, DEFENDER, FAINT, PALETTE

FRAMES = 24
AXIS = {"fixedrange": True, "gridcolor": FAINT}


def draw(result: Dynamics) -> go.Figure:
    """The distance of the defender's average strategy from equilibrium, round by round."""
    runs = {run.process: run for run in reversed(result.runs)}
    paths = {name: np.asarray(runs[name].path) for name in sorted(runs)}
    lines = [_line(place, name, path) for place, (name, path) in enumerate(paths.items())]
    figure = go.Figure(lines)
    last = max(float(path[-1, 0]) for path in paths.values())
    rounds = np.unique(np.geomspace(1, last, FRAMES).round())
    figure.frames = [
        go.Frame(
            data=[
                {"x": part[:, 0], "y": part[:, 1]} for part in (_until(path, end) for path in paths.values())
            ],
            name=str(int(end)),
        )
        for end in rounds
    ]
    return figure.update_layout(
        height=400,
        margin={"l": 0, "r": 8, "t": 44, "b": 0},
        showlegend=True,
        legend={"orientation": "h", "y": -0.25, "yanchor": "top"},
        xaxis={**AXIS, "type": "log", "title": {"text": "round", "font": {"size": 13}}},
        yaxis={
            **AXIS,
            "range": [0, 1.02],
            "title": {"text": "distance of the defender from equilibrium", "font": {"size": 13}},
        },
        updatemenus=[_buttons()],
    )


def _until(path: np.ndarray, end: float) -> np.ndarray:
    return np.asarray(path[path[:, 0] <= end])


def _line(place: int, name: str, path: np.ndarray) -> go.Scatter:
    line = {"color": PALETTE[place % len(PALETTE)], "dash": DASHES[place % len(DASHES)], "width": 2.5}
    return go.Scatter(
        x=np.maximum(path[:, 0], 1), y=path[:, 1], mode="lines", name=name.replace("_", " "), line=line
    )


def _buttons() -> dict[str, object]:
    play = {"frame": {"duration": 120}, "transition": {"duration": 0}, "fromcurrent": False}
    stop = {"mode": "immediate", "frame": {"duration": 0}, "transition": {"duration": 0}}
    return {
        "type": "buttons",
        "direction": "left",
        "showactive": False,
        "x": 0,
        "y": 1.14,
        "xanchor": "left",
        "buttons": [
            {"label": "Play", "method": "animate", "args": [None, play]},
            {"label": "Pause", "method": "animate", "args": [[None], stop]},
        ],
    }


def predicted(result: Simulation) -> go.Figure:
    """The realised payoff with its interval beside the predicted one, and the same against doing nothing."""
    names = ["the recommendation", f"more than {result.undefended}"]
    estimates = [result.worth, result.gained]
    figure = go.Figure()
    figure.add_scatter(
        x=[estimate.mean for estimate in estimates],
        y=names,
        mode="markers",
        name="simulated, with its interval",
        marker={"size": 12, "color": DEFENDER},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [estimate.high - estimate.mean for estimate in estimates],
            "arrayminus": [estimate.mean - estimate.low for estimate in estimates],
        },
    )
    figure.add_scatter(
        x=[estimate.predicted for estimate in estimates],
        y=names,
        mode="markers",
        name="predicted",
        marker={"size": 13, "symbol": "diamond-open", "color": "#d55e00", "line": {"width": 3}},
    )
    return figure.update_layout(
        height=240,
        margin={"l": 0, "r": 8, "t": 10, "b": 0},
        legend={"orientation": "h", "y": -0.35, "yanchor": "top"},
        xaxis={**AXIS, "title": {"text": "money per classified input", "font": {"size": 13}}},
        yaxis={"fixedrange": True, "automargin": True, "range": [1.5, -0.5]},
    )
