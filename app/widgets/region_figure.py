"""A map of regions as a figure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go

from advgame.studies import Axis, Regions
from widgets.colours import INK, OTHER_REGIMES, REGIMES
from widgets.words import sentence, short

HEIGHT, LINE = 400, 22  # pixels: of the map, of one line of the legend
BELOW = {"x": 0, "y": -0.24, "yanchor": "top", "itemclick": False, "itemdoubleclick": False}


def region_figure(found: Regions, here: tuple[float, float], currency: str) -> go.Figure:
    """The map in colours, its legend below it, and the point where the scenario stands."""
    names = [regime_name(regime) for regime in found.regimes]
    colours = [*REGIMES[: len(names)], OTHER_REGIMES]
    legend = [_entry(name, colour) for name, colour in zip(names, colours[:-1], strict=False)]
    if len(names) > len(REGIMES):
        legend.append(_entry("other mixes", OTHER_REGIMES))
    below = LINE * (len(legend) + 1)
    return go.Figure([_areas(found, names, colours), *legend, _here(here)]).update_layout(
        height=HEIGHT + below,
        margin={"l": 0, "r": 24, "t": 8, "b": below + 80},
        showlegend=True,
        legend=BELOW,
        xaxis=_scale(found.x, currency),
        yaxis=_scale(found.y, currency),
    )


def regime_name(regime: tuple[str, ...]) -> str:
    """The defences deployed, as a legend names them.

    >>> regime_name(("plain", "robust")), regime_name(())
    ('plain + robust', 'no certified answer')
    """
    if not regime:
        return "no certified answer"
    rest = f" + {len(regime) - 2} more" if len(regime) > 2 else ""
    return " + ".join(escape(short(name, 22)) for name in regime[:2]) + rest


def _areas(found: Regions, names: Sequence[str], colours: Sequence[str]) -> go.Heatmap:
    last = len(colours) - 1
    bands = [(place / (last + 1), (place + 1) / (last + 1), colour) for place, colour in enumerate(colours)]
    return go.Heatmap(
        x=found.x_values,
        y=found.y_values,
        z=found.regime.clip(max=last),
        zmin=-0.5,
        zmax=last + 0.5,
        colorscale=[(edge, colour) for start, end, colour in bands for edge in (start, end)],
        showscale=False,
        hovertext=[[names[place] for place in row] for row in found.regime.tolist()],
        hoverinfo="text",
    )


def _entry(name: str, colour: str) -> go.Scatter:
    marker = {"symbol": "square", "size": 12, "color": colour}
    return go.Scatter(x=[None], y=[None], mode="markers", name=name, marker=marker)


def _here(here: tuple[float, float]) -> go.Scatter:
    return go.Scatter(
        x=[here[0]],
        y=[here[1]],
        mode="markers",
        name="where you stand",
        marker={"symbol": "circle", "size": 15, "color": "white", "line": {"color": INK, "width": 4}},
        hoverinfo="name",
        cliponaxis=False,
    )


def _scale(axis: Axis, currency: str) -> dict[str, object]:
    field, _, entry = sentence(axis.meaning).partition(": ")
    unit = f" ({currency})" if currency and not axis.is_share else ""
    return {
        "title": {
            "text": f"{field}{unit}" + (f"<br>{escape(short(entry, 30))}" if entry else ""),
            "font": {"size": 13},
        },
        "range": [axis.low, axis.high],
        "tickformat": ".3~%" if axis.is_share else "",
        "fixedrange": True,
        "zeroline": False,
        "automargin": True,
        "color": INK,
    }
