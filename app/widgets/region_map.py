"""The map of deployed defences over two parameters of the user's choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from advgame.equilibria import CONCEPTS, Concept, Timing, for_many_games
from advgame.scenarios import Axis, Scenario, build_game, get_parameter, set_parameter
from advgame.scenarios.scenario_files import toml_of
from advgame.studies import Regions, regions
from widgets import state
from widgets.messages import errors_shown
from widgets.region_figure import region_figure
from widgets.sliders import shown_axes
from widgets.words import sentence

POINTS = ((100, 65), (1000, 33))  # (work per point up to which, points per axis)
FEWEST_POINTS = 17
MOST_RELEVANT = ("largest_share", "attack_cost")  # the two most relevant parameters in most cases
ACROSS, UPWARDS = "map across", "map upwards"


@st.fragment
def show(answered_by: Concept) -> None:
    """The map and the choice of its two parameters; a choice redraws only the map."""
    with errors_shown():
        axes = {axis.address: axis for axis in shown_axes()}
        if len(axes) < 2:
            st.caption("This case has fewer than two parameters to vary.")
            return
        _show_map(*_chosen(axes), answered_by)


def _chosen(axes: Mapping[str, Axis]) -> tuple[Axis, Axis]:
    """Two different parameters, the horizontal one first."""
    left, right = st.columns(2)
    telling = [address for name in MOST_RELEVANT for address in axes if address.startswith(name)]
    preferred = list(dict.fromkeys([*telling, *axes]))
    across = _selected(left, "Across", ACROSS, preferred, axes)
    upwards = _selected(
        right, "Upwards", UPWARDS, [candidate for candidate in preferred if candidate != across], axes
    )
    return axes[across], axes[upwards]


def _selected(
    place: DeltaGenerator, label: str, key: str, preferred: Sequence[str], axes: Mapping[str, Axis]
) -> str:
    """The user's choice; by default the first preferred parameter. It is part of the link to the page."""
    meanings = {address: sentence(axes[address].meaning) for address in preferred}
    if st.session_state.get(key) not in meanings:
        st.session_state[key] = preferred[0]
    chosen: str = place.selectbox(
        label,
        list(meanings),
        key=key,
        format_func=meanings.__getitem__,
        persist_state="session",
    )
    return chosen


def _show_map(across: Axis, upwards: Axis, answered_by: Concept) -> None:
    scenario = state.scenario()
    concept = for_many_games(answered_by)
    regions = _map(
        toml_of(_at_the_corner(scenario, across, upwards)), scenario, across, upwards, concept.name
    )
    here = get_parameter(scenario, across.address), get_parameter(scenario, upwards.address)
    figure = region_figure(regions, here, scenario.currency)
    st.plotly_chart(figure, config={"displayModeBar": False}, key="map")


def _at_the_corner(scenario: Scenario, across: Axis, upwards: Axis) -> Scenario:
    """The scenario with both parameters at their minimum: the map does not depend on their values."""
    return set_parameter(set_parameter(scenario, across.address, across.low), upwards.address, upwards.low)


@st.cache_data(max_entries=64, show_spinner=False)
def _map(corner: str, _scenario: Scenario, across: Axis, upwards: Axis, concept: str) -> Regions:  # noqa: ARG001 (a key)
    points = points_each_way(build_game(_scenario).shape, CONCEPTS[concept].timing)
    return regions(_scenario, across, upwards, points=points, concept=concept)


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
