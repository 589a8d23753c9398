"""Inputs that stand in a ball and fall inside it are marked, and attacks that another one beats."""

from __future__ import annotations

import json
from math import comb
from typing import Any

import numpy as np
import pandas as pd
import pytest

from advgame.bundled import bundled
from advgame.measurements import Measurement, MeasurementTable, read_table
from advgame.measurements.outcome_contradictions import SAME, SMALLER, mark_outcomes
from advgame.measurements.outcomes import OutcomeTable, read_outcomes

ATTACKS: dict[str, dict[str, Any]] = {
    "sparse": {"metric": "robust", "queries_only": False},
    "dense": {"metric": "robust", "queries_only": False},
    "asking": {"metric": "robust", "queries_only": True},
    "meaning": {"metric": "invariance", "queries_only": False},
}
Cell = tuple[str, str, float, list[float]]


def warnings_of(*cells: Cell, dataset: str = "digits") -> list[tuple[str, ...]]:
    rows, parts = [], []
    for attack, norm, radius, right in cells:
        about = {"dataset": dataset, "network": "cnn", "defence": "plain", "attack": attack, "norm": norm}
        correct = round(sum(right))
        rows.append(
            Measurement(
                **about,
                radius=radius,
                accuracy=sum(right) / len(right),
                correct=correct,
                tested=len(right),
                seed=0,
            )
        )
        places = np.arange(len(right))
        part = {**about, "radius": radius, "crafted_on": None, "seed": 0, "input": places, "correct": right}
        parts.append(pd.DataFrame(part))
    table = MeasurementTable(tuple(rows))
    marked = mark_outcomes(table, OutcomeTable(pd.concat(parts, ignore_index=True)), ATTACKS)
    assert [row.accuracy for row in marked] == [row.accuracy for row in table]
    assert mark_outcomes(marked, OutcomeTable(pd.concat(parts, ignore_index=True)), ATTACKS) == marked
    return [row.warnings for row in marked]


def test_inputs_that_stand_in_a_ball_and_fall_inside_it_are_counted() -> None:
    one_pixel = ("sparse", "L0", 1.0, [0, 0, 1, 1])
    around = ("dense", "L1", 1.0, [1, 0, 0, 0])
    first, second = warnings_of(one_pixel, around)
    assert first == ()
    assert second == (
        f"{SMALLER}: 1 of 4 inputs are classified correctly here but misclassified within a smaller ball, "
        "1 of them under sparse-L0-1",
    )
    assert warnings_of(one_pixel, ("dense", "L1", 0.9, [1, 0, 0, 0])) == [(), ()]


def test_inputs_that_a_randomised_network_gets_right_half_of_the_time_contradict_nothing() -> None:
    luck = ("sparse", "L0", 1.0, [0.4, 0.5, 0.0])
    assert warnings_of(luck, ("dense", "L1", 1.0, [0.6, 0.6, 0.6])) == [(), ()]
    (warning,) = warnings_of(luck, ("dense", "L1", 1.0, [0.6, 0.6, 0.9]))[1]
    assert warning.startswith(f"{SMALLER}: 1 of 3 inputs")


def test_black_box_attacks_are_no_contradiction_when_they_leave_more() -> None:
    assert warnings_of(("sparse", "L0", 1.0, [0, 0]), ("asking", "L1", 1.0, [1, 1])) == [(), ()]
    (warning,) = warnings_of(("asking", "L0", 1.0, [0, 0]), ("dense", "L1", 1.0, [1, 1]))[1]
    assert "2 of 2" in warning


def test_examples_of_changed_meaning_contradict_nothing() -> None:
    assert warnings_of(("meaning", "L0", 1.0, [0, 0]), ("dense", "L1", 1.0, [1, 1])) == [(), ()]


def test_without_the_number_of_values_only_radii_of_one_norm_are_compared() -> None:
    unknown = [("sparse", "L0", 1.0, [0, 0]), ("dense", "L1", 1.0, [1, 1]), ("dense", "L0", 2.0, [1, 0])]
    assert [bool(found) for found in warnings_of(*unknown, dataset="faces")] == [False, False, True]


@pytest.mark.parametrize(("more", "fewer"), [(6, 0), (7, 0), (9, 1), (10, 1), (20, 8), (21, 7)])
def test_an_attack_counts_as_beaten_where_an_exact_test_is_significant(more: int, fewer: int) -> None:
    here = [1] * more + [0] * fewer + [1] * 5
    there = [0] * more + [1] * fewer + [1] * 5
    first, second = warnings_of(("sparse", "L0", 3.0, here), ("dense", "L0", 3.0, there))
    tosses = more + fewer
    chance = sum(comb(tosses, heads) for heads in range(more, tosses + 1)) / 2**tosses
    assert bool(first) == (chance < 0.01)
    assert second == ()
    assert not first or first[0].startswith(f"{SAME}: of {tosses + 5} inputs, dense-L0-3 fools {more}")


def test_the_bundled_table_warns_of_the_attacks_that_other_ones_beat_in_l0() -> None:
    path = bundled("data") / "measured" / "fashion-mnist.csv"
    record = json.loads(path.with_suffix(".run.json").read_text(encoding="utf-8"))
    frame = read_outcomes(path.with_suffix(".outcomes.parquet")).frame
    table = read_table(path).keep(lambda row: row.norm == "L0")

    def beaten_by(other: str, rows: MeasurementTable) -> int:
        return sum(
            any(warning.startswith(SAME) and f" {other}-" in warning for warning in row.warnings)
            for row in rows
            if row.attack == "fmn-L0"
        )

    assert beaten_by("strongest-L0", table) == 322  # of 345
    few = OutcomeTable(frame[frame["attack"].isin(["fmn-L0", "brendel-bethge-L0"])])
    # Without the strongest attack, Brendel-Bethge's beats it on the four networks that it was run on.
    assert beaten_by("brendel-bethge-L0", mark_outcomes(table, few, record["attacks"])) == 38  # of 60
