"""Solves a chunk: its cells as the bytes of an Arrow file."""

from __future__ import annotations

from typing import Any

from advgame.jobs.chunk_file import chunk_bytes
from advgame.jobs.chunk_rows import rows_of
from advgame.jobs.chunk_tasks import Task
from advgame.jobs.sweep_job import SweepJob


def solve_chunk(job: SweepJob, task: Task, schema: Any = None) -> Any:
    """The bytes of the Arrow file of a chunk; none for a trial.

    Args:
        job: the sweep.
        task: the chunk.
        schema: of the job's table, if already made.
    """
    rows = rows_of(job, task.chunk, task.skip, schema)
    return b"" if task.is_trial else chunk_bytes(rows, job.key(task.chunk))
