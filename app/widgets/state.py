"""What a session remembers: one scenario, and the one it started from.

A widget forgets its value when its page is left, so the scenario is kept under a key of its own, and
every widget takes its value from it.
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
AS_THE_SCENARIO_SAYS = "as the scenario says"  # the choice of the concept that fits the scenario
AS_GIVEN = "as given"  # the choice of the prices that the scenario has


@dataclass(frozen=True)
class Chosen:
    """Where a scenario comes from: a bundled case or the reader's file, at its own prices or a trade's."""

    case: str
    preset: str = AS_GIVEN


def scenario() -> Scenario:
    """The scenario as it stands."""
    _begun()
    return _kept("scenario")


def origin() -> Scenario:
    """The scenario as it was chosen, before any slider was moved."""
    _begun()
    return _kept("origin")


def concept() -> str | None:
    """The solution concept the reader chose, by name; None for the one that fits the scenario."""
    name: str | None = st.session_state.get("answered by")
    return name if name in CONCEPTS else None


def answer_by(name: str) -> None:
    """Remembers the choice of a solution concept."""
    st.session_state["answered by"] = name


def situation() -> Situation:
    """The scenario as it stands, under the concept that answers it."""
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
    """What the command line opens first: a scenario file or a bundled case."""
    started, *given = sys.argv
    return given[0] if given and Path(started).name == "main.py" else None


def _bundled() -> list[str]:
    return [each.name for each in cases()]


def begin(choice: Chosen) -> None:
    """Starts anew from a choice; says so in the page where that cannot be done."""
    try:
        found = _read(choice)
    except AdvgameError as mistake:
        st.session_state["mistake"] = str(mistake)
        return
    if choice.case != getattr(st.session_state.get("chosen"), "case", None):
        _forget_kept()
    st.session_state.update({"chosen": choice, "origin": found, "scenario": found})


def turn(address: str, value: float | str | bool) -> None:
    """Sets a number of the scenario; says so in the page where that cannot be done."""
    try:
        st.session_state["scenario"] = set_parameter(scenario(), address, value)
    except AdvgameError as mistake:
        st.session_state["mistake"] = str(mistake)


def tell_mistake() -> None:
    """Shows the last mistake of `begin` or `turn` once."""
    if "mistake" in st.session_state:
        st.error(plain(st.session_state.pop("mistake")), icon=":material/error:")


def put(key: str, value: Any) -> None:
    """Gives a widget its value, without disturbing one that has it already."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def keep(key: str, value: Any) -> None:
    """Remembers a choice until another case is chosen."""
    st.session_state[f"kept {key}"] = value


def kept(key: str) -> Any:
    """The choice remembered; None where there is none for this case."""
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
    found = read_scenario(own) if choice.case == OWN and own is not None else case(choice.case)
    return found if choice.preset == AS_GIVEN else apply_preset(found, preset(choice.preset))


def _kept(key: str) -> Scenario:
    found: Scenario = st.session_state[key]
    return found
