"""Solves chunks in several processes of this machine, one thread each."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, ClassVar

from advgame.errors import InputError, SweepError
from advgame.jobs.chunk_journal import CHUNKS, ChunkJournal
from advgame.jobs.chunk_tasks import ChunkTasks, Task
from advgame.jobs.engines.engine import Engine, Solved
from advgame.jobs.engines.sweep_worker import START
from advgame.jobs.sweep_job import SweepJob

# glibc would return the arrays of each chunk to the system and fault them in again for the next, which takes
# a third of the time of small games. It reads this when a process starts. Other C libraries ignore it.
KEEPS_FREED_MEMORY = dict.fromkeys(("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"), str(1 << 30))
WORKER_ENVIRONMENT = {
    **dict.fromkeys(("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    **KEEPS_FREED_MEMORY,
}
STARTS_WITHOUT_WORK = 3  # workers in a row that end before they are ready


@dataclass(frozen=True)
class LocalEngine(Engine):
    """Worker processes on this machine. A worker that dies costs its chunk only, which is solved again.

    Args:
        workers: number of processes; None for one per core.
    """

    name: ClassVar[str] = "local"
    workers: int | None = None

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise InputError(f"{self.workers} workers were requested; expected at least 1.")

    def run(self, job: SweepJob, journal: ChunkJournal, solved: Solved) -> None:
        """Solves the chunks that the journal does not have."""
        _WorkerPool(job, journal, solved, self.workers or cores()).run()


def cores() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass
class _Worker:
    """A process and what it is doing."""

    process: subprocess.Popen[bytes]
    task: Task | None = None
    is_ready: bool = False

    def send(self, thing: Any) -> None:
        assert self.process.stdin is not None
        with suppress(OSError):  # a dead worker is reported by the end of its output
            pickle.dump(thing, self.process.stdin)
            self.process.stdin.flush()


@dataclass
class _WorkerPool:
    """The workers of one run, and their tasks."""

    job: SweepJob
    journal: ChunkJournal
    solved: Solved
    size: int
    reports: SimpleQueue[tuple[_Worker, dict[str, Any] | None]] = field(default_factory=SimpleQueue)
    workers: list[_Worker] = field(default_factory=list)
    failed_starts: int = 0

    def run(self) -> None:
        remaining = list(self.journal.remaining(self.job))
        self.tasks, self.size = ChunkTasks(iter(remaining)), min(self.size, len(remaining))
        try:
            while self._assign_tasks():
                worker, report = self.reports.get()
                if report is None:
                    self._replace(worker)
                elif "stopped" in report:
                    raise SweepError(report["stopped"])
                else:
                    self._note(worker, report)
        finally:
            for worker in self.workers:
                worker.process.kill()
            for worker in self.workers:
                worker.process.wait()

    def _assign_tasks(self) -> bool:
        """Gives tasks to idle workers and starts more while there are tasks; whether anything is at work."""
        for worker in self.workers:
            if worker.is_ready and worker.task is None and (task := self.tasks.next()) is not None:
                worker.task = task
                worker.send(task)
        starting = sum(not worker.is_ready for worker in self.workers)
        while len(self.workers) < self.size and (task := self.tasks.next()) is not None:
            self.tasks.again(task)
            if starting >= self.size:
                break
            self.workers.append(self._started())
            starting += 1
        return any(worker.task is not None or not worker.is_ready for worker in self.workers)

    def _started(self) -> _Worker:
        group: dict[str, Any] = {"start_new_session": True}  # Ctrl-C reaches the parent only
        if sys.platform == "win32":
            group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        process = subprocess.Popen(
            [sys.executable, "-c", START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **WORKER_ENVIRONMENT},
            **group,
        )
        worker = _Worker(process)
        threading.Thread(target=self._listen, args=(worker,), daemon=True).start()
        return worker

    def _listen(self, worker: _Worker) -> None:
        worker.send(sys.path)
        worker.send((self.job, self.journal.folder.absolute()))  # a worker reads it when its imports are done
        assert worker.process.stdout is not None
        with suppress(ValueError, OSError):  # a line that was cut off by the death of the worker
            for line in worker.process.stdout:
                self.reports.put((worker, json.loads(line)))
        self.reports.put((worker, None))

    def _note(self, worker: _Worker, report: dict[str, Any]) -> None:
        if "ready" in report:
            worker.is_ready, self.failed_starts = True, 0
            return
        task, worker.task = worker.task, None
        assert task is not None
        if not task.is_trial:
            path = self.journal.folder / CHUNKS / report["stored"]
            self.journal.add(self.job.key(task.chunk), path)
            self.solved(task.chunk)
        self.tasks.finished(task)

    def _replace(self, worker: _Worker) -> None:
        """Removes a dead worker and returns its task."""
        self.workers.remove(worker)
        worker.process.wait()
        if worker.task is not None:
            self.tasks.died(worker.task)
        elif not worker.is_ready:
            self.failed_starts += 1
            if self.failed_starts >= STARTS_WITHOUT_WORK:
                raise SweepError(
                    f"Worker processes end while they start, with exit code {worker.process.returncode}."
                )
