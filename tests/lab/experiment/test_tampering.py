"""What somebody did to a journal and the files beside the table is found, set aside and measured again."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from advgame.errors import LabError
from advgame.lab.experiment import together
from advgame.lab.experiment.journal import ABOUT, Journal
from advgame.lab.experiment.outputs import Output
from advgame.lab.experiment.plan import Experiment
from advgame.lab.experiment.reading import experiment_of
from advgame.lab.experiment.records import PROOF
from advgame.lab.experiment.results import write_results
from advgame.lab.experiment.run import measure
from advgame.lab.experiment.runner import Bench
from advgame.lab.experiment.together import STAGED, finish_replacing, replaced_together
from advgame.lab.experiment.units import Plan, Unit
from advgame.lock import locked
from advgame.measurements import read_table
from tests.lab.in_process import in_this_process

CONTENT: dict[str, Any] = {
    "name": "tiny",
    "dataset": "digits",
    "network": "mlp",
    "test_inputs": 12,
    "defences": {
        "plain": {"use": "standard", "epochs": 1},
        "noise": {"use": "noise_training", "epochs": 1},
    },
    "attacks": {
        "pgd": {"use": "pgd", "radii": [0.1, 0.2], "steps": 2},
        "moved": {"use": "pgd", "radii": [0.1], "crafted_on": "plain", "steps": 2},
    },
    "measures": {"psi": {"use": "largest_divergence", "inputs": 4}},
}


@pytest.fixture(autouse=True)
def without_processes() -> Iterator[None]:
    with in_this_process():
        yield


@pytest.fixture(scope="module")
def experiment() -> Experiment:
    return experiment_of(CONTENT)


@pytest.fixture(scope="module")
def measured(experiment: Experiment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The undisturbed measurement, made without workers; nobody changes it."""
    output = tmp_path_factory.mktemp("measured") / "rows.csv"
    bench = Bench(experiment, Journal.beside(output))
    bench.journal.open(experiment.name)
    for unit in Plan(experiment).units:
        bench.do(unit)
    measure(experiment, output, resume=True)
    return output


@pytest.fixture
def output(measured: Path, tmp_path: Path) -> Path:
    """A copy of the measurement."""
    shutil.copytree(measured.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / measured.name


def units_of(experiment: Experiment) -> dict[str, Unit]:
    """A unit of each kind, by what it is called here, and a second one of two kinds."""
    units = list(Plan(experiment).units)
    return {
        "network": next(unit for unit in units if unit.words.startswith("making plain")),
        "other network": next(unit for unit in units if unit.words.startswith("making noise")),
        "crafted": next(unit for unit in units if unit.kind == "crafted"),
        "clean": next(unit for unit in units if unit.words.startswith("benign inputs on plain")),
        "cell": next(unit for unit in units if unit.words.startswith("pgd on plain")),
        "other cell": next(unit for unit in units if unit.words.startswith("pgd on noise")),
        "measure": next(unit for unit in units if unit.kind == "measures"),
    }


Change = Callable[[dict[str, Any]], object]


def changed(path: Path, change: Change) -> None:
    record = json.loads(path.read_text())
    change(record)
    path.write_text(json.dumps(record))


def flipped(record: dict[str, Any]) -> None:
    record["right"][0] = record["right"][0].translate(str.maketrans("01", "10"))


def without(name: str) -> Change:
    return lambda record: record.pop(name)


def where(name: str, value: Any) -> Change:
    return lambda record: record.update({name: value})


EDITS: dict[str, tuple[str, Change]] = {
    "flipped outcomes": ("cell", flipped),
    "flipped clean outcomes": ("clean", flipped),
    "outcomes removed": ("cell", without("right")),
    "fewer outcomes": ("cell", lambda record: record["right"].pop()),
    "shorter outcomes": ("cell", where("right", ["1", "1"])),
    "outcomes of no digit": ("cell", where("right", ["x" * 12, "x" * 12])),
    "outcomes of numbers": ("cell", where("right", [1, 0])),
    "other radii": ("cell", where("radii", [0.3, 0.4])),
    "radii in words": ("cell", where("radii", ["0.1", "0.2"])),
    "no places": ("cell", without("places")),
    "places in words": ("cell", where("places", "all")),
    "no cost": ("cell", without("cost")),
    "no warnings": ("cell", without("warnings")),
    "warnings of numbers": ("cell", where("warnings", [3])),
    "a warning removed": ("cell", where("warnings", ["added"])),
    "no seconds": ("cell", without("wall_seconds")),
    "seconds in words": ("cell", where("wall_seconds", "long")),
    "other versions": ("cell", where("made_with", {"device": "tpu"})),
    "versions of a list": ("cell", where("made_with", [1])),
    "no largest class": ("clean", without("largest_class")),
    "an impossible largest class": ("clean", where("largest_class", 7.0)),
    "fewer parameters": ("network", where("parameters_left", 3)),
    "parameters in words": ("network", where("parameters_total", "many")),
    "no compression": ("network", without("compression_nominal")),
    "a fact more": ("network", where("price", 5)),
    "cheaper examples": ("crafted", where("cost", {"seconds": 0.0})),
    "other values": ("measure", where("values", {"psi": [0.0] * 4})),
    "values in words": ("measure", where("values", {"psi": "none"})),
    "no values": ("measure", without("values")),
    "no proof": ("cell", without(PROOF)),
    "a proof of nothing": ("cell", where(PROOF, {})),
    "a proof that is a list": ("cell", where(PROOF, [])),
    "a proof of another key": ("cell", lambda record: record[PROOF].update(key="0" * 20)),
    "a proof of a later format": ("cell", lambda record: record[PROOF].update(format=99)),
    "a proof of other tensors": ("network", lambda record: record[PROOF].update(tensors="0" * 64)),
}


def of_bytes(content: bytes) -> Callable[[Path, Path], object]:
    return lambda path, _: path.write_bytes(content)


def halved(path: Path, _: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def with_a_bit_flipped(path: Path, _: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-9] ^= 4
    path.write_bytes(content)


def a_folder(path: Path, _: Path) -> None:
    path.unlink()
    path.mkdir()


def replaced(path: Path, other: Path) -> None:
    shutil.copy(other, path)


def a_dangling_link(path: Path, _: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("nowhere"))


FILES: dict[str, Callable[[Path, Path], object]] = {
    "empty": of_bytes(b""),
    "cut in half": halved,
    "zeros": of_bytes(bytes(500)),
    "no UTF-8": of_bytes(b"\xff\xfe\x00"),
    "a pickle": of_bytes(b"\x80\x04."),
    "nested without end": of_bytes(b"[" * 100_000),
    "a list": of_bytes(b"[]"),
    "null": of_bytes(b"null"),
    "a folder": a_folder,
    "copied over": replaced,
    "one bit": with_a_bit_flipped,
}


def tamperings() -> dict[str, Callable[[Journal, dict[str, Unit]], list[Path]]]:
    """What is done to a journal, by what it is called; each returns the files that it damaged."""
    found: dict[str, Callable[[Journal, dict[str, Unit]], list[Path]]] = {}
    for name, (unit, change) in EDITS.items():

        def edit(
            journal: Journal, units: dict[str, Unit], unit: str = unit, change: Change = change
        ) -> list[Path]:
            path = journal.record_path(units[unit])
            changed(path, change)
            return [path]

        found[f"{unit}: {name}"] = edit
    for name, damage in FILES.items():
        for kind, place, unit, other in (
            ("record", Journal.record_path, "cell", "other cell"),
            ("record", Journal.record_path, "network", "other network"),
            ("tensors", Journal.tensors_path, "network", "other network"),
            ("tensors", Journal.tensors_path, "crafted", "network"),
        ):
            found[f"{kind} of {unit}: {name}"] = partial(_on_file, damage, place, unit, other)
    return found


def _on_file(
    damage: Callable[[Path, Path], object],
    place: Callable[[Journal, Unit], Path],
    unit: str,
    other: str,
    journal: Journal,
    units: dict[str, Unit],
) -> list[Path]:
    """Damages the file of one unit, by what stands in that of another; which file."""
    path = place(journal, units[unit])
    damage(path, place(journal, units[other]))
    return [path]


TAMPERINGS = tamperings()


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampered_records_are_set_aside_measured_again_and_reported(
    name: str, output: Path, measured: Path, experiment: Experiment
) -> None:
    journal = Journal.beside(output)
    damaged = TAMPERINGS[name](journal, units_of(experiment))
    said: list[str] = []
    results = measure(experiment, output, resume=True, notice=said.append)
    assert output.read_bytes() == measured.read_bytes()
    for path in damaged:
        assert path.with_name(f"{path.name}.bad") in {file.path for file in results.set_aside}
        assert path.with_name(f"{path.name}.bad").exists()
        assert any(path.name in sentence for sentence in said)
    told = json.loads(results.run.read_text())["set_aside"]
    assert [file["file"] for file in told] == [file.path.name for file in results.set_aside]
    assert journal.set_bad_aside(Plan(experiment).units, {}) == []


@pytest.mark.parametrize("name", ["empty", "cut in half", "no UTF-8", "a dangling link"])
def test_damaged_files_beside_the_table_are_written_anew(
    name: str, output: Path, measured: Path, experiment: Experiment
) -> None:
    damage = a_dangling_link if name == "a dangling link" else FILES[name]
    files = Output(output).files
    for file in files:
        damage(file, file)
    results = measure(experiment, output, resume=True)
    assert results.set_aside == ()
    for path in files[:-1]:  # the run record says how long this run took
        assert path.read_bytes() == measured.with_name(path.name).read_bytes()
    assert json.loads(results.run.read_text())["experiment"] == "tiny"


def test_records_of_an_older_version_are_used_and_reported(
    output: Path, measured: Path, experiment: Experiment
) -> None:
    journal = Journal.beside(output)
    (journal.folder / ABOUT).unlink()
    for path in journal.records():
        changed(path, without(PROOF))
    said: list[str] = []
    results = measure(experiment, output, resume=True, notice=said.append)
    units = len(Plan(experiment).units)
    assert (results.unproved, results.set_aside) == (units, ())
    assert said == [
        f"{units} records of rows.journal were written by an older version, without a proof of their "
        "content; they are used as they are."
    ]
    assert output.read_bytes() == measured.read_bytes()


def test_a_journal_of_a_newer_version_is_left_as_it_is(output: Path, experiment: Experiment) -> None:
    journal = Journal.beside(output)
    changed(journal.folder / ABOUT, where("format", 3))
    before = {path: path.read_bytes() for path in journal.folder.rglob("*.json")}
    with pytest.raises(LabError, match="newer version of advgame"):
        measure(experiment, output, resume=True)
    assert {path: path.read_bytes() for path in journal.folder.rglob("*.json")} == before


@pytest.mark.parametrize(
    "name",
    [
        "record of cell: copied over",
        "record of network: copied over",
        "cell: shorter outcomes",
        "cell: no cost",
        "cell: other radii",
        "tensors of network: cut in half",
        "tensors of crafted: a pickle",
    ],
)
def test_damage_that_shows_without_a_proof_is_found_in_older_records_too(
    name: str, output: Path, measured: Path, experiment: Experiment
) -> None:
    journal = Journal.beside(output)
    (journal.folder / ABOUT).unlink()
    for path in journal.records():
        changed(path, without(PROOF))
    (damaged,) = TAMPERINGS[name](journal, units_of(experiment))
    results = measure(experiment, output, resume=True)
    assert damaged.with_name(f"{damaged.name}.bad") in {file.path for file in results.set_aside}
    assert output.read_bytes() == measured.read_bytes()


def test_damage_while_others_are_at_work_replaces_nothing_and_says_what_to_do(
    output: Path, experiment: Experiment
) -> None:
    journal, plan = Journal.beside(output), Plan(experiment)
    changed(journal.record_path(units_of(experiment)["cell"]), flipped)
    before = {path: path.read_bytes() for path in Output(output).files}
    with pytest.raises(LabError, match=r"content is not what was written.*--resume"):
        write_results(plan, journal, output, "cpu", 0.0, {})
    assert {path: path.read_bytes() for path in Output(output).files} == before
    with_a_bit_flipped(journal.tensors_path(units_of(experiment)["network"]), output)
    with pytest.raises(LabError, match=r"safetensors cannot be used.*--resume"):
        Bench(experiment, journal).network(units_of(experiment)["network"])


def test_weights_of_an_older_version_that_do_not_fit_say_what_to_delete(
    output: Path, experiment: Experiment
) -> None:
    journal, unit = Journal.beside(output), units_of(experiment)["network"]
    (journal.folder / ABOUT).unlink()
    changed(journal.record_path(unit), without(PROOF))
    save_file({"else": torch.zeros(2)}, journal.tensors_path(unit))
    with pytest.raises(LabError, match=rf"Delete it and {unit.key}\.json beside it"):
        Bench(experiment, journal).network(unit)


@pytest.mark.parametrize("moved", range(7))
def test_a_crash_while_the_files_are_replaced_is_mended_on_resume(
    moved: int, output: Path, measured: Path, experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = Output(output)
    for path in files.files:
        path.write_text("an older table")
    real, moves = os.replace, 0

    def replace(start: Path, end: Path) -> None:
        nonlocal moves
        if Path(start).name.startswith(STAGED):
            moves += 1
            if moves > moved:
                raise KeyboardInterrupt  # as sudden as a killed process, to the code that runs
        real(start, end)

    monkeypatch.setattr(together.os, "replace", replace)
    if moved < len(files.files):
        with pytest.raises(KeyboardInterrupt):
            measure(experiment, output, resume=True, overwrite=True)
    monkeypatch.setattr(together.os, "replace", real)
    said: list[str] = []
    measure(experiment, output, resume=True, overwrite=True, notice=said.append)
    for path in files.files[:-1]:
        assert path.read_bytes() == measured.with_name(path.name).read_bytes()
    assert not list(output.parent.glob(f"{STAGED}*"))
    assert not files.note.exists()


def test_what_is_moved_after_a_crash_is_only_what_belongs_to_the_table(tmp_path: Path) -> None:
    table, note, other = tmp_path / "rows.csv", tmp_path / "note.json", tmp_path / "other.txt"
    for path in (table, other):
        path.with_name(f"{STAGED}{path.name}").write_text("new")
    note.write_text(json.dumps(["rows.csv", "other.txt"]))
    assert finish_replacing(note, [table])
    assert table.read_text() == "new"
    assert not other.exists()
    assert not finish_replacing(note, [table])


def test_a_file_that_cannot_be_written_replaces_none(tmp_path: Path) -> None:
    paths = [tmp_path / "a", tmp_path / "b"]
    for path in paths:
        path.write_text("old")

    def fill_the_disk() -> None:
        with replaced_together(paths, tmp_path / "note") as staged:
            staged[paths[0]].write_text("new")
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        fill_the_disk()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "old", "b": "old"}


def test_a_second_run_into_the_same_output_is_refused_until_the_first_ends(
    output: Path, experiment: Experiment
) -> None:
    with (
        locked(Output(output).lock, "rows.csv"),
        pytest.raises(LabError, match=rf"by another process, number {os.getpid()}"),
    ):
        measure(experiment, output, resume=True)
    measure(experiment, output, resume=True)


def test_the_lock_of_a_killed_process_locks_nothing(output: Path, experiment: Experiment) -> None:
    Output(output).lock.write_text("1\n")
    measure(experiment, output, resume=True)


@pytest.mark.parametrize(("text", "free"), [("", True), ("2147483647", True), ("who knows", True)])
def test_without_locks_of_the_file_system_the_process_id_decides(
    text: str, free: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("fcntl.flock", unsupported)
    lock = tmp_path / "lock"
    lock.write_text(text)
    with locked(lock, "rows.csv"):
        assert free
    lock.write_text(f"{os.getppid()}")
    with pytest.raises(LabError, match=f"number {os.getppid()}"), locked(lock, "rows.csv", LabError):
        pass


def test_another_experiment_overwrites_nothing_without_the_flag(
    output: Path, measured: Path, experiment: Experiment
) -> None:
    other = experiment_of({**CONTENT, "name": "another"})
    for resume in (False, True):
        with pytest.raises(LabError, match=r"belongs to the experiment 'tiny'.*--overwrite"):
            measure(other, output, resume=resume)
    assert output.read_bytes() == measured.read_bytes()
    measure(other, output, resume=True, overwrite=True)
    assert {row.source for row in read_table(output)} == {"measured: experiment another"}
    with pytest.raises(LabError, match="belongs to the experiment 'another'"):
        measure(experiment, output, resume=True)


@pytest.mark.parametrize("gone", ["journal", "journal and run record"])
def test_a_table_without_its_journal_still_names_its_experiment(gone: str, output: Path) -> None:
    shutil.rmtree(Journal.beside(output).folder)
    if "run" in gone:
        Output(output).run.unlink()
    with pytest.raises(LabError, match="belongs to the experiment 'tiny'"):
        measure(experiment_of({**CONTENT, "name": "another"}), output)


def test_a_table_that_no_experiment_wrote_is_not_overwritten(tmp_path: Path, experiment: Experiment) -> None:
    mine = tmp_path / "rows.csv"
    mine.write_text("defence,accuracy\n")
    with pytest.raises(LabError, match="no experiment wrote it"):
        measure(experiment, mine)
    assert [path.name for path in tmp_path.iterdir()] == ["rows.csv"]


def test_an_experiment_that_was_changed_throughout_is_not_begun_silently(output: Path) -> None:
    changed_experiment = experiment_of({**CONTENT, "seeds": [9]})
    with pytest.raises(LabError, match=r"an earlier form of this experiment.*--resume"):
        measure(changed_experiment, output)
