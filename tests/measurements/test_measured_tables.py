"""The tables that the laboratory measured hold together: rows, outcomes, costs, record and scenario."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from advgame.bundled import bundled
from advgame.findings import measured_tables
from advgame.findings.stories import STORIES, story_name
from advgame.measurements import Measurement, MeasurementTable, read_table
from advgame.measurements.experiment_tables import read_measured
from advgame.measurements.outcomes import read_outcomes
from advgame.scenarios.from_experiment import scenario_of
from advgame.scenarios.scenario_files import toml_of

TABLES = measured_tables()
PROMISED = {  # at least so many defences, columns (benign inputs among them), seeds of each, test inputs
    "digits": (25, 24, 5, 300),
    "cifar10-jpeg": (17, 41, 3, 500),
    "fashion-mnist": (22, 13, 5, 1000),
    "gtsrb": (16, 28, 3, 500),
    "mnist-invariance": (6, 4, 3, 1000),
    "pneumonia": (4, 6, 1, 600),
}

every_table = pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)


@cache
def rows(path: Path) -> MeasurementTable:
    return read_table(path)


@cache
def record(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.with_suffix(".run.json").read_text(encoding="utf-8"))
    return found


@cache
def networks(path: Path) -> dict[tuple[str, str, str, int | None], list[Measurement]]:
    found: dict[tuple[str, str, str, int | None], list[Measurement]] = {}
    for row in rows(path):
        found.setdefault((row.dataset, row.network, row.defence, row.seed), []).append(row)
    return found


@every_table
def test_every_count_is_that_of_the_outcomes(path: Path) -> None:
    names = ["dataset", "network", "defence", "attack", "norm", "radius", "crafted_on", "seed"]
    frame = read_outcomes(path.with_suffix(".outcomes.parquet")).frame.astype({"radius": float})
    cells = frame.groupby(names, dropna=False, observed=True)["correct"].agg(["sum", "size"])
    known = {tuple(None if pd.isna(part) else part for part in key): found for key, found in cells.iterrows()}
    assert len(known) == len(rows(path))
    for row in rows(path):
        found = known[row.dataset, row.network, row.defence, *row.column, row.seed]
        assert row.tested == found["size"]
        assert row.correct == pytest.approx(found["sum"], abs=0.5 + 1e-9)  # of random answers a mean, rounded
        assert row.accuracy == pytest.approx(found["sum"] / found["size"], abs=5e-7)


@every_table
def test_every_network_was_measured_on_clean_inputs_and_under_attack(path: Path) -> None:
    for name, found in networks(path).items():
        assert {"clean", "robust"} <= {row.metric for row in found}, name


@every_table
def test_accuracy_never_rises_with_the_radius_of_an_attack(path: Path) -> None:
    for found in networks(path).values():
        attacks: dict[tuple[str, str | None], list[Measurement]] = {}
        for row in found:
            if row.metric == "robust" and not row.attack.startswith("invariance"):
                attacks.setdefault((row.attack, row.source_model), []).append(row)
        for each in attacks.values():
            ordered = sorted(each, key=lambda row: row.radius or 0.0)
            for smaller, larger in pairwise(ordered):
                assert larger.accuracy <= smaller.accuracy, larger.row_name


@every_table
def test_more_accuracy_in_a_larger_ball_is_marked_wherever_it_occurs(path: Path) -> None:
    """Containment: what ``read_table`` marks anew is what the written table says."""
    written = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
    said = written["warnings"].fillna("") if "warnings" in written else pd.Series([""] * len(written))
    for row, stored in zip(rows(path), said, strict=True):
        for warning in row.warnings:
            assert warning in stored, row.row_name


@every_table
def test_every_row_names_its_experiment_and_its_seed(path: Path) -> None:
    for row in rows(path):
        assert record(path)["experiment"] in row.source
        assert row.seed is not None


@every_table
def test_the_record_holds_versions_settings_and_the_absence_of_failures(path: Path) -> None:
    found = record(path)
    assert found["failed"] == {}
    assert {"torch", "foolbox", "numpy", "advgame"} <= set(found["libraries"])
    assert found["seconds_of_all_units"] > 0
    assert set(found["defences"]) == set(rows(path).defences)
    assert {row.attack for row in rows(path)} - {"none"} <= set(found["attacks"])


@every_table
def test_costs_are_recorded_for_every_network_and_every_attack(path: Path) -> None:
    made = pd.read_csv(path.with_suffix(".networks.csv"))
    crafted = pd.read_csv(path.with_suffix(".attacks.csv"))
    assert set(zip(made["defence"], made["seed"], strict=True)) == {name[2:] for name in networks(path)}
    assert (made[["seconds", "forward_inputs", "multiplications"]] >= 0).all(axis=None)
    attacked = {(row.defence, row.attack, row.seed) for row in rows(path) if row.attack != "none"}
    assert set(zip(crafted["defence"], crafted["attack"], crafted["seed"], strict=True)) == attacked
    assert (crafted[["seconds", "forward_inputs", "backward_inputs", "queries"]] >= 0).all(axis=None)


@every_table
def test_a_bundled_table_has_the_documented_number_of_rows(path: Path) -> None:
    defences, columns, seeds, inputs = PROMISED.get(record(path)["experiment"], (1, 1, 1, 1))
    assert len(rows(path).defences) >= defences
    assert len(rows(path).columns) >= columns
    assert max(row.tested or 0 for row in rows(path)) >= inputs
    by_defence: dict[str, set[int | None]] = {}
    for row in rows(path):
        by_defence.setdefault(row.defence, set()).add(row.seed)
    assert min(map(len, by_defence.values())) >= seeds


@every_table
def test_the_experiment_that_made_a_table_is_bundled(path: Path) -> None:
    texts = [file.read_text(encoding="utf-8") for file in (bundled("data") / "experiments").glob("*.toml")]
    assert record(path)["experiment"] in {tomllib.loads(text).get("name") for text in texts}


@every_table
def test_the_bundled_scenario_of_a_table_is_made_from_its_costs_and_its_story(path: Path) -> None:
    for measured in read_measured(path):
        name = story_name(measured)
        if name is None:
            continue
        made = scenario_of(measured, STORIES[name], f"measured/{path.name}")
        bundled_text = (bundled("scenarios") / f"{name}-measured.toml").read_text(encoding="utf-8")
        assert bundled_text == toml_of(made), (
            "run advgame findings -o docs/reference/findings.md --scenarios scenarios"
        )
