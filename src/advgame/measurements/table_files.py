"""Tables of measurements as CSV or Parquet files."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Mapping
from math import isnan
from pathlib import Path
from typing import IO, Any

from advgame.errors import MeasurementError, shortened, suggestion
from advgame.files import spreadsheet_safe, without_guard, written_whole
from advgame.measurements.contradictions import mark_contradictions
from advgame.measurements.csv_records import csv_records
from advgame.measurements.measurement import FIELD_OF, FIELDS, Measurement
from advgame.measurements.radii import radius_text, read_radius
from advgame.measurements.table import MeasurementTable

REQUIRED = ("dataset", "network", "defence", "attack", "metric", "accuracy")
COUNTS = frozenset({"correct", "tested", "runs", "seed", "parameters_left", "parameters_total"})
AMOUNTS = frozenset({"std", "seconds", "compression_nominal"})
BETWEEN_WARNINGS = " | "
MOST_ROWS = 5_000_000  # of a Parquet file
LEAST_PERCENT = 0.01  # percent; no useful network is below it, so 0.80 in a table of percent is a fraction


def read_table(path: str | os.PathLike[str], *, percent: bool = False) -> MeasurementTable:
    """The measurements in a CSV or Parquet file, with contradictions marked.

    Args:
        path: a file with a header of field names (``advgame.measurements.measurement.FIELDS``); missing
            optional fields are empty.
            percent: True to divide accuracies and spreads by 100.

    Raises:
        MeasurementError: for invalid input; the message names the line, the column, the value and the remedy.
    """
    rows = read_rows(path, percent=percent)
    try:
        return mark_contradictions(MeasurementTable(rows))
    except MeasurementError as mistake:
        raise MeasurementError(f"{Path(path).name}: {mistake}") from None


def read_rows(path: str | os.PathLike[str], *, percent: bool = False) -> tuple[Measurement, ...]:
    """The measurements in a CSV or Parquet file, as `read_table` reads them, before they are compared.

    Args:
        path: a file with a header of field names.
        percent: True to divide accuracies and spreads by 100.

    Raises:
        MeasurementError: for invalid input; the message names the line, the column, the value and the remedy.
    """
    path = Path(path)
    if not path.is_file():
        raise MeasurementError(f"There is no file {path}; name a CSV or Parquet table of measurements.")
    records = _parquet_records(path) if path.suffix == ".parquet" else _csv_records(path)
    rows = [read_row(record, where=f"{path.name}, {place}", percent=percent) for place, record in records]
    if not rows:
        raise MeasurementError(f"{path.name} has a header and no rows; give at least one measurement.")
    if percent:
        check_percent(rows, path)
    return tuple(rows)


def check_percent(rows: Iterable[Measurement], path: Path) -> None:
    """Raises an error if rows read as percent cannot be percent.

    Raises:
        MeasurementError: when no accuracy of the file was above 1, as in a file of fractions.
    """
    largest = max((row.accuracy for row in rows), default=0.0)
    if 0 < largest <= LEAST_PERCENT:
        raise MeasurementError(
            f"{path.name} was read in percent, but its largest accuracy is {100 * largest:.6g}: these look "
            "like fractions. Read it without percent (--percent, percent = true)."
        )


def read_row(record: Mapping[str, Any], *, where: str, percent: bool = False) -> Measurement:
    """A measurement from text or values by field name.

    >>> read_row({"dataset": "mnist", "network": "cnn", "defence": "plain", "attack": "pgd", "norm": "Linf",
    ...           "radius": "0.3", "metric": "robust", "accuracy": "84"},
    ...          where="line 2", percent=True).accuracy
    0.84

    Args:
        record: field name → text or value; missing and empty fields take their defaults.
        where: the place of the row, for error messages.
        percent: whether accuracies are given in percent.

    Raises:
        MeasurementError: for an invalid value; the message names the place, the column and what was expected.
    """
    values: dict[str, Any] = {}
    for field in FIELDS:
        given = record.get(field)
        if _is_missing(given):
            continue
        try:
            values[field] = _read_value(field, given)
        except (ValueError, TypeError, OverflowError) as mistake:
            raise MeasurementError(
                f"{where}, column {field}: {shortened(given)} {_problem(field, mistake)}."
            ) from None
    missing = [field for field in REQUIRED if field not in values]
    if missing:
        raise MeasurementError(
            f"{where}: {', '.join(missing)} is empty; every row needs {', '.join(REQUIRED)}."
        )
    if percent:
        for field in ("accuracy", "std"):
            if field in values:
                values[field] = round(values[field] / 100, 12)
        if values["metric"] == "clean" and 0 < values["accuracy"] <= LEAST_PERCENT:
            raise MeasurementError(
                f"{where}: a clean accuracy of {shortened(record.get('accuracy'))} in a table read in "
                "percent looks like a fraction. Read it without percent (--percent, percent = true), or "
                "write all of it in percent."
            )
    try:
        return Measurement(**{FIELD_OF[field]: value for field, value in values.items()})
    except MeasurementError as mistake:
        raise MeasurementError(f"{where}: {mistake}") from None


def table_text(table: MeasurementTable) -> str:
    """The table as the CSV text that `write_table` writes."""
    text = io.StringIO(newline="")
    _write_csv(table, text)
    return text.getvalue()


def write_table(table: MeasurementTable, path: str | os.PathLike[str]) -> Path:
    """Writes the table as CSV or Parquet, by suffix; reading it back gives an equal table."""
    path = Path(path)
    if path.suffix == ".parquet":
        return written_whole(path, lambda file: _write_parquet(table, file))
    return written_whole(path, lambda file: _write_csv(table, file), text=True)


def _csv_records(path: Path) -> Iterable[tuple[str, Mapping[str, Any]]]:
    header, records = csv_records(path)
    _check_header(path, header)
    for place, record in records:
        yield place, {field: without_guard(text) for field, text in record.items()}


def _parquet_records(path: Path) -> Iterable[tuple[str, Mapping[str, Any]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            _check_header(path, file.schema_arrow.names)
            if file.metadata.num_rows > MOST_ROWS:
                raise MeasurementError(f"{path.name} has more than {MOST_ROWS:,} rows, which is the limit.")
            records = file.read().to_pylist()
    except MeasurementError:
        raise
    except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError) as mistake:
        raise MeasurementError(f"{path.name} is not a readable Parquet file: {str(mistake)[:200]}.") from None
    for number, record in enumerate(records, start=1):
        yield f"row {number}", record


def _check_header(path: Path, header: list[str]) -> None:
    for name in header:
        if name not in FIELDS:
            raise MeasurementError(
                f"{path.name}: the column {name!r} is unknown;{suggestion(name, FIELDS)} For other headers "
                "use a column map: advgame import csv FILE --columns MAP.toml."
            )
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        raise MeasurementError(
            f"{path.name}: the column {missing[0]!r} is missing; a table needs {', '.join(REQUIRED)}."
        )
    if len(set(header)) != len(header):
        raise MeasurementError(f"{path.name}: a column name occurs twice in the header; keep one.")


def _read_value(field: str, given: Any) -> Any:
    if field == "radius":
        return read_radius(given)
    if field == "accuracy" or field in AMOUNTS:
        if isinstance(given, str) and given.strip().endswith("%"):
            raise ValueError("percent")
        return _number(given)
    if field in COUNTS:
        return _whole_number(given)
    if field == "warnings":
        return _warning_texts(given)
    if not isinstance(given, str):
        raise TypeError
    return given


def _warning_texts(given: Any) -> tuple[str, ...]:
    if isinstance(given, str):
        return tuple(given.split(BETWEEN_WARNINGS))
    if not isinstance(given, list | tuple) or not all(isinstance(text, str) for text in given):
        raise TypeError
    return tuple(given)


def _number(given: Any) -> float:
    """A number in the notation of tables."""
    _check_plain(given)
    return float(given)


def _check_plain(given: Any) -> None:
    """Raises an error for values that only Python reads as numbers (True, 1_000, non-ASCII digits)."""
    if isinstance(given, bool) or (isinstance(given, str) and ("_" in given or not given.isascii())):
        raise TypeError


def _is_missing(given: Any) -> bool:
    return given is None or given == "" or (isinstance(given, float) and isnan(given))


def _whole_number(given: Any) -> int:
    _check_plain(given)
    try:
        if not isinstance(given, float):
            return int(given)
    except ValueError:
        pass  # pandas writes 1000 as 1000.0
    if float(given) != int(float(given)):
        raise ValueError
    return int(float(given))


def _problem(field: str, mistake: Exception) -> str:
    if field == "radius":
        return "is not a radius; write a decimal such as 0.5 or a fraction such as 8/255"
    if str(mistake) == "percent":
        return (
            "is in percent; write a fraction in 0..1, or remove the sign and read with percent=True "
            "(--percent)"
        )
    if field in COUNTS:
        return "is not an integer; write one, or leave the field empty"
    if field == "accuracy" or field in AMOUNTS:
        return "is not a number; write one, or leave an optional field empty"
    return "is not text; write text"


def _write_csv(table: MeasurementTable, file: IO[Any]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    used = [field for field in FIELDS if field in REQUIRED or any(_is_given(row, field) for row in table)]
    writer.writerow(used)
    for row in table:
        writer.writerow([spreadsheet_safe(WRITERS.get(field, _plain)(row, field)) for field in used])


def _write_parquet(table: MeasurementTable, file: IO[Any]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: dict[str, Any] = {
        field: [getattr(row, name) for row in table] for field, name in FIELD_OF.items()
    }
    columns["warnings"] = [list(row.warnings) for row in table]
    for field in COUNTS:
        if any(count is not None and count >= 2**63 for count in columns[field]):
            columns[field] = pa.array(columns[field], pa.uint64())
    pq.write_table(pa.table(columns), file)


def _is_given(row: Measurement, field: str) -> bool:
    return getattr(row, FIELD_OF[field]) not in (None, "", ())


def _plain(row: Measurement, field: str) -> str:
    value = getattr(row, FIELD_OF[field])
    return "" if value is None else repr(float(value)) if isinstance(value, float) else str(value)


def _radius(row: Measurement, field: str) -> str:  # noqa: ARG001 (one signature for all writers)
    text = radius_text(row.radius, row.norm)
    return text if read_radius(text) == row.radius else _plain(row, "radius")


def _warnings(row: Measurement, field: str) -> str:  # noqa: ARG001
    return BETWEEN_WARNINGS.join(row.warnings)


WRITERS: Mapping[str, Callable[[Measurement, str], str]] = {"radius": _radius, "warnings": _warnings}
