"""The processes that measure: one thread each, and gone once their parent is."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.context import SpawnContext, SpawnProcess
from time import sleep
from types import ModuleType

import torch


@contextmanager
def worker_pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Processes of one thread each, which a Ctrl-C in the terminal stops with their parent."""
    pool = ProcessPoolExecutor(workers, _Context(), initializer=_begin)
    try:
        yield pool
    except BaseException:
        for process in list((pool._processes or {}).values()):
            process.kill()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class _Worker(SpawnProcess):
    """A process that does not run the program it was begun from once more.

    A spawned process imports its parent's main module by default. Nothing that measures stands there, and
    it may be a page of a dashboard or a script that calls ``measure`` on its first line.
    """

    def start(self) -> None:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            super().start()
        finally:
            sys.modules["__main__"] = main


class _Context(SpawnContext):
    Process = _Worker


def _begin() -> None:
    """One thread per worker: two of one thread are quicker than one of two."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent answers it, and ends its workers
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True, warn_only=True)


def _end_with(parent: int) -> None:
    """Ends this process once its parent is gone, however that ended."""
    while os.getppid() == parent:
        sleep(1.0)
    os._exit(1)
