"""A slider for every parameter of the scenario that can change the decision."""

from __future__ import annotations

from math import floor, log10

import streamlit as st

from advgame.scenarios import Axis, Dial, axis, dials, get_parameter
from widgets import state
from widgets.words import plain, sentence, short_names

GROUPS = {"traffic": "Traffic", "defender": "Defender's money", "attacker": "Attacker's money"}
STEPS = 200


def show() -> None:
    """The sliders, grouped by the player they affect."""
    all_dials = dials(state.origin())
    for side, title in GROUPS.items():
        group = [dial for dial in all_dials if dial.side == side]
        if group:
            st.header(title, anchor=False)
        for dial in group:
            _show_slider(axis(state.origin(), _address(dial)))


def shown_axes() -> tuple[Axis, ...]:
    """The parameters that currently have a slider."""
    return tuple(axis(state.origin(), _address(dial)) for dial in dials(state.origin()))


def _address(dial: Dial) -> str:
    """The address of a dial; chosen by the user if each attack or defence has its own."""
    kept: str = st.session_state.get(f"turned {dial.name}", dial.addresses[0])
    return kept if kept in dial.addresses else dial.addresses[0]


def _show_slider(ends: Axis) -> None:
    dial = next(candidate for candidate in dials(state.origin()) if ends.address in candidate.addresses)
    key = f"slider {dial.name}"
    state.put(key, _within(ends, get_parameter(state.scenario(), ends.address)))
    label = sentence(ends.meaning.partition(": ")[0])
    several = len(dial.addresses) > 1
    if several:
        _choose_entry(dial, label)
    st.slider(
        label,
        ends.low,
        ends.high,
        step=(ends.high - ends.low) / STEPS,
        format="percent" if ends.is_share else _format(ends),
        key=key,
        help=_help(ends),
        on_change=_turned,
        args=(ends.address, key),
        label_visibility="collapsed" if several else "visible",
    )


def _choose_entry(dial: Dial, label: str) -> None:
    key = f"entry {dial.name}"
    state.put(key, _address(dial))
    st.selectbox(
        label,
        dial.addresses,
        key=key,
        format_func=_entry_names(dial).__getitem__,
        on_change=_entry_chosen,
        args=(dial.name, key),
    )


def _entry_names(dial: Dial) -> dict[str, str]:
    """The addresses of a dial with the names of their attacks or defences, shortened for the sidebar."""
    names = [_entry_name(address) for address in dial.addresses]
    return dict(zip(dial.addresses, short_names(names, 24), strict=True))


def _entry_name(address: str) -> str:
    _, _, entry = address.partition("[")
    return entry.removesuffix("]") or "All attacks"


def _entry_chosen(name: str, key: str) -> None:
    st.session_state[f"turned {name}"] = st.session_state[key]


def _turned(address: str, key: str) -> None:
    state.turn(address, st.session_state[key])


def _within(ends: Axis, value: float) -> float:
    return min(max(value, ends.low), ends.high)


def _format(ends: Axis) -> str:
    """The number format of a slider: the digits that one step changes."""
    return f"%.{max(0, -floor(log10((ends.high - ends.low) / STEPS)))}f"


def _help(ends: Axis) -> str:
    scenario = state.scenario()
    unit = ends.unit.replace("money", scenario.currency or "units of money")
    basis = scenario.basis.get(ends.address.partition("[")[0])
    return plain(f"{sentence(unit)}." + (f" Basis of the initial value: {basis}." if basis else ""))
