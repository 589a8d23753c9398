"""Imports any CSV table through a column map.

The map is a TOML file. A field that it does not mention is read from the column of that name, if there is
one (seconds = "" under [constants] ignores it). Every entry is optional as long as rows are complete:

    percent = true            # accuracies and spreads are 0..100
    separator = ";"           # if it is not a comma
    success = true            # figures under attack are success rates of the attacks; false: accuracies

    [columns]                 # our field = their column
    defence = "model"
    accuracy = "acc (%)"

    [constants]               # our field = one value for every row
    dataset = "cifar10"
    network = "ResNet-18"
    source = "Table 2 of the paper"

A wide table has one column per attack instead of one row. Name those columns, each with what it measured,
and leave ``accuracy`` out of ``[columns]``; an empty cell gives no row:

    [[accuracies]]
    column = "clean"
    attack = "none"
    [[accuracies]]
    column = "PGD-20"
    attack = "pgd"
    norm = "Linf"
    radius = "8/255"

Without ``metric`` a row of attack "none" is clean, any other robust. Without a map, columns are fields.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from advgame.arrays import NO_ATTACK
from advgame.errors import MeasurementError, suggestion
from advgame.files import read_toml, without_guard
from advgame.measurements.csv_records import csv_records
from advgame.measurements.importers.importer import Importer, blank, check_columns, table_of
from advgame.measurements.importers.success_rates import (
    as_accuracy,
    figures_under_attack,
    which_is_open,
)
from advgame.measurements.measurement import FIELDS, Measurement
from advgame.measurements.table import MeasurementTable
from advgame.measurements.table_files import check_percent, read_row, read_rows

PER_ACCURACY = ("accuracy", "correct", "std")  # fields that a wide table needs per accuracy
KEYS = ("percent", "separator", "success", "columns", "constants", "accuracies")


@dataclass(frozen=True)
class ColumnMap:
    """The mapping from a table's columns to the fields of a measurement."""

    percent: bool
    separator: str
    columns: Mapping[str, str]  # our field → their column
    constants: Mapping[str, Any]  # our field → a value for every row
    accuracies: tuple[Mapping[str, Any], ...]  # one for each accuracy of a line: its column, and our fields
    success: bool | None = None  # whether figures under attack are success rates; None: not stated


@dataclass(frozen=True)
class CsvImporter(Importer):
    """Reads any CSV table, long or wide, through a column map."""

    name: ClassVar[str] = "csv"
    about: ClassVar[str] = "any CSV table, through a column map in TOML (our field = their column)"
    takes_columns: ClassVar[bool] = True

    def read(self, path: str | os.PathLike[str]) -> MeasurementTable:
        """The measurements in the table.

        Raises:
            MeasurementError: for an invalid map, a missing column, or an invalid accuracy.
        """
        path = Path(path)
        if self.columns is None:
            return self._without_map(path)
        chosen = read_map(self.columns)
        if self.success is not None:
            chosen = replace(chosen, success=self.success)
        header, records = csv_records(path, chosen.separator)
        check_columns(
            path, header, [*chosen.columns.values(), *(entry["column"] for entry in chosen.accuracies)]
        )
        chosen = with_columns_of_our_names(chosen, header)
        if not chosen.accuracies and "accuracy" not in chosen.columns:
            raise MeasurementError(
                f'{Path(self.columns).name} names no accuracy; add accuracy = "their column" under '
                "[columns], or an [[accuracies]] table for each column of a wide table."
            )
        percent = chosen.percent or self.percent
        rows = [
            row
            for place, record in records
            for row in measurements_of(record, chosen, where=f"{path.name}, {place}", percent=percent)
        ]
        if chosen.success is None:
            _ask(path, figures_under_attack(chosen.columns, chosen.accuracies), rows)
        if percent:
            check_percent(map(as_accuracy, rows) if chosen.success else rows, path)  # the figures as given
        return table_of(rows, path, "at least one line with an accuracy")

    def _without_map(self, path: Path) -> MeasurementTable:
        rows = read_rows(path, percent=self.percent)
        if self.success is None:
            _ask(path, (), rows)
        turned = map(as_accuracy, rows) if self.success else rows
        return table_of(turned, path, "at least one line with an accuracy")


def _ask(path: Path, names: Sequence[str], rows: Sequence[Measurement]) -> None:
    """Raises an error where it is open whether figures under attack are accuracies or success rates."""
    why = which_is_open(names, rows)
    if why:
        raise MeasurementError(
            f"{path.name}: are the figures under attack accuracies or success rates of the attacks? It is "
            f"open, because {why}. State success = true in the column map (or --success) for success rates, "
            "or success = false (or --robustness) for accuracies; nothing was imported."
        )


def with_columns_of_our_names(chosen: ColumnMap, header: Sequence[str]) -> ColumnMap:
    """The map, completed with the columns that have the name of a field it does not mention."""
    mentioned = {*chosen.columns, *chosen.columns.values(), *chosen.constants}
    if chosen.accuracies:
        mentioned |= {*PER_ACCURACY, *(entry["column"] for entry in chosen.accuracies)}
    ours = {field: field for field in FIELDS if field in header and field not in mentioned}
    return replace(chosen, columns={**ours, **chosen.columns})


def read_map(path: str | os.PathLike[str]) -> ColumnMap:
    """The column map in a TOML file.

    Raises:
        MeasurementError: for damaged TOML, unknown keys or fields.
    """
    path = Path(path)
    try:
        content = read_toml(path, MeasurementError)
    except OSError:
        raise MeasurementError(
            f"There is no column map {path}; write one (our field = their column)."
        ) from None
    _check_names(path, "key", content, KEYS)
    wide = content.get("accuracies", [])
    columns, constants = content.get("columns", {}), content.get("constants", {})
    _check_shapes(path, content, columns, constants, wide)
    _check_names(path, "field under [columns]", columns, FIELDS)
    _check_names(path, "field under [constants]", constants, FIELDS)
    for entry in wide:
        _check_names(path, "field under [[accuracies]]", entry, ("column", *FIELDS))
    return ColumnMap(
        content.get("percent", False),
        content.get("separator", ","),
        columns,
        constants,
        tuple(wide),
        content.get("success"),
    )


def _check_names(path: Path, kind: str, given: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for name in given:
        if name not in known:
            raise MeasurementError(
                f"{path.name}: the {kind} {name!r} is unknown;{suggestion(name, known)} "
                f"Known: {', '.join(known)}."
            )


def _check_shapes(path: Path, content: Mapping[str, Any], columns: Any, constants: Any, wide: Any) -> None:
    separator = content.get("separator", ",")
    tables = wide if isinstance(wide, list) else [None]
    problems = {
        "percent is true or false": isinstance(content.get("percent", False), bool),
        "success is true or false": isinstance(content.get("success", False), bool),
        "separator is one character": isinstance(separator, str)
        and len(separator) == 1
        and separator.isprintable(),
        "[columns] gives a column name for each field": isinstance(columns, dict)
        and all(isinstance(column, str) for column in columns.values()),
        "[constants] gives a text or a number for each field": isinstance(constants, dict)
        and all(isinstance(value, str | int | float) for value in constants.values()),
        '[[accuracies]] gives column = "their column" each time': all(
            isinstance(entry, dict) and isinstance(entry.get("column"), str) for entry in tables
        ),
    }
    for rule, kept in problems.items():
        if not kept:
            raise MeasurementError(f"{path.name} cannot be used as a column map: {rule}.")


def measurements_of(
    record: Mapping[str, str], chosen: ColumnMap, *, where: str, percent: bool
) -> Iterator[Measurement]:
    """The measurements of one line of a table: one, or one for each accuracy of a wide table.

    Args:
        record: their column → text.
        chosen: the column map.
        where: the place of the line, for error messages.
        percent: whether accuracies are given in percent.

    Raises:
        MeasurementError: for an invalid value; the message names the place, the column and what was expected.
    """
    shared = {
        **chosen.constants,
        **{field: without_guard(record[theirs]) for field, theirs in chosen.columns.items()},
    }
    turned = as_accuracy if chosen.success else _as_given
    if not chosen.accuracies:
        yield turned(read_row(_with_metric(shared), where=where, percent=percent))
    for entry in chosen.accuracies:
        if not blank(record, entry["column"]):
            row = {**shared, **entry, "accuracy": record[entry["column"]]}
            place = f"{where}, column {entry['column']!r}"
            yield turned(read_row(_with_metric(row), where=place, percent=percent))


def _as_given(row: Measurement) -> Measurement:
    return row


def _with_metric(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"metric": "clean" if row.get("attack") == NO_ATTACK else "robust", **row}
