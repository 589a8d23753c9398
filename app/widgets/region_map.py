"""What is deployed over two numbers: a map, with the point where the scenario stands."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go
import streamlit as st

from advgame.scenarios import Scenario, build_game, get_parameter, set_parameter
from advgame.scenarios.files import toml_of
from advgame.studies import Axis, Regions, regions
from widgets import state
from widgets.colours import INK, OTHER_REGIMES, REGIMES
from widgets.mistakes import told
from widgets.sliders import shown_axes
from widgets.words import sentence, short

FINE, ROUGH = 65, 33  # points each way
SMALL_GAME = 100  # pairs of strategies up to which the fine map is drawn well within a second
ACROSS, UPWARDS = "map across", "map upwards"


@st.fragment
def show() -> None:
    """The map and the choice of its two numbers; choosing redraws nothing else."""
    st.header("What would change the answer", anchor=False)
    axes = {each.address: each for each in shown_axes()}
    if len(axes) < 2:
        st.caption("This case has fewer than two numbers to vary.")
        return
    across, upwards = _choose(axes)
    with told():
        scenario = state.scenario()
        found = _map(toml_of(_at_the_corner(scenario, across, upwards)), scenario, across, upwards)
        here = get_parameter(scenario, across.address), get_parameter(scenario, upwards.address)
        st.plotly_chart(_figure(found, here, scenario.currency), config={"displayModeBar": False}, key="map")


def _choose(axes: dict[str, Axis]) -> tuple[Axis, Axis]:
    """Two different numbers; the one across first."""
    left, right = st.columns(2)
    first, second = _preferred(list(axes))
    across = _selected(left, "Across", ACROSS, list(axes), first, axes)
    others = [address for address in axes if address != across]
    upwards = _selected(right, "Upwards", UPWARDS, others, second if second != across else first, axes)
    return axes[across], axes[upwards]


def _preferred(addresses: Sequence[str]) -> tuple[str, str]:
    """The share and the price of an attack, which decide most cases; else the first two."""
    wanted = [
        each for name in ("largest_share", "attack_cost") for each in addresses if each.startswith(name)
    ]
    first, second, *_ = dict.fromkeys([*wanted, *addresses])
    return first, second


def _selected(
    place: st.delta_generator.DeltaGenerator,
    label: str,
    key: str,
    options: Sequence[str],
    preferred: str,
    axes: dict[str, Axis],
) -> str:
    kept = st.session_state.get(f"kept {key}", preferred)
    state.put(key, kept if kept in options else preferred)
    chosen: str = place.selectbox(
        label, options, key=key, format_func=lambda each: sentence(axes[each].meaning)
    )
    st.session_state[f"kept {key}"] = chosen
    return chosen


def _at_the_corner(scenario: Scenario, across: Axis, upwards: Axis) -> Scenario:
    """The scenario with both numbers at their least: the map is the same wherever on it we stand."""
    return set_parameter(set_parameter(scenario, across.address, across.low), upwards.address, upwards.low)


@st.cache_data(max_entries=64, show_spinner=False)
def _map(corner: str, _scenario: Scenario, across: Axis, upwards: Axis) -> Regions:  # noqa: ARG001 (the cache's key)
    rows, columns = build_game(_scenario).shape
    return regions(_scenario, across, upwards, points=FINE if rows * columns <= SMALL_GAME else ROUGH)


def _figure(found: Regions, here: tuple[float, float], currency: str) -> go.Figure:
    named = len(REGIMES) if len(found.regimes) > len(REGIMES) else len(found.regimes)
    colours = [*REGIMES[:named], OTHER_REGIMES]
    names = [_regime_name(regime) for regime in found.regimes]
    figure = go.Figure(
        [_areas(found, names, colours), *_legend(names[:named], colours, len(found.regimes) > named)]
    )
    figure.add_trace(_here(here))
    entries = named + (len(found.regimes) > named) + 1
    return figure.update_layout(
        height=400 + 22 * entries,
        margin={"l": 0, "r": 8, "t": 8, "b": 22 * entries + 60},
        legend={
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
            "x": 0,
            "xref": "container",
            "itemclick": False,
            "itemdoubleclick": False,
        },
        xaxis=_scale(found.x, currency),
        yaxis=_scale(found.y, currency),
    )


def _areas(found: Regions, names: Sequence[str], colours: Sequence[str]) -> go.Heatmap:
    last = len(colours) - 1
    places = found.regime.clip(max=last)
    steps = [
        (edge / len(colours), colour) for place, colour in enumerate(colours) for edge in (place, place + 1)
    ]
    return go.Heatmap(
        x=found.x_values,
        y=found.y_values,
        z=places,
        zmin=-0.5,
        zmax=last + 0.5,
        colorscale=steps,
        showscale=False,
        hovertext=[[names[place] for place in row] for row in found.regime.tolist()],
        hoverinfo="text",
    )


def _legend(names: Sequence[str], colours: Sequence[str], others: bool) -> list[go.Scatter]:
    entries = list(zip(names, colours, strict=False)) + ([("other mixes", OTHER_REGIMES)] if others else [])
    return [
        go.Scatter(
            x=[None],
            y=[None],
            mode="markers",
            name=name,
            marker={"symbol": "square", "size": 12, "color": colour},
        )
        for name, colour in entries
    ]


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
    unit = "" if axis.is_share else f" ({currency})" if currency else ""
    title = f"{field}{unit}" + (f"<br>{escape(short(entry, 30), quote=False)}" if entry else "")
    return {
        "title": {"text": title, "font": {"size": 13}},
        "range": [axis.low, axis.high],
        "tickformat": ".3~%" if axis.is_share else "",
        "fixedrange": True,
        "zeroline": False,
        "automargin": True,
        "color": INK,
    }


def _regime_name(regime: tuple[str, ...]) -> str:
    if not regime:
        return "no certified answer"
    names = [escape(short(name, 22), quote=False) for name in regime]
    rest = f" + {len(names) - 2} more" if len(names) > 2 else ""
    return " + ".join(names[:2]) + rest
