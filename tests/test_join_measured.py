"""Parts of a measured table, by seed, are joined to the table that was measured as a whole."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from advgame.bundled import bundled
from advgame.errors import LabError

pytest.importorskip("torch", reason="the laboratory is the extra lab")

from advgame.lab.experiment.plan import Experiment
from advgame.lab.experiment.reading import read_experiment
from tools.join_measured import joined

NAME = "digits-audit"
WHOLE = bundled("data") / "measured" / f"{NAME}.csv"
TABLES = (".csv", ".attacks.csv", ".networks.csv")


def part(folder: Path, name: str, seeds: set[int]) -> Path:
    """The bundled table, reduced to some seeds."""
    for suffix in TABLES:
        frame = pd.read_csv(WHOLE.with_suffix(suffix), dtype=str, keep_default_na=False)
        of_seeds = frame[frame["seed"].astype(int).isin(seeds)]
        of_seeds.to_csv(folder / f"{name}{suffix}", index=False, lineterminator="\n")
    outcomes = pd.read_parquet(WHOLE.with_suffix(".outcomes.parquet"))
    outcomes[outcomes["seed"].isin(seeds)].to_parquet(folder / f"{name}.outcomes.parquet", index=False)
    record = json.loads(WHOLE.with_suffix(".run.json").read_text(encoding="utf-8"))
    (folder / f"{name}.run.json").write_text(json.dumps(record | {"units": len(seeds)}), encoding="utf-8")
    return folder / f"{name}.csv"


@pytest.fixture
def experiment() -> Experiment:
    return read_experiment(bundled("data") / "experiments" / f"{NAME}.toml")


def test_parts_are_joined_to_the_whole(tmp_path: Path, experiment: Experiment) -> None:
    parts = [part(tmp_path, "later", {1, 3, 4}), part(tmp_path, "first", {0, 2})]
    assert joined(experiment, parts, tmp_path / "all.csv") == 0
    for suffix in TABLES:
        assert (tmp_path / f"all{suffix}").read_bytes() == WHOLE.with_suffix(suffix).read_bytes()
    outcomes = [
        pd.read_parquet(path.with_suffix(".outcomes.parquet")) for path in (tmp_path / "all.csv", WHOLE)
    ]
    pd.testing.assert_frame_equal(*outcomes, check_categorical=False)
    record = json.loads((tmp_path / "all.run.json").read_text(encoding="utf-8"))
    assert record["units"] == 5
    assert record["defences"]["plain"]["seeds"] == [0, 1, 2, 3, 4]


def test_missing_cells_are_counted(tmp_path: Path, experiment: Experiment) -> None:
    whole = len(pd.read_csv(WHOLE)[["defence", "attack", "seed"]].drop_duplicates())
    assert joined(experiment, [part(tmp_path, "one", {3})], tmp_path / "all.csv") == whole * 4 // 5


def test_a_cell_in_two_parts_or_of_another_experiment_is_an_error(
    tmp_path: Path, experiment: Experiment
) -> None:
    parts = [part(tmp_path, "one", {0, 1}), part(tmp_path, "two", {1, 2})]
    with pytest.raises(
        LabError, match=r"2 parts contain digits, small_cnn, .*, 1, none; give each cell once"
    ):
        joined(experiment, parts, tmp_path / "all.csv")
    other = read_experiment(bundled("data") / "experiments" / "mnist-invariance.toml")
    with pytest.raises(LabError, match="The experiment has no digits, small_cnn, plain, 0, none"):
        joined(other, parts[:1], tmp_path / "all.csv")
    assert not (tmp_path / "all.csv").exists()
