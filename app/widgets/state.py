"""The session state: the current scenario, and the one it started from.

Streamlit discards a widget's value when the user leaves its page, so the scenario is stored under a
separate key, and every widget takes its value from it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from advgame.decision import Situation, situate
from advgame.equilibria import CONCEPTS
from advgame.errors import AdvgameError
from advgame.scenarios import Scenario, apply_preset, case, cases, preset, read_scenario, set_parameter
from widgets.words import plain

OWN = "your scenario"  # the choice of the file given on the command line
AS_THE_SCENARIO_SAYS = "default of the scenario"  # the choice of the concept that fits the scenario
AS_GIVEN = "as given"  # the choice of the prices that the scenario has


@dataclass(frozen=True)
class Chosen:
    """The origin of a scenario: a bundled case or the user's file, at its own prices or those of a preset."""

    case: str
    preset: str = AS_GIVEN


def scenario() -> Scenario:
    """The current scenario."""
    _begun()
    return _kept("scenario")


def origin() -> Scenario:
    """The scenario as it was chosen, before any slider was moved."""
    _begun()
    return _kept("origin")


def concept() -> str | None:
    """The chosen solution concept, by name; None for the default of the scenario."""
    name: str | None = st.session_state.get("answered by")
    return name if name in CONCEPTS else None


def answer_by(name: str) -> None:
    """Stores the choice of a solution concept."""
    st.session_state["answered by"] = name


def situation() -> Situation:
    """The current scenario under its solution concept."""
    return situate(scenario(), concept())


def chosen() -> Chosen:
    """The choice the scenario started from."""
    _begun()
    choice: Chosen = st.session_state["chosen"]
    return choice


def own_file() -> Path | None:
    """The scenario file named on the command line, if any."""
    named = _named()
    return Path(named) if named is not None and named not in _bundled() else None


def _named() -> str | None:
    """The scenario file or bundled case that the command line opens."""
    started, *given = sys.argv
    return given[0] if given and Path(started).name == "main.py" else None


def _bundled() -> list[str]:
    return [bundled.name for bundled in cases()]


def begin(choice: Chosen) -> None:
    """Starts again from a choice; an error is shown on the page."""
    try:
        scenario = _read(choice)
    except AdvgameError as mistake:
        st.session_state["mistake"] = str(mistake)
        return
    if choice.case != getattr(st.session_state.get("chosen"), "case", None):
        _forget_kept()
    st.session_state.update({"chosen": choice, "origin": scenario, "scenario": scenario})


def turn(address: str, value: float | str | bool) -> None:
    """Sets a parameter of the scenario; an error is shown on the page."""
    try:
        st.session_state["scenario"] = set_parameter(scenario(), address, value)
    except AdvgameError as mistake:
        st.session_state["mistake"] = str(mistake)


def show_error() -> None:
    """Shows the last error of `begin` or `turn` once."""
    if "mistake" in st.session_state:
        st.error(plain(st.session_state.pop("mistake")), icon=":material/error:")


def put(key: str, value: Any) -> None:
    """Sets the value of a widget, unless it already has it."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def keep(key: str, value: Any) -> None:
    """Stores a choice until another case is chosen."""
    st.session_state[f"kept {key}"] = value


def kept(key: str) -> Any:
    """The stored choice; None if there is none for this case."""
    return st.session_state.get(f"kept {key}")


def _forget_kept() -> None:
    for key in [key for key in st.session_state if str(key).startswith("kept ")]:
        del st.session_state[key]


def _begun() -> None:
    if "scenario" in st.session_state:
        return
    named = _named()
    if named is not None:
        begin(Chosen(named if named in _bundled() else OWN))
    if "scenario" not in st.session_state:
        begin(Chosen(cases()[0].name))


def _read(choice: Chosen) -> Scenario:
    own = own_file()
    scenario = read_scenario(own) if choice.case == OWN and own is not None else case(choice.case)
    return scenario if choice.preset == AS_GIVEN else apply_preset(scenario, preset(choice.preset))


def _kept(key: str) -> Scenario:
    scenario: Scenario = st.session_state[key]
    return scenario
