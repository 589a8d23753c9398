"""Intervals agree with textbook values and with an integral of their own definition."""

from __future__ import annotations

from math import asin, cos, pi, sin, sqrt

import pytest

from advgame.errors import MeasurementError
from advgame.measurements import Measurement, beta_interval, standard_error, wilson_interval


@pytest.mark.parametrize(  # Newcombe 1998, Statistics in Medicine 17, table I, method 3
    ("correct", "tested", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_interval_has_newcombes_values(correct: int, tested: int, low: float, high: float) -> None:
    assert wilson_interval(correct, tested) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("correct", "tested"), [(9, 10), (3, 7), (50, 100)])
def test_beta_interval_leaves_a_fortieth_of_the_posterior_on_each_side(correct: int, tested: int) -> None:
    low, high = beta_interval(correct, tested)
    whole = posterior_mass(correct, tested, 1.0)
    assert posterior_mass(correct, tested, low) / whole == pytest.approx(0.025, abs=1e-4)
    assert posterior_mass(correct, tested, high) / whole == pytest.approx(0.975, abs=1e-4)


def test_beta_interval_reaches_the_end_when_all_or_none_are_correct() -> None:
    assert beta_interval(0, 10)[0] == 0.0
    assert beta_interval(10, 10)[1] == 1.0
    assert beta_interval(10, 10)[0] == pytest.approx(1 - beta_interval(0, 10)[1])


def test_a_higher_level_gives_a_wider_interval() -> None:
    low, high = wilson_interval(30, 50, 0.99)
    assert low < wilson_interval(30, 50)[0] < 0.6 < wilson_interval(30, 50)[1] < high


@pytest.mark.parametrize(
    ("correct", "tested", "level"), [(3, 2, 0.95), (-1, 2, 0.95), (0, 0, 0.95), (1, 2, 1.0)]
)
def test_invalid_counts_and_levels_are_refused(correct: int, tested: int, level: float) -> None:
    for interval in (wilson_interval, beta_interval):
        with pytest.raises(MeasurementError):
            interval(correct, tested, level)


def test_standard_error_of_a_mean_is_its_spread_over_the_root_of_its_runs() -> None:
    row = Measurement("mnist", "cnn", "plain", "pgd", accuracy=0.5, std=0.06, runs=9, correct=50, tested=100)
    assert standard_error(row) == pytest.approx(0.02)


def test_standard_error_of_counts_is_nearly_the_binomial_one() -> None:
    row = Measurement("mnist", "cnn", "plain", "pgd", accuracy=0.8, correct=8000, tested=10_000)
    assert standard_error(row) == pytest.approx(sqrt(0.8 * 0.2 / 10_000), rel=1e-3)


def test_a_bare_rate_has_no_standard_error() -> None:
    assert standard_error(Measurement("mnist", "cnn", "plain", "pgd", accuracy=0.985, tested=100)) is None


def posterior_mass(correct: int, tested: int, up_to: float) -> float:
    """∫ x^(c−1/2) (1−x)^(n−c−1/2) dx from 0, with x = sin²θ, by the midpoint rule."""
    steps = 20_000
    width = (asin(sqrt(up_to)) if up_to < 1 else pi / 2) / steps
    angles = ((step + 0.5) * width for step in range(steps))
    return (
        sum(2 * sin(angle) ** (2 * correct) * cos(angle) ** (2 * (tested - correct)) for angle in angles)
        * width
    )
