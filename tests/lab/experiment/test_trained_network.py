"""A trained network is loaded by its name: from Python, another experiment, and the command line."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

import advgame as ag
from advgame.errors import LabError, UnknownName
from advgame.lab.datasets import DATASETS
from advgame.lab.experiment.journal import Journal
from advgame.lab.experiment.reading import experiment_of, read_experiment
from advgame.lab.experiment.run import measure
from advgame.lab.experiment.runner import Bench
from advgame.lab.experiment.units import Plan
from advgame.lab.networks import NETWORKS
from advgame.lab.networks.complexity import parameters_left, parameters_total
from advgame.lab.networks.weights import load_weights
from tests.cli.test_cli import run
from tests.lab.experiment.made_networks import make_networks
from tests.lab.in_process import in_this_process

TOML = """
name = "first"
dataset = "digits"
network = "mlp"
seeds = [3, 4]
test_inputs = 30

[defences.plain]
use = "standard"
epochs = 2

[defences.half]
use = "magnitude"
after = "plain"
compression = 2.0
epochs = 1
seeds = [3]

[defences.coarse]
use = "bit_depth"
after = "half"
seeds = [3]
"""


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an experiment and the networks that were trained for it."""
    folder = tmp_path_factory.mktemp("measured")
    (folder / "first.toml").write_text(TOML, encoding="utf-8")
    make_networks(read_experiment(folder / "first.toml"), folder / "rows.csv")
    return folder


def weights(folder: Path, defence: str, seed: int) -> Path:
    bench = Bench(read_experiment(folder / "first.toml"), Journal.beside(folder / "rows.csv"))
    return bench.journal.tensors_path(bench.plan.network("digits", "mlp", defence, seed))


def test_a_network_is_loaded_by_experiment_defence_and_seed(measured: Path) -> None:
    experiment, table = measured / "first.toml", measured / "rows.csv"
    loaded = ag.lab.network(experiment, "plain", 4, table=table)
    by_hand = load_weights(NETWORKS["mlp"]((1, 8, 8), 10, seed=0), weights(measured, "plain", 4))
    inputs = DATASETS["digits"].load().test_inputs[:20]
    assert torch.equal(loaded(inputs), by_hand(inputs))
    assert not loaded.training
    half = ag.lab.network(experiment, "half", table=table)
    assert parameters_total(half) / parameters_left(half) == pytest.approx(2, rel=0.01)
    coarse = ag.lab.network(read_experiment(experiment), "coarse", 3, table=table)
    assert torch.equal(coarse(torch.ones(1, 1, 8, 8)), half(torch.ones(1, 1, 8, 8)))


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"experiment": "digit"}, UnknownName, "No bundled experiment is called 'digit'; did you mean"),
        ({"defence": "plan"}, UnknownName, "No defence of this experiment is called 'plan'; did you mean"),
        ({"dataset": "mnist"}, UnknownName, "No data set of this experiment is called 'mnist'"),
        ({"architecture": "lenet"}, UnknownName, "No network of this experiment is called 'lenet'"),
        ({"defence": "half", "seed": 4}, LabError, "'half' with the seed 4; expected one of 3"),
        ({"table": "nowhere.csv"}, LabError, "nowhere.journal holds no 'plain' with seed 3; measure the exp"),
    ],
)
def test_an_unknown_name_is_answered_with_what_is_known(
    measured: Path, given: dict[str, Any], error: type[Exception], said: str
) -> None:
    arguments = {
        "experiment": measured / "first.toml",
        "defence": "plain",
        "table": measured / "rows.csv",
        **given,
    }
    with pytest.raises(error, match=said):
        ag.lab.network(**arguments)


def test_missing_and_damaged_weights_are_named_with_what_to_do(measured: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(measured, folder)
    stored = weights(folder, "plain", 3)
    stored.write_bytes(stored.read_bytes()[:-1] + b"x")
    for said in ("its content is not what was stored", "it is missing"):
        with pytest.raises(LabError, match=f"cannot be used: {said}.*--resume"):
            ag.lab.network(folder / "first.toml", "plain", 3, table=folder / "rows.csv")
        stored.unlink(missing_ok=True)


def second(folder: Path, **settings: Any) -> dict[str, Any]:
    stored = {
        "use": "stored",
        "experiment": str(folder / "first.toml"),
        "table": str(folder / "rows.csv"),
        "defence": "half",
        **settings,
    }
    return {
        "dataset": "digits",
        "network": "mlp",
        "seeds": [3],
        "test_inputs": 30,
        "defences": {
            "theirs": stored,
            "rounded": {"use": "bit_depth", "after": "theirs"},
            "smaller": {"use": "magnitude", "after": "theirs", "compression": 4.0, "epochs": 0},
        },
        "attacks": {"pgd": {"use": "pgd", "radii": [0.1]}},
    }


def test_an_experiment_uses_the_networks_that_another_has_trained(measured: Path, tmp_path: Path) -> None:
    experiment = experiment_of(second(measured))
    with in_this_process():
        measure(experiment, tmp_path / "second.csv", workers=1)
    rows = {(row.defence, row.attack): row for row in ag.read_table(tmp_path / "second.csv")}
    assert rows["theirs", "none"].compression_nominal == 2
    assert rows["theirs", "none"].parameters_left == rows["rounded", "none"].parameters_left
    assert rows["smaller", "none"].compression == pytest.approx(4, rel=0.01)
    theirs = ag.lab.network(experiment, "theirs", 3, table=tmp_path / "second.csv")
    first = ag.lab.network(measured / "first.toml", "half", 3, table=measured / "rows.csv")
    inputs = DATASETS["digits"].load().test_inputs[:20]
    assert torch.equal(theirs(inputs), first(inputs))


def test_a_stored_network_that_is_not_there_is_refused(measured: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean 'half'"):
        Plan(experiment_of(second(measured, defence="hal"))).units  # noqa: B018
    with pytest.raises(LabError, match=r"with the seed 9; expected one of 3"):
        Plan(experiment_of({**second(measured), "seeds": [9]})).units  # noqa: B018
    with pytest.raises(UnknownName, match="No network of this experiment is called 'small_cnn'"):
        Plan(experiment_of({**second(measured), "network": "small_cnn"})).units  # noqa: B018
    empty = second(measured, table=str(tmp_path / "empty.csv"))
    with in_this_process(), pytest.raises(LabError, match=r"empty\.journal holds no 'half' with seed 3"):
        measure(experiment_of(empty), tmp_path / "second.csv", workers=1)
    after = second(measured, after="rounded")
    with pytest.raises(LabError, match="trained by another experiment; remove its key 'after'"):
        experiment_of(after)
    (tmp_path / "loop.toml").write_text(
        'dataset = "digits"\nnetwork = "mlp"\n[defences.x]\nuse = "stored"\ndefence = "x"\n'
        f'experiment = "{tmp_path / "loop.toml"}"\n',
        encoding="utf-8",
    )
    with pytest.raises(LabError, match="is itself a stored network"):
        Plan(read_experiment(tmp_path / "loop.toml")).units  # noqa: B018


def test_another_definition_of_a_stored_network_is_another_network(measured: Path, tmp_path: Path) -> None:
    changed = tmp_path / "first.toml"
    changed.write_text(TOML.replace("epochs = 2", "epochs = 5"), encoding="utf-8")
    keys = {
        Plan(experiment_of(second(measured, experiment=str(path)))).network("digits", "mlp", "theirs", 3).key
        for path in (measured / "first.toml", changed)
    }
    assert len(keys) == 2


def test_the_command_describes_a_network_and_exports_its_weights(
    measured: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "half.safetensors"
    given = [str(measured / "first.toml"), str(measured / "rows.csv")]
    assert run(monkeypatch, "network", *given, "--defence", "half", "-o", str(output)) == 0
    assert "half (mlp, digits, seed 3): 3,285 of 6,570 parameters left" in capsys.readouterr().out
    exported = load_weights(NETWORKS["mlp"]((1, 8, 8), 10, seed=0), output)
    stored = ag.lab.network(given[0], "half", 3, table=given[1])
    assert all(torch.equal(*pair) for pair in zip(exported.parameters(), stored.parameters(), strict=True))
    assert run(monkeypatch, "network", *given, "--defence", "half", "--seed", "7") == 2
    assert "does not train 'half' with the seed 7; expected one of 3" in capsys.readouterr().err
