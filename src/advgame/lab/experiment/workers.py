"""The worker processes: one thread each; they end with their parent.

torch takes seconds to import, in which a parent may die. This module does not import it at its top, so that a
worker watches its parent from its first moments on.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import parent_process
from multiprocessing.connection import wait
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType

from advgame.plugins import load_plugins

SECONDS_BETWEEN_LOOKS = 1.0  # at the parent's process id
PR_SET_PDEATHSIG = 1  # from <linux/prctl.h>


@contextmanager
def worker_pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Processes of one thread each, which end with the block, and with this process however it ends."""
    pool = ProcessPoolExecutor(workers, _Context(), initializer=_begin, initargs=(os.getpid(),))
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


def _begin(parent: int) -> None:
    """One thread per worker: two of one thread are quicker than one of two. Plug-ins are loaded once more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent answers it, and ends its workers
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _end_with(parent)
    import torch

    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True, warn_only=True)
    load_plugins()


def _end_with(parent: int) -> None:
    """Ends this process once its parent is gone, however that ended, and even if it is gone already.

    Args:
        parent: the parent's own process id. What `os.getppid` returns here may be that of another process,
            which adopted this one while it was starting.
    """
    _ask_the_kernel()
    if os.name == "posix" and os.getppid() != parent:
        os._exit(1)
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    """Waits for the end of the parent's pipe, and looks whether this process was adopted by another one."""
    process = parent_process()
    sentinels = [] if process is None else [process.sentinel]
    while os.name != "posix" or os.getppid() == parent:
        if wait(sentinels, SECONDS_BETWEEN_LOOKS):
            break
    os._exit(1)


def _ask_the_kernel() -> None:
    """Has Linux kill this process with the thread that started it: also while an extension holds the GIL."""
    if sys.platform != "linux":
        return
    import ctypes

    with suppress(OSError, AttributeError):  # a C library without prctl: the thread that watches is enough
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
