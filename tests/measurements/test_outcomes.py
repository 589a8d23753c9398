"""Outcomes per input are read as they were written, and only what is on common ground is paired."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from advgame.errors import MeasurementError
from advgame.measurements import Column
from advgame.measurements.outcomes import (
    Outcomes,
    OutcomeTable,
    averaged,
    on_common_ground,
    read_outcomes,
    right_in_all,
)

PGD = Column("pgd", "Linf", 0.1)
MOVED = Column("pgd", "Linf", 0.1, "plain")

CELL = ("attack", "norm", "radius", "crafted_on")  # columns of the file, in the order of a Column


def rows(defence: str, column: Column, right: dict[int, dict[int, bool]]) -> pd.DataFrame:
    """A cell as ``advgame measure`` writes it: right or wrong, by seed and input."""
    return pd.DataFrame(
        [
            {
                "dataset": "digits",
                "network": "cnn",
                "defence": defence,
                **dict(zip(CELL, column, strict=True)),
                "seed": seed,
                "input": place,
                "correct": correct,
            }
            for seed, by_input in right.items()
            for place, correct in by_input.items()
        ]
    )


@pytest.fixture
def table() -> OutcomeTable:
    parts = [
        rows("plain", Column("none"), {0: {3: True, 9: True}, 1: {3: True, 9: False}}),
        rows("plain", PGD, {0: {3: False, 9: True}, 1: {3: False, 9: False}}),
        rows("hard", PGD, {1: {9: True, 12: True}}),
        rows("hard", MOVED, {1: {9: True, 12: False}}),
    ]
    names = ["dataset", "network", "defence", "attack", "norm", "crafted_on"]
    frame = pd.concat(parts, ignore_index=True).astype({"radius": float})
    return OutcomeTable(frame.astype(dict.fromkeys(names, "category")))


def test_a_cell_has_its_seeds_as_rows_and_its_inputs_as_columns(table: OutcomeTable) -> None:
    found = table.cell("digits", "cnn", "plain", PGD)
    assert found.seeds == (0, 1)
    assert found.inputs.tolist() == [3, 9]
    assert found.right.tolist() == [[0, 1], [0, 0]]
    assert found.accuracy == 0.25


def test_clean_inputs_and_transferred_examples_have_their_own_columns(table: OutcomeTable) -> None:
    assert table.networks == (("digits", "cnn"),)
    assert table.columns("digits", "cnn", "plain") == (Column("none"), PGD)
    assert table.columns("digits", "cnn", "hard") == (PGD, MOVED)
    assert table.cell("digits", "cnn", "hard", MOVED).right.tolist() == [[1, 0]]


def test_only_shared_seeds_and_inputs_are_common_ground(table: OutcomeTable) -> None:
    one, other = on_common_ground([table.cell("digits", "cnn", name, PGD) for name in ("plain", "hard")])
    assert (one.seeds, one.inputs.tolist(), one.right.tolist()) == ((1,), [9], [[0.0]])
    assert (other.seeds, other.inputs.tolist(), other.right.tolist()) == ((1,), [9], [[1.0]])


def test_columns_are_averaged_or_taken_at_their_worst_input_by_input(table: OutcomeTable) -> None:
    both = [table.cell("digits", "cnn", "plain", column) for column in (Column("none"), PGD)]
    assert averaged(both).right.tolist() == [[0.5, 1], [0.5, 0]]
    assert right_in_all(both).right.tolist() == [[0, 1], [0, 0]]


def test_outcomes_without_a_shared_input_are_not_paired() -> None:
    one, other = (Outcomes((0,), np.array([place]), np.ones((1, 1))) for place in (1, 2))
    with pytest.raises(MeasurementError, match="no seed and input in common"):
        on_common_ground([one, other])


def test_a_cell_that_was_not_measured_says_how_to_measure_it(table: OutcomeTable) -> None:
    with pytest.raises(MeasurementError, match=r"No outcomes of 'hard'.*--resume"):
        table.cell("digits", "cnn", "hard", Column("none"))


def test_a_cell_has_the_inputs_that_all_its_seeds_have() -> None:
    table = OutcomeTable(rows("plain", PGD, {0: {1: True, 2: False}, 1: {2: True, 3: True}}))
    found = table.cell("digits", "cnn", "plain", PGD)
    assert (found.inputs.tolist(), found.right.tolist()) == ([2], [[0.0], [1.0]])


def test_seeds_of_unequal_numbers_of_inputs_are_kept_apart() -> None:
    """Cut into rows of two, as if every seed had two inputs, the last row would be of two seeds."""
    right = {0: {3: True, 9: True}, 1: {3: False}, 2: {9: True}}
    table = OutcomeTable(rows("plain", PGD, right))
    with pytest.raises(MeasurementError, match="no input common to all seeds"):
        table.cell("digits", "cnn", "plain", PGD)


def test_seeds_without_a_shared_input_are_refused() -> None:
    table = OutcomeTable(rows("plain", PGD, {0: {1: True}, 1: {2: True}}))
    with pytest.raises(MeasurementError, match="common to all seeds"):
        table.cell("digits", "cnn", "plain", PGD)


@pytest.mark.parametrize("right", [np.ones((2, 1)), np.full((1, 1), np.nan), np.full((1, 1), 2.0)])
def test_outcomes_of_another_shape_or_outside_0_to_1_are_refused(right: np.ndarray) -> None:
    with pytest.raises(MeasurementError, match="expected"):
        Outcomes((0,), np.array([4]), right)


def test_a_written_table_is_read_back(table: OutcomeTable, tmp_path: Path) -> None:
    path = tmp_path / "rows.outcomes.parquet"
    table.frame.to_parquet(path, index=False)
    again = read_outcomes(path)
    assert again.columns("digits", "cnn", "plain") == table.columns("digits", "cnn", "plain")
    assert (
        again.cell("digits", "cnn", "plain", PGD).right.tolist()
        == table.cell("digits", "cnn", "plain", PGD).right.tolist()
    )


def test_files_that_hold_no_outcomes_are_refused(table: OutcomeTable, tmp_path: Path) -> None:
    with pytest.raises(MeasurementError, match="no file"):
        read_outcomes(tmp_path / "rows.outcomes.parquet")
    broken, other = tmp_path / "broken.parquet", tmp_path / "other.parquet"
    broken.write_text("no parquet")
    table.frame.drop(columns="correct").to_parquet(other)
    with pytest.raises(MeasurementError, match="is not a Parquet file"):
        read_outcomes(broken)
    with pytest.raises(MeasurementError, match="lacks the columns correct"):
        read_outcomes(other)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("seed", [0.5, 1.5]),
        ("seed", ["a", "b"]),
        ("input", [None, 1]),
        ("correct", [2, 0]),
        ("correct", ["yes", "no"]),
        ("correct", [None, True]),
        ("radius", ["8/255", "8/255"]),
        ("defence", [1, 2]),
        ("defence", [None, "plain"]),
        ("attack", [["none"], ["none"]]),
        ("norm", [3, 3]),
    ],
)
def test_outcomes_of_another_type_are_refused_by_column(
    tmp_path: Path, column: str, values: list[object]
) -> None:
    frame = rows("plain", Column("none"), {0: {3: True, 9: True}}).assign(**{column: values})
    frame.to_parquet(tmp_path / "rows.outcomes.parquet", index=False)
    with pytest.raises(MeasurementError, match=f"the column '{column}' holds"):
        read_outcomes(tmp_path / "rows.outcomes.parquet")


def test_an_input_that_stands_twice_in_a_cell_is_refused(tmp_path: Path) -> None:
    cell = rows("plain", Column("none"), {0: {3: True, 9: True}})
    pd.concat([cell, cell]).to_parquet(tmp_path / "rows.outcomes.parquet", index=False)
    with pytest.raises(MeasurementError, match="contain an input twice"):
        read_outcomes(tmp_path / "rows.outcomes.parquet").networks  # noqa: B018
