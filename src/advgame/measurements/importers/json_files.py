"""Reads JSON files of published results, with clear errors."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from advgame.errors import MeasurementError, shortened


def files_at(path: str | os.PathLike[str], *, suffixes: tuple[str, ...] = (".json",)) -> list[Path]:
    """The file at a path, or all files with these suffixes in a folder and below, in order of their names.

    Args:
        path: a file or a folder.
        suffixes: of the files of a folder; names that begin with an underscore are left out.

    Raises:
        MeasurementError: when there is neither.
    """
    path = Path(path)
    if path.is_file():
        return [path]
    files = sorted(
        file
        for suffix in suffixes
        for file in (path.rglob(f"*{suffix}") if path.is_dir() else ())
        if not file.name.startswith("_")
    )
    if not files:
        wanted = " or ".join(suffixes)
        raise MeasurementError(f"There is no file {path}, and no folder of {wanted} files; name one.")
    return files


def json_of(path: Path) -> Any:
    """The content of a JSON file.

    Raises:
        MeasurementError: for a file that is not readable JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError, RecursionError) as mistake:
        raise MeasurementError(f"{path.name} is not readable JSON: {str(mistake)[:200]}.") from None


def json_lines_of(path: Path) -> Iterator[tuple[str, Any]]:
    """The objects of a JSON Lines file, each with its place.

    Raises:
        MeasurementError: for a line that is not JSON.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as mistake:
        raise MeasurementError(f"{path.name} is not readable text: {str(mistake)[:200]}.") from None
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield f"line {number}", json.loads(line)
            except (ValueError, RecursionError) as mistake:
                raise MeasurementError(f"{path.name}, line {number} is not JSON: {mistake}.") from None


def field_of(record: Any, name: str, kinds: type | tuple[type, ...], where: str) -> Any:
    """A field of a JSON object, of one of the expected types.

    Args:
        record: the object.
        name: of the field.
        kinds: the types that it may have; ``bool`` counts as a number only where it is among them.
        where: the place of the object, for error messages.

    Raises:
        MeasurementError: when the object lacks the field, or it has another type.
    """
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    if not isinstance(record, dict):
        raise MeasurementError(f"{where} is {shortened(record)}; expected an object with {name!r}.")
    if name not in record:
        known = ", ".join(map(str, list(record)[:8]))
        raise MeasurementError(f"{where}: the field {name!r} is missing; it has {known}.")
    value = record[name]
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        expected = " or ".join(kind.__name__ for kind in kinds)
        raise MeasurementError(f"{where}: {name} is {shortened(value)}; expected {expected}.")
    return value


def known_label(label: str, known: Iterable[str], where: str) -> str:
    """A label that must be one of a list.

    Args:
        label: the label in the file.
        known: the labels whose meaning is known.
        where: the file and place, for the error message.

    Raises:
        MeasurementError: lists those that are known.
    """
    if label not in known:
        raise MeasurementError(
            f"{where}: the verdict {shortened(label)} is unknown; known are {', '.join(sorted(known))}. "
            "Ask what it means before counting it."
        )
    return label
