"""A measurement refuses what cannot be true, and says what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advgame.errors import MeasurementError
from advgame.measurements import Column, Measurement, MeasurementTable

CLEAN = Measurement("mnist", "cnn", "plain", "none", metric="clean", accuracy=0.9)
ROBUST = Measurement("mnist", "cnn", "plain", "pgd", "Linf", 0.3, metric="robust", accuracy=0.4)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"accuracy": float("nan")}, ["accuracy", "nan", "finite"]),
        ({"accuracy": float("inf")}, ["accuracy", "inf", "finite"]),
        ({"accuracy": -0.1}, ["accuracy", "-0.1", "0..1"]),
        ({"accuracy": 101.0}, ["accuracy", "101", "0..1"]),
        ({"accuracy": True}, ["accuracy", "True"]),
        ({"accuracy": 87.3}, ["87.3", "percent", "Divide by 100", "--percent"]),
        ({"metric": "robustness"}, ["'robustness'", "did you mean 'robust'"]),
        ({"metric": "clean"}, ["'pgd'", "'none'"]),
        ({"dataset": " "}, ["dataset", "name"]),
        ({"norm": ""}, ["norm", "name"]),
        ({"defence": "a\nb"}, ["defence", "control character"]),
        ({"source": "a\x00b"}, ["source", "control character"]),
        ({"source": "\ud800"}, ["source", "control character"]),
        ({"warnings": ("one | two",)}, ["'one | two'", "separates warnings"]),
        ({"warnings": ("",)}, ["empty"]),
        ({"correct": 5}, ["5 correct of None", "tested"]),
        ({"correct": 11, "tested": 10}, ["11 correct of 10", "not smaller"]),
        ({"correct": 9, "tested": 10}, ["9 of 10 is 0.9000", "0.4", "counts empty"]),
        ({"tested": -1}, ["tested", "-1", "≥ 0"]),
        ({"runs": 2.5}, ["runs", "2.5", "whole number"]),
        ({"std": -0.1}, ["std", "-0.1"]),
        ({"radius": float("inf")}, ["radius", "inf"]),
    ],
)
def test_a_value_that_cannot_be_true_is_refused_by_name_value_and_remedy(change: dict, named: list) -> None:
    with pytest.raises(MeasurementError) as mistake:
        replace(ROBUST, **change)
    assert all(part in str(mistake.value) for part in named), str(mistake.value)


def test_a_refusal_names_the_row() -> None:
    with pytest.raises(MeasurementError, match=r"'plain' \(cnn, mnist\) under 'pgd-Linf-0.3'"):
        replace(ROBUST, accuracy=2)


def test_true_compression_is_parameters_before_over_parameters_left() -> None:
    row = replace(CLEAN, compression_nominal=4.0, parameters_left=250, parameters_total=2000)
    assert row.compression == 8.0
    assert replace(row, parameters_left=None).compression == 4.0
    assert CLEAN.compression is None


def test_a_column_is_named_by_attack_norm_radius_and_the_network_it_was_made_on() -> None:
    assert Column("pgd", "Linf", 8 / 255, "plain").full_name == "pgd-Linf-8/255@plain"
    assert Column("fog", "severity", 3.0).full_name == "fog-severity-3"
    assert Column("none").full_name == "none"


def test_a_table_keeps_one_of_two_equal_rows_and_refuses_two_that_differ() -> None:
    assert len(MeasurementTable((ROBUST, ROBUST))) == 1
    with pytest.raises(MeasurementError, match=r"Two rows for 'plain'.*0\.4 and 0\.5; keep one"):
        MeasurementTable((ROBUST, replace(ROBUST, accuracy=0.5)))


def test_seeds_distinguish_the_rows_of_one_cell() -> None:
    assert len(MeasurementTable((replace(ROBUST, seed=1), replace(ROBUST, seed=2, accuracy=0.5)))) == 2


def test_an_empty_table_and_an_empty_selection_are_refused() -> None:
    with pytest.raises(MeasurementError, match="no rows"):
        MeasurementTable(())
    with pytest.raises(MeasurementError, match="widen"):
        MeasurementTable((ROBUST,)).keep(lambda row: row.attack == "fog")


def test_a_table_lists_what_it_holds_in_the_order_it_appears() -> None:
    other = replace(ROBUST, defence="pruned", network="big", source="Table 2")
    table = MeasurementTable((CLEAN, other, ROBUST))
    assert table.defences == ("plain", "pruned")
    assert table.networks == ("cnn", "big")
    assert table.datasets == ("mnist",)
    assert table.sources == ("Table 2",)
    assert [column.full_name for column in table.columns] == ["none", "pgd-Linf-0.3"]
