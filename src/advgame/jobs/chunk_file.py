"""A chunk as the bytes of an Arrow file; equal rows give equal bytes."""

from __future__ import annotations

from typing import Any

CHUNK_KEY = b"advgame.chunk"


class BadChunk(Exception):
    """A chunk's file that cannot be used; the message is the reason."""


def chunk_bytes(rows: Any, key: str) -> Any:
    """The Arrow file of a chunk. It takes a third of the time of a Parquet file, and is read back faster.

    Args:
        rows: the Arrow table.
        key: of the chunk, stored in the file.
    """
    import pyarrow as pa

    table = rows.replace_schema_metadata({CHUNK_KEY: key.encode()})
    options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
    file = pa.BufferOutputStream()
    with pa.ipc.new_file(file, table.schema, options=options) as writer:
        writer.write_table(table)
    return memoryview(file.getvalue())


def rows_in(data: bytes) -> tuple[str, Any]:
    """The key of a chunk's file, and its rows as an Arrow table.

    Raises:
        BadChunk: if the bytes are no whole Arrow file.
    """
    import pyarrow as pa

    try:
        with pa.ipc.open_file(pa.py_buffer(data), options=pa.ipc.IpcReadOptions(use_threads=False)) as file:
            return (file.schema.metadata or {}).get(CHUNK_KEY, b"").decode(), file.read_all()
    except (pa.ArrowException, OSError, ValueError):
        raise BadChunk("it is no whole Arrow file") from None
