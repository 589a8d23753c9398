"""A Dask cluster solves the same chunks to the same bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import advgame as ag
from advgame.errors import InputError, SweepError
from advgame.jobs.chunk_tasks import Task
from advgame.jobs.engines import dask_engine
from advgame.jobs.sweep_job import Chunk

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


def test_a_worker_of_another_version_is_refused() -> None:
    with pytest.raises(SweepError, match=r"install the same versions"):
        dask_engine.solve_remotely(b"", "advgame 0.0.1", Task(Chunk(0, 0, 0, 1, 0)))


def test_a_mistaken_address_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No Dask scheduler answers at"):
        ag.sweep(
            ag.case(CASE), AXES, output=tmp_path / "map.parquet", engine=ag.DaskEngine("nonsense://here:1")
        )
