"""Joins Parquet files of one schema into one file by copying their row groups, without decoding them.

Only the footer is made anew: the places of the pages move by as many bytes as stand before them. Field
numbers are those of ``parquet.thrift`` in the Apache Parquet format specification.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from advgame.jobs.thrift_compact import BINARY, I16, LIST, STRUCT, Items, Reader, Struct, struct_bytes

MAGIC = b"PAR1"
TAIL = 8  # bytes: the length of the footer, and the magic

# of FileMetaData
SCHEMA, ROWS, ROW_GROUPS, KEY_VALUES = 2, 3, 4, 5
# of RowGroup
COLUMNS, GROUP_OFFSET, ORDINAL = 1, 5, 7
# of ColumnChunk, and of the ColumnMetaData within it
COLUMN_METADATA = 3
COLUMN_OFFSETS = (2, 4, 6)  # of the chunk, its offset index and its column index
PAGE_OFFSETS = (9, 10, 11, 14)  # of data, index and dictionary pages, and of the Bloom filter

MOST_ORDINALS = 1 << 15  # a row group's ordinal is a number of 16 bits, and may be left out


class NotParquet(ValueError):
    """The bytes are no Parquet file, or one of another schema."""


@dataclass
class ParquetJoin:
    """Writes the row groups of several files to one file.

    >>> from io import BytesIO
    >>> import pyarrow as pa, pyarrow.parquet as pq
    >>> def file(values):
    ...     buffer = BytesIO()
    ...     pq.write_table(pa.table({"x": values}), buffer)
    ...     return buffer.getvalue()
    >>> whole = BytesIO()
    >>> join = ParquetJoin(whole)
    >>> for part in (file([1, 2]), file([3])):
    ...     rows = join.add(part)
    >>> join.finish({b"made": b"here"})
    >>> pq.read_table(whole)["x"].to_pylist()
    [1, 2, 3]

    Args:
        target: an empty file, open for writing bytes.
    """

    target: IO[bytes]
    written: int = 0
    rows: int = 0
    _footer: Struct = field(default_factory=dict)
    _groups: list[Any] = field(default_factory=list)

    def add(self, data: bytes) -> int:
        """Appends the row groups of a file and returns the number of its rows.

        Args:
            data: the whole file.

        Raises:
            NotParquet: if it is no Parquet file, or if its schema differs from that of the first file.
        """
        footer, begin = footer_of(data)
        if not self._footer:
            self._footer = footer
            self._write(MAGIC)
        elif footer[SCHEMA] != self._footer[SCHEMA]:
            raise NotParquet("its columns are others")
        moved = self.written - len(MAGIC)
        for group in footer[ROW_GROUPS][1].values:
            self._groups.append(_moved(group, moved, len(self._groups)))
        self._write(memoryview(data)[len(MAGIC) : begin])
        self.rows += int(footer[ROWS][1])
        return int(footer[ROWS][1])

    def finish(self, key_values: Mapping[bytes, bytes]) -> None:
        """Writes the footer.

        Args:
            key_values: metadata added to that of the first file, which they replace.
        """
        pairs = {**_pairs(self._footer), **key_values}
        listed = [{1: (BINARY, key), 2: (BINARY, value)} for key, value in pairs.items()]
        footer = self._footer | {
            ROWS: (self._footer[ROWS][0], self.rows),
            ROW_GROUPS: (LIST, Items(STRUCT, self._groups)),
            KEY_VALUES: (LIST, Items(STRUCT, listed)),
        }
        written = struct_bytes(footer)
        self._write(written + len(written).to_bytes(4, "little") + MAGIC)

    def _write(self, data: bytes | memoryview) -> None:
        self.target.write(data)
        self.written += len(data)


def footer_of(data: bytes) -> tuple[Struct, int]:
    """The footer of a Parquet file, and the place where it begins.

    Raises:
        NotParquet: if the bytes are no whole Parquet file.
    """
    if len(data) < len(MAGIC) + TAIL or not data.startswith(MAGIC) or not data.endswith(MAGIC):
        raise NotParquet("it is no whole Parquet file")
    length = int.from_bytes(data[-TAIL:-4], "little")
    begin = len(data) - TAIL - length
    try:
        footer = Reader(data[begin:-TAIL]).struct() if begin >= len(MAGIC) else {}
    except (IndexError, ValueError, RecursionError):
        footer = {}
    if not {SCHEMA, ROWS, ROW_GROUPS} <= footer.keys():
        raise NotParquet("it is no whole Parquet file")
    return footer, begin


def key_values_of(data: bytes) -> dict[bytes, bytes]:
    """The metadata in the footer of a Parquet file.

    Raises:
        NotParquet: if the bytes are no whole Parquet file.
    """
    return _pairs(footer_of(data)[0])


def _pairs(footer: Struct) -> dict[bytes, bytes]:
    listed = footer[KEY_VALUES][1].values if KEY_VALUES in footer else []
    return {pair[1][1]: pair[2][1] if 2 in pair else b"" for pair in listed}


def _moved(group: Struct, by: int, ordinal: int) -> Struct:
    """A row group whose pages stand further behind."""
    moved = _shifted(group, (GROUP_OFFSET,), by)
    columns = []
    for column in group[COLUMNS][1].values:
        kind, metadata = column[COLUMN_METADATA]
        shifted = _shifted(column, COLUMN_OFFSETS, by)
        columns.append(shifted | {COLUMN_METADATA: (kind, _shifted(metadata, PAGE_OFFSETS, by))})
    moved[COLUMNS] = LIST, Items(STRUCT, columns)
    moved.pop(ORDINAL, None)
    return moved | ({ORDINAL: (I16, ordinal)} if ordinal < MOST_ORDINALS else {})


def _shifted(struct: Struct, offsets: tuple[int, ...], by: int) -> Struct:
    """The struct with some of its places moved; 0 stands for a place that is not stored."""
    places = {number: struct[number] for number in offsets if number in struct and struct[number][1]}
    return struct | {number: (kind, value + by) for number, (kind, value) in places.items()}
