"""Rank correlations agree with SciPy's and with counts by hand, and their intervals cover."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import bootstrap, spearmanr

from advgame.errors import MeasurementError
from advgame.statistics.rank_correlation import bootstrap_interval, rank_correlation, spearman

values = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=5, max_size=20).filter(
    lambda pairs: all(len(set(each)) > 1 for each in zip(*pairs, strict=True))
)


def test_one_exchange_of_neighbours_among_five_gives_nine_tenths() -> None:
    found = rank_correlation([1, 2, 3, 4, 5], [10, 30, 20, 40, 50])
    assert found.rho == pytest.approx(1 - 6 * 2 / (5 * 24))


@settings(max_examples=20)
@given(values)
def test_rho_is_scipys_and_lies_in_its_interval(pairs: list[tuple[int, int]]) -> None:
    one, other = map(list, zip(*pairs, strict=True))
    found = rank_correlation(one, other)
    assert found.rho == pytest.approx(spearmanr(one, other).statistic)
    assert -1 <= found.low <= found.high <= 1


def test_the_same_order_is_sure_and_the_opposite_one_too() -> None:
    rising = np.arange(8.0)
    same, opposite = rank_correlation(rising, rising**3), rank_correlation(rising, -rising)
    assert (same.rho, same.high) == pytest.approx((1.0, 1.0))
    assert (opposite.rho, opposite.low) == pytest.approx((-1.0, -1.0))


def test_most_intervals_hold_the_true_correlation_of_normal_pairs() -> None:
    draws, truth, runs = np.random.default_rng(5), 6 / np.pi * np.arcsin(0.6 / 2), 30
    covered = 0
    for run in range(runs):
        x = draws.normal(size=25)
        y = 0.6 * x + 0.8 * draws.normal(size=25)
        found = rank_correlation(x, y, seed=run)
        covered += found.low <= truth <= found.high
    assert covered / runs >= 0.85


def test_values_that_are_all_equal_have_no_order() -> None:
    assert rank_correlation([1, 1, 1, 1, 1], [1, 2, 3, 4, 5]).rho == 0.0


def test_the_same_seed_gives_the_same_interval() -> None:
    x, y = [1, 5, 2, 8, 7, 3], [2, 4, 4, 9, 6, 1]
    assert rank_correlation(x, y) == rank_correlation(x, y)


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ([1, 2, 3, 4], [1, 2, 3, 4], 0.95),
        ([1, 2, 3, 4, 5], [1, 2, 3, 4], 0.95),
        ([1, 2, 3, 4, np.nan], [1, 2, 3, 4, 5], 0.95),
        ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], 0.0),
    ],
)
def test_what_cannot_be_ranked_is_refused(one: list[float], other: list[float], level: float) -> None:
    with pytest.raises(MeasurementError):
        rank_correlation(one, other, level)


def test_spearman_is_the_one_of_scipy_along_the_last_axis() -> None:
    one, other = np.random.default_rng(3).integers(5, size=(2, 6, 12)).astype(float)
    expected = [spearmanr(*rows).statistic for rows in zip(one, other, strict=True)]
    assert spearman(one, other) == pytest.approx(np.array(expected))
    assert np.isnan(spearman(np.ones(5), np.arange(5.0)))


def test_the_interval_is_the_percentile_bootstrap_of_scipy() -> None:
    x, y = np.random.default_rng(5).normal(size=(2, 30))
    y += x
    drawn = bootstrap(
        (x, y),
        lambda one, other: spearmanr(one, other).statistic,
        paired=True,
        vectorized=False,
        n_resamples=300,
        method="percentile",
        rng=np.random.default_rng(11),
    )
    assert bootstrap_interval(x, y, 0.95, 11, draws=300) == pytest.approx(tuple(drawn.confidence_interval))


def test_a_resample_without_an_order_counts_as_stated() -> None:
    x, y = np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 2.0])
    with_zeros = bootstrap_interval(x, y, 0.5, 0, draws=200, flat=0.0)
    assert with_zeros[0] == 0.0  # x is constant in 9 of 27 resamples
    assert bootstrap_interval(x, y, 0.5, 0, draws=200)[0] > 0.0
    assert np.isnan(bootstrap_interval(np.ones(3), y, 0.5, 0, draws=20)).all()
