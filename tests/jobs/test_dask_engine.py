"""A Dask cluster solves the same chunks to the same bytes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import advgame as ag
from advgame.errors import InputError, SweepError
from advgame.jobs import Engine, InlineEngine
from advgame.jobs.chunk_tasks import Task
from advgame.jobs.engines import dask_engine
from advgame.jobs.sweep_job import Chunk

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")

CASE = "cifar10-two-defences"
AXES = {"attack_cost": np.linspace(0, 1, 60).tolist(), "largest_share": np.linspace(0, 0.9, 40).tolist()}


def test_a_cluster_writes_the_bytes_of_the_local_engine(tmp_path: Path) -> None:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        engine = ag.DaskEngine(cluster.scheduler_address)
        there, here = (
            ag.sweep(ag.case(CASE), AXES, output=tmp_path / name, engine=chosen, chunk_cells=300)
            for name, chosen in (("there.parquet", engine), ("here.parquet", ag.LocalEngine(1)))
        )
    assert there.path.read_bytes() == here.path.read_bytes()


KILLER = """
import os, signal

def dies_once(source, target, replace=os.replace):
    if str(target).endswith(".arrow") and not os.path.exists({died!r}):
        open({died!r}, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    replace(source, target)

if os.replace.__name__ == "replace":  # dask runs this file more than once
    os.replace = dies_once
"""


@pytest.mark.skipif(os.name != "posix", reason="kills by signal")
def test_workers_of_this_machine_store_chunks_and_may_die_or_be_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sweep(name: str, engine: Engine, **settings: Any) -> ag.SweepFile:
        return ag.sweep(
            ag.case(CASE), AXES, output=tmp_path / name, engine=engine, chunk_cells=300, **settings
        )

    def interrupt(done: int, _: int) -> None:
        if done == 1500:
            raise KeyboardInterrupt

    whole = sweep("whole.parquet", InlineEngine()).path.read_bytes()
    killer, died = tmp_path / "killer.py", tmp_path / "died"
    killer.write_text(KILLER.format(died=str(died)))
    monkeypatch.setattr(dask_engine, "store_chunk", None)  # in this process, not in the workers
    with (
        dask.config.set({"distributed.worker.preload": [str(killer)]}),
        pytest.raises(KeyboardInterrupt),
    ):
        sweep("map.parquet", ag.DaskEngine(workers=1), progress=interrupt)
    assert died.exists()
    assert not (tmp_path / "map.parquet").exists()
    kept = len([*(tmp_path / "map.journal" / "chunks").glob("[!.]*.arrow")])
    solved: list[int] = []
    resumed = sweep("map.parquet", InlineEngine(), resume=True, progress=lambda done, _: solved.append(done))
    assert solved[0] == 300 * kept >= 1500
    assert resumed.path.read_bytes() == whole
    assert not (tmp_path / "map.journal").exists()


def test_a_worker_of_another_version_is_refused() -> None:
    with pytest.raises(SweepError, match=r"install the same versions"):
        dask_engine.solve_remotely(b"", "advgame 0.0.1", Task(Chunk(0, 0, 0, 1, 0)))


def test_a_mistaken_address_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No Dask scheduler answers at"):
        ag.sweep(
            ag.case(CASE), AXES, output=tmp_path / "map.parquet", engine=ag.DaskEngine("nonsense://here:1")
        )
