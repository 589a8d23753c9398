"""Whatever happens to a sweep, nothing is lost, nothing is double, and the table is that of a quiet run."""

from __future__ import annotations

import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread

import numpy as np
import psutil
import pyarrow.parquet as pq
import pytest

import advgame as ag
from advgame.errors import InputError, SweepError
from advgame.jobs import InlineEngine, LocalEngine, run_job
from advgame.jobs.chunk_file import BadChunk
from advgame.jobs.chunk_journal import ChunkJournal
from advgame.jobs.chunk_tasks import ChunkTasks, Task
from advgame.jobs.engines.engine import Engine, Solved
from advgame.jobs.sweep_job import Chunk, SweepJob
from advgame.lock import locked

CASE = "cifar10-two-defences"
CHUNKS = 12
AXES = {"attack_cost": np.linspace(0, 1, 60).tolist(), "largest_share": np.linspace(0, 0.9, 40).tolist()}
COMMAND = [
    *("sweep", CASE, "--vary", "attack_cost=0:1:60", "--vary", "largest_share=0:0.9:40"),
    *("--chunk-cells", "200", "--workers", "1", "-o", "map.parquet"),
]


def sweep(output: Path, **settings: object) -> ag.SweepFile:
    given = {"engine": InlineEngine(), "chunk_cells": 200, **settings}
    return ag.sweep(ag.case(CASE), AXES, output=output, **given)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The table of a run without faults."""
    return sweep(tmp_path_factory.mktemp("quiet") / "map.parquet").path.read_bytes()


class Stops(Engine):
    """Stops after some chunks, as an interruption does."""

    def __init__(self, after: int) -> None:
        self.after = after

    def run(self, job: SweepJob, journal: ChunkJournal, solved: Solved) -> None:
        def counted(chunk: Chunk) -> None:
            solved(chunk)
            self.after -= 1
            if self.after == 0:
                raise KeyboardInterrupt

        InlineEngine().run(job, journal, counted)


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    """An output whose journal has 5 of 12 chunks."""
    output = tmp_path / "map.parquet"
    with pytest.raises(KeyboardInterrupt):
        sweep(output, engine=Stops(5))
    assert not output.exists()
    return output


def chunks_of(output: Path) -> list[Path]:
    return sorted(output.with_suffix(".journal").glob("chunks/*.arrow"))


def test_workers_and_their_number_do_not_change_a_byte(tmp_path: Path, quiet: bytes) -> None:
    written = sweep(tmp_path / "map.parquet", engine=LocalEngine(2))
    assert written.path.read_bytes() == quiet
    assert sorted(path.name for path in tmp_path.iterdir()) == ["map.manifest.json", "map.parquet"]


def test_the_manifest_lists_every_cell_once(tmp_path: Path) -> None:
    written = sweep(tmp_path / "map.parquet")
    manifest = json.loads(written.manifest.read_text())
    firsts = [chunk["first_cell"] for chunk in manifest["chunks"]]
    assert firsts == list(range(0, 2400, 200))
    assert sum(chunk["cells"] for chunk in manifest["chunks"]) == manifest["cells"] == 2400
    assert pq.read_table(written.path, columns=["cell"])["cell"].to_pylist() == list(range(2400))


def test_a_stopped_sweep_continues_where_it_was(stopped: Path, quiet: bytes) -> None:
    kept = {path: path.stat().st_mtime_ns for path in chunks_of(stopped)}
    assert len(kept) == 5
    told: list[int] = []
    with pytest.raises(InputError, match="contains 5 chunks of this sweep"):
        sweep(stopped)
    sweep(stopped, resume=True, progress=lambda done, _: told.append(done))
    assert stopped.read_bytes() == quiet
    assert told == [1000, *range(1200, 2401, 200)]  # the five chunks were not solved again


def test_a_finished_sweep_is_not_repeated(tmp_path: Path) -> None:
    output = tmp_path / "map.parquet"
    sweep(output)
    before = output.stat().st_mtime_ns
    assert sweep(output, resume=True, engine=Stops(1)).cells == 2400
    assert output.stat().st_mtime_ns == before


def test_a_table_is_replaced_only_on_request(tmp_path: Path, quiet: bytes) -> None:
    output = tmp_path / "map.parquet"
    output.write_bytes(b"a table of something else")
    for settings in ({}, {"resume": True}):
        with pytest.raises(
            InputError, match=r"exists already and is not the result of this sweep.*--overwrite"
        ):
            sweep(output, **settings)
    assert output.read_bytes() == b"a table of something else"
    assert not output.with_suffix(".journal").exists()
    assert sweep(output, overwrite=True).path.read_bytes() == quiet
    with pytest.raises(InputError, match=r"contains this sweep already\. Keep it with --resume"):
        sweep(output)
    output.with_suffix(".journal").mkdir()  # a sweep that was killed after it had moved the table into place
    assert sweep(output, resume=True).path.read_bytes() == quiet
    assert not output.with_suffix(".journal").exists()


def test_a_disk_that_alters_every_chunk_ends_the_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(_: Path) -> None:
        raise BadChunk("its content is not what was stored")

    monkeypatch.setattr(run_job, "read_verified", unreadable)
    with pytest.raises(SweepError, match="The disk does not return what was stored"):
        sweep(tmp_path / "map.parquet")
    assert not (tmp_path / "map.parquet").exists()


def test_a_journal_is_read_once(stopped: Path, quiet: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Counter[Path]()

    def counted(path: Path, read_bytes: Callable[[Path], bytes] = Path.read_bytes) -> bytes:
        read[path] += path.suffix == ".arrow"
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", counted)
    sweep(stopped, resume=True)
    assert sorted(read.values()) == [1] * CHUNKS
    assert stopped.read_bytes() == quiet


@pytest.mark.parametrize("damage", ["truncated", "altered", "foreign", "under another name"])
def test_a_chunk_that_is_not_what_was_stored_is_solved_again(
    damage: str, stopped: Path, quiet: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = chunks_of(stopped)[:2]
    data = first.read_bytes()
    if damage == "truncated":
        first.write_bytes(data[: len(data) // 2])
    elif damage == "altered":
        first.write_bytes(data[:100] + bytes([data[100] ^ 1]) + data[101:])
    elif damage == "under another name":  # a whole chunk, with the digest of its content, but not this chunk
        key, digest = first.stem.split("-")[0], second.stem.split("-")[1]
        first.unlink()
        first.with_name(f"{key}-{digest}.arrow").write_bytes(second.read_bytes())
    else:
        other = tmp_path / "other.parquet"
        with pytest.raises(KeyboardInterrupt):
            ag.sweep(ag.case(CASE), AXES, output=other, engine=Stops(1), chunk_cells=300)
        (foreign,) = chunks_of(other)
        foreign.rename(first.with_name(foreign.name))
    sweep(stopped, resume=True)
    assert stopped.read_bytes() == quiet
    assert "cannot be used" in caplog.text


def test_a_journal_of_another_sweep_is_left_alone(stopped: Path) -> None:
    before = chunks_of(stopped)
    with pytest.raises(InputError, match=r"belongs to another sweep "):
        sweep(stopped, resume=True, draws=2, seed=1)
    assert chunks_of(stopped) == before


def test_a_journal_of_an_earlier_format_is_left_alone(stopped: Path) -> None:
    (about := stopped.with_suffix(".journal") / "job.json").write_text('{"identity": "earlier"}')
    for chunk in (kept := chunks_of(stopped)):
        chunk.rename(chunk.with_suffix(".parquet"))
    with pytest.raises(InputError, match=r"belongs to another sweep "):
        sweep(stopped)
    assert about.exists()
    assert all(chunk.with_suffix(".parquet").exists() for chunk in kept)


def test_a_table_that_cannot_be_written_ends_the_sweep(
    tmp_path: Path, quiet: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(run_job, "write_table_file", full)
        with pytest.raises(SweepError, match=r"No space left on device\. \d+ solved chunks are kept"):
            sweep(tmp_path / "map.parquet")
    assert not (tmp_path / "map.parquet").exists()
    sweep(tmp_path / "map.parquet", resume=True)
    assert (tmp_path / "map.parquet").read_bytes() == quiet


def test_a_damaged_description_of_the_journal_costs_nothing(stopped: Path, quiet: bytes) -> None:
    (stopped.with_suffix(".journal") / "job.json").write_text("{")
    sweep(stopped, resume=True)
    assert stopped.read_bytes() == quiet


def test_two_sweeps_do_not_write_one_file(stopped: Path) -> None:
    lock = ChunkJournal.beside(stopped).lock
    with locked(lock, "it"), pytest.raises(InputError, match="is being written by another process"):
        sweep(stopped, resume=True)
    assert len(chunks_of(stopped)) == 5


def test_a_folder_that_cannot_be_written_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(InputError, match="Read-only file system"):
        sweep(tmp_path / "map.parquet")
    assert list(tmp_path.iterdir()) == []


def test_jumps_of_the_clock_change_nothing(
    stopped: Path, quiet: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = random.Random(0)
    monkeypatch.setattr(time, "time", lambda: draws.uniform(-1e9, 1e10))
    for path in chunks_of(stopped):
        os.utime(path, (4e9, 4e9))
    sweep(stopped, resume=True)
    assert stopped.read_bytes() == quiet


def run(folder: Path, *more: str, **settings: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "advgame.cli", *COMMAND, *more],
        cwd=folder, capture_output=True, text=True, check=False, **settings,
    )  # fmt: skip


def test_a_full_disk_is_reported_and_the_sweep_continues_afterwards(tmp_path: Path, quiet: bytes) -> None:
    size = len(quiet) // 3  # a chunk fits, the whole table does not

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    full = run(tmp_path, preexec_fn=limit)
    assert full.returncode == 1
    assert re.search(r"\d+ solved chunks are kept in map\.journal", full.stderr)
    assert "Free some space" in full.stderr
    assert len(full.stderr.splitlines()) == 1
    assert not (tmp_path / "map.parquet").exists()
    assert run(tmp_path, "--resume").returncode == 0
    assert (tmp_path / "map.parquet").read_bytes() == quiet


def worker_ids(client: int) -> list[int]:
    """The child processes of a process; none if it has ended."""
    try:
        return [child.pid for child in psutil.Process(client).children()]
    except psutil.NoSuchProcess:
        return []


def kill(number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(number, signal.SIGKILL)


def test_killed_workers_and_clients_leave_a_sweep_that_can_be_continued(tmp_path: Path, quiet: bytes) -> None:
    draws = random.Random(1)
    for victim in ("worker", "client"):
        with subprocess.Popen(
            [sys.executable, "-m", "advgame.cli", *COMMAND, "--resume"],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as client:
            begun = time.monotonic()
            while not (worker_ids(client.pid) and chunks_of(tmp_path / "map.parquet")):
                if client.poll() is not None or time.monotonic() - begun > 60:
                    break
                time.sleep(0.01)
            time.sleep(draws.uniform(0, 0.05))
            for number in [client.pid] if victim == "client" else worker_ids(client.pid)[:1]:
                kill(number)
            client.wait(120)
    assert run(tmp_path, "--resume").returncode == 0
    assert (tmp_path / "map.parquet").read_bytes() == quiet


def test_ctrl_c_says_what_is_kept_and_how_to_continue(tmp_path: Path, quiet: bytes) -> None:
    program = PROGRAM.format(arguments=COMMAND)
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    ) as client:
        assert client.stderr is not None
        assert client.stderr.readline() == "at work\n"
        client.send_signal(signal.SIGINT)
        said = client.stderr.read()
        assert client.wait() == 130
    kept = len(chunks_of(tmp_path / "map.parquet"))
    assert said == (
        f"advgame: Stopped by Ctrl-C. {kept:,} solved chunks are kept in map.journal. To continue, run the "
        "same command with --resume.\n"
    )
    assert 0 < kept < CHUNKS
    sweep(tmp_path / "map.parquet", resume=True)
    assert (tmp_path / "map.parquet").read_bytes() == quiet


# The command, which waits for its signal after the third chunk.
PROGRAM = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
import advgame.cli as cli
from advgame.jobs.engines import inline_engine, local_engine
class Waits(inline_engine.InlineEngine):
    def run(self, job, journal, solved):
        def waiting(chunk):
            solved(chunk)
            if chunk.number == 2:
                print("at work", file=sys.stderr, flush=True)
                while True:
                    time.sleep(0.01)
        super().run(job, journal, waiting)
from advgame.jobs.engines import ENGINES
ENGINES.register("waits", Waits)
sys.argv = ["advgame", *{arguments!r}, "--engine", "waits"]
sys.argv[sys.argv.index("--workers"):sys.argv.index("--workers") + 2] = []
cli.main()
"""

FATAL = """
import os
from dataclasses import dataclass
from typing import ClassVar
from advgame.equilibria import CONCEPTS
from advgame.equilibria.concepts.worst_case import WorstCase

@dataclass(frozen=True)
class Fatal(WorstCase):
    name: ClassVar[str] = "fatal"
    aliases: ClassVar[tuple[str, ...]] = ()

    def solve(self, game):
        if abs(game.attacker_payoffs[0, 1] - {payoff!r}) < 1e-12:
            os.kill(os.getpid(), 9)
        return super().solve(game)

CONCEPTS.register("fatal", Fatal())
"""


def test_a_cell_that_kills_its_worker_is_reported_and_the_rest_is_complete(tmp_path: Path) -> None:
    costs = [round(0.1 * place, 1) for place in range(8)]
    fatal = ag.set_parameter(ag.case(CASE), "attack_cost", costs[5])
    payoff = float(ag.build_game(fatal).attacker_payoffs[0, 1])
    (tmp_path / "fatal_plugin.py").write_text(FATAL.format(payoff=payoff))
    installed = tmp_path / "fatal_plugin-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: fatal_plugin\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[advgame.plugins]\nfatal = fatal_plugin\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, sys.path)])}
    command = ["sweep", CASE, "--vary", f"attack_cost={','.join(map(str, costs))}", "--concept", "fatal"]
    command += ["-o", "fatal.parquet", "--workers", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "advgame.cli", *command],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "1 cells could not be solved" in done.stdout
    assert "cell 5: its worker process ended" in done.stdout
    frame = pq.read_table(tmp_path / "fatal.parquet").to_pandas()
    expected = ag.sweep(ag.case(CASE), {"attack_cost": costs}, concept="worst_case")
    assert frame["cell"].tolist() == list(range(8))
    assert frame["defender_value"].isna().tolist() == [place == 5 for place in range(8)]
    others = [0, 1, 2, 3, 4, 6, 7]
    assert frame["defender_value"][others].tolist() == expected["defender_value"][others].tolist()


def work_through(tasks: ChunkTasks, work: Callable[[Task], object]) -> None:
    while (task := tasks.next()) is not None:
        work(task)


def test_workers_that_die_without_a_fatal_cell_end_the_sweep() -> None:
    tasks = ChunkTasks(iter([Chunk(0, 0, 0, 4, 0)]))
    with pytest.raises(SweepError, match="memory"):
        work_through(tasks, lambda task: (tasks.finished if task.is_trial else tasks.died)(task))


def test_many_fatal_cells_are_a_fault_of_the_installation() -> None:
    tasks = ChunkTasks(iter([Chunk(0, 0, 0, 64, 0)]))
    with pytest.raises(SweepError, match="installation"):
        work_through(tasks, tasks.died)


def test_a_worker_that_dies_once_costs_no_cell() -> None:
    tasks = ChunkTasks(iter([Chunk(0, 0, 0, 4, 0), Chunk(1, 0, 4, 8, 4)]))
    first = tasks.next()
    assert first is not None
    tasks.died(first)
    done: list[Task] = []
    while (task := tasks.next()) is not None:
        tasks.finished(task)
        done.append(task)
    assert [task.chunk.number for task in done] == [0, 1]
    assert tasks.skipped == {}


def test_threads_can_sweep_side_by_side(tmp_path: Path, quiet: bytes) -> None:
    outputs = [tmp_path / f"{number}" / "map.parquet" for number in range(2)]
    threads = [Thread(target=sweep, args=(output,)) for output in outputs]
    for output, thread in zip(outputs, threads, strict=True):
        output.parent.mkdir()
        thread.start()
    for thread in threads:
        thread.join()
    assert [output.read_bytes() == quiet for output in outputs] == [True, True]
