"""Rows that contradict each other carry a warning; all of them stay."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import pytest

from advgame.measurements import Measurement, MeasurementTable, mark_contradictions

CLEAN = Measurement("mnist", "cnn", "plain", "none", metric="clean", accuracy=0.5)
LINF = Measurement("mnist", "cnn", "plain", "pgd", "Linf", 0.1, metric="robust", accuracy=0.3)
L2 = replace(LINF, attack="cw", norm="L2", radius=3.0, accuracy=0.4)  # 0.1 √784 = 2.8


def warnings_of(*rows: Measurement) -> list[tuple[str, ...]]:
    marked = mark_contradictions(MeasurementTable(rows))
    assert len(marked) == len(rows)
    return [row.warnings for row in marked]


@pytest.mark.parametrize("norm", ["Linf", "L∞", "l_inf"])
def test_a_largest_change_above_the_range_of_inputs_is_marked_with_the_remedy(norm: str) -> None:
    (marked,) = warnings_of(replace(LINF, norm=norm, radius=8.0))
    assert marked == (
        "the L∞ radius 8 is larger than any change of inputs in [0, 1]: "
        "for pixel values 0 to 255 write 8/255",
    )
    assert warnings_of(replace(LINF, norm=norm, radius=1.0), replace(L2, radius=8.0, accuracy=0.3)) == [
        (),
        (),
    ]


@pytest.mark.parametrize(("norm", "most"), [("L2", 28.0), ("L1", 784.0), ("L0", 784.0)])
def test_a_radius_beyond_the_whole_range_of_a_known_data_set_is_marked(norm: str, most: float) -> None:
    (marked,) = warnings_of(replace(L2, norm=norm, radius=most + 1))
    assert marked == (
        f"the {norm} radius {most + 1:g} is larger than any change of 784 values in [0, 1], which is at "
        f"most {most:g}",
    )
    assert warnings_of(replace(L2, norm=norm, radius=most)) == [()]
    assert warnings_of(replace(L2, norm=norm, radius=most + 1, dataset="faces")) == [()]


def test_an_excess_over_a_smaller_ball_may_be_chance_where_a_network_answers_at_random() -> None:
    inside = replace(LINF, accuracy=0.305, correct=30, tested=100)  # standard error .05 each, .07 of both
    for accuracy, marked in ((0.435, False), (0.445, True)):
        _, around = warnings_of(inside, replace(L2, accuracy=accuracy, correct=44, tested=100))
        assert any(warning.startswith("weak attack") for warning in around) is marked
    counted = replace(LINF, accuracy=0.3333, correct=100, tested=300)
    assert warnings_of(counted, replace(L2, accuracy=0.3367, correct=101, tested=300))[1] != ()


def test_consistent_rows_carry_no_warning() -> None:
    assert warnings_of(CLEAN, LINF, replace(LINF, radius=0.2, accuracy=0.1)) == [(), (), ()]


def test_more_accuracy_under_attack_than_without_is_marked() -> None:
    _, robust = warnings_of(CLEAN, replace(LINF, accuracy=0.6))
    assert robust == ("accuracy under attack 0.6 exceeds the clean 0.5",)


def test_an_excess_within_two_standard_errors_is_chance() -> None:
    counted = replace(CLEAN, correct=50, tested=100)  # standard error .05 each, .07 of the difference
    assert warnings_of(counted, replace(LINF, accuracy=0.6, correct=60, tested=100)) == [(), ()]
    _, robust = warnings_of(counted, replace(LINF, accuracy=0.65, correct=65, tested=100))
    assert "exceeds the clean" in robust[0]


def test_accuracy_that_rises_with_the_radius_is_marked_at_the_larger_one() -> None:
    larger = replace(LINF, radius=0.2, accuracy=0.35)
    _, small, large = warnings_of(CLEAN, LINF, larger)
    assert small == ()
    assert large == ("accuracy rises with the radius: 0.3 at 0.1, 0.35 at 0.2",)


def test_the_order_of_rows_does_not_matter_for_a_rise() -> None:
    large, small = warnings_of(replace(LINF, radius=0.2, accuracy=0.35), LINF)
    assert len(large) == 1
    assert small == ()


def test_more_accuracy_in_an_l2_ball_than_in_the_linf_ball_inside_it_is_a_weak_attack() -> None:
    _, l2 = warnings_of(LINF, L2)
    assert l2 == (
        "weak attack: accuracy 0.4 in an L2 ball of 3 exceeds the 0.3 in the L∞ ball of 0.1 inside it",
    )


def test_more_accuracy_in_an_l1_ball_than_in_the_l0_ball_inside_it_is_a_weak_attack() -> None:
    l0 = replace(LINF, attack="sparse", norm="L0", radius=3.0, accuracy=0.1, correct=10, tested=100)
    l1 = replace(l0, attack="apgd", norm="L1", accuracy=0.2, correct=20)
    assert warnings_of(l0, l1)[1] == (
        "weak attack: accuracy 0.2 in an L1 ball of 3 exceeds the 0.1 in the L0 ball of 3 inside it",
    )
    assert warnings_of(l0, replace(l1, correct=40, tested=200)) == [(), ()]  # other inputs
    assert warnings_of(l0, replace(l1, radius=2.5)) == [(), ()]


@pytest.mark.parametrize("radius", [2.7, 0.1])
def test_an_l2_ball_that_does_not_hold_the_linf_ball_says_nothing(radius: float) -> None:
    assert radius < 0.1 * sqrt(784)
    assert warnings_of(LINF, replace(L2, radius=radius)) == [(), ()]


def test_balls_of_an_unknown_data_set_are_not_compared() -> None:
    assert warnings_of(replace(LINF, dataset="faces"), replace(L2, dataset="faces")) == [(), ()]


def test_examples_made_on_another_network_are_not_compared_with_those_that_are_not() -> None:
    assert warnings_of(LINF, replace(L2, source_model="other")) == [(), ()]


def test_a_mean_of_other_runs_than_the_clean_mean_is_not_to_be_paired() -> None:
    _, robust = warnings_of(replace(CLEAN, runs=5), replace(LINF, runs=2))
    assert robust == ("a mean of 2 runs beside a clean mean of 5: different sets of runs, do not pair them",)


@pytest.mark.parametrize(("left", "marked"), [(250, False), (230, False), (225, True), (280, True)])
def test_a_compression_missed_by_more_than_a_tenth_is_marked(left: int, marked: bool) -> None:
    row = replace(CLEAN, compression_nominal=4.0, parameters_left=left, parameters_total=1000)
    assert bool(warnings_of(row)[0]) is marked


def test_defences_networks_and_data_sets_are_not_mixed_up() -> None:
    higher = replace(LINF, accuracy=0.9)
    for other in ({"defence": "other"}, {"network": "other"}, {"dataset": "other"}, {"seed": 3}):
        assert warnings_of(CLEAN, replace(higher, **other)) == [(), ()]


def test_what_only_authors_report_contradicts_nothing() -> None:
    assert warnings_of(CLEAN, replace(LINF, metric="robust_reported", accuracy=0.9)) == [(), ()]


def test_marking_twice_is_marking_once_and_keeps_what_was_written() -> None:
    table = MeasurementTable((CLEAN, replace(LINF, accuracy=0.6, warnings=("by hand",))))
    once = mark_contradictions(table)
    assert once.rows[1].warnings[0] == "by hand"
    assert len(once.rows[1].warnings) == 2
    assert mark_contradictions(once) == once
