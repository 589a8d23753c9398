"""The map of deployed defences over two parameters of the user's choice; a click moves the scenario there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from advgame.decision import situate
from advgame.equilibria import CONCEPTS, Concept, Timing, for_many_games
from advgame.games.tolerances import PLAYED
from advgame.number_text import percent, significant
from advgame.scenarios import Axis, Scenario, build_game, get_parameter, set_parameter
from advgame.scenarios.parameters import nearest_value
from advgame.scenarios.scenario_digest import inputs_sha256
from advgame.studies import Regions, regions
from advgame.studies.bulk_policy import WHILE_RUNNING
from advgame.studies.region_borders import Borders
from advgame.studies.regions import RegionTable, borders
from advgame.wording.names import currency_of
from widgets import solvers, state
from widgets.region_figure import region_figure
from widgets.sliders import shown_axes
from widgets.words import plain, sentence

POINTS = ((100, 65), (1000, 33))  # (work per point up to which, points per axis)
FEWEST_POINTS = 17
MOST_RELEVANT = ("largest_share", "attack_cost")  # the two most relevant parameters in most cases
ACROSS, UPWARDS, THIRD = "map across", "map upwards", "map third"
NO_THIRD = ""


def show(answered_by: Concept) -> None:
    """The map, the choice of its parameters, and the regions as a table."""
    axes = {axis.address: axis for axis in shown_axes()}
    if len(axes) < 2:
        st.caption("This case has fewer than two parameters to vary.")
        return
    concept = for_many_games(answered_by)
    if not solvers.are_ready("map"):
        return
    across, upwards, third = _chosen(axes)
    if concept.name != answered_by.name:
        st.caption(
            plain(
                f"The map is drawn by the concept {concept.name.replace('_', ' ')}, which solves many games "
                "at once: it has no margin for the attacker's rewards and costs."
            )
        )
    if state.scenario().may_stop:
        st.caption(WHILE_RUNNING)
    with st.spinner("Drawing the map …", show_time=True):
        region_map, edges = _map_of(state.scenario(), across, upwards, concept)
    _show_map(region_map, edges)
    if third is not None:
        _show_small_multiples(across, upwards, third, concept)


def _chosen(axes: Mapping[str, Axis]) -> tuple[Axis, Axis, Axis | None]:
    """Two different parameters, the horizontal one first, and a third for small maps."""
    left, middle, right = st.columns(3)
    telling = [address for name in MOST_RELEVANT for address in axes if address.startswith(name)]
    preferred = list(dict.fromkeys([*telling, *axes]))
    across = _selected(left, "Across", ACROSS, preferred, axes)
    remaining = [address for address in preferred if address != across]
    upwards = _selected(middle, "Upwards", UPWARDS, remaining, axes)
    rest = [NO_THIRD, *(address for address in remaining if address != upwards)]
    third = _selected(right, "Small maps for other values of", THIRD, rest, axes)
    return axes[across], axes[upwards], axes.get(third)


def _selected(
    place: DeltaGenerator, label: str, key: str, preferred: Sequence[str], axes: Mapping[str, Axis]
) -> str:
    """The user's choice; by default the first preferred parameter."""
    meanings = {
        address: state.say(sentence(axes[address].meaning)) if address else "(none)" for address in preferred
    }
    if st.session_state.get(key, preferred[0]) not in meanings:
        st.session_state[key] = preferred[0]
    chosen: str = place.selectbox(
        label,
        list(meanings),
        key=key,
        format_func=meanings.__getitem__,
        bind="query-params",
    )
    return chosen


def _show_map(region_map: Regions, edges: Borders) -> None:
    scenario = state.scenario()
    table = RegionTable(region_map, edges)
    key = f"map {region_map.x.address} {region_map.y.address}"
    st.markdown(state.worded(_in_words(region_map, edges)))
    st.plotly_chart(
        region_figure(region_map, edges, currency_of(scenario), state.question().case),
        config={"displayModeBar": False},
        key=key,
        alt=state.worded(table.sentence),
        on_select=lambda: _move(region_map, key),
        selection_mode="points",
    )
    st.caption("Click into the map to move there; hold the mouse over it for the names of all defences.")
    with st.expander("The regions as a table", icon=":material/table:"):
        frame = table.areas_frame()
        frame["area"] = [percent(area) for area in frame["area"]]
        st.dataframe(frame, hide_index=True, alt="The regions of the map and their areas.")


def _in_words(region_map: Regions, edges: Borders) -> str:
    """Where the scenario lies."""
    region = " + ".join(region_map.regimes[region_map.here_regime]) or "no certified solution"
    ends = (
        f"{_number(axis, value)} ({axis.meaning.partition(': ')[0]})"
        for axis, value in zip((region_map.x, region_map.y), region_map.here, strict=True)
    )
    share = percent(float(edges.areas[region_map.here_regime]))
    return f"At {' and '.join(ends)} the scenario lies in the region of {region}: {share} of the map."


def _number(axis: Axis, value: float) -> str:
    return percent(value) if axis.is_share else significant(value)


def _move(region_map: Regions, key: str) -> None:
    """Moves the scenario to the point that was clicked."""
    points = st.session_state[key].selection.points
    if points:
        _go_to(region_map, float(points[0]["x"]), float(points[0]["y"]))


def _go_to(region_map: Regions, x: float, y: float) -> None:
    ends = ((region_map.x, x), (region_map.y, y))
    state.turn_all({axis.address: nearest_value(axis.address, float(f"{value:.6g}")) for axis, value in ends})


def _show_small_multiples(across: Axis, upwards: Axis, third: Axis, concept: Concept) -> None:
    """The same map at the least, the present and the greatest value of a third parameter."""
    st.header(state.worded(f"For other values of: {third.meaning}"), anchor=False)
    scenario = state.scenario()
    values = (third.low, get_parameter(scenario, third.address), third.high)
    for box, value, word in zip(st.columns(3), values, ("least", "now", "greatest"), strict=True):
        there = set_parameter(scenario, third.address, value)
        region_map, edges = _map_of(there, across, upwards, concept, points=FEWEST_POINTS)
        with box:
            st.markdown(plain(f"{_number(third, value)} ({word})"))
            figure = region_figure(
                region_map, edges, currency_of(scenario), state.question().case, small=True
            )
            st.plotly_chart(
                figure,
                config={"displayModeBar": False},
                key=f"map {word}",
                alt=state.worded(RegionTable(region_map, edges).sentence),
            )


def _map_of(
    scenario: Scenario, across: Axis, upwards: Axis, concept: Concept, points: int = 0
) -> tuple[Regions, Borders]:
    """The map with its borders; it does not depend on the scenario's own values of both parameters."""
    points = points or points_each_way(build_game(scenario).shape, CONCEPTS[concept.name].timing)
    corner = identity(_at_the_corner(scenario, across, upwards))
    region_map, edges = _map(corner, scenario, across, upwards, concept.name, points)
    seen = _seen_from(scenario, region_map, concept.name)
    more = len(seen.regimes) - len(edges.areas)
    return seen, replace(edges, areas=np.append(edges.areas, np.zeros(more)))


def _seen_from(scenario: Scenario, region_map: Regions, concept: str) -> Regions:
    """The map, with the point where the scenario lies and the region that it lies in."""
    point = get_parameter(scenario, region_map.x.address), get_parameter(scenario, region_map.y.address)
    if point == region_map.here:
        return region_map
    own = situate(scenario, concept).solution.recommended.defender
    game = build_game(scenario)
    regime = tuple(name for name, share in zip(game.defences, own, strict=True) if share > PLAYED)
    if regime in region_map.regimes:
        return replace(region_map, here=point, here_regime=region_map.regimes.index(regime))
    return replace(
        region_map, here=point, here_regime=len(region_map.regimes), regimes=(*region_map.regimes, regime)
    )


def identity(scenario: Scenario) -> str:
    """A text that differs wherever scenarios, their rows, or the outcomes of several tries differ."""
    dependence = scenario.accuracies.dependence
    tries = b"" if dependence is None else dependence.ratios.tobytes()
    return f"{inputs_sha256(scenario)} {sha256(tries).hexdigest()}"


def _at_the_corner(scenario: Scenario, across: Axis, upwards: Axis) -> Scenario:
    """The scenario with both parameters at their minimum: the map does not depend on their values."""
    return set_parameter(set_parameter(scenario, across.address, across.low), upwards.address, upwards.low)


@st.cache_data(max_entries=64, show_spinner=False)
def _map(
    corner: str,  # noqa: ARG001 (a key)
    _scenario: Scenario,
    across: Axis,
    upwards: Axis,
    concept: str,
    points: int,
) -> tuple[Regions, Borders]:
    region_map = regions(_scenario, across, upwards, points=points, concept=concept)
    return region_map, borders(region_map, _scenario, concept)


def points_each_way(shape: tuple[int, int], timing: Timing) -> int:
    """Points per axis that can be solved in about a second; a commitment solves one program per attack.

    >>> points_each_way((2, 2), Timing.LEADER), points_each_way((20, 11), Timing.LEADER)
    (65, 17)
    """
    rows, columns = shape
    if timing in (Timing.SECURITY, Timing.NOISY):
        return FEWEST_POINTS
    work = 20 * columns**2 if timing is Timing.LEADER else rows * columns
    return next((points for most, points in POINTS if work <= most), FEWEST_POINTS)
