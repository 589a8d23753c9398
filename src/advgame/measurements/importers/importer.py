"""The promise of an importer: a published format at a path becomes a table of measurements."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from advgame.errors import MeasurementError, suggestion
from advgame.measurements.contradictions import mark_contradictions
from advgame.measurements.measurement import Measurement
from advgame.measurements.table import MeasurementTable
from advgame.measurements.table_files import check_percent


@dataclass(frozen=True)
class Importer(ABC):
    """Reads one published format. ``read`` is the verb, the fields are its settings."""

    name: ClassVar[str]
    about: ClassVar[str]  # one line for a list of choices
    takes_columns: ClassVar[bool] = False

    columns: Path | None = None  # a column map, for formats that need one
    percent: bool = False  # accuracies are 0..100

    def __post_init__(self) -> None:
        if self.columns is not None and not self.takes_columns:
            raise MeasurementError(
                f"The format {self.name!r} has columns of its own; leave the map out, or import as csv."
            )

    @abstractmethod
    def read(self, path: str | os.PathLike[str]) -> MeasurementTable:
        """The measurements at a path, contradictions marked.

        Raises:
            MeasurementError: names the file, the place, the value and what to do.
        """


def table_of(
    rows: Iterable[Measurement], path: Path, expected: str, *, percent: bool = False
) -> MeasurementTable:
    """The rows as a table, contradictions marked; no rows are an error that says what was expected.

    Rows that were read in percent and cannot have been percent are an error too.

    Args:
        rows: the rows that were read.
        path: the file or folder they come from, named in errors.
        expected: what the importer reads, named in errors.
        percent: whether accuracies were read in percent.

    Raises:
        MeasurementError: when there is no row, when rows contradict their format, or when values said to be
            percent cannot be.
    """
    found = tuple(rows)
    if not found:
        raise MeasurementError(f"Nothing to import was found in {path}; expected {expected}.")
    if percent:
        check_percent(found, path)
    try:
        return mark_contradictions(MeasurementTable(found))
    except MeasurementError as mistake:
        raise MeasurementError(f"{path.name}: {mistake}") from None


def check_columns(path: Path, header: Iterable[str], needed: Iterable[str]) -> None:
    """Nothing, if every needed column is in the header.

    Args:
        path: the file, named in errors.
        header: the column names of the file.
        needed: the column names that must be there.

    Raises:
        MeasurementError: names the first that is missing and the nearest that is there.
    """
    known = list(header)
    for name in needed:
        if name not in known:
            raise MeasurementError(
                f"{path.name}: the column {name!r} is missing;{suggestion(name, known)} "
                f"The file has {', '.join(known)}."
            )


def blank(record: Mapping[str, str], column: str) -> bool:
    """Whether a cell says that nothing was measured."""
    return record[column].strip().casefold() in {"", "-", "–", "n/a", "na", "nan", "none"}
