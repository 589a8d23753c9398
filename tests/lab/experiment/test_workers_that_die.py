"""A worker that dies costs the unit that killed it, and no other; a full disk costs nothing that was done."""

from __future__ import annotations

import resource
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from advgame.errors import LabError
from advgame.lab.experiment import run as measuring
from advgame.lab.experiment.journal import Journal
from advgame.lab.experiment.reading import experiment_of
from advgame.lab.experiment.run import measure
from advgame.lab.experiment.units import Plan, Unit
from tests.lab.in_process import in_this_process

EXPERIMENT = """
dataset = "digits"
network = "small_cnn"
test_inputs = 30
[defences.plain]
use = "standard"
epochs = 1
[defences.noise]
use = "noise_training"
epochs = 1
[attacks.pgd]
use = "pgd"
radii = [0.1]
"""
CONTENT: dict[str, Any] = {
    "dataset": "digits",
    "network": "small_cnn",
    "defences": {"plain": {"use": "standard"}, "noise": {"use": "noise_training"}},
    "attacks": {"pgd": {"use": "pgd", "radii": [0.1]}},
}


class Pool:
    """Workers in which some units are deadly: they break the pool, with whatever is at work beside them."""

    def __init__(self, journal: Journal, deadly: Sequence[str], submitted: list[str]) -> None:
        self.journal, self.deadly, self.submitted = journal, deadly, submitted
        self.at_work: list[tuple[Unit, Future[float]]] = []

    def submit(self, *given: Any) -> Future[float]:
        unit: Unit = given[-1]
        future: Future[float] = Future()
        self.submitted.append(unit.words)
        self.at_work = [(each, its) for each, its in self.at_work if not its.done()]
        self.at_work.append((unit, future))
        if self._dies():
            for _, each in self.at_work:
                each.set_exception(BrokenProcessPool())
        return future

    def _dies(self) -> bool:
        """Where all that is deadly together is at work."""
        words = [unit.words for unit, _ in self.at_work]
        return all(any(deadly in each for each in words) for deadly in self.deadly)

    def finish(self, future: Future[float]) -> None:
        """Does what a worker does."""
        (unit,) = [unit for unit, its in self.at_work if its is future]
        if unit.stored:
            self.journal.tensors_path(unit).touch()
        self.journal.write(unit, {"wall_seconds": 0.0})
        future.set_result(0.0)


@dataclass
class Played:
    """What a run made of an experiment in which some units are deadly."""

    plan: Plan
    failures: dict[str, str]
    finished: set[str]
    submitted: list[str]
    pools: list[int]  # their sizes


def played(folder: Path, monkeypatch: pytest.MonkeyPatch, *deadly: str) -> Played:
    plan, journal = Plan(experiment_of(CONTENT)), Journal(folder / "journal")
    journal.open()
    submitted: list[str] = []
    sizes: list[int] = []
    pools: list[Pool] = []

    @contextmanager
    def pool(workers: int, **_: Any) -> Any:
        sizes.append(workers)
        pools.append(Pool(journal, deadly, submitted))
        yield pools[-1]

    def wait(begun: Iterable[Future[float]], **_: object) -> SimpleNamespace:
        """What was begun first is done first."""
        if not any(future.done() for future in begun):
            pools[-1].finish(next(iter(begun)))
        return SimpleNamespace(done={future for future in begun if future.done()})

    monkeypatch.setattr(measuring, "worker_pool", pool)
    monkeypatch.setattr(measuring, "wait", wait)
    failures = measuring._Run(measuring.Bench(plan.experiment, journal), plan, None).through(2)
    return Played(plan, failures, journal.finished(plan.units), submitted, sizes)


@pytest.mark.parametrize("deadly", ["making noise", "pgd on plain", "benign inputs on plain"])
def test_only_the_unit_that_kills_its_worker_is_given_up(
    deadly: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = played(tmp_path, monkeypatch, deadly)
    assert len(found.failures) == 1
    assert deadly in next(iter(found.failures))
    (killer,) = [unit for unit in found.plan.units if deadly in unit.words]
    assert found.finished == {
        unit.key for unit in found.plan.units if unit is not killer and killer.key not in unit.needs
    }


def test_units_that_die_only_beside_each_other_are_all_done_once_and_then_two_work_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = played(tmp_path, monkeypatch, "making noise", "benign inputs on plain")
    assert found.failures == {}
    assert found.finished == {unit.key for unit in found.plan.units}
    assert found.pools == [2, 1, 2]
    again = {words for words in found.submitted if found.submitted.count(words) > 1}
    assert {words.partition(",")[0] for words in again} == {"making noise", "benign inputs on plain"}
    assert max(found.submitted.count(words) for words in again) == 2


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Within it, this process writes no larger files, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_loses_nothing_and_is_reported(tmp_path: Path) -> None:
    experiment = experiment_of(tomllib.loads(EXPERIMENT))
    whole, output = tmp_path / "whole.csv", tmp_path / "rows.csv"
    with in_this_process():
        measure(experiment, whole)
        with largest_file(20_000), pytest.raises(LabError, match="free space"):  # weights take 150,000
            measure(experiment, output)
        assert not output.exists()
        assert not _left_by(output) - {"journal.json", "lock"}
        measure(experiment, output, resume=True)
    assert output.read_bytes() == whole.read_bytes()


def _left_by(output: Path) -> set[str]:
    """The names of the files that a measurement left behind, in its journal and beside."""
    files = [*output.parent.glob(f"*{output.stem}.*"), *Journal.beside(output).folder.rglob("*")]
    return {file.name for file in files if file.is_file()}


def test_a_disk_error_in_a_worker_does_not_count_as_a_failure_of_the_unit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, journal = Plan(experiment_of(CONTENT)), Journal(tmp_path / "journal")
    journal.open()

    class Full:
        def submit(self, *_: object) -> Future[float]:
            future: Future[float] = Future()
            future.set_exception(OSError(28, "No space left on device"))
            return future

    @contextmanager
    def pool(_: int, **__: Any) -> Any:
        yield Full()

    monkeypatch.setattr(measuring, "worker_pool", pool)
    with pytest.raises(LabError, match=r"No space left on device.*free space"):
        measuring._Run(measuring.Bench(plan.experiment, journal), plan, None).through(2)
