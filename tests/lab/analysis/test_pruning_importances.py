"""Importances are compared on the networks that are pruned, from the journal of what was measured."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import torch

from advgame.errors import LabError
from advgame.lab.analysis.pruning_importances import importances, save_importances, write_importances
from advgame.lab.experiment.plan import Experiment
from advgame.lab.experiment.reading import experiment_of
from tests.lab.experiment.made_networks import make_networks


def an_experiment(**more: dict[str, object]) -> Experiment:
    defences = {
        "plain": {"use": "standard", "epochs": 8},
        "small": {"use": "magnitude", "after": "plain", "compression": 2.0, "epochs": 0},
        "smaller": {"use": "magnitude", "after": "small", "compression": 4.0, "epochs": 0},
        "other": {"use": "standard", "epochs": 1},
        **more,
    }
    return experiment_of({"dataset": "digits", "network": "small_cnn", "defences": defences})


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    table = tmp_path_factory.mktemp("measured") / "rows.csv"
    make_networks(an_experiment(), table, ("plain",))
    return table


@pytest.fixture(scope="module")
def found(table: Path) -> pd.DataFrame:
    return importances(an_experiment(), table, inputs=60, units=40)


def test_only_the_network_that_a_pruning_starts_from_is_studied(found: pd.DataFrame) -> None:
    assert set(found["defence"]) == {"plain"}
    assert set(zip(found["method"], found["structure"], strict=True)) == {
        (method, structure)
        for method in ("magnitude", "random", "taylor")
        for structure in ("unstructured", "kernel", "filter")
    }
    assert set(found["units"]) == {40}
    assert set(found["inputs"]) == {60}


def test_taylor_importance_beats_chance_and_the_interval_contains_the_correlation(
    found: pd.DataFrame,
) -> None:
    assert ((found["low"] <= found["correlation"]) & (found["correlation"] <= found["high"])).all()
    single = found[found["structure"] == "unstructured"].set_index("method")
    assert single.loc["taylor", "low"] > single.loc["random", "correlation"]


def test_the_table_stands_beside_the_measured_one(found: pd.DataFrame, table: Path) -> None:
    path = write_importances(found, table)
    assert path.name == "rows.importances.csv"
    assert list(pd.read_csv(path).columns) == list(found.columns)


def test_a_network_that_was_not_trained_says_what_to_do(tmp_path: Path) -> None:
    threads = torch.get_num_threads()
    for compare in (importances, save_importances):
        with pytest.raises(LabError, match="holds no 'plain'"):
            compare(an_experiment(), tmp_path / "rows.csv")
    assert torch.get_num_threads() == threads


def test_an_experiment_that_prunes_nothing_has_nothing_to_compare(table: Path) -> None:
    bare = experiment_of({"dataset": "digits", "network": "mlp", "defences": {"plain": {"use": "standard"}}})
    with pytest.raises(LabError, match="prunes no network"):
        importances(bare, table)
