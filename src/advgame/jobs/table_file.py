"""The Parquet file of a sweep: one row group per chunk, in the order of the cells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any

from advgame.jobs.chunk_rows import CELL, DRAW, ERROR, REGIME, SCENARIO

SWEEP_KEY = b"advgame.sweep"
VALUES_AT_ONCE = 1 << 16  # given to an encoder; Parquet's default of 1024 takes a tenth more time
REPEATED = (SCENARIO, REGIME, ERROR, "equilibria")  # few distinct values


def write_table_file(
    file: IO[bytes], schema: Any, tables: Iterable[Any], identity: str, parameters: list[str]
) -> None:
    """Writes the tables of all chunks, of which one at a time is in memory.

    Parameters, probabilities and values are split into streams of bytes before they are compressed, which
    makes the file a tenth as large as plain floats and takes less time than Parquet's default.

    Args:
        file: where to write.
        schema: the Arrow schema of the tables.
        tables: one for each row group.
        identity: of the sweep, stored in the file.
        parameters: the columns of parameters, whose ranges are stored in the file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = schema.names
    numbers = [field.name for field in schema if pa.types.is_float64(field.type)]
    written = schema.with_metadata({SWEEP_KEY: identity.encode()})
    with pq.ParquetWriter(
        file,
        written,
        compression="lz4",
        use_dictionary=list(REPEATED),
        write_batch_size=VALUES_AT_ONCE,
        write_statistics=[CELL, ERROR, *parameters],  # what is read from the footer
        column_encoding={
            **dict.fromkeys(numbers, "BYTE_STREAM_SPLIT"),
            **{name: "DELTA_BINARY_PACKED" for name in (CELL, DRAW) if name in names},
        },
    ) as writer:
        for table in tables:
            writer.write_table(table.replace_schema_metadata(written.metadata), row_group_size=len(table))
