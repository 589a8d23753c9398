"""The region map as a figure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go

from advgame.scenarios import Axis
from advgame.studies import Regions
from widgets.colours import INK, OTHER_REGIMES, REGIMES
from widgets.words import sentence, short, short_names

HEIGHT, LINE = 400, 22  # pixels: of the map, of one line of the legend
UNSOLVED = "no certified solution"
BELOW = {"x": 0, "y": -0.24, "yanchor": "top", "itemclick": False, "itemdoubleclick": False}


def region_figure(regions: Regions, here: tuple[float, float], currency: str) -> go.Figure:
    """The coloured map with its legend below and the scenario's own point."""
    names = regime_names(regions.regimes)
    colours = [*REGIMES[: len(names)], OTHER_REGIMES]
    legend = [_entry(name, colour) for name, colour in zip(names, colours[:-1], strict=False)]
    if len(names) > len(REGIMES):
        legend.append(_entry("other mixed strategies", OTHER_REGIMES))
    below = LINE * (sum(1 + entry.name.count("<br>") for entry in legend) + 1)
    return go.Figure([_areas(regions, colours), *legend, _here(here)]).update_layout(
        height=HEIGHT + below,
        margin={"l": 0, "r": 24, "t": 8, "b": below + 80},
        showlegend=True,
        legend=BELOW,
        xaxis=_scale(regions.x, currency),
        yaxis=_scale(regions.y, currency),
    )


def regime_names(regimes: Sequence[tuple[str, ...]]) -> list[str]:
    """The legend entries of the regimes, from their deployed defences; all entries differ.

    >>> regime_names([("plain", "robust"), ("plain", "robust", "pruned"), ()])
    ['plain + robust', 'plain + robust + 1 more', 'no certified solution']
    >>> regime_names([("a", "b", "c"), ("a", "b", "d")])
    ['a + b<br>+ c', 'a + b<br>+ d']
    """
    defences = list(dict.fromkeys(name for regime in regimes for name in regime))
    short = dict(zip(defences, short_names(defences, 22), strict=True))
    names = [[short[name] for name in regime] for regime in regimes]
    brief = [_named(regime, 2) for regime in names]
    return [
        name if brief.count(name) == 1 else _named(regime, len(regime))
        for name, regime in zip(brief, names, strict=True)
    ]


def _named(regime: Sequence[str], most: int) -> str:
    """The first defences of a mixed strategy, two per line, and the number of the others."""
    pairs = [" + ".join(map(escape, regime[start : min(start + 2, most)])) for start in range(0, most, 2)]
    rest = f" + {len(regime) - most} more" if len(regime) > most else ""
    return "<br>+ ".join(pair for pair in pairs if pair) + rest or UNSOLVED


def _areas(regions: Regions, colours: Sequence[str]) -> go.Heatmap:
    last = len(colours) - 1
    names = ["<br>+ ".join(map(escape, regime)) or UNSOLVED for regime in regions.regimes]
    bands = [(place / (last + 1), (place + 1) / (last + 1), colour) for place, colour in enumerate(colours)]
    return go.Heatmap(
        x=regions.x_values,
        y=regions.y_values,
        z=regions.regime.clip(max=last),
        zmin=-0.5,
        zmax=last + 0.5,
        colorscale=[(edge, colour) for start, end, colour in bands for edge in (start, end)],
        showscale=False,
        hovertext=[[names[place] for place in row] for row in regions.regime.tolist()],
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
        name="your scenario",
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
