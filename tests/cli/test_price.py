"""A measured table becomes a scenario that can be played, or the message says what is missing."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import advgame as ag
from advgame.errors import MeasurementError, UnknownName
from advgame.findings.stories import STORIES
from advgame.scenarios.price_table import price_table
from tests.cli.test_cli import run
from tests.findings.tables import ASKING, CLEAN, FOG, STRONG, write

STEPS = {
    "hard": ("adversarial_training", None, {}),
    "plain": ("standard", None, {}),
    "light": ("magnitude", "plain", {}),
}
RIGHT = {
    "hard": {CLEAN: 0.8, STRONG: 0.6, ASKING: 0.7, FOG: 0.7},
    "plain": {CLEAN: 0.95, STRONG: 0.1, ASKING: 0.4, FOG: 0.6},
    "light": {CLEAN: 0.94, STRONG: 0.1, ASKING: 0.45, FOG: 0.6},
}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write(tmp_path, STEPS, RIGHT)


def test_a_measured_table_is_priced_and_solved(monkeypatch, capsys, tmp_path: Path, table: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    target = folder / "mine.toml"
    prices = ["--propagation", "0.01", "--query", "0.002", "--notice", "0.3", "--months", "1"]
    volume = ["--volume", "10000"]
    assert run(monkeypatch, "price", str(table), *prices, *volume, "-o", str(target)) == 0
    assert f"next: advgame solve {target}" in capsys.readouterr().out
    written = tomllib.loads(target.read_text(encoding="utf-8"))
    assert written["data"] == "../byhand.csv"
    assert written["undefended"] == "plain"
    # 30 forward and twice 10 backward propagations in 2 runs; 100 queries in 2 runs; being noticed
    costs = written["terms"]["attack_cost"]["attack_cost"]
    assert costs["strong"] == pytest.approx((30 + 2 * 10) / 2 * 0.01 + 0.3)
    assert costs["asking"] == pytest.approx(100 / 2 * 0.002 + 0.3)
    # Running once, and 1000 forward and twice 500 backward propagations over 10,000 inputs
    assert written["terms"]["defence_cost"]["defence_cost"]["plain"] == pytest.approx(0.01 * (1 + 0.2))
    amounts = {
        "attack_cost",
        "defence_cost",
        "largest_share",
        "volume_per_month",
        "benign_gain",
        "breach_loss",
    }
    assert amounts <= set(written["basis"])
    monkeypatch.chdir(folder)
    assert run(monkeypatch, "solve", "mine.toml") == 0
    assert capsys.readouterr().out.startswith(("Deploy", "Announce"))


def test_a_bundled_table_is_priced_as_its_bundled_scenario(monkeypatch, tmp_path: Path) -> None:
    target = tmp_path / "mine.toml"
    assert run(monkeypatch, "price", "mnist-invariance", "-o", str(target)) == 0
    priced, bundled_case = ag.read_scenario(target), ag.case("mnist-invariance-measured")
    assert STORIES["mnist-invariance"].largest_share == priced.largest_share
    assert priced.data == bundled_case.data
    assert priced.terms == bundled_case.terms
    assert priced.select == bundled_case.select


def test_without_a_file_the_scenario_is_printed(monkeypatch, capsys, table: Path) -> None:
    monkeypatch.chdir(table.parent)
    assert run(monkeypatch, "price", "byhand.csv", "--natural-changes", "--undefended", "hard") == 0
    printed = tomllib.loads(capsys.readouterr().out)
    assert printed["data"] == "byhand.csv"
    assert printed["undefended"] == "hard"
    assert {attack["attack"] for attack in printed["select"]["attacks"]} == {"strong", "asking", "fog"}


def test_one_of_several_networks_is_chosen(table: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(table)
    both = pd.concat([frame, frame.assign(network="mlp")])
    both.to_csv(table, index=False)
    outcomes = table.with_suffix(".outcomes.parquet")
    right = pd.read_parquet(outcomes)
    names = right.select_dtypes("category").columns
    other = right.assign(network="mlp")
    pd.concat([right.astype({"network": str}), other], ignore_index=True).astype(
        dict.fromkeys(names, "category")
    ).to_parquet(outcomes, index=False)
    for ending in ("networks", "attacks"):
        costs = pd.read_csv(table.with_suffix(f".{ending}.csv"))
        both = pd.concat([costs, costs.assign(network="mlp")])
        both.to_csv(table.with_suffix(f".{ending}.csv"), index=False)
    with pytest.raises(MeasurementError, match="dataset digits, network cnn; dataset digits, network mlp"):
        price_table(table)
    with pytest.raises(UnknownName, match="did you mean 'mlp'"):
        price_table(table, network="mpl")
    path = ag.write_scenario(price_table(table, network="mlp"), tmp_path / "mlp.toml")
    assert {row.network for row in ag.read_scenario(path).selected} == {"mlp"}
    assert ag.report(ag.read_scenario(path)).verdict.startswith(("Deploy", "Announce"))


def without_column(ending: str, column: str) -> Callable[[Path], None]:
    def change(table: Path) -> None:
        path = table.with_suffix(f".{ending}.csv")
        pd.read_csv(path).drop(columns=column).to_csv(path, index=False)

    return change


def with_column(ending: str, column: str, value: object) -> Callable[[Path], None]:
    def change(table: Path) -> None:
        path = table.with_suffix(f".{ending}.csv")
        pd.read_csv(path).assign(**{column: value}).to_csv(path, index=False)

    return change


def with_record(**entries: object) -> Callable[[Path], None]:
    def change(table: Path) -> None:
        path = table.with_suffix(".run.json")
        path.write_text(json.dumps(json.loads(path.read_text()) | entries))

    return change


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda table: table.unlink(), "There is no table"),
        (
            lambda table: table.with_suffix(".run.json").unlink(),
            "byhand.run.json is missing beside byhand.csv",
        ),
        (
            lambda table: table.with_suffix(".run.json").write_text("[]"),
            "does not describe how its networks were",
        ),
        (with_record(defences={}), "does not describe 'hard'"),
        (with_record(attacks={}), "does not describe 'strong'"),
        (lambda table: table.with_suffix(".outcomes.parquet").unlink(), "There is no file"),
        (
            lambda table: table.with_suffix(".networks.csv").unlink(),
            "(….networks.csv beside its table) are miss",
        ),
        (
            lambda table: table.with_suffix(".attacks.csv").unlink(),
            "(….attacks.csv beside its table) are missing",
        ),
        (lambda table: table.with_suffix(".attacks.csv").write_text('"'), "attacks.csv"),
        (without_column("networks", "multiplications"), "lack the columns multiplications;"),
        (without_column("attacks", "queries"), "lack the columns queries;"),
        (without_column("attacks", "network"), "lack the columns network"),
        (with_column("networks", "multiplications", "many"), "no number in some rows of multiplications"),
        (with_column("networks", "multiplications", 300), "on any single-pass network"),
        (with_column("networks", "defence", "plain"), "'hard' of by hand has no row"),
        (lambda table: table.with_suffix(".toml").write_text("mine"), "exists already"),
    ],
)
def test_what_is_missing_is_said_in_one_line(
    monkeypatch, capsys, table: Path, damage: Callable[[Path], None], message: str
) -> None:
    damage(table)
    before = sorted(path.name for path in table.parent.iterdir())
    assert run(monkeypatch, "price", str(table), "-o", str(table.with_suffix(".toml"))) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert len(printed.err.strip().splitlines()) == 1
    assert sorted(path.name for path in table.parent.iterdir()) == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--undefended", "plan"], "did you mean 'plain'"),
        (["--network", "cn"], "did you mean 'cnn'"),
        (["--volume", "0"], "volume_per_month"),
        (["--query", "inf"], "The price query is inf"),
        (["-o", "mine.txt"], "a scenario is written as .toml"),
    ],
)
def test_an_option_that_does_not_fit_is_said_in_one_line(
    monkeypatch, capsys, table: Path, options: list[str], message: str
) -> None:
    assert run(monkeypatch, "price", str(table), *options) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert not printed.out


def test_an_existing_scenario_is_replaced_only_when_asked(monkeypatch, table: Path) -> None:
    target = table.with_suffix(".toml")
    target.write_text("mine")
    assert run(monkeypatch, "price", str(table), "--overwrite", "-o", str(target)) == 0
    assert ag.read_scenario(target).undefended == "plain"


def test_a_table_without_a_standard_training_asks_for_the_undefended_network(tmp_path: Path) -> None:
    table = write(tmp_path, {"hard": STEPS["hard"]}, {"hard": RIGHT["hard"]})
    with pytest.raises(MeasurementError, match="Name the undefended one: hard"):
        price_table(table)
    assert price_table(table, undefended="hard").undefended == "hard"
