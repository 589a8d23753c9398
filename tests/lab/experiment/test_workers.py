"""No worker outlives the process that started it, whenever and however that ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

PARENT = """
import os, signal, sys
from advgame.lab.experiment.workers import worker_pool

with worker_pool(1) as pool:
    future = pool.submit(os.getpid)
    (worker,) = pool._processes
    print(worker, flush=True)
    {waiting}
    os.kill(os.getpid(), signal.SIGKILL)
"""
SECONDS = 60  # only a test that fails waits so long


@pytest.mark.skipif(os.name != "posix", reason="kills by signal")
@pytest.mark.parametrize(
    "waiting", ["", "future.result()"], ids=["while it starts", "while it waits for work"]
)
def test_a_worker_ends_when_its_parent_is_killed(waiting: str) -> None:
    command = [sys.executable, "-c", PARENT.format(waiting=waiting or "pass")]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    try:
        parent.communicate(timeout=SECONDS)  # the worker holds the other end of the pipe open
    except subprocess.TimeoutExpired:
        os.kill(worker, signal.SIGKILL)
        pytest.fail(f"the worker was alive {SECONDS} s after its parent was killed")
    assert parent.returncode == -signal.SIGKILL
