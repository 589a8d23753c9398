"""Reads a table of unknown origin as text cells: CSV in any dialect, Parquet, or a spreadsheet.

The file is not trusted: its size is bounded before and while it is read, and nothing in it is evaluated.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import isnan
from typing import Any

from advgame.errors import MeasurementError

MOST_BYTES = 20_000_000  # of an uploaded file
MOST_ROWS = 100_000
MOST_COLUMNS = 200
MOST_UNPACKED = 150_000_000  # bytes of a spreadsheet or a Parquet file in memory
LONGEST_CELL = 2000  # characters
SEPARATORS = (",", ";", "\t", "|")
SAMPLE = 20  # lines by which the separator is recognised


@dataclass(frozen=True)
class ForeignTable:
    """The cells of a table as text.

    Args:
        name: of the file, for messages.
        header: the names of its columns, each once.
        rows: (place, cells): "line 2" or "row 2", and as many cells as there are columns.
        notes: what was assumed in reading it.
        faults: (place, what is wrong) of the lines that were left out.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()

    def records(self) -> Iterator[tuple[str, dict[str, str]]]:
        """The rows by column name, with their places."""
        for place, cells in self.rows:
            yield place, dict(zip(self.header, cells, strict=True))

    def column(self, name: str) -> tuple[str, ...]:
        """The cells of a column."""
        place = self.header.index(name)
        return tuple(cells[place] for _, cells in self.rows)


def read_foreign_table(name: str, content: bytes) -> ForeignTable:
    """The table in a file, recognised by its content.

    >>> table = read_foreign_table("mine.csv", "model;acc\\nA;94,8 %\\n".encode("utf-16"))
    >>> table.header, table.rows, table.notes
    (('model', 'acc'), (('line 2', ('A', '94,8 %')),), ('The separator is ";".', 'The text is UTF-16.'))

    Args:
        name: the file's name, for messages.
        content: its bytes.

    Raises:
        MeasurementError: for a file that is too large, of another kind, or damaged.
    """
    if len(content) > MOST_BYTES:
        raise MeasurementError(
            f"{name} has {len(content) / 1e6:.0f} MB; at most {MOST_BYTES / 1e6:.0f} MB are read. Remove the "
            "columns that are not needed."
        )
    if content[:4] == b"PAR1":
        return _parquet(name, content)
    if content[:4] == b"PK\x03\x04":
        return _spreadsheet(name, content)
    if name.lower().endswith((".xlsx", ".xlsm", ".parquet")):
        raise MeasurementError(
            f"{name} is damaged: its content is not of that format. Save the table again, as CSV."
        )
    text, notes = _decoded(name, content)
    return _csv(name, text, notes)


def _decoded(name: str, content: bytes) -> tuple[str, list[str]]:
    for start, kind in ((b"\xd0\xcf\x11\xe0", "an old spreadsheet (.xls)"), (b"%PDF", "a PDF file")):
        if content.startswith(start):
            raise MeasurementError(f"{name} is {kind}; save the table as CSV or .xlsx.")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return content.decode("utf-16"), ["The text is UTF-16."]
        except UnicodeDecodeError:
            raise MeasurementError(f"{name} looks like UTF-16, but is damaged; save it as UTF-8.") from None
    if b"\0" in content:
        raise MeasurementError(f"{name} is neither text nor a known table; give CSV, Parquet or .xlsx.")
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        note = "The text is not UTF-8 and was read as Windows-1252; check accented letters."
        return content.decode("cp1252", errors="replace"), [note]


def _csv(name: str, text: str, notes: list[str]) -> ForeignTable:
    if text.lstrip()[:1] == "<":
        raise MeasurementError(f"{name} is a web page or XML, not a table; save the table itself as CSV.")
    separator = _separator(text)
    if separator != ",":
        shown = "a tab" if separator == "\t" else f'"{separator}"'
        notes = [f"The separator is {shown}.", *notes]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        lines = ((f"line {reader.line_num}", cells) for cells in reader)
        return _table(name, lines, notes)
    except csv.Error as mistake:
        raise MeasurementError(
            f"{name}, line {reader.line_num}: {mistake}; the file looks damaged."
        ) from None


def _separator(text: str) -> str:
    """The separator that cuts the first lines into the same number of cells, at least two."""
    lines = [line for line in islice(io.StringIO(text), 10 * SAMPLE) if line.strip()][:SAMPLE]
    best, most = ",", 0.0
    for separator in SEPARATORS:
        counts = [len(cells) for cells in csv.reader(lines, delimiter=separator)]
        if counts and counts[0] > 1:
            score = sum(count == counts[0] for count in counts) / len(counts) + min(counts[0], 50) / 1000
            if score > most:
                best, most = separator, score
    return best


def _table(name: str, lines: Iterable[tuple[str, list[str]]], notes: list[str]) -> ForeignTable:
    rows: list[tuple[str, tuple[str, ...]]] = []
    faults: list[tuple[str, str]] = []
    header: tuple[str, ...] = ()
    for place, given in lines:
        cells = [cell.strip() for cell in given]
        if not any(cells):
            continue
        if not header:
            header = _header(name, cells)
            continue
        if len(rows) == MOST_ROWS:
            raise MeasurementError(
                f"{name} has more than {MOST_ROWS:,} rows; give one row per network and attack."
            )
        if len(cells) < len(header):
            cells += [""] * (len(header) - len(cells))
        if len(cells) > len(header) and any(cells[len(header) :]):
            faults.append((place, f"{len(cells)} cells where the header has {len(header)}; left out"))
            continue
        rows.append((place, tuple(cell[:LONGEST_CELL] for cell in cells[: len(header)])))
    if not header:
        raise MeasurementError(f"{name} is empty; the first line of a table must name its columns.")
    if not rows:
        raise MeasurementError(f"{name} has a header and no rows that can be read; give at least one.")
    return ForeignTable(name, header, tuple(rows), tuple(notes), tuple(faults))


def _header(name: str, cells: list[str]) -> tuple[str, ...]:
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise MeasurementError(f"{name} has {len(cells)} columns; at most {MOST_COLUMNS} are read.")
    named = [cell[:LONGEST_CELL] or f"column {place + 1}" for place, cell in enumerate(cells)]
    return tuple(
        cell if named.index(cell) == place else f"{cell} ({place + 1})" for place, cell in enumerate(named)
    )


def _parquet(name: str, content: bytes) -> ForeignTable:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(io.BytesIO(content))
        about = file.metadata
        unpacked = sum(about.row_group(place).total_byte_size for place in range(about.num_row_groups))
        if about.num_rows > MOST_ROWS or about.num_columns > MOST_COLUMNS or unpacked > MOST_UNPACKED:
            raise MeasurementError(
                f"{name} has {about.num_rows:,} rows, {about.num_columns} columns and "
                f"{unpacked / 1e6:.0f} MB; at most {MOST_ROWS:,} rows and {MOST_COLUMNS} columns are read."
            )
        columns = file.read().to_pydict()
    except (pa.ArrowException, OSError, ValueError) as mistake:
        raise MeasurementError(f"{name} is not a readable Parquet file: {str(mistake)[:200]}.") from None
    rows = ([_text(cell) for cell in cells] for cells in zip(*columns.values(), strict=True))
    lines = ((f"row {place}", cells) for place, cells in enumerate(rows, 1))
    return _table(name, [("header", list(columns)), *lines], [])


def _spreadsheet(name: str, content: bytes) -> ForeignTable:
    try:
        import openpyxl  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        raise MeasurementError(
            f"{name} is a spreadsheet, which needs a further package: pip install 'advgame[spreadsheets]'. "
            "Or save the sheet as CSV."
        ) from None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            if unpacked > MOST_UNPACKED:
                raise MeasurementError(
                    f"{name} would have {unpacked / 1e6:.0f} MB when unpacked; at most "
                    f"{MOST_UNPACKED / 1e6:.0f} MB are read. Save the sheet as CSV."
                )
            if not any(part.filename.startswith("xl/") for part in archive.infolist()):
                raise MeasurementError(f"{name} is an archive, not a spreadsheet; unpack it first.")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # those that the file states may be anything
        lines = (
            (f"row {place}", [_text(cell) for cell in cells])
            for place, cells in enumerate(sheet.iter_rows(values_only=True), 1)
        )
        more = len(book.worksheets) - 1
        notes = [f"Only the first sheet, {sheet.title!r}, was read."] if more else []
        return _table(name, islice(lines, 10 * MOST_ROWS), notes)
    except MeasurementError:
        raise
    except Exception as mistake:  # a damaged file fails in many ways
        raise MeasurementError(f"{name} is not a readable spreadsheet: {str(mistake)[:200]}.") from None


def _text(cell: Any) -> str:
    if cell is None or (isinstance(cell, float) and isnan(cell)):
        return ""
    return repr(cell) if isinstance(cell, float) else str(cell)
