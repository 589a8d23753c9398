"""Reads CSV text as a header and records with line numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from advgame.errors import MeasurementError

if TYPE_CHECKING:
    from _csv import Reader

Records = Iterator[tuple[str, dict[str, str]]]  # ("line 2", {header: text})


def csv_records(path: Path, separator: str = ",") -> tuple[list[str], Records]:
    """The header of a CSV file, and an iterator over its records by header name.

    Raises:
        MeasurementError: for a file that does not exist, is not UTF-8 text, is empty or damaged, or has a
            duplicate column.
    """
    reader = csv.reader(io.StringIO(_text_of(path), newline=""), delimiter=separator, strict=True)
    header = _next_fields(reader, path)
    if not header:
        raise MeasurementError(f"{path.name} is empty; the first line of a table must name its columns.")
    if len(set(header)) != len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise MeasurementError(f"{path.name}: the column {twice!r} occurs twice in the header; keep one.")
    return header, _records(reader, path, header)


def _text_of(path: Path) -> str:
    if not path.is_file():
        raise MeasurementError(f"There is no file {path}; name a CSV table.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MeasurementError(f"{path.name} is not UTF-8 text; save it as a CSV file in UTF-8.") from None
    if "\0" in text:
        raise MeasurementError(f"{path.name} contains null characters, so it is not CSV text; save it again.")
    return text


def _records(reader: Reader, path: Path, header: list[str]) -> Records:
    while (fields := _next_fields(reader, path)) is not None:
        if not any(fields):
            continue
        if len(fields) != len(header):
            raise MeasurementError(
                f"{path.name}, line {reader.line_num}: {len(fields)} fields where the header has "
                f"{len(header)}; the file looks damaged or truncated."
            )
        yield f"line {reader.line_num}", dict(zip(header, fields, strict=True))


def _next_fields(reader: Reader, path: Path) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as mistake:
        raise MeasurementError(
            f"{path.name}, line {reader.line_num}: {mistake}; the file looks damaged."
        ) from None
