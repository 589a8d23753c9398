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
from advgame.lab.experiment.lock import locked
from advgame.lab.experiment.outputs import Output
from advgame.lab.experiment.plan import Experiment
from advgame.lab.experiment.results import Results, write_results
from advgame.lab.experiment.runner import Bench, dataset_in
from advgame.lab.experiment.together import finish_replacing
from advgame.lab.experiment.units import MAKE, Plan, Unit
from advgame.lab.experiment.workers import worker_pool

MOST_TRIES = 2  # alone, of a unit whose worker died while others were at work


@dataclass(frozen=True)
class Step:
    """How far a measurement has come."""

    done: int  # units
    total: int
    seconds_left: float | None  # None until a unit of each kind is done
    doing: str  # the unit that was finished last, in words


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
) -> Results:
    """Measures every cell of an experiment and writes the table, the outcomes per input and the costs.

    Beside ``rows.csv`` stand ``rows.outcomes.parquet`` (right or wrong, for every input),
    ``rows.networks.csv`` and ``rows.attacks.csv`` (costs), ``rows.run.json`` (versions, seeds, seconds) and
    the journal ``rows.journal/``. The same seed on the same machine gives the same table. The files are
    replaced together, once all of them are written.

    Args:
        output: the table to write, CSV or Parquet.
        resume: go on with a journal that is there. Records and weights that are damaged or were changed are
            renamed, and measured again.
        overwrite: replace a table that belongs to another experiment.
        device: "cpu", "cuda" or "auto" (a GPU where there is one).
        workers: processes of one thread each; by default one per core, and one on a GPU.
        images: the folder of image sets; by default the one ADVGAME_IMAGES names.
        progress: called after each unit.
        notice: called with a sentence about each thing that a resumed journal had wrong.

    Returns:
        The table, the paths of what was written, and what the journal had wrong.

    Raises:
        LabError: for a journal that is there without ``resume``, an output that belongs to another
            experiment or that another process measures into, a device that is not there, and, once
            everything else is done, for units that failed; what was measured is written all the same.
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
    with locked(files.lock, str(output)):
        journal.open(experiment.name)
        set_aside = _mended(files, plan, notice or _say_nothing)
        return _measured(bench, plan, files, progress, _workers(workers, chosen), set_aside)


def _check_resumed(journal: Journal, plan: Plan, experiment: str, resume: bool) -> None:
    if resume:
        return
    finished = len(journal.finished(plan.units))
    others = sum(1 for _ in journal.records()) if journal.experiment() == experiment else 0
    if finished or others:
        of = (
            "finished units of this experiment" if finished else "units of an earlier form of this experiment"
        )
        raise LabError(
            f"{journal.folder} holds {finished or others} {of}; go on with --resume, or delete the folder to "
            "begin anew."
        )


def _mended(files: Output, plan: Plan, notice: Notice) -> list[SetAside]:
    """Ends a replacement that was interrupted, and renames what of the journal cannot be trusted."""
    if finish_replacing(files.note, files.files):
        notice(f"An earlier run ended while it replaced {files.table.name}; its files are in place now.")
    journal = files.journal
    radii = {unit.key: (None,) if attack is None else attack.radii for unit, attack in plan.cells()}
    set_aside = journal.set_bad_aside(plan.units, radii)
    for file in set_aside:
        notice(f"{file.path.name} was set aside ({file.unit}): {file.reason}. It is measured again.")
    if unproved := journal.unproved(plan.units):
        notice(
            f"{unproved} records of {journal.folder.name} were written by an older version, without a proof "
            "of their content; they are used as they are."
        )
    return set_aside


def _measured(
    bench: Bench,
    plan: Plan,
    files: Output,
    progress: Progress | None,
    workers: int,
    set_aside: Sequence[SetAside],
) -> Results:
    begun = perf_counter()
    failures = _Run(bench, plan, progress).through(workers)
    done = bench.journal.finished(plan.units)
    if not any(unit.key in done for unit, _ in plan.cells()):
        raise LabError(
            f"{_told(failures, plan)} No table is written; mend the cause and go on with --resume."
        )
    seconds = perf_counter() - begun
    results = write_results(plan, bench.journal, files.table, bench.device, seconds, failures, set_aside)
    if failures:
        raise LabError(
            f"{_told(failures, plan)} The other rows are in {files.table}; mend the cause and go on with "
            "--resume."
        )
    return results


def _say_nothing(_: str) -> None:
    pass


def _told(failures: Mapping[str, str], plan: Plan) -> str:
    doing, why = next(iter(failures.items()))
    return f"{len(failures)} of {len(plan.units)} units failed, the first while {doing}: {why}"


def _device(given: str) -> str:
    there = torch.cuda.is_available()
    if given == "auto":
        return "cuda" if there else "cpu"
    if given == "cpu" or (given.startswith("cuda") and there):
        return given
    raise LabError(
        f"The device {given!r} is not on this machine; expected auto, cpu{' or cuda' if there else ''}."
    )


def _workers(given: int | None, device: str) -> int:
    if given is not None and given < 1:
        raise LabError(f"{given} workers cannot work; give at least 1.")
    return given or (1 if device != "cpu" else len(os.sched_getaffinity(0)))


def _check_datasets(bench: Bench) -> None:
    """Reads every data set once, so that a missing file is told before hours of training."""
    for name in bench.experiment.datasets:
        dataset_in(name, bench.images)


@dataclass
class _Run:
    """The units of an experiment on their way from to do, to begun, to done."""

    bench: Bench
    plan: Plan
    progress: Progress | None
    took: dict[tuple[str, str], list[float]] = field(default_factory=dict)  # seconds, by what was done
    failures: dict[str, str] = field(default_factory=dict)  # by the unit's words
    suspects: set[str] = field(default_factory=set)  # keys of units at work when a worker died
    tries: dict[str, int] = field(default_factory=dict)  # of a unit that died alone, by its key

    def through(self, workers: int) -> dict[str, str]:
        """Does all that is not done; the failures, by what was being done.

        A worker that dies takes the others with it. What was at work then is done again one unit at a time,
        so that the one which kills its worker is told from its neighbours.
        """
        units = {unit.key: unit for unit in self.plan.units}
        lost = set[str]()
        while True:
            waiting = [unit for unit in self.bench.journal.to_do(units.values()) if unit.key not in lost]
            done = units.keys() - {unit.key for unit in waiting} - lost
            alone = [unit for unit in waiting if unit.key in self.suspects]
            to_do, at_once = (alone, 1) if alone else (waiting, workers)
            begun: dict[Future[float], Unit] = {}
            try:
                with worker_pool(at_once) as pool:
                    while self._submit(pool, to_do, done, lost, begun, at_once):
                        for future in wait(begun, return_when=FIRST_COMPLETED).done:
                            self._note(begun[future], future, done, lost)
                            unit = begun.pop(future)
                            self._tell(len(done), len(units), waiting, workers, unit)
                if not self.suspects:
                    return self.failures
                self.suspects.clear()
            except BrokenProcessPool:
                self._blame(list(begun.values()), lost)

    def _submit(
        self,
        pool: ProcessPoolExecutor,
        waiting: list[Unit],
        done: set[str],
        lost: set[str],
        begun: dict[Future[float], Unit],
        workers: int,
    ) -> bool:
        """Hands units to idle workers; False once nothing is being done: what waits, waits in vain."""
        for unit in self._ready(waiting, done, lost, workers - len(begun)):
            begun[pool.submit(_do, self.bench, unit)] = unit
        return bool(begun)

    def _ready(self, waiting: list[Unit], done: set[str], lost: set[str], most: int) -> Iterator[Unit]:
        """Takes units whose needs are met out of those that wait; drops those whose needs are lost."""
        for unit in list(waiting):
            if any(need in lost for need in unit.needs):
                waiting.remove(unit)
                lost.add(unit.key)
            elif most > 0 and all(need in done for need in unit.needs):
                waiting.remove(unit)
                most -= 1
                yield unit

    def _note(self, unit: Unit, future: Future[float], done: set[str], lost: set[str]) -> None:
        problem = future.exception()
        if isinstance(problem, BrokenProcessPool):
            raise problem
        if problem is None:
            done.add(unit.key)
            self.took.setdefault(_sort(unit), []).append(future.result())
        elif isinstance(problem, OSError):
            raise LabError(
                f"While {unit.words}: {problem.strerror or problem}. Nothing that was finished is lost: make "
                "room on the disk if it is full, and go on with --resume."
            ) from None
        else:
            self.failures[unit.words] = f"{type(problem).__name__}: {problem}"
            lost.add(unit.key)

    def _blame(self, begun: Sequence[Unit], lost: set[str]) -> None:
        """Remembers what was being done when a worker died; what died alone too often is given up."""
        self.suspects.update(unit.key for unit in begun)
        if len(begun) > 1:
            return
        for unit in begun:
            self.tries[unit.key] = self.tries.get(unit.key, 0) + 1
            if self.tries[unit.key] >= MOST_TRIES:
                self.failures[unit.words] = (
                    f"its process was killed {MOST_TRIES} times, alone; is there memory enough?"
                )
                lost.add(unit.key)

    def _tell(self, done: int, total: int, waiting: list[Unit], workers: int, unit: Unit) -> None:
        if self.progress is None:
            return
        self.progress(Step(done, total, self._seconds_left(waiting, workers), unit.words))

    def _seconds_left(self, waiting: list[Unit], workers: int) -> float | None:
        """From what units of the same sort took; None while that is known of too few."""
        means = {sort: sum(each) / len(each) for sort, each in self.took.items()}
        known = [means[_sort(unit)] for unit in waiting if _sort(unit) in means]
        if not waiting:
            return 0.0
        if len(known) < len(waiting) / 2:
            return None
        return sum(known) / len(known) * len(waiting) / workers


def _sort(unit: Unit) -> tuple[str, str]:
    """What takes about as long as this unit: training the same defence, or the same attack."""
    return unit.kind, unit.defence if unit.kind == MAKE else unit.attack or ""


def _do(bench: Bench, unit: Unit) -> float:
    begun = perf_counter()
    bench.do(unit)
    return perf_counter() - begun
