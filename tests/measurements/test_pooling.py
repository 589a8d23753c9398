"""Several seeds of a cell become one row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advgame.measurements import Measurement, MeasurementTable, pool_seeds

ROW = Measurement("mnist", "cnn", "plain", "pgd", "Linf", 0.3, accuracy=0.4, correct=40, tested=100, seed=1)


def test_pooled_seeds_have_the_mean_the_spread_and_all_counts() -> None:
    others = (replace(ROW, seed=2, accuracy=0.5, correct=50), replace(ROW, seed=3, accuracy=0.6, correct=60))
    (pooled,) = pool_seeds(MeasurementTable((ROW, *others)))
    assert (pooled.accuracy, pooled.std) == (pytest.approx(0.5), pytest.approx(0.1))
    assert (pooled.correct, pooled.tested, pooled.runs, pooled.seed) == (150, 300, 3, None)


def test_one_missing_count_leaves_the_pooled_count_empty() -> None:
    (pooled,) = pool_seeds(MeasurementTable((ROW, replace(ROW, seed=2, correct=None))))
    assert pooled.correct is None
    assert pooled.tested == 200


def test_a_cell_that_lacks_a_seed_of_its_network_warns() -> None:
    clean = replace(ROW, attack="none", norm=None, radius=None, metric="clean", accuracy=0.9, correct=90)
    pooled = pool_seeds(MeasurementTable((clean, replace(clean, seed=2), ROW)))
    both, one = pooled
    assert both.warnings == ()
    assert "fewer runs" in one.warnings[0]


def test_a_table_without_seeds_stays_as_it_is() -> None:
    table = MeasurementTable((replace(ROW, seed=None),))
    assert pool_seeds(table) == table


def test_warnings_of_all_seeds_survive_once_each() -> None:
    rows = (replace(ROW, warnings=("a",)), replace(ROW, seed=2, warnings=("a", "b")))
    (pooled,) = pool_seeds(MeasurementTable(rows))
    assert pooled.warnings == ("a", "b")


def test_counts_of_a_network_that_answers_at_random_are_pooled_from_its_means() -> None:
    means = (0.674, 0.688, 0.708, 0.716, 0.702)  # shares of right answers to 50 inputs, five seeds
    rows = [
        replace(ROW, seed=seed, accuracy=mean, correct=round(50 * mean), tested=50)
        for seed, mean in enumerate(means)
    ]
    (pooled,) = pool_seeds(MeasurementTable(tuple(rows)))
    assert pooled.accuracy == pytest.approx(0.6976)
    assert (pooled.correct, pooled.tested) == (174, 250)  # 174.4; the rounded counts sum to 173 only


def test_runs_with_more_inputs_weigh_more() -> None:
    few = replace(ROW, seed=2, accuracy=0.5, correct=5, tested=10)
    (pooled,) = pool_seeds(MeasurementTable((replace(ROW, accuracy=0.9, correct=90), few)))
    assert pooled.accuracy == pytest.approx(95 / 110)
    assert (pooled.correct, pooled.tested) == (95, 110)
