"""An engine: what solves the chunks of a sweep."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

from advgame.jobs.chunk_journal import ChunkJournal
from advgame.jobs.sweep_job import Chunk, SweepJob

Solved = Callable[[Chunk], object]  # called after a chunk is stored


class Engine(ABC):
    """Solves chunks and stores them in the journal. All store equal rows on equal machines."""

    name: ClassVar[str]

    @abstractmethod
    def run(self, job: SweepJob, journal: ChunkJournal, solved: Solved) -> None:
        """Solves the chunks that the journal does not have.

        Args:
            job: the sweep.
            journal: where chunks are stored.
            solved: called after each chunk.

        Raises:
            SweepError: if the disk, the workers or the cluster fail.
        """
