"""The worker processes: one thread each; they end with their parent.

torch takes seconds to import, during which the parent may die. This module does not import it at the top
level, so that a worker watches its parent from the start.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType

from advgame.plugins import load_plugins

SECONDS_BETWEEN_LOOKS = 1.0  # at the parent's process id
PR_SET_PDEATHSIG = 1  # from <linux/prctl.h>


@contextmanager
def worker_pool(workers: int, *, forked: bool = False) -> Iterator[ProcessPoolExecutor]:
    """A pool of one-thread processes, which end with the block, and whenever this process ends.

    Args:
        workers: how many processes.
        forked: start them as copies of this process, which has imported torch already. Only on Linux, and
            only while this process has one thread; new interpreters are started otherwise.
    """
    copies = forked and sys.platform == "linux" and threading.active_count() == 1
    context = get_context("fork") if copies else _Context()
    pool = ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(os.getpid(),))
    try:
        yield pool
    except BaseException:
        for process in list((pool._processes or {}).values()):
            process.kill()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class _Worker(SpawnProcess):
    """A process that does not import its parent's main module.

    A spawned process does this by default. Workers need nothing from that module, which may be a page of a
    dashboard or a script that calls ``measure`` at the top level.
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


def _begin(parent: int) -> None:
    """Initialises a worker: one thread, because two one-thread workers outpace one with two; plug-ins."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles it and ends its workers
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _end_with(parent)
    import torch

    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True, warn_only=True)
    load_plugins()


def _end_with(parent: int) -> None:
    """Ends this process when its parent has ended, for whatever reason, even before this call.

    Args:
        parent: the process id of the parent. `os.getppid` may already return that of another process, which
            adopted this one while it was starting.
    """
    _request_death_signal()
    if os.name == "posix" and os.getppid() != parent:
        os._exit(1)
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    """Waits for the end of the parent's pipe, and checks whether another process has adopted this one."""
    process = parent_process()
    sentinels = [] if process is None else [process.sentinel]
    while os.name != "posix" or os.getppid() == parent:
        if wait(sentinels, SECONDS_BETWEEN_LOOKS):
            break
    os._exit(1)


def _request_death_signal() -> None:
    """Makes Linux kill this process when its parent thread ends, even while an extension holds the GIL."""
    if sys.platform != "linux":
        return
    import ctypes

    with suppress(OSError, AttributeError):  # a C library without prctl: the watching thread suffices
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
