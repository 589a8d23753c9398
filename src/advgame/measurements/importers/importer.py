"""The contract of an importer: reads a published format as a table of measurements."""

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
    """Reads one published format. The fields are settings, ``read`` is the method."""

    name: ClassVar[str]
    about: ClassVar[str]  # a one-line description
    takes_columns: ClassVar[bool] = False

    columns: Path | None = None  # a column map, for formats that need one
    percent: bool = False  # accuracies are 0..100
    success: bool | None = None  # whether figures under attack are success rates, for tables of any form

    def __post_init__(self) -> None:
        if self.columns is not None and not self.takes_columns:
            raise MeasurementError(
                f"The format {self.name!r} has fixed columns; remove the map, or import as csv."
            )

        if self.success is not None and not self.takes_columns:
            raise MeasurementError(
                f"The format {self.name!r} states what its figures are; leave out --success and --robustness."
            )

    @abstractmethod
    def read(self, path: str | os.PathLike[str]) -> MeasurementTable:
        """The measurements at a path, with contradictions marked.

        Raises:
            MeasurementError: for invalid input; the message names the place, the value and the remedy.
        """


def table_of(
    rows: Iterable[Measurement], path: Path, expected: str, *, percent: bool = False
) -> MeasurementTable:
    """The rows as a table, with contradictions marked.

    Args:
        rows: the rows that were read.
        path: the file or folder of the rows, for error messages.
        expected: what the importer reads, for error messages.
        percent: whether accuracies were read in percent.

    Raises:
        MeasurementError: when there is no row, when rows are invalid, or when values read as percent cannot
            be percent.
    """
    measurements = tuple(rows)
    if not measurements:
        raise MeasurementError(f"Nothing to import was found in {path}; expected {expected}.")
    if percent:
        check_percent(measurements, path)
    try:
        return mark_contradictions(MeasurementTable(measurements))
    except MeasurementError as mistake:
        raise MeasurementError(f"{path.name}: {mistake}") from None


def check_columns(path: Path, header: Iterable[str], needed: Iterable[str]) -> None:
    """Raises an error if a required column is not in the header.

    Args:
        path: the file, for error messages.
        header: the column names of the file.
        needed: the required column names.

    Raises:
        MeasurementError: names the first missing column and the most similar present one.
    """
    known = list(header)
    for name in needed:
        if name not in known:
            raise MeasurementError(
                f"{path.name}: the column {name!r} is missing;{suggestion(name, known)} "
                f"The file has {', '.join(known)}."
            )


def blank(record: Mapping[str, str], column: str) -> bool:
    """Whether a cell means that nothing was measured."""
    return record[column].strip().casefold() in {"", "-", "–", "n/a", "na", "nan", "none"}
