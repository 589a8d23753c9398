"""Batches are solved in threads and processes of any kind, whatever threads numba itself would use."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

BATCH = """
import sys
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from threading import Barrier

import numpy as np

import advgame as ag


def batch(seed):
    random = np.random.default_rng(seed)
    value, cost, share = random.random((40, 10, 8)), random.random((40, 10, 1)), random.random((40, 1, 8))
    return value, -value - cost * share + 0.1 * cost


def equilibria(seed):
    return ag.solve_batch(*batch(seed)).defender.sum(axis=0).tolist()
"""
PROCESSES = (
    BATCH
    + """
if __name__ == "__main__":
    here = [equilibria(seed) for seed in range(2)]
    with get_context(sys.argv[1]).Pool(2) as pool:
        assert pool.map(equilibria, range(2)) == here
"""
)
THREADS = (
    BATCH
    + """
if __name__ == "__main__":
    alone, together = [equilibria(seed) for seed in range(8)], Barrier(8)

    def at_once(seed):
        together.wait()
        return equilibria(seed)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(at_once, range(8))) == alone
"""
)


def run(tmp_path: Path, program: str, *arguments: str, layer: str = "default") -> None:
    """Runs a program with two threads for each batch; a process that hangs is an error."""
    path = tmp_path / "program.py"
    path.write_text(program)
    settings = os.environ | {"NUMBA_NUM_THREADS": "2", "NUMBA_THREADING_LAYER": layer}
    ended = subprocess.run(
        [sys.executable, str(path), *arguments],
        check=False,
        env=settings,
        timeout=300,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("start", ["fork", "spawn", "forkserver"])
def test_processes_begun_after_a_batch_solve_batches(tmp_path: Path, start: str) -> None:
    run(tmp_path, PROCESSES, start)


@pytest.mark.parametrize("layer", ["workqueue", "omp"])
def test_eight_threads_solve_batches_at_once(tmp_path: Path, layer: str) -> None:
    run(tmp_path, THREADS, layer=layer)
