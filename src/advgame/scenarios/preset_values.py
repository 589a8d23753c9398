"""Values of the files of presets, checked: texts, tables and amounts."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import Any

from advgame.errors import ScenarioError, shortened

LARGEST = 1e100  # amounts


def text_in(path: Path, content: Mapping[str, Any], key: str) -> str:
    """The text of a key.

    Args:
        path: the file of the preset, for the error message.
        content: a table of the file.
        key: its key.

    Raises:
        ScenarioError: when there is none.
    """
    given = content.get(key)
    if not isinstance(given, str):
        raise _unfit(path, key, given, "text")
    return given


def table_in(path: Path, content: object, key: str) -> Mapping[str, Any]:
    """The table of a key.

    Args:
        path: the file of the preset, for the error message.
        content: a table of the file, or any other value, which has none.
        key: its key.

    Raises:
        ScenarioError: when there is none.
    """
    table = content.get(key) if isinstance(content, Mapping) else None
    if not isinstance(table, Mapping):
        raise _unfit(path, key, table, "a table")
    return table


def amount_in(path: Path, name: str, given: object, least: float = -inf) -> float:
    """An amount as a number.

    Args:
        path: the file of the preset, for the error message.
        name: what it is the amount of.
        given: the value in the file.
        least: the smallest amount that is allowed.

    Raises:
        ScenarioError: when it is no finite number, or too small.
    """
    low = max(least, -LARGEST)
    if isinstance(given, bool) or not isinstance(given, int | float) or not low <= given <= LARGEST:
        expected = "a number" if least == -inf else f"a number of at least {least:g}"
        raise _unfit(path, f"the amount of {name}", given, expected)
    return float(given)


def _unfit(path: Path, what: str, given: object, expected: str) -> ScenarioError:
    return ScenarioError(f"The preset {path.name}: {what} is {shortened(given)}; expected {expected}.")
