"""Everything advgame raises on purpose.

    AdvgameError
    ├── InputError            the caller can correct the input (exit code 2)
    │   ├── MeasurementError  a row, a table or a file of accuracies
    │   ├── ScenarioError     a scenario, or one of its parameters
    │   ├── GameError         payoff matrices, mixed strategies, or a game too large for a method
    │   ├── LabError          an experiment, its data, weights or settings
    │   ├── UnknownName       a name that is not listed; the message suggests a similar one
    │   └── NameTaken         a name that another part of the catalogue has
    └── SolverError           no solution could be certified

A message says what was given, what was expected and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class AdvgameError(Exception):
    """Anything advgame raises on purpose."""


class InputError(AdvgameError, ValueError):
    """The caller can correct the input."""


class MeasurementError(InputError):
    """A row, a table or a file of accuracies that cannot be used as it is."""


class ScenarioError(InputError):
    """A scenario, or one of its parameters, that cannot be used as it is."""


class GameError(InputError):
    """Payoff matrices or mixed strategies that are not valid, or a game too large for a method."""


class SolverError(AdvgameError):
    """No solution could be certified."""


class LabError(InputError):
    """An experiment, a data set, weights or settings that the laboratory cannot use as they are."""


class UnknownName(InputError):
    """A name that is not listed.

    >>> str(UnknownName("concept", "nahs", ["nash", "commitment"]))
    "No concept is called 'nahs'; did you mean 'nash'? Known: commitment, nash."
    """

    def __init__(self, kind: str, given: str, known: Iterable[str]) -> None:
        names = sorted(known)
        shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
        super().__init__(f"No {kind} is called {given!r};{suggestion(given, names)} Known: {shown}.")
        self.kind = kind
        self.given = given
        self.known = names


class NameTaken(InputError):
    """A name, or an alias, under which a catalogue lists another part.

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
    """The words `` did you mean …?``, or a bare space-free sentence end where nothing is near.

    >>> suggestion("larges_share", ["largest_share"])
    " did you mean 'largest_share'?"
    """
    names = list(known)
    lowered = {name.casefold(): name for name in names}
    near = get_close_matches(given.casefold(), lowered, n=1, cutoff=0.5)
    return f" did you mean {lowered[near[0]]!r}?" if near else " no similar name."


def shortened(given: object, most: int = 80) -> str:
    """A value as messages show it: its repr, cut where it is long.

    >>> shortened("0.5"), shortened("x" * 100, 10)
    ("'0.5'", "'xxxxxxxxx…")
    """
    try:
        shown = repr(given)
    except ValueError:  # a whole number of more digits than Python writes
        return f"a {type(given).__name__} too long to show"
    return shown if len(shown) <= most else f"{shown[:most]}…"
