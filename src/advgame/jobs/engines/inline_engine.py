"""Solves chunks one after the other in this process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from advgame.jobs.chunk_journal import ChunkJournal, store_chunk
from advgame.jobs.chunk_rows import schema_of
from advgame.jobs.chunk_tasks import Task
from advgame.jobs.engines.engine import Engine, Solved
from advgame.jobs.solve_chunk import solve_chunk
from advgame.jobs.sweep_job import SweepJob


@dataclass(frozen=True)
class InlineEngine(Engine):
    """No further process: for small sweeps, and programs that bring their own parallelism."""

    name: ClassVar[str] = "inline"

    def run(self, job: SweepJob, journal: ChunkJournal, solved: Solved) -> None:
        """Solves the chunks that the journal does not have."""
        schema = schema_of(job)
        for chunk in list(journal.remaining(job)):
            key = job.key(chunk)
            journal.add(key, store_chunk(journal.folder, key, solve_chunk(job, Task(chunk), schema)))
            solved(chunk)
