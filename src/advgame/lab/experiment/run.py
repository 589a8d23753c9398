"""Runs an experiment with several one-thread workers, journalled unit by unit and resumable."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import torch

from advgame.errors import LabError
from advgame.lab.experiment.journal import Journal, SetAside
from advgame.lab.experiment.outputs import Output
from advgame.lab.experiment.plan import Experiment
from advgame.lab.experiment.results import Results, write_results
from advgame.lab.experiment.runner import Bench, dataset_in
from advgame.lab.experiment.together import finish_replacing
from advgame.lab.experiment.units import MAKE, Plan, Unit
from advgame.lab.experiment.workers import worker_pool
from advgame.lock import locked

MOST_TRIES = 2  # of a unit run alone after its worker died


@dataclass(frozen=True)
class Step:
    """The progress of a measurement."""

    done: int  # units
    total: int
    seconds_left: float | None  # None until an estimate is possible
    doing: str  # the unit finished last, in words


Progress = Callable[[Step], object]


Notice = Callable[[str], object]


def measure(
    experiment: Experiment,
    output: Path,
    *,
    resume: bool = False,
    overwrite: bool = False,
    device: str = "auto",
    workers: int | None = None,
    images: Path | None = None,
    progress: Progress | None = None,
    notice: Notice | None = None,
    forked: bool = False,
) -> Results:
    """Measures every cell of an experiment and writes the table, the outcomes per input and the costs.

    Beside ``rows.csv`` it writes ``rows.outcomes.parquet`` (the outcome of every input),
    ``rows.networks.csv`` and ``rows.attacks.csv`` (costs), ``rows.run.json`` (versions, seeds, seconds) and
    the journal ``rows.journal/``. The same seed on the same machine gives the same table. The files are
    replaced together, after all of them are written.

    Args:
        experiment: the experiment to measure.
        output: the table to write, CSV or Parquet.
        resume: continue with an existing journal. Damaged or changed records and weights are renamed, and
            their units are measured again.
        overwrite: replace a table that belongs to another experiment.
        device: "cpu", "cuda" or "auto" (a GPU if there is one).
        workers: processes of one thread each; by default one per core, and one on a GPU.
        images: the folder of image sets; by default that in ADVGAME_IMAGES.
        progress: called after each unit.
        notice: called with a sentence about each problem of a resumed journal.
        forked: on Linux and on the CPU, start the workers as copies of this process, which saves the seconds
            in which each imports torch. They inherit what this process has changed in torch's settings.

    Returns:
        The table, the paths of the files written, and the problems of the journal.

    Raises:
        LabError: for an existing journal without ``resume``, an output that belongs to another experiment or
            is in use by another process, a device that is not available, and, after all other units are
            done, for units that failed; the other results are written nevertheless.
    """
    files = Output(output)
    files.check()
    chosen = _device(device)
    plan, journal = Plan(experiment), files.journal
    if not overwrite:
        files.check_owner(experiment.name)
    _check_resumed(journal, plan, experiment.name, resume)
    bench = Bench(experiment, journal, images, chosen)
    _check_datasets(bench)
    journal.make_folders()
    with locked(files.lock, f"{output} is being measured", LabError):
        journal.open(experiment.name)
        set_aside = _repaired(files, plan, notice or _ignore)
        run = _Run(bench, plan, progress, forked and chosen == "cpu")
        return _measured(run, files, _workers(workers, chosen), set_aside)


def _check_resumed(journal: Journal, plan: Plan, experiment: str, resume: bool) -> None:
    if resume:
        return
    finished = len(journal.finished(plan.units))
    earlier = sum(1 for _ in journal.records()) if journal.experiment() == experiment else 0
    if finished or earlier:
        kind = (
            "finished units of this experiment" if finished else "units of an earlier form of this experiment"
        )
        raise LabError(
            f"{journal.folder} contains {finished or earlier} {kind}; continue with --resume, or delete the "
            "folder to start again."
        )


def _repaired(files: Output, plan: Plan, notice: Notice) -> list[SetAside]:
    """Completes an interrupted replacement of files, and renames damaged files of the journal."""
    if finish_replacing(files.note, files.files):
        notice(f"An earlier run ended while it replaced {files.table.name}; its files are in place now.")
    journal = files.journal
    radii = {unit.key: (None,) if attack is None else attack.radii for unit, attack in plan.cells()}
    set_aside = journal.set_bad_aside(plan.units, radii)
    for file in set_aside:
        notice(f"{file.path.name} was set aside ({file.unit}): {file.reason}. The unit is measured again.")
    if unproved := journal.unproved(plan.units):
        notice(
            f"{unproved} records of {journal.folder.name} were written by an older version, without a proof "
            "of their content; they are used as they are."
        )
    return set_aside


def _measured(run: _Run, files: Output, workers: int, set_aside: Sequence[SetAside]) -> Results:
    bench, plan = run.bench, run.plan
    begun = perf_counter()
    failures = run.through(workers)
    done = bench.journal.finished(plan.units)
    if not any(unit.key in done for unit, _ in plan.cells()):
        raise LabError(
            f"{_failure_message(failures, plan)} No table is written; fix the cause and "
            "continue with --resume."
        )
    seconds = perf_counter() - begun
    results = write_results(plan, bench.journal, files.table, bench.device, seconds, failures, set_aside)
    if failures:
        raise LabError(
            f"{_failure_message(failures, plan)} The other rows are in {files.table}; fix the cause and "
            "continue with --resume."
        )
    return results


def _ignore(_: str) -> None:
    pass


def _failure_message(failures: Mapping[str, str], plan: Plan) -> str:
    unit, reason = next(iter(failures.items()))
    return f"{len(failures)} of {len(plan.units)} units failed, the first while {unit}: {reason}"


def _device(given: str) -> str:
    has_gpu = torch.cuda.is_available()
    if given == "auto":
        return "cuda" if has_gpu else "cpu"
    if given == "cpu" or (given.startswith("cuda") and has_gpu):
        return given
    raise LabError(
        f"The device {given!r} is not on this machine; expected auto, cpu{' or cuda' if has_gpu else ''}."
    )


def _workers(given: int | None, device: str) -> int:
    if given is not None and given < 1:
        raise LabError(f"The number of workers is {given}; give at least 1.")
    return given or (1 if device != "cpu" else len(os.sched_getaffinity(0)))


def _check_datasets(bench: Bench) -> None:
    """Reads every data set once, so that a missing file is reported before hours of training."""
    for name in bench.experiment.datasets:
        dataset_in(name, bench.images)


@dataclass
class _Run:
    """Schedules the units of an experiment and tracks their state."""

    bench: Bench
    plan: Plan
    progress: Progress | None
    forked: bool = False  # whether workers are copies of this process
    took: dict[tuple[str, str], list[float]] = field(default_factory=dict)  # kind of unit → seconds
    failures: dict[str, str] = field(default_factory=dict)  # unit in words → message
    suspects: set[str] = field(default_factory=set)  # keys of the units running when a worker died
    tries: dict[str, int] = field(default_factory=dict)  # key → deaths of its worker while it ran alone

    def through(self, workers: int) -> dict[str, str]:
        """Runs all unfinished units and returns the failures.

        If a worker dies, the whole pool ends. The units running then are run again one at a time, which
        identifies the one that kills its worker.
        """
        units = {unit.key: unit for unit in self.plan.units}
        lost = set[str]()
        while True:
            waiting = [unit for unit in self.bench.journal.to_do(units.values()) if unit.key not in lost]
            done = units.keys() - {unit.key for unit in waiting} - lost
            alone = [unit for unit in waiting if unit.key in self.suspects]
            to_do, pool_size = (alone, 1) if alone else (waiting, workers)
            running: dict[Future[float], Unit] = {}
            try:
                with worker_pool(pool_size, forked=self.forked) as pool:
                    while self._submit(pool, to_do, done, lost, running, pool_size):
                        for future in wait(running, return_when=FIRST_COMPLETED).done:
                            self._record(running[future], future, done, lost)
                            unit = running.pop(future)
                            self._report(len(done), len(units), waiting, workers, unit)
                if not self.suspects:
                    return self.failures
                self.suspects.clear()
            except BrokenProcessPool:
                self._suspect(list(running.values()), lost)

    def _submit(
        self,
        pool: ProcessPoolExecutor,
        waiting: list[Unit],
        done: set[str],
        lost: set[str],
        running: dict[Future[float], Unit],
        workers: int,
    ) -> bool:
        """Submits units to idle workers; False if no unit is running, so that no waiting unit can start."""
        for unit in self._ready(waiting, done, lost, workers - len(running)):
            running[pool.submit(_do, self.bench, unit)] = unit
        return bool(running)

    def _ready(self, waiting: list[Unit], done: set[str], lost: set[str], most: int) -> Iterator[Unit]:
        """Removes and yields waiting units whose needs are done; drops those whose needs are lost."""
        for unit in list(waiting):
            if any(need in lost for need in unit.needs):
                waiting.remove(unit)
                lost.add(unit.key)
            elif most > 0 and all(need in done for need in unit.needs):
                waiting.remove(unit)
                most -= 1
                yield unit

    def _record(self, unit: Unit, future: Future[float], done: set[str], lost: set[str]) -> None:
        problem = future.exception()
        if isinstance(problem, BrokenProcessPool):
            raise problem
        if problem is None:
            done.add(unit.key)
            self.took.setdefault(_kind(unit), []).append(future.result())
        elif isinstance(problem, OSError):
            raise LabError(
                f"While {unit.words}: {problem.strerror or problem}. Finished units are not lost: free space "
                "on the disk if it is full, and continue with --resume."
            ) from None
        else:
            self.failures[unit.words] = f"{type(problem).__name__}: {problem}"
            lost.add(unit.key)

    def _suspect(self, running: Sequence[Unit], lost: set[str]) -> None:
        """Records the units running when a worker died; one that died alone too often counts as failed."""
        self.suspects.update(unit.key for unit in running)
        if len(running) > 1:
            return
        for unit in running:
            self.tries[unit.key] = self.tries.get(unit.key, 0) + 1
            if self.tries[unit.key] >= MOST_TRIES:
                self.failures[unit.words] = (
                    f"its process was killed {MOST_TRIES} times while it ran alone; is there enough memory?"
                )
                lost.add(unit.key)

    def _report(self, done: int, total: int, waiting: list[Unit], workers: int, unit: Unit) -> None:
        if self.progress is None:
            return
        self.progress(Step(done, total, self._seconds_left(waiting, workers), unit.words))

    def _seconds_left(self, waiting: list[Unit], workers: int) -> float | None:
        """An estimate from finished units of the same kinds; None if these are too few."""
        means = {kind: sum(seconds) / len(seconds) for kind, seconds in self.took.items()}
        estimates = [means[_kind(unit)] for unit in waiting if _kind(unit) in means]
        if not waiting:
            return 0.0
        if len(estimates) < len(waiting) / 2:
            return None
        return sum(estimates) / len(estimates) * len(waiting) / workers


def _kind(unit: Unit) -> tuple[str, str]:
    """The key of units with similar run times: training the same defence, or the same attack."""
    return unit.kind, unit.defence if unit.kind == MAKE else unit.attack or ""


def _do(bench: Bench, unit: Unit) -> float:
    begun = perf_counter()
    bench.do(unit)
    return perf_counter() - begun
