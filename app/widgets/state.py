"""The session state: the question, which also is the link to the page, and the scenario that it describes.

The question is the only state of the settings: every widget is set from the scenario before it is drawn, and
changes the question when it is moved. So a widget cannot show a number that is not used.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from advgame.decision import Situation, situate
from advgame.equilibria import CONCEPTS
from advgame.errors import AdvgameError, ScenarioError
from advgame.scenarios import (
    Scenario,
    apply_preset,
    case,
    cases,
    get_parameter,
    preset,
    read_scenario,
    set_parameter,
)
from advgame.scenarios.data_paths import files_of
from advgame.scenarios.linked_question import CASE, CONCEPT, PRESET, SET, Question, question_of
from advgame.wording.nouns import said_of
from widgets.words import plain

OWN = "your-scenario"  # the choice of the file given on the command line
STARTED_BY = ("server.py", "main.py")  # the scripts of `advgame app` and of `streamlit run app/main.py`
UPLOADED = "your-table"  # the choice of a table uploaded in this session
MOST_STEPS = 200  # that can be undone
MOST_KEPT = 24  # answers remembered in a session
T = TypeVar("T")


def question() -> Question:
    """The current question."""
    if "question" not in st.session_state:
        _begin()
    current: Question = st.session_state["question"]
    return current


def origin() -> Scenario:
    """The scenario as it was chosen, before any amount was changed.

    Raises:
        ScenarioError: when the user's file is gone or has become invalid; MeasurementError: its table.
    """
    current = question()
    return remembered(("origin", _stamp(current.case)), lambda: _read(current.case, current.preset))


def scenario() -> Scenario:
    """The current scenario."""
    base = origin()
    return remembered("scenario", lambda: question().applied(base)[0])


def situation() -> Situation:
    """The current scenario under its solution concept; its game is solved once."""
    current_scenario = scenario()
    return remembered("situation", lambda: situate(current_scenario, question().concept or None))


def say(text: str) -> str:
    """A text in the words of the scenario: its labels, its item (requests, texts) and its system (agents)."""
    current_scenario = scenario()
    in_its_words: Callable[[str], str] = remembered("say", lambda: said_of(current_scenario))
    return in_its_words(text)


def worded(text: str) -> str:
    """As `say`, with the page's markup escaped."""
    return plain(say(text))


def remembered(what: Any, compute: Callable[[], T]) -> T:
    """A value computed from the current question, cached for the session.

    Args:
        what: the key.
        compute: computes the value.

    Raises:
        AdvgameError: that of `compute`; it is cached as well, except where a file is read.
    """
    kept: dict[Any, Any] = st.session_state.setdefault("remembered", {})
    key = _key(what)
    if key not in kept:
        value: T | AdvgameError
        try:
            value = compute()
        except AdvgameError as mistake:
            if _is_origin(what):
                raise
            value = mistake
        while len(kept) >= MOST_KEPT:
            kept.pop(next(iter(kept)), None)
        kept[key] = value
    cached: T | AdvgameError = kept[key]
    if isinstance(cached, AdvgameError):
        raise cached.with_traceback(None)  # else it would grow, and keep frames, with every raise
    return cached


def is_remembered(what: Any) -> bool:
    """Whether `remembered` has the answer already."""
    return _key(what) in st.session_state.get("remembered", {})


def _key(what: Any) -> tuple[Any, ...]:
    current = question()
    of = (current.case, current.preset) if _is_origin(what) else current
    return what, _stamp(current.case), of


def _is_origin(what: Any) -> bool:
    """Whether the value is read from files, without the changes made on the page."""
    return isinstance(what, tuple) and what[0] == "origin"


def choose(case: str, preset: str) -> None:
    """Begins another case, or the same one at other prices; an amount set by hand is kept with the case."""
    now = question()
    same_case = case == now.case
    _move(Question(case, preset, now.concept if same_case else ""))


def ask(case: str, changes: tuple[tuple[str, float | str | bool], ...]) -> None:
    """Opens a bundled case with some numbers changed."""
    _move(Question(case, changes=changes))


def turn(address: str, value: float | str | bool) -> None:
    """Sets a parameter of the scenario; an error is shown on the page."""
    turn_all({address: value})


def turn_all(values: Mapping[str, float | str | bool]) -> None:
    """Sets several parameters in one step; if one is not allowed, none is set and an error is shown."""
    try:
        base, target = origin(), question()
        for address, value in values.items():
            set_parameter(target.applied(base)[0], address, value)  # raises for a value that is not allowed
            target = target.changed(address, value)
            without = replace(target, changes=target.changes[:-1])
            if _value(without.applied(base)[0], address) == value:
                target = without  # the value it has without any change
    except AdvgameError as mistake:
        st.session_state["mistake"] = str(mistake)
    else:
        _move(target)


def _value(scenario: Scenario, address: str) -> Any:
    """The value at an address; None where there is no single one."""
    if hasattr(scenario, address):
        return getattr(scenario, address)
    try:
        return get_parameter(scenario, address)
    except AdvgameError:
        return None


def answer_by(concept: str) -> None:
    """Chooses a solution concept; an empty name is the default of the scenario."""
    _move(replace(question(), concept=concept))


def undo() -> None:
    """Takes the last change back."""
    if past():
        st.session_state["future"] = [question(), *future()]
        *st.session_state["past"], st.session_state["question"] = past()


def redo() -> None:
    """Makes the change again that was taken back."""
    if future():
        st.session_state["past"] = [*past(), question()]
        st.session_state["question"], *st.session_state["future"] = future()


def reset() -> None:
    """Returns to the case, at the chosen prices."""
    _move(replace(question(), concept="", changes=()))


def past() -> list[Question]:
    """The questions that undoing returns to, the latest last."""
    return list(st.session_state.get("past", ()))


def future() -> list[Question]:
    """The questions that were undone, the latest first."""
    return list(st.session_state.get("future", ()))


def pin() -> None:
    """Keeps the current question for comparison."""
    st.session_state["pinned"] = (question(), scenario())


def unpin() -> None:
    """Ends the comparison."""
    st.session_state.pop("pinned", None)


def pinned() -> tuple[Question, Scenario] | None:
    """The question that was kept for comparison, with its scenario."""
    kept: tuple[Question, Scenario] | None = st.session_state.get("pinned")
    return kept


def upload(uploaded: Scenario) -> None:
    """Makes the scenario of an uploaded table the current one."""
    st.session_state["uploaded"] = uploaded
    st.session_state["uploads"] = st.session_state.get("uploads", 0) + 1
    _move(Question(UPLOADED))


def uploaded() -> Scenario | None:
    """The scenario of the table uploaded in this session, if any."""
    given: Scenario | None = st.session_state.get("uploaded")
    return given


def _move(target: Question) -> None:
    if target != question():
        st.session_state["past"] = [*past(), question()][-MOST_STEPS:]
        st.session_state["future"] = []
        st.session_state["question"] = target


def follow_link() -> None:
    """Opens what the address of the page describes, when it is opened or the browser goes back."""
    context = get_script_run_ctx()
    back = context is not None and context.is_history_navigation
    if "question" not in st.session_state or back:
        _begin()


def write_link() -> None:
    """Writes the question into the address of the page, so that a link reproduces it."""
    query = question().query() if question() != Question(_first()) else {}
    for key in (CASE, PRESET, CONCEPT, SET):
        wanted = query.get(key, [])
        if st.query_params.get_all(key) != wanted:
            if wanted:
                st.query_params[key] = wanted
            elif key in st.query_params:
                del st.query_params[key]


def _begin() -> None:
    """The question of the link; without one that of the command line, or the first case."""
    linked = _linked()
    if linked is not None and st.session_state.get("question") == linked:
        return
    if "question" in st.session_state:
        _move(linked or Question(_first()))
    else:
        st.session_state["question"] = linked or Question(_first())


def _linked() -> Question | None:
    query = {key: st.query_params.get_all(key) for key in (CASE, PRESET, CONCEPT, SET)}
    if not any(query.values()):
        return None
    try:
        linked = question_of(query)
        linked = replace(linked, case=linked.case or _first())
        _check_names(linked)
        _, problems = linked.applied(_read(linked.case, linked.preset))
    except AdvgameError as mistake:
        st.session_state["mistake"] = f"The link cannot be opened as it is. {mistake}"
        return None
    if problems:
        listed = " ".join(problems[:3])
        st.session_state["mistake"] = f"Part of the link does not fit this case and was left out. {listed}"
        changes = tuple(change for change in linked.changes if _fits(linked, change))
        linked = replace(linked, changes=changes)
    return linked


def _fits(linked: Question, change: tuple[str, float | str | bool]) -> bool:
    alone = replace(linked, changes=(change,))
    return not alone.applied(_read(linked.case, linked.preset))[1]


def _check_names(linked: Question) -> None:
    if linked.case == UPLOADED and uploaded() is None:
        raise ScenarioError(
            "It belongs to a table that was uploaded in another session; a link does not contain the table. "
            "Upload it on the page Evidence, or share the scenario file with the table."
        )
    if linked.case == OWN and own_file() is None:
        raise ScenarioError(
            "It belongs to a scenario file, and this dashboard was started without one; start it with "
            "`advgame app FILE`."
        )
    if linked.concept:
        _ = CONCEPTS[linked.concept]


def show_error() -> None:
    """Shows the last error of a change or a link once."""
    if "mistake" in st.session_state:
        st.error(plain(st.session_state.pop("mistake")), icon=":material/error:")


def own_file() -> Path | None:
    """The scenario file named on the command line, if any."""
    named = _named()
    return Path(named) if named is not None and named not in _bundled() else None


def _named() -> str | None:
    """The scenario file or bundled case that the command line opens."""
    started, *given = sys.argv
    return given[0] if given and Path(started).name in STARTED_BY else None


def _first() -> str:
    named = _named()
    if named is None:
        return cases_by_name()[0]
    return named if named in _bundled() else OWN


def cases_by_name() -> tuple[str, ...]:
    """The names of the bundled cases, the introductory one first."""
    return _bundled()


@st.cache_resource(max_entries=1, show_spinner=False)
def _bundled() -> tuple[str, ...]:
    return tuple(bundled.name for bundled in cases())


def _read(name: str, prices: str) -> Scenario:
    own = own_file()
    if name == OWN and own is not None:
        base = read_scenario(own)
        tables: dict[str, Path] = st.session_state.setdefault("tables", {})
        tables[str(own)] = (base.folder or own.parent) / base.data
    elif name == UPLOADED and (given := uploaded()) is not None:
        base = given
    else:
        return _case_at_prices(name, prices)
    return apply_preset(base, preset(prices)) if prices else base


@st.cache_resource(max_entries=64, show_spinner=False)
def _case_at_prices(name: str, prices: str) -> Scenario:
    """A bundled case, shared by all sessions."""
    base = case(name)
    return apply_preset(base, preset(prices)) if prices else base


def _stamp(name: str) -> tuple[object, ...]:
    """What changes when the scenario of an origin changes: the state of its files, or the upload."""
    if name == UPLOADED:
        return (st.session_state.get("uploads", 0),)
    own = own_file() if name == OWN else None
    if own is None:
        return ()
    files = [own, *_table_of(own)]
    return tuple(_state_of(file) for file in files)


def _table_of(own: Path) -> list[Path]:
    """The table that the scenario file named when it was last read, with the files beside it."""
    known: Mapping[str, Path] = st.session_state.setdefault("tables", {})
    return files_of(known[str(own)]) if str(own) in known else []


def _state_of(file: Path) -> tuple[int, int] | None:
    try:
        about = file.stat()
    except OSError:
        return None
    return about.st_mtime_ns, about.st_size
