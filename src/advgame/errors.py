"""The exceptions of advgame.

    AdvgameError
    ├── InputError            the caller can correct the input (exit code 2)
    │   ├── MeasurementError  a row, a table or a file of accuracies
    │   ├── ScenarioError     a scenario, or one of its parameters
    │   ├── GameError         payoff matrices, mixed strategies, or a game too large for a method
    │   ├── LabError          an experiment, its data, weights or settings
    │   ├── UnknownName       a name that is not in a catalogue; the message suggests a similar one
    │   └── NameTaken         a name already used by another part of the catalogue
    ├── SolverError           no solution could be certified
    └── SweepError            a sweep cannot continue: the disk, the workers or the cluster failed

A message says what was given, what was expected and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class AdvgameError(Exception):
    """Base class of the exceptions of advgame."""


class InputError(AdvgameError, ValueError):
    """The caller can correct the input."""


class MeasurementError(InputError):
    """A row, a table or a file of accuracies is invalid."""


class ScenarioError(InputError):
    """A scenario, or one of its parameters, is invalid."""


class GameError(InputError):
    """Payoff matrices or mixed strategies are invalid, or a game is too large for a method."""


class SolverError(AdvgameError):
    """No solution could be certified."""


class LabError(InputError):
    """An experiment, a data set, weights or settings of the laboratory are invalid."""


class SweepError(AdvgameError):
    """A sweep cannot continue because the disk, its workers or the cluster failed; what is solved is kept."""


class UnknownName(InputError):
    """A name that is not in a catalogue.

    >>> str(UnknownName("concept", "nahs", ["nash", "commitment"]))
    "No concept is called 'nahs'; did you mean 'nash'? Known: commitment, nash."
    """

    def __init__(self, kind: str, given: str, known: Iterable[str]) -> None:
        names = sorted(known)
        shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
        super().__init__(
            f"No {kind} is called {shortened(given)};{suggestion(str(given), names)} Known: {shown}."
        )
        self.kind = kind
        self.given = given
        self.known = names


class NameTaken(InputError):
    """A name or alias that is already used by another part of the catalogue.

    >>> str(NameTaken("concept", "stackelberg", "commitment"))
    "The concept 'commitment' is called 'stackelberg' already; choose another name, or unregister it first."
    """

    def __init__(self, kind: str, given: str, owner: str) -> None:
        super().__init__(
            f"The {kind} {owner!r} is called {given!r} already; choose another name, or unregister it first."
        )
        self.kind = kind
        self.given = given
        self.owner = owner


def suggestion(given: str, known: Iterable[str]) -> str:
    """`` did you mean …?`` with the most similar name, or `` no similar name.``

    >>> suggestion("larges_share", ["largest_share"])
    " did you mean 'largest_share'?"
    """
    names = list(known)
    lowered = {name.casefold(): name for name in names}
    near = get_close_matches(given.casefold(), lowered, n=1, cutoff=0.5)
    return f" did you mean {lowered[near[0]]!r}?" if near else " no similar name."


def shortened(given: object, most: int = 80) -> str:
    """The repr of a value for a message, truncated if it is long.

    >>> shortened("0.5"), shortened("x" * 100, 10)
    ("'0.5'", "'xxxxxxxxx…")
    """
    try:
        shown = repr(given)
    except ValueError:  # an integer with more digits than Python converts to text
        return f"a {type(given).__name__} too long to show"
    return shown if len(shown) <= most else f"{shown[:most]}…"
