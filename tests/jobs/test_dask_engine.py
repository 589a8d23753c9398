"""A Dask cluster solves the same chunks to the same bytes."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import dask
import distributed
import numpy as np
import pytest

import advgame as ag
from advgame.errors import InputError, SweepError
from advgame.jobs import Engine, InlineEngine
from advgame.jobs.engines import dask_engine
from advgame.jobs.engines.shared_job import SharedJob

CASE = "cifar10-two-defences"
AXES = {"attack_cost": np.linspace(0, 1, 60).tolist(), "largest_share": np.linspace(0, 0.9, 40).tolist()}


def test_a_cluster_writes_the_bytes_of_the_local_engine_and_receives_the_job_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []

    def submit(client: Any, *task: Any, plain: Any = distributed.Client.submit, **options: Any) -> Any:
        sent.append(len(pickle.dumps(task)))
        return plain(client, *task, **options)

    monkeypatch.setattr(distributed.Client, "submit", submit)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        engine = ag.DaskEngine(cluster.scheduler_address)
        there, here = (
            ag.sweep(ag.case(CASE), AXES, output=tmp_path / name, engine=chosen, chunk_cells=300)
            for name, chosen in (("there.parquet", engine), ("here.parquet", ag.LocalEngine(1)))
        )
    assert there.path.read_bytes() == here.path.read_bytes()
    assert len(sent) == 8
    assert max(sent) < 500 < len(pickle.dumps(ag.case(CASE)))


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
    environment = dict(os.environ)
    monkeypatch.setattr(dask_engine, "store_chunk", None)  # in this process, not in the workers
    with (
        dask.config.set({"distributed.worker.preload": [str(killer)]}),
        pytest.raises(KeyboardInterrupt),
    ):
        sweep("map.parquet", ag.DaskEngine(workers=1), progress=interrupt)
    assert dict(os.environ) == environment
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
        _ = SharedJob(b"", "advgame 0.0.1").job


def test_a_mistaken_address_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No Dask scheduler answers at"):
        ag.sweep(
            ag.case(CASE), AXES, output=tmp_path / "map.parquet", engine=ag.DaskEngine("nonsense://here:1")
        )
