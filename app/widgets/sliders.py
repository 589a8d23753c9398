"""A slider and a field to type in for every parameter of the scenario that can change the decision."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from math import ceil, floor, log10
from typing import Any

import streamlit as st

from advgame.errors import AdvgameError
from advgame.scenarios import Axis, Dial, Scenario, axis, dials, get_parameter
from advgame.scenarios.ranges import volume_axis
from advgame.wording.names import currency_of
from widgets import state
from widgets.words import plain, sentence, short_names

GROUPS = {"traffic": "Traffic", "defender": "Defender's money", "attacker": "Attacker's money"}
STEPS = 200  # of a slider, unless its value lies between two of them
MOST_STEPS = 1_000_000
VERSIONS = "versions of widgets"  # in the session: how often each slider and field was replaced


def show() -> None:
    """The sliders, grouped by the player they affect."""
    all_dials = _dials()
    for side, title in GROUPS.items():
        group = [dial for dial in all_dials if dial.side == side]
        if group or side == "traffic":
            st.header(title, anchor=False)
        for dial in group:
            show_dial(dial)
        if side == "traffic":
            _show_volume()


def shown_axes() -> tuple[Axis, ...]:
    """The parameters that currently have a slider."""
    return tuple(_axis(_address(dial)) for dial in _dials())


def _dials() -> tuple[Dial, ...]:
    base = state.origin()
    return state.remembered(("origin", "dials"), lambda: dials(base))


def _axis(address: str) -> Axis:
    """The range of a parameter: that of the case, unless a value outside it was typed."""
    case_axis = axis(state.origin(), address)
    value = get_parameter(state.scenario(), address)
    return case_axis if case_axis.low <= value <= case_axis.high else axis(state.scenario(), address)


def _address(dial: Dial) -> str:
    """The address of a dial; chosen by the user if each attack or defence has its own."""
    kept: str = st.session_state.get(f"turned {dial.name}", dial.addresses[0])
    chosen = kept if kept in dial.addresses else dial.addresses[0]
    try:
        get_parameter(state.scenario(), chosen)
    except AdvgameError:  # a link gave one of the entries an amount of its own
        chosen = next(address for address in dial.addresses if address != chosen)
    return chosen


def show_dial(dial: Dial) -> None:
    """One parameter, with a choice of the attack or defence where each has its own amount."""
    ends = _axis(_address(dial))
    label = state.say(sentence(ends.meaning.partition(": ")[0]))
    several = len(dial.addresses) > 1
    st.markdown(plain(label), help=_help(ends))
    if several:
        _choose_entry(dial, label)
    show_number(dial.name, label, ends, get_parameter(state.scenario(), ends.address))


def _show_volume() -> None:
    ends = volume_axis(state.origin(), state.scenario().volume_per_month)
    label = state.say("Classified inputs per month")
    st.markdown(
        plain(label), help="With a volume, amounts are also shown per month. It changes nothing else."
    )
    volume = state.scenario().volume_per_month
    if volume is None:
        st.button(
            "State the volume",
            key="state volume",
            on_click=state.turn,
            args=("volume_per_month", 1_000_000.0),
        )
        return
    show_number("volume_per_month", label, ends, volume)


def show_number(name: str, label: str, ends: Axis, value: float) -> None:
    """A slider and a field for the same number; both are set from the scenario."""
    scale = 100 if ends.is_share else 1
    step = 1.0 if ends.is_whole else slider_step(min(ends.low, 0.0), ends.high, value)
    slider, field = f"slider {name}", f"number {name}"
    as_slider, as_field = _showing(slider, value), _showing(field, round(scale * value, 12))
    left, right = st.columns([5, 4], vertical_alignment="center", gap="small")
    left.slider(
        label,
        ends.low,
        ends.high,
        step=step,
        format="percent" if ends.is_share else slider_format(step),
        **as_slider,
        on_change=_turned,
        args=(ends.address, slider, as_slider["key"], 1),
        label_visibility="collapsed",
    )
    right.number_input(
        f"{label}, typed{' in %' if ends.is_share else ''}",
        *_limits(ends),
        step=1.0 if ends.is_whole else scale * (ends.high - min(ends.low, 0.0)) / STEPS,
        format="%.10g",
        **as_field,
        on_change=_turned,
        args=(ends.address, field, as_field["key"], scale),
        label_visibility="collapsed",
        icon=":material/percent:" if ends.is_share else None,
    )


def _showing(widget: str, value: float) -> dict[str, Any]:
    """The key and the value of a slider or field: a new one where it shows another value.

    Setting the value of the old one would be wrong in two ways while the page answers: a slider that is
    moved further would jump back, and a browser without the new value would send the old one again, as
    if it had been typed.
    """
    versions = st.session_state.setdefault(VERSIONS, {})
    if widget in versions and st.session_state.get(_key(widget)) != value:
        versions[widget] += 1
    versions.setdefault(widget, 0)
    return {"key": _key(widget), "value": value}


def _key(widget: str) -> str:
    """The key of the slider or field as it now stands."""
    version = st.session_state[VERSIONS][widget]
    return f"{widget} #{version}" if version else widget


def _limits(ends: Axis) -> tuple[float, float | None]:
    """What may be typed: also amounts beyond the slider, which then grows."""
    if ends.is_share:
        return 0.0, 100.0
    return (ends.low if ends.low >= 0 else -1e12), 1e12


@lru_cache(maxsize=4096)
def slider_step(low: float, high: float, value: float) -> float:
    """The step of a slider on which its value lies: a two-hundredth of the range, or a finer round number.

    >>> slider_step(0.0, 1.0, 0.3), slider_step(0.0, 0.01, 0.00422), slider_step(0.0, 0.001, 0.000378)
    (0.005, 2e-05, 2e-06)
    """
    start, span, position = Decimal(str(low)), Decimal(str(high)) - Decimal(str(low)), Decimal(str(value))
    usual = span / STEPS
    fits = [step for step in (usual, *_round_steps(usual)) if (position - start) % step == 0]
    fitting = [step for step in fits if span / step <= MOST_STEPS]
    return float(fitting[0] if fitting else _round_steps(usual)[-1])


def _round_steps(usual: Decimal) -> list[Decimal]:
    """Round steps below the usual one, the coarsest first, with at most `MOST_STEPS` of them in the range."""
    power = floor(log10(usual))
    steps = [Decimal(digit).scaleb(power - down) for down in range(5) for digit in (5, 2, 1)]
    return [step for step in steps if usual >= step >= usual * STEPS / MOST_STEPS]


def slider_format(step: float) -> str:
    """The number format of a slider: the digits that one step changes.

    >>> slider_format(0.005), slider_format(20000.0), slider_format(1e-06)
    ('%.3f', 'localized', '%.6f')
    """
    if step >= 1:
        return "localized"
    decimals = max(0, -ceil(log10(step) - 1e-9))
    whole = Decimal(str(step)).normalize().as_tuple().exponent
    return f"%.{max(decimals, -whole if isinstance(whole, int) else 0)}f"


def _choose_entry(dial: Dial, label: str) -> None:
    key = f"entry {dial.name}"
    st.session_state[key] = _address(dial)
    st.selectbox(
        f"{label}: of which",
        dial.addresses,
        key=key,
        format_func=_entry_names(dial).__getitem__,
        on_change=_entry_chosen,
        args=(dial.name, key),
        label_visibility="collapsed",
    )


def _entry_names(dial: Dial) -> dict[str, str]:
    """The addresses of a dial with the names of their attacks or defences, shortened for the sidebar."""
    names = [state.say(_entry_name(address)) for address in dial.addresses]
    return dict(zip(dial.addresses, short_names(names, 24), strict=True))


def _entry_name(address: str) -> str:
    _, _, entry = address.partition("[")
    return entry.removesuffix("]") or "All attacks"


def _entry_chosen(name: str, key: str) -> None:
    st.session_state[f"turned {name}"] = st.session_state[key]


def _turned(address: str, widget: str, key: str, scale: float) -> None:
    """Sets the parameter to the value of its slider or field, unless another widget has replaced it."""
    given = st.session_state.get(key)
    if given is not None and key == _key(widget):
        state.turn(address, round(given / scale, 12) if scale != 1 else given)


def _help(ends: Axis) -> str:
    scenario: Scenario = state.scenario()
    unit = ends.unit.replace("money", currency_of(scenario))
    basis = scenario.basis.get(ends.address.partition("[")[0])
    return state.worded(f"{sentence(unit)}." + (f" Basis of the initial value: {basis}." if basis else ""))
