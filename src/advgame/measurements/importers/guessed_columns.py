"""Guesses which column of a table holds what, and converts the table line by line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from advgame.arrays import NO_ATTACK
from advgame.errors import MeasurementError
from advgame.measurements.contradictions import mark_contradictions
from advgame.measurements.importers.csv_map import ColumnMap, measurements_of
from advgame.measurements.importers.foreign_table import ForeignTable
from advgame.measurements.measurement import Measurement
from advgame.measurements.table import MeasurementTable
from advgame.measurements.table_files import COUNTS

ALSO_CALLED = {  # our field: what others call it, in small letters and digits only
    "dataset": ("data", "benchmark"),
    "network": ("architecture", "arch", "net", "backbone"),
    "defence": ("defense", "model", "method", "name", "training", "modelname", "classifier"),
    "attack": ("threat", "adversary", "attackname"),
    "norm": ("lp", "threatmodel", "distance"),
    "radius": ("eps", "epsilon", "budget", "strength"),
    "metric": (),
    "accuracy": ("acc", "accuracypercent", "top1", "robustaccuracy", "robustacc", "score"),
    "correct": ("ncorrect", "right", "hits"),
    "tested": ("n", "total", "samples", "images", "ntested", "count"),
    "runs": ("nruns", "seeds"),
    "std": ("sd", "stdev", "standarddeviation"),
    "seed": (),
    "source": ("paper", "reference", "citation", "link"),
}
CLEAN = ("clean", "natural", "standard", "noattack", "none", "benign", "nat")
NUMBERS = ("radius", "accuracy", "std", "correct", "tested", "runs", "seconds", "compression_nominal")
DECIMAL_COMMA = re.compile(r"^[+-]?\d+,\d+\s*%?$")
THOUSANDS = re.compile(r"^\d{1,3}([,. \u00a0\u202f]\d{3})+$")
NO_FIGURE = frozenset({"", "-", "–", "n/a", "na", "nan", "none"})


@dataclass(frozen=True)
class Converted:
    """What could be read of a table.

    Args:
        rows: the measurements.
        faults: (place, what is wrong) of every line that could not be read.
    """

    rows: tuple[Measurement, ...]
    faults: tuple[tuple[str, str], ...]

    def table(self) -> MeasurementTable:
        """The measurements as a table, with contradictions marked.

        Raises:
            MeasurementError: when there is none, or two lines give different values for one cell.
        """
        if not self.rows:
            raise MeasurementError("No line of the table could be read; choose other columns.")
        return mark_contradictions(MeasurementTable(self.rows))


def guessed_map(table: ForeignTable) -> ColumnMap:
    """The column map that the names and cells of a table suggest.

    >>> from advgame.measurements.importers.foreign_table import read_foreign_table
    >>> table = read_foreign_table("t.csv", b"Model,Clean,PGD-20\\nA,95,10\\nB,85,50\\n")
    >>> chosen = guessed_map(table)
    >>> dict(chosen.columns), [entry["attack"] for entry in chosen.accuracies], chosen.percent
    ({'defence': 'Model'}, ['none', 'PGD-20'], True)
    """
    columns = _named_columns(table.header)
    wide: tuple[Mapping[str, Any], ...] = ()
    if "accuracy" not in columns or "attack" not in columns:
        wide = _accuracies(table, set(columns.values()) - {columns.get("accuracy", "")})
        if len(wide) > 1 or "accuracy" not in columns:
            columns.pop("accuracy", None)
        else:
            wide = ()
    values = [cell for entry in wide for cell in table.column(entry["column"])]
    values += table.column(columns["accuracy"]) if "accuracy" in columns else ()
    return ColumnMap(is_percent(values), ",", columns, _constants(table, columns, bool(wide)), wide)


def is_percent(cells: Sequence[str]) -> bool:
    """Whether the numbers in some cells look like percentages: by a sign, or as they are too large otherwise.

    >>> is_percent(["0.95", "1.0"]), is_percent(["95", "0.5"]), is_percent(["0.9", "0.8", "1.7"])
    (False, True, False)
    """
    numbers = [number for number in map(_number_of, cells) if number is not None]
    above = sum(number > 1 for number in numbers)
    return any("%" in cell for cell in cells) or max(numbers, default=0.0) > 10 or 2 * above > len(numbers)


def convert(table: ForeignTable, chosen: ColumnMap) -> Converted:
    """The measurements of a table, and everything that is wrong with it, line by line.

    Args:
        table: the cells.
        chosen: which column holds what; decimal commas and percent signs are understood.
    """
    rows: list[Measurement] = []
    faults = list(table.faults)
    numeric = {chosen.columns[field]: field for field in NUMBERS if field in chosen.columns}
    numeric |= {entry["column"]: "accuracy" for entry in chosen.accuracies}
    for place, record in table.records():
        plain = {
            column: _plain(cell, numeric[column]) if column in numeric else cell
            for column, cell in record.items()
        }
        if "accuracy" in chosen.columns and plain[chosen.columns["accuracy"]].casefold() in NO_FIGURE:
            faults.append((place, "no accuracy; left out"))
            continue
        for part in _one_by_one(chosen):
            try:
                rows += measurements_of(_with_attack(plain, part), part, where=place, percent=part.percent)
            except MeasurementError as mistake:
                faults.append((place, str(mistake).removeprefix(place).lstrip(",: ")))
    return Converted(tuple(rows), tuple(faults))


def _one_by_one(chosen: ColumnMap) -> list[ColumnMap]:
    """The map for each accuracy of a line, so that a fault in one of them leaves the others."""
    return [replace(chosen, accuracies=(entry,)) for entry in chosen.accuracies] or [chosen]


def with_field(chosen: ColumnMap, field: str, column: str | None) -> ColumnMap:
    """The map with another column for a field.

    Args:
        chosen: the map.
        field: a field of a measurement.
        column: the name of its column in the table; None for none.
    """
    columns = {name: theirs for name, theirs in chosen.columns.items() if name != field}
    return replace(chosen, columns=columns if column is None else {**columns, field: column})


def _with_attack(record: Mapping[str, str], chosen: ColumnMap) -> Mapping[str, str]:
    """The record with our name for the absence of an attack."""
    column = chosen.columns.get("attack")
    if column is None or _key(record[column]) not in CLEAN:
        return record
    return {**record, column: NO_ATTACK}


def _named_columns(header: Sequence[str]) -> dict[str, str]:
    """Our fields by the names of the columns, exact names first."""
    columns: dict[str, str] = {}
    for field, names in ALSO_CALLED.items():
        wanted = (_key(field), *names)
        fitting = sorted(
            (wanted.index(_key(column)), column)
            for column in header
            if _key(column) in wanted and column not in columns.values()
        )
        if fitting:
            columns[field] = fitting[0][1]
    if "defence" not in columns and "network" in columns:
        columns["defence"] = columns["network"]
    return columns


def _accuracies(table: ForeignTable, taken: set[str]) -> tuple[Mapping[str, Any], ...]:
    """The columns of a wide table that hold an accuracy for each attack."""
    accuracies: list[Mapping[str, Any]] = []
    for column in table.header:
        cells = [cell for cell in table.column(column) if cell.casefold() not in NO_FIGURE]
        numbers = [_number_of(cell) for cell in cells]
        fitting = sum(number is not None and 0 <= number <= 100 for number in numbers)
        fits = bool(cells) and 2 * fitting >= len(cells)  # the others are faults
        if column in taken or not fits:
            continue
        clean = any(_key(column).startswith(word) for word in CLEAN)
        accuracies.append({"column": column, "attack": NO_ATTACK if clean else column})
    return tuple(accuracies)


def _constants(table: ForeignTable, columns: Mapping[str, str], wide: bool) -> dict[str, Any]:
    stem = table.name.rpartition(".")[0] or table.name
    given = {"dataset": stem, "network": "network", "source": table.name}
    if not wide and "attack" not in columns:
        given["attack"] = NO_ATTACK
    return {field: value for field, value in given.items() if field not in columns}


def _plain(cell: str, field: str) -> str:
    """A number in the notation of our tables, from one with a decimal comma or a percent sign.

    >>> _plain("94,8 %", "accuracy"), _plain("10,000", "tested"), _plain("8/255", "radius")
    ('94.8', '10000', '8/255')
    """
    text = cell.replace("\u00a0", " ").strip()
    if field in COUNTS and THOUSANDS.match(text):
        return re.sub(r"\D", "", text)
    text = text.removesuffix("%").strip() if field in ("accuracy", "std") else text
    return text.replace(",", ".") if DECIMAL_COMMA.match(text) else text


def _number_of(cell: str) -> float | None:
    try:
        return float(_plain(cell, "accuracy"))
    except ValueError:
        return None


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())
