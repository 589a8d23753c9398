"""Runs a sweep into a Parquet file: solves its chunks, keeps them in a journal, and writes them in order."""

from __future__ import annotations

import errno
import json
import logging
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

from advgame.errors import InputError, SweepError
from advgame.files import written_whole
from advgame.jobs.chunk_file import BadChunk
from advgame.jobs.chunk_journal import ChunkJournal, read_verified
from advgame.jobs.chunk_rows import ERROR, schema_of
from advgame.jobs.engines import Engine, LocalEngine
from advgame.jobs.sweep_job import Chunk, SweepJob
from advgame.jobs.table_file import SWEEP_KEY, write_table_file
from advgame.lock import locked

log = logging.getLogger("advgame")

T = TypeVar("T")
Progress = Callable[[int, int], object]  # solved cells, all cells


@dataclass(frozen=True)
class SweepFile:
    """The table of a finished sweep."""

    path: Path
    manifest: Path
    cells: int
    failed: int  # cells that could not be solved; the reason is in the column ``error``


def manifest_of(output: Path) -> Path:
    """The manifest of an output: that of ``map.parquet`` is ``map.manifest.json``."""
    return output.with_suffix(".manifest.json")


def run_job(
    job: SweepJob,
    output: Path,
    engine: Engine | None = None,
    *,
    resume: bool = False,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> SweepFile:
    """Solves every cell of a sweep and writes the table.

    Until the table is complete, solved chunks are kept in a journal beside it, from which an interrupted run
    continues. The table appears whole or not at all. On machines of one kind, equal jobs give equal bytes,
    whatever the engine, the number of workers and the interruptions.

    Args:
        job: the sweep.
        output: the Parquet file to write.
        engine: what solves the chunks; by default one process per core.
        resume: continue an interrupted run.
        overwrite: replace a file of this name.
        progress: called with the numbers of solved cells and of all cells.

    Returns:
        The path of the table, that of its manifest, and the number of cells that could not be solved.

    Raises:
        InputError: for an output that exists or cannot be written, a journal of another sweep or, without
            ``resume``, one of an interrupted run, and a sweep into this output that is running.
        SweepError: if the disk, the workers or the cluster fail; solved chunks are kept.
    """
    output = Path(output)
    if output.suffix != ".parquet":
        raise InputError(f"{output} ends in {output.suffix!r}; a sweep of this size is written as .parquet.")
    if not output.parent.is_dir():
        raise InputError(f"The folder {output.parent} for {output.name} does not exist; create it first.")
    if output.is_dir():
        raise InputError(f"{output} is a folder; give the name of a file.")
    journal = ChunkJournal.beside(output)
    if output.exists() and not overwrite:
        is_this_sweep = _identity_in(output) == job.identity
        if resume and is_this_sweep and not journal.folder.exists():
            return _finished(job, output, progress)
        if not (resume and is_this_sweep):
            raise InputError(_why_not_replaced(output, is_this_sweep))
    journal.create()
    with locked(journal.lock, f"{output} is being written"), _explained(output):
        for notice in journal.open(job, resume=resume):
            log.warning(notice)
        try:
            _solve_and_write(job, journal, output, engine or LocalEngine(), progress)
        except BadChunk:  # seldom, so all chunks are verified only now
            for notice in journal.remove_damaged():
                log.warning(notice)
            _solve_and_write(job, journal, output, engine or LocalEngine(), progress)
        result = _finished(job, output, None)
        journal.remove()
    return result


def _why_not_replaced(output: Path, is_this_sweep: bool) -> str:
    if is_this_sweep:
        return (
            f"{output} contains this sweep already. Keep it with --resume (resume=True), or solve it again "
            "with --overwrite (overwrite=True)."
        )
    return (
        f"{output} exists already and is not the result of this sweep. Name another file, or replace it with "
        "--overwrite (overwrite=True)."
    )


def _solve_and_write(
    job: SweepJob, journal: ChunkJournal, output: Path, engine: Engine, progress: Progress | None
) -> None:
    """Solves the chunks, while a thread writes those that are solved to the table.

    Raises:
        BadChunk: if a chunk in the journal is damaged.
    """
    journal.reopen()
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(_write, job, journal, output)
        try:
            _solve(job, journal, engine, progress, writing)
        finally:
            journal.close()
        writing.result()


def _solve(
    job: SweepJob,
    journal: ChunkJournal,
    engine: Engine,
    progress: Progress | None,
    writing: Future[None],
) -> None:
    done, total = job.cells - sum(chunk.cells for chunk in journal.remaining(job)), job.cells

    def solved(chunk: Chunk) -> None:
        nonlocal done
        done += chunk.cells
        if progress is not None:
            progress(done, total)
        if done < total and writing.done():  # before the last chunk it only ends in an error
            writing.result()

    if progress is not None:
        progress(done, total)
    engine.run(job, journal, solved)


def _write(job: SweepJob, journal: ChunkJournal, output: Path) -> None:
    """Writes the table and its manifest from the chunks."""
    listed: list[dict[str, Any]] = []

    def tables() -> Iterator[Any]:
        for chunk, path in journal.in_order(job):
            rows = read_verified(path)
            if len(rows) != chunk.cells:
                raise SweepError(f"{path} has {len(rows):,} rows; expected {chunk.cells:,}.")
            listed.append({"first_cell": chunk.row, "cells": len(rows), "name": path.stem})
            yield rows

    def write(file: IO[bytes]) -> None:
        with closing(_read_ahead(tables())) as rows:
            write_table_file(file, schema_of(job), rows, job.identity, [*job.design.bounds])

    written_whole(output, write, durable=True)
    manifest = {"identity": job.identity, **job.description, "cells": job.cells, "chunks": listed}
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    written_whole(manifest_of(output), lambda file: file.write(text), text=True, durable=True)


def _read_ahead(values: Iterator[T]) -> Generator[T, None, None]:
    """The values, of which a thread computes the next while the caller uses one."""
    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(next, values, None)
        while (value := following.result()) is not None:
            following = pool.submit(next, values, None)
            yield value


def _finished(job: SweepJob, output: Path, progress: Progress | None) -> SweepFile:
    """Checks by the footer of the table that every cell is there once."""
    import pyarrow.parquet as pq

    metadata, failed, row = pq.read_metadata(output), 0, 0
    names = metadata.schema.to_arrow_schema().names
    cell, error = names.index("cell"), names.index(ERROR)
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        cells = group.column(cell).statistics
        if (cells.min, cells.max) != (row, row + group.num_rows - 1):
            raise SweepError(f"{output} does not contain every cell once; delete it and run again.")
        row += group.num_rows
        failed += group.num_rows - group.column(error).statistics.null_count
    if row != job.cells:
        raise SweepError(f"{output} has {row:,} cells of {job.cells:,}; delete it and run again.")
    if progress is not None:
        progress(job.cells, job.cells)
    return SweepFile(output, manifest_of(output), job.cells, failed)


def _identity_in(output: Path) -> str | None:
    """The identity of the sweep that wrote a table; None if there is none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        metadata = pq.read_metadata(output).metadata or {}
    except (OSError, pa.ArrowException):
        return None
    return metadata[SWEEP_KEY].decode() if SWEEP_KEY in metadata else None


def what_is_kept(output: Path) -> str:
    """What an interrupted sweep has kept, and how to continue, in two sentences."""
    chunks = len([*ChunkJournal.beside(output).folder.glob("chunks/[!.]*.arrow")])
    if not chunks:
        return f"Nothing was written to {output}. To start over, run the same command again."
    return (
        f"{chunks:,} solved chunks are kept in {ChunkJournal.beside(output).folder}. To continue, run the "
        "same command with --resume."
    )


@contextmanager
def _explained(output: Path) -> Iterator[None]:
    """A context that turns failures of the disk and of workers into errors that name what is kept."""
    try:
        yield
    except BadChunk as problem:  # a second time
        raise SweepError(
            f"The disk does not return what was stored ({problem}). {what_is_kept(output)}"
        ) from None
    except (OSError, SweepError) as problem:
        full = isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
        reason = (problem.strerror if isinstance(problem, OSError) else None) or str(problem)
        advice = " Free some space first." if full else ""
        raise SweepError(f"{reason.rstrip('.')}. {what_is_kept(output)}{advice}") from problem
