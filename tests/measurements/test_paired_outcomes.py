"""Paired comparisons agree with textbook values and simulation; seeds and inputs are clusters."""

from __future__ import annotations

from math import comb, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.stats import norm, ttest_rel

from advgame.errors import MeasurementError
from advgame.measurements.outcomes import Outcomes
from advgame.measurements.paired_outcomes import compare


def outcomes(right: NDArray[np.bool_] | list[list[int]]) -> Outcomes:
    array = np.asarray(right, dtype=np.float64)
    return Outcomes(tuple(range(len(array))), np.arange(array.shape[1]), array)


def pairs(both: int, first: int, second: int, neither: int) -> tuple[Outcomes, Outcomes]:
    """One seed; how many inputs both are right on, only the first, only the second, neither."""
    counts = (both, first, second, neither)
    return outcomes([np.repeat([1, 1, 0, 0], counts).tolist()]), outcomes(
        [np.repeat([1, 0, 1, 0], counts).tolist()]
    )


two_tables = st.tuples(st.integers(1, 4), st.integers(2, 12)).flatmap(
    lambda shape: st.tuples(*[arrays(np.bool_, shape) for _ in range(2)])
)


def test_mcnemars_exact_p_value_is_the_binomial_tail_counted_by_hand() -> None:
    found = compare(*pairs(212, 144, 256, 707))  # Agresti 2002, table 10.1 is of this kind
    tail = sum(comb(400, count) for count in range(145)) / 2**400
    assert found.p_value == pytest.approx(2 * tail)
    assert (found.first_better, found.second_better) == (144, 256)


def test_the_interval_of_one_seed_is_that_of_the_paired_t_test() -> None:
    one, other = pairs(40, 30, 10, 20)
    expected = ttest_rel(one.right[0], other.right[0]).confidence_interval(0.9)
    found = compare(one, other, level=0.9)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_seeds_that_are_copies_of_each_other_count_as_one() -> None:
    one, other = pairs(40, 30, 10, 20)
    copies = [outcomes(np.repeat(each.right, 3, axis=0)) for each in (one, other)]
    single, triple = compare(one, other), compare(*copies)
    assert (triple.low, triple.high) == pytest.approx((single.low, single.high))
    assert triple.p_value == single.p_value


def test_where_only_seeds_differ_the_interval_is_that_of_as_many_values_as_seeds() -> None:
    first = outcomes(np.repeat([[1], [1], [0], [1]], 1000, axis=1))
    second = outcomes(np.repeat([[0], [1], [0], [1]], 1000, axis=1))
    expected = ttest_rel([1.0, 1.0, 0.0, 1.0], [0.0, 1.0, 0.0, 1.0]).confidence_interval(0.95)
    found = compare(first, second)
    assert (found.low, found.high) == pytest.approx((expected.low, min(1.0, expected.high)))


def test_networks_that_never_differ_are_equal_within_sampling_error() -> None:
    same = outcomes([[1, 0] * 150])
    found = compare(same, same)
    assert found.difference == 0
    assert found.p_value == pytest.approx(1.0)
    assert found.high == -found.low == pytest.approx(1 - 0.025 ** (1 / 300))


@pytest.mark.parametrize("spread", [0.0, 0.1, 0.3])
def test_the_interval_covers_the_difference_that_training_gives_on_average(spread: float) -> None:
    """Simulated networks: inputs differ in difficulty, seeds in how well training went."""
    draws, seeds, inputs, runs = np.random.default_rng(1), 3, 200, 400
    truth = norm.cdf(0.5 / sqrt(1.25 + spread**2)) - 0.5
    covered = 0
    for _ in range(runs):
        easy = draws.normal(size=inputs)
        first, second = (
            easy + draws.normal(0, 0.5, (seeds, inputs)) + draws.normal(0, spread, (seeds, 1)) + better > 0
            for better in (0.5, 0.0)
        )
        found = compare(outcomes(first), outcomes(second))
        covered += found.low <= truth <= found.high
    assert covered / runs > 0.9


@given(two_tables)
def test_exchanging_the_networks_turns_the_comparison_round(
    tables: tuple[NDArray[np.bool_], NDArray[np.bool_]],
) -> None:
    one, other = (outcomes(each) for each in tables)
    forth, back = compare(one, other), compare(other, one)
    assert forth.difference == -back.difference
    assert (forth.low, forth.high) == pytest.approx((-back.high, -back.low))
    assert (forth.first_better, forth.second_better) == (back.second_better, back.first_better)
    assert forth.p_value == pytest.approx(back.p_value)


@given(two_tables)
def test_the_interval_holds_the_difference_and_stays_among_possible_ones(
    tables: tuple[NDArray[np.bool_], NDArray[np.bool_]],
) -> None:
    found = compare(*(outcomes(each) for each in tables))
    assert -1 <= found.low <= found.difference <= found.high <= 1
    assert 0 < found.p_value <= 1


def test_a_higher_level_gives_a_wider_interval() -> None:
    one, other = pairs(40, 30, 10, 20)
    assert compare(one, other, level=0.99).low < compare(one, other).low


def test_only_shared_seeds_and_inputs_are_compared() -> None:
    one = Outcomes((0, 1), np.array([1, 2, 3]), np.ones((2, 3)))
    other = Outcomes((1, 2), np.array([2, 3, 4]), np.zeros((2, 3)))
    found = compare(one, other)
    assert (found.difference, found.seeds, found.inputs) == (1.0, 1, 2)


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(MeasurementError, match="level"):
        compare(*pairs(1, 1, 1, 1), level=1.0)
