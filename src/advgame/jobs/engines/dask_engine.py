"""Solves chunks on the workers of a Dask cluster."""

from __future__ import annotations

import logging
import os
import pickle
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

from advgame.errors import InputError, SweepError
from advgame.jobs.chunk_journal import ChunkJournal, store_chunk
from advgame.jobs.chunk_tasks import ChunkTasks, Task
from advgame.jobs.engines.engine import Engine, Solved
from advgame.jobs.engines.local_engine import KEEPS_FREED_MEMORY, WORKER_ENVIRONMENT, cores
from advgame.jobs.solve_chunk import solve_chunk
from advgame.jobs.solver_version import solver_version
from advgame.jobs.sweep_job import SweepJob

SET_BY_DASK = ("PYTHONHASHSEED", "__DASK_PARENT_PID", "DASK_PARENT")  # the last by 2024.8 and older
TASKS_OF_A_THREAD = 2  # on the cluster at one time, so that no thread waits for the next chunk


@dataclass(frozen=True)
class DaskEngine(Engine):
    """The workers of a Dask cluster, on any number of machines; needs `pip install 'advgame[dask]'`.

    Args:
        scheduler: address of the scheduler, such as ``tcp://10.0.0.5:8786``; None for a cluster on this
            machine that lasts as long as the sweep.
        workers: number of processes of the cluster on this machine; None for one per core.
    """

    name: ClassVar[str] = "dask"
    scheduler: str | None = None
    workers: int | None = None

    def __post_init__(self) -> None:
        if self.scheduler is not None and self.workers is not None:
            raise InputError("The workers of a cluster are those that it has; omit their number.")
        if self.workers is not None and self.workers < 1:
            raise InputError(f"{self.workers} workers were requested; expected at least 1.")

    def run(self, job: SweepJob, journal: ChunkJournal, solved: Solved) -> None:
        """Solves the chunks that the journal does not have.

        Workers on other machines send the rows back, and this process stores them; those of a cluster on this
        machine store them themselves.
        """
        folder = journal.folder.absolute() if self.scheduler is None else None
        with _client(self) as client, _shared(client, job) as name:
            _Submission(client, job, name, journal, solved, folder).run()


class _Submission:
    """The chunks that are on the cluster, and those that follow."""

    def __init__(
        self,
        client: Any,
        job: SweepJob,
        name: str,
        journal: ChunkJournal,
        solved: Solved,
        folder: Path | None,
    ) -> None:
        from distributed import as_completed

        self.client, self.job, self.journal, self.solved = client, job, journal, solved
        self.name, self.folder = name, folder
        self.tasks = ChunkTasks(iter(list(journal.remaining(job))))
        self.on_cluster: dict[Any, Task] = {}
        self.completed = as_completed()

    def run(self) -> None:
        from distributed import CancelledError, KilledWorker
        from distributed.comm import CommClosedError

        self._submit()
        try:
            for future in self.completed:
                task = self.on_cluster.pop(future.key)
                try:
                    rows = future.result()
                except KilledWorker:
                    self.tasks.died(task)
                except (ImportError, pickle.UnpicklingError) as problem:
                    raise _cannot_run(problem) from None
                else:
                    self._store(task, rows)
                future.release()
                self._submit()
        except (CancelledError, CommClosedError) as problem:
            raise SweepError(
                f"The connection to the Dask cluster was lost ({type(problem).__name__})"
            ) from None

    def _submit(self) -> None:
        """Fills the cluster with tasks."""
        threads = sum(self.client.nthreads().values()) or 1
        while len(self.on_cluster) < TASKS_OF_A_THREAD * threads and (task := self.tasks.next()):
            future = self.client.submit(solve_remotely, self.name, task, self.folder, pure=False)
            self.on_cluster[future.key] = task
            self.completed.add(future)

    def _store(self, task: Task, rows: bytes | Path) -> None:
        if not task.is_trial:
            key = self.job.key(task.chunk)
            path = rows if isinstance(rows, Path) else store_chunk(self.journal.folder, key, rows)
            self.journal.add(key, path)
            self.solved(task.chunk)
        self.tasks.finished(task)


def solve_remotely(name: str, task: Task, folder: Path | None = None) -> bytes | Path:
    """The Arrow file of a chunk, or its path; runs on a worker of the cluster.

    Args:
        name: of the job on the workers.
        task: the chunk.
        folder: that of the journal, where the worker stores the rows; None to return them.

    Raises:
        SweepError: if the worker has another version, whose results could differ.
    """
    from distributed import get_worker

    from advgame.jobs.engines.shared_job import SharedJob

    shared = get_worker().plugins[name]
    assert isinstance(shared, SharedJob)
    job = shared.job
    rows = solve_chunk(job, task)
    if folder is None or task.is_trial:
        return bytes(rows)
    return store_chunk(folder, job.key(task.chunk), rows)


@contextmanager
def _shared(client: Any, job: SweepJob) -> Iterator[str]:
    """A context in which all workers have the job; its name there.

    Raises:
        SweepError: if a worker cannot load it.
    """
    from advgame.jobs.engines.shared_job import SharedJob

    name = f"advgame-{uuid4().hex}"
    try:
        client.register_plugin(SharedJob(pickle.dumps(job), solver_version()), name=name)
    except (ImportError, pickle.UnpicklingError) as problem:
        raise _cannot_run(problem) from None
    try:
        yield name
    finally:
        if client.status == "running":  # otherwise it would wait for a scheduler that is gone
            with suppress(Exception):
                client.unregister_worker_plugin(name)


def _cannot_run(problem: Exception) -> SweepError:
    return SweepError(
        f"A worker of the cluster cannot run advgame ({problem}); install the same versions on all machines."
    )


@contextmanager
def _client(engine: DaskEngine) -> Iterator[Any]:
    """A client of the cluster.

    Raises:
        InputError: if Dask is not installed, or no scheduler answers at the address.
    """
    try:
        from distributed import Client, LocalCluster
    except ModuleNotFoundError:
        raise InputError("The engine dask needs Dask; install it with pip install 'advgame[dask]'.") from None
    if engine.scheduler is None:
        with ExitStack() as stack:
            stack.enter_context(_settings_of_new_workers())
            with _sigint_blocked():
                cluster = stack.enter_context(
                    LocalCluster(
                        n_workers=engine.workers or cores(),
                        threads_per_worker=1,
                        dashboard_address="127.0.0.1:0",  # None is port 8787, or a warning
                        scheduler_kwargs={"dashboard": False},
                        silence_logs=logging.CRITICAL,
                        env=WORKER_ENVIRONMENT,
                    )
                )
            yield stack.enter_context(Client(cluster))
        return
    try:
        client = Client(engine.scheduler)
    except (OSError, TimeoutError, ValueError) as problem:
        raise InputError(f"No Dask scheduler answers at {engine.scheduler}: {problem}") from None
    with client:
        yield client


@contextmanager
def _settings_of_new_workers() -> Iterator[None]:
    """A context in which workers start without a profiler, and with variables that a process reads first.

    Dask sets these, and some of its own, in this process, where they are restored afterwards.
    """
    import dask

    key = "distributed.nanny.pre-spawn-environ"
    variables = {**dask.config.get(key), **KEEPS_FREED_MEMORY}
    before = {name: os.environ.get(name) for name in (*variables, *SET_BY_DASK)}
    try:
        with dask.config.set({key: variables, "distributed.worker.profile.enabled": False}):
            yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


@contextmanager
def _sigint_blocked() -> Iterator[None]:
    """A context whose threads and processes never receive Ctrl-C, so that only this thread handles it.

    A terminal sends it to every process of the command, and workers would print a traceback each.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # which would end the blocking when the first process starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
