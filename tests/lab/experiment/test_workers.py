"""No worker outlives the process that started it, whenever and however that ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from advgame.lab.experiment import workers

PARENT = """
import os, signal, sys
from advgame.lab.experiment.workers import worker_pool

with worker_pool(1, forked={forked}) as pool:
    future = pool.submit(os.getpid)
    (worker,) = pool._processes
    print(worker, flush=True)
    {waiting}
    os.kill(os.getpid(), signal.SIGKILL)
"""
SECONDS = 60  # only a test that fails waits so long


@pytest.mark.parametrize(
    "waiting", ["", "future.result()"], ids=["while it starts", "while it waits for work"]
)
@pytest.mark.parametrize("forked", [False, True], ids=["new interpreter", "copy"])
def test_a_worker_ends_when_its_parent_is_killed(waiting: str, forked: bool) -> None:
    command = [sys.executable, "-c", PARENT.format(waiting=waiting or "pass", forked=forked)]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    try:
        parent.communicate(timeout=SECONDS)  # the worker holds the other end of the pipe open
    except subprocess.TimeoutExpired:
        os.kill(worker, signal.SIGKILL)
        pytest.fail(f"the worker was alive {SECONDS} s after its parent was killed")
    assert parent.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("forked", "threads", "start"),
    [(True, 1, "fork" if sys.platform == "linux" else "spawn"), (True, 2, "spawn"), (False, 1, "spawn")],
)
def test_only_a_process_of_one_thread_is_copied_and_only_on_linux(
    forked: bool, threads: int, start: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers.threading, "active_count", lambda: threads)
    with workers.worker_pool(1, forked=forked) as pool:
        assert pool._mp_context.get_start_method() == start  # type: ignore[attr-defined]
