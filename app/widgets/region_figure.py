"""The region map as a figure: exact borders, a name in every region, and the scenario's own point."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from advgame.scenarios import Axis
from advgame.studies import Regions
from advgame.studies.region_borders import Borders, Piece
from widgets import state
from widgets.colours import INK, UNKNOWN, colour_of
from widgets.words import chart_text, sentence, short, short_names

HEIGHT, LINE = 430, 21  # pixels: of the map, of one line of the legend
UNSOLVED = "no certified solution"
LEAST_NAMED = 0.04  # of the map: a smaller region has its name in the legend only
LEGEND = {"x": 0, "y": -0.2, "yanchor": "top", "itemclick": False, "itemdoubleclick": False}


def region_figure(
    region_map: Regions, borders: Borders, currency: str, case: str, *, small: bool = False
) -> go.Figure:
    """The map with its regions and the scenario's own point; every point of the grid can be chosen.

    Args:
        region_map: the map.
        borders: its borders.
        currency: the unit of money, for the axes.
        case: whose colours the strategies have.
        small: whether it is one of several side by side, without names and legend.
    """
    names = regime_names(region_map.regimes)
    shown = [
        place for place in range(len(names)) if borders.areas[place] > 0 or place == region_map.here_regime
    ]
    areas = [_region(place, region_map, borders, names[place], case) for place in shown]
    figure = go.Figure([*areas, _borders(borders), _choices(region_map), _own_point(region_map)])
    if not small:
        _name_regions(figure, region_map, borders, names)
    lines = sum(1 + names[place].count("<br>") for place in shown) + 1
    below = 0 if small else LINE * lines
    return figure.update_layout(
        height=230 if small else HEIGHT + below,
        margin={"l": 0, "r": 12, "t": 8, "b": 40 if small else below + 70},
        showlegend=not small,
        legend=LEGEND,
        hovermode="closest",
        clickmode="event+select",
        dragmode=False,
        xaxis=_scale(region_map.x, currency, small),
        yaxis=_scale(region_map.y, currency, small),
    )


def regime_names(regimes: Sequence[tuple[str, ...]]) -> list[str]:
    """The legend entries of the regimes, from their deployed defences; all entries differ.

    >>> regime_names([("plain", "robust"), ("plain", "robust", "pruned"), ()])
    ['plain + robust', 'plain + robust + 1 more', 'no certified solution']
    >>> regime_names([("a", "b", "c"), ("a", "b", "d")])
    ['a + b<br>+ c', 'a + b<br>+ d']
    """
    defences = list(dict.fromkeys(name for regime in regimes for name in regime))
    short = dict(zip(defences, short_names([state.say(name) for name in defences], 22), strict=True))
    names = [[short[name] for name in regime] for regime in regimes]
    brief = [_named(regime, 2) for regime in names]
    return [
        name if brief.count(name) == 1 else _named(regime, len(regime))
        for name, regime in zip(brief, names, strict=True)
    ]


def _named(regime: Sequence[str], most: int) -> str:
    """The first defences of a mixed strategy, two per line, and the number of the others."""
    pairs = [" + ".join(map(chart_text, regime[start : min(start + 2, most)])) for start in range(0, most, 2)]
    rest = f" + {len(regime) - most} more" if len(regime) > most else ""
    return "<br>+ ".join(pair for pair in pairs if pair) + rest or UNSOLVED


def _region(place: int, region_map: Regions, borders: Borders, name: str, case: str) -> go.Scatter:
    """One region: all its pieces as one filled shape."""
    regime = region_map.regimes[place]
    colour = colour_of(case, " + ".join(regime)) if regime else UNKNOWN
    x, y = _closed([piece for piece in borders.pieces if piece.region == place])
    return go.Scatter(
        x=x or [None],
        y=y or [None],
        mode="lines",
        fill="toself",
        fillcolor=colour,
        line={"color": colour, "width": 1.5},
        name=name,
        hoverinfo="skip",
        legendrank=1000 - int(1000 * borders.areas[place]),
    )


def _closed(pieces: Sequence[Piece]) -> tuple[list[float | None], list[float | None]]:
    """The outlines one after the other, each closed, with a gap between two."""
    x: list[float | None] = []
    y: list[float | None] = []
    for piece in pieces:
        for across, up in (*piece.outline, piece.outline[0]):
            x.append(across)
            y.append(up)
        x.append(None)
        y.append(None)
    return x, y


def _borders(borders: Borders) -> go.Scatter:
    x = [end for first, last in borders.lines for end in (first[0], last[0], None)]
    y = [end for first, last in borders.lines for end in (first[1], last[1], None)]
    line = {"color": INK, "width": 1.5}
    return go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False)


def _choices(region_map: Regions) -> go.Scatter:
    """The points of the grid: invisible, named when the mouse is over them, chosen by a click."""
    names = [
        "<br>+ ".join(chart_text(state.say(name)) for name in regime) or UNSOLVED
        for regime in region_map.regimes
    ]
    x, y = np.meshgrid(region_map.x_values, region_map.y_values)
    invisible = {"marker": {"opacity": 0}}
    return go.Scatter(
        x=x.ravel(),
        y=y.ravel(),
        mode="markers",
        marker={"size": 12, "opacity": 0, "color": "white"},
        selected=invisible,
        unselected=invisible,
        hovertext=[names[place] for place in region_map.regime.ravel().tolist()],
        hoverinfo="text",
        showlegend=False,
    )


def _own_point(region_map: Regions) -> go.Scatter:
    return go.Scatter(
        x=[region_map.here[0]],
        y=[region_map.here[1]],
        mode="markers",
        name="your scenario",
        marker={"symbol": "circle", "size": 15, "color": "white", "line": {"color": INK, "width": 4}},
        hoverinfo="name",
        cliponaxis=False,
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )


def _name_regions(figure: go.Figure, region_map: Regions, borders: Borders, names: Sequence[str]) -> None:
    """Writes the name of every region of some size into it."""
    for place, name in enumerate(names):
        spot = _middle(region_map.regime == place)
        if borders.areas[place] >= LEAST_NAMED and spot is not None:
            row, column = spot
            figure.add_annotation(
                x=region_map.x_values[column],
                y=region_map.y_values[row],
                text=name,
                showarrow=False,
                font={"size": 12, "color": INK},
                bgcolor="rgba(255, 255, 255, 0.78)",
                borderpad=2,
            )


def _middle(inside: NDArray[np.bool_]) -> tuple[int, int] | None:
    """The point of a region farthest from its border; None for an empty one."""
    from scipy.ndimage import distance_transform_edt

    if not inside.any():
        return None
    far = distance_transform_edt(np.pad(inside, 1))[1:-1, 1:-1]
    row, column = np.unravel_index(int(far.argmax()), far.shape)
    return int(row), int(column)


def _scale(axis: Axis, currency: str, small: bool) -> dict[str, object]:
    field, _, entry = (state.say(part) for part in sentence(axis.meaning).partition(": "))
    unit = f" ({chart_text(currency)})" if currency and not axis.is_share else ""
    title = f"{field}{unit}" + (f"<br>{chart_text(short(entry, 30))}" if entry else "")
    return {
        "title": {"text": "" if small else title, "font": {"size": 13}},
        "range": [axis.low, axis.high],
        "tickformat": ".3~%" if axis.is_share else "~g",
        "nticks": 5 if small else 0,
        "fixedrange": True,
        "zeroline": False,
        "showgrid": False,
        "automargin": True,
    }
