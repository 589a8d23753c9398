"""A sweep's job on the workers of a Dask cluster: each worker receives it once, not with every chunk."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from functools import cached_property

from distributed import WorkerPlugin

from advgame.errors import SweepError
from advgame.jobs.solver_version import solver_version
from advgame.jobs.sweep_job import SweepJob
from advgame.plugins import load_plugins


@dataclass(eq=False)
class SharedJob(WorkerPlugin):
    """The job, which the scheduler also gives to workers that join later.

    Args:
        payload: the pickled job.
        version: the solver version of the process that runs the sweep.
    """

    payload: bytes
    version: str

    @cached_property
    def job(self) -> SweepJob:
        """The job.

        Raises:
            SweepError: if this worker has another version, whose results could differ.
        """
        if self.version != solver_version():
            raise SweepError(
                f"A worker of the cluster has {solver_version()}, but the sweep was started with "
                f"{self.version}; install the same versions on all machines."
            )
        load_plugins()
        job = pickle.loads(self.payload)
        assert isinstance(job, SweepJob)
        return job
