"""Solves a chunk: its cells as the bytes of a Parquet file."""

from __future__ import annotations

from typing import Any

from advgame.jobs.chunk_parquet import parquet_bytes
from advgame.jobs.chunk_rows import rows_of
from advgame.jobs.chunk_tasks import Task
from advgame.jobs.sweep_job import SweepJob


def solve_chunk(job: SweepJob, task: Task, schema: Any = None) -> bytes:
    """The Parquet file of a chunk; empty for a trial.

    Args:
        job: the sweep.
        task: the chunk.
        schema: of the job's table, if already made.
    """
    rows = rows_of(job, task.chunk, task.skip, schema)
    if task.is_trial:
        return b""
    return parquet_bytes(rows, job.key(task.chunk), [*job.design.bounds])
