"""An experiment is measured whole, however often it was killed, and the same seed gives the same table."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

import advgame as ag
from advgame.errors import LabError
from advgame.lab.experiment.journal import Journal
from advgame.lab.experiment.reading import experiment_of, read_experiment
from advgame.lab.experiment.run import Step, measure
from advgame.lab.experiment.units import MAKE, Plan
from tests.lab.in_process import in_this_process

EXPERIMENT = """
name = "small"
dataset = "digits"
network = "small_cnn"
seeds = [3]
test_inputs = 40

[defences.plain]
use = "standard"
epochs = 2

[defences.pruned]
use = "magnitude"
after = "plain"
compression = 4.0
epochs = 1

[attacks.pgd]
use = "pgd"
radii = [0.05, 0.1]
steps = 5

[attacks.transferred]
use = "pgd"
radii = [0.1]
crafted_on = "plain"
steps = 5
inputs = 20
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("experiment") / "small.toml"
    path.write_text(EXPERIMENT)
    return path


@pytest.fixture(scope="module")
def measured(path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    steps: list[Step] = []
    output = tmp_path_factory.mktemp("measured") / "rows.csv"
    with in_this_process():
        measure(read_experiment(path), output, workers=1, progress=steps.append)
    assert [step.done for step in steps] == list(range(1, steps[-1].total + 1))
    assert steps[-1].seconds_left == 0
    return output


def test_the_table_has_a_row_for_every_cell_and_radius(measured: Path) -> None:
    table = ag.read_table(measured)
    assert [(row.defence, row.attack, row.radius, row.source_model, row.tested) for row in table] == [
        ("plain", "none", None, None, 40),
        ("plain", "pgd", 0.05, None, 40),
        ("plain", "pgd", 0.1, None, 40),
        ("plain", "transferred", 0.1, "plain", 20),
        ("pruned", "none", None, None, 40),
        ("pruned", "pgd", 0.05, None, 40),
        ("pruned", "pgd", 0.1, None, 40),
        ("pruned", "transferred", 0.1, "plain", 20),
    ]
    pruned = next(row for row in table if row.defence == "pruned")
    assert pruned.compression_nominal == 4
    assert pruned.parameters_left is not None
    assert pruned.parameters_total is not None
    assert pruned.parameters_left < pruned.parameters_total / 3


def test_outcomes_add_up_to_the_rows(measured: Path) -> None:
    outcomes = pd.read_parquet(measured.with_suffix(".outcomes.parquet"))
    for row in ag.read_table(measured):
        of_row = outcomes[
            (outcomes.defence == row.defence)
            & (outcomes.attack == row.attack)
            & ((outcomes.radius == row.radius) | (outcomes.radius.isna() & (row.radius is None)))
        ]
        assert (len(of_row), int(of_row.correct.sum())) == (row.tested, row.correct)
        assert of_row.input.is_unique


def test_costs_and_the_run_record_are_written_beside_the_table(measured: Path) -> None:
    networks = pd.read_csv(measured.with_suffix(".networks.csv"))
    attacks = pd.read_csv(measured.with_suffix(".attacks.csv"))
    assert list(networks.defence) == ["plain", "pruned"]
    assert (networks.forward_inputs > 0).all()
    assert set(attacks.attack) == {"pgd", "transferred"}
    assert (attacks.seconds > 0).all()
    run = json.loads(measured.with_suffix(".run.json").read_text())
    assert run["failed"] == {}
    assert run["libraries"]["torch"]


def test_the_same_seed_gives_the_same_table_whatever_the_number_of_workers(
    path: Path, measured: Path, tmp_path: Path
) -> None:
    again = tmp_path / "rows.csv"
    measure(read_experiment(path), again, workers=2)
    assert again.read_bytes() == measured.read_bytes()


ONLY_COPIES = """
import sys
from advgame.cli import main
from advgame.lab.experiment import workers

if sys.platform == "linux":
    workers._Context = None  # new interpreters cannot be started, as they are on other systems
sys.stderr.isatty = lambda: True  # so that a bar shows the progress
main()
"""


def test_the_command_gives_the_same_table_on_linux_with_copies_of_its_process_as_workers(
    path: Path, measured: Path, tmp_path: Path
) -> None:
    output = tmp_path / "rows.csv"
    command = [sys.executable, "-c", ONLY_COPIES, "measure", str(path), "-o", str(output), "--workers", "2"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr
    assert output.read_bytes() == measured.read_bytes()


def test_a_killed_measurement_is_resumed_to_the_same_table(
    path: Path, measured: Path, tmp_path: Path
) -> None:
    output = tmp_path / "rows.csv"
    command = [sys.executable, "-m", "advgame.cli", "measure", str(path), "-o", str(output), "--workers", "1"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    journal = Journal.beside(output)
    units = Plan(read_experiment(path)).units
    deadline = time.monotonic() + 1800  # a guard: on a busy machine two units take minutes
    while len(journal.finished(units)) < 2 and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)  # the worker holds the other end of the pipe open until it ends
    assert 2 <= len(journal.finished(units)) < len(units)
    assert not output.exists()
    with pytest.raises(LabError, match="--resume"):
        measure(read_experiment(path), output)
    with in_this_process():
        measure(read_experiment(path), output, resume=True, workers=1)
    assert output.read_bytes() == measured.read_bytes()


def test_weights_that_are_gone_are_made_again_only_where_a_cell_needs_them(
    path: Path, measured: Path, tmp_path: Path
) -> None:
    output = tmp_path / "rows.csv"
    journal, before = Journal.beside(output), Journal.beside(measured)
    subprocess.run(["cp", "-r", str(before.folder), str(journal.folder)], check=True)
    for weights in (journal.folder / MAKE).glob("*.safetensors"):
        weights.unlink()
    steps: list[Step] = []
    measure(read_experiment(path), output, resume=True, workers=1, progress=steps.append)
    assert steps == []
    assert output.read_bytes() == measured.read_bytes()


def test_a_network_at_chance_is_measured_flagged_and_kept(tmp_path: Path) -> None:
    content = {
        "dataset": "digits",
        "network": "small_cnn",
        "test_inputs": 40,
        "defences": {"untrained": {"use": "standard", "epochs": 1, "learning_rate": 1e-9}},
    }
    with in_this_process():
        measure(experiment_of(content), tmp_path / "rows.csv", workers=1)
    (row,) = ag.read_table(tmp_path / "rows.csv")
    assert row.accuracy < 0.3
    assert any("better than chance" in warning for warning in row.warnings)


def test_a_failing_unit_leaves_the_rest_measured_and_is_named(tmp_path: Path) -> None:
    content = {
        "dataset": "digits",
        "network": "small_cnn",
        "test_inputs": 20,
        "defences": {
            "plain": {"use": "standard", "epochs": 1},
            "diverging": {"use": "standard", "epochs": 2, "learning_rate": 1e30},
        },
    }
    with in_this_process(), pytest.raises(LabError, match="diverging"):
        measure(experiment_of(content), tmp_path / "rows.csv", workers=1)
    assert {row.defence for row in ag.read_table(tmp_path / "rows.csv")} == {"plain"}


def test_where_nothing_could_be_measured_the_cause_is_reported_and_no_table_is_written(
    tmp_path: Path,
) -> None:
    content = {
        "dataset": "digits",
        "network": "small_cnn",
        "defences": {"diverging": {"use": "standard", "epochs": 2, "learning_rate": 1e30}},
    }
    with in_this_process(), pytest.raises(LabError, match=r"while making diverging.*No table is written"):
        measure(experiment_of(content), tmp_path / "rows.csv", workers=1)
    assert not (tmp_path / "rows.csv").exists()


def test_workers_do_not_run_the_program_that_measures_once_more(tmp_path: Path) -> None:
    script = tmp_path / "unguarded.py"
    script.write_text(
        "import os, sys\nfrom advgame.lab.experiment.workers import worker_pool\n"
        "print('begun')\n"
        "with worker_pool(1) as pool:\n"
        "    assert pool.submit(os.getppid).result() == os.getpid()\n"
        "print('ended as', sys.modules['__main__'].__file__)\n"
    )
    run = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (run.stdout.splitlines(), run.returncode) == (["begun", f"ended as {script}"], 0), run.stderr


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"device": "cuda:77"}, "device"),
        ({"workers": 0}, "number of workers is 0"),
        ({"device": "tpu"}, "device"),
    ],
)
def test_a_machine_that_is_not_there_is_refused(
    path: Path, tmp_path: Path, settings: dict[str, object], said: str
) -> None:
    with pytest.raises(LabError, match=said):
        measure(read_experiment(path), tmp_path / "rows.csv", **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["rows.txt", "nowhere/rows.csv"])
def test_an_output_that_cannot_be_written_is_refused_before_any_work(
    path: Path, tmp_path: Path, name: str
) -> None:
    with pytest.raises(LabError, match=r"rows\."):
        measure(read_experiment(path), tmp_path / name)
    assert list(tmp_path.iterdir()) == []
