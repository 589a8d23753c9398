"""Draws of accuracies from counts and from outcomes per input."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import beta, kstest, norm

from advgame.errors import InputError, MeasurementError
from advgame.statistics.best_of_many import BestOfMany
from advgame.statistics.intervals_of_draws import Spread, check_draws
from advgame.statistics.posteriors import (
    BetaPosterior,
    BootstrapPosterior,
    Posterior,
    equivalent_counts,
    in_chunks,
)

EXPERIMENTS = 2000
PAIRED = np.array([[1, 1], [1, 0], [0, 1], [0, 0]], float)  # which of two networks is right on an input


def drawn(posterior: Posterior, draws: int = 1000, seed: int = 0) -> np.ndarray:
    return posterior.draw(np.random.default_rng(seed), draws)


def test_one_seed_of_outcomes_has_the_beta_posterior_of_its_counts_in_every_cell() -> None:
    right = np.zeros((1, 40, 3))
    right[0, :31, 0] = 1
    right[0, :, 1] = 1  # all right: the posterior must not be a point
    right[0, :, 2] = np.nan
    right[0, :7, 2] = [1, 0, 0, 1, 0, 0, 0]
    draws = drawn(BootstrapPosterior(right), 4000)
    for cell, (correct, wrong) in enumerate([(31, 9), (40, 0), (2, 5)]):
        assert kstest(draws[:, cell], beta(correct + 0.5, wrong + 0.5).cdf).pvalue > 1e-3


def test_cells_measured_on_the_same_inputs_stay_paired() -> None:
    """Two networks right on the same inputs but for one: their difference is nearly certain."""
    right = np.zeros((1, 200, 2))
    right[0, :150, 0] = right[0, :149, 1] = 1
    difference = np.ptp(np.quantile(np.diff(drawn(BootstrapPosterior(right)), axis=1), [0.025, 0.975]))
    apart = BetaPosterior(np.array([150.0, 149.0]), np.array([50.0, 51.0]))
    unpaired = np.ptp(np.quantile(np.diff(drawn(apart), axis=1), [0.025, 0.975]))
    assert difference < unpaired / 4


@pytest.mark.parametrize("seeds", [2, 3, 5])
def test_seeds_that_differ_add_the_variance_of_their_mean(seeds: int) -> None:
    rates = np.linspace(0.3, 0.7, seeds)
    right = (np.arange(5000)[None, :, None] < 5000 * rates[:, None, None]).astype(float)
    expected = rates.var(ddof=1) / seeds
    assert drawn(BootstrapPosterior(right), 4000).var() == pytest.approx(expected, rel=0.1)


def test_memory_is_bounded_and_more_draws_begin_with_the_same_ones() -> None:
    posterior = BetaPosterior(np.full(400, 3.0), np.full(400, 5.0))
    few, many = (list(in_chunks(posterior, draws, seed=3)) for draws in (1500, 4000))
    assert max(part.size for part in many) <= 1 << 18
    np.testing.assert_array_equal(few[0], many[0])
    assert sum(map(len, many)) == 4000


def test_equivalent_counts_have_the_mean_and_variance_asked_for() -> None:
    right, wrong = equivalent_counts(0.83, 0.0004)
    posterior = beta(right + 0.5, wrong + 0.5)
    assert (posterior.mean(), posterior.var()) == pytest.approx((0.83, 0.0004))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: BetaPosterior(np.ones(2), np.ones(3)), "one of both"),
        (lambda: BetaPosterior(np.array([-1.0]), np.ones(1)), "negative or not finite"),
        (lambda: BootstrapPosterior(np.ones((1, 3))), r"\(seeds, inputs, cells\)"),
        (lambda: BootstrapPosterior(np.full((1, 3, 1), np.nan)), "has no outcome"),
        (lambda: BootstrapPosterior(np.full((1, 3, 1), 2.0)), "not in 0..1"),
        (lambda: BootstrapPosterior(np.array([[[1.0], [0.0]], [[1.0], [np.nan]]])), "in some seeds"),
    ],
)
def test_outcomes_and_counts_that_do_not_fit_are_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(MeasurementError, match=message):
        make()


def coverage(intervals: np.ndarray, truth: float) -> float:
    """In which share of the experiments the interval (experiments, 2) holds the truth."""
    return float(((intervals[:, 0] <= truth) & (truth <= intervals[:, 1])).mean())


def test_intervals_of_an_unpaired_break_even_share_cover_it_in_93_to_97_percent_of_experiments() -> None:
    """p* = Δa / (Δr + Δa) of two networks, each cell counted on 300 inputs of its own."""
    truth = np.array([0.95, 0.85, 0.05, 0.53])
    counts = np.random.default_rng(7).binomial(300, truth, (EXPERIMENTS, 4)).astype(float)
    draws = drawn(BetaPosterior(counts.ravel(), 300 - counts.ravel()), 600).reshape(600, EXPERIMENTS, 4)
    lost, won = draws[..., 0] - draws[..., 1], draws[..., 3] - draws[..., 2]
    intervals = np.quantile(lost / (lost + won), [0.025, 0.975], axis=0).T
    assert 0.93 <= coverage(intervals, 0.10 / 0.58) <= 0.97


def test_intervals_of_a_paired_difference_cover_it_in_93_to_97_percent_of_experiments() -> None:
    patterns = np.array([0.70, 0.12, 0.06, 0.12])
    random, intervals = np.random.default_rng(8), np.empty((EXPERIMENTS, 2))
    for experiment, counts in enumerate(random.multinomial(200, patterns, EXPERIMENTS)):
        draws = BootstrapPosterior(np.repeat(PAIRED, counts, axis=0)[None]).draw(random, 600)
        intervals[experiment] = np.quantile(draws[:, 0] - draws[:, 1], [0.025, 0.975])
    assert 0.93 <= coverage(intervals, 0.06) <= 0.97


def test_the_flattery_of_the_best_of_ten_equal_options_is_the_mean_of_the_largest_of_ten_normals() -> None:
    equal = BestOfMany(10)
    for part in np.random.default_rng(0).standard_normal((10, 20_000, 10)):
        equal.add(part)
    assert equal.flattery == pytest.approx(1.53875, abs=0.01)  # E max of ten standard normals
    np.testing.assert_allclose(equal.probability_best, 0.1, atol=0.005)


def test_the_flattery_of_two_options_is_the_closed_form() -> None:
    """0 against a normal of mean ½: E max = ½ Φ(½) + φ(½), and the winner is worth ½ Φ(½) on average."""
    two = BestOfMany(2)
    two.add(np.column_stack([np.zeros(200_000), np.random.default_rng(0).normal(0.5, 1, 200_000)]))
    assert two.flattery == pytest.approx(norm.pdf(0.5), abs=0.005)


def test_one_option_far_ahead_is_not_flattered() -> None:
    ahead = BestOfMany(2)
    ahead.add(np.random.default_rng(0).normal([100, 0], 1, (1000, 2)))
    assert ahead.flattery == pytest.approx(0, abs=1e-9)
    assert ahead.expected_loss[0] == pytest.approx(0, abs=1e-9)


def test_draws_of_another_number_of_options_are_refused() -> None:
    with pytest.raises(InputError, match=r"expected \(draws, 3\)"):
        BestOfMany(3).add(np.zeros((5, 2)))


@pytest.mark.parametrize(
    ("draws", "level", "message"),
    [
        (799, 0.95, "at least 800 draws"),
        (1000, 0.99, "at least 4,000 draws"),
        (1000, 1.5, "between 0 and 1"),
        (1e4, 0.95, "a whole number"),
    ],
)
def test_too_few_draws_are_refused_with_the_number_that_is_needed(
    draws: object, level: object, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        check_draws(draws, level)


def test_an_interval_of_partly_infinite_draws_interpolates_nothing() -> None:
    draws = np.append(np.zeros(90), np.full(10, np.inf))
    assert Spread.of(draws, 0.5) == Spread(0.0, 0.0, 0.0)
    assert Spread.of(draws, 0.95) == Spread(0.0, 0.0, np.inf)


def test_the_networks_trained_so_far_vary_by_their_test_inputs_alone() -> None:
    """The mean over seeds has the variance of the inputs; what the seeds add is independent of it."""
    random = np.random.default_rng(0)
    hard = random.uniform(size=(1, 400, 1))
    right = (random.uniform(size=(3, 400, 1)) + hard < np.array([0.7, 1.0, 1.3])[:, None, None]).astype(float)
    of_inputs = right.mean(axis=0)[:, 0].var() / 400
    between = right.mean(axis=1)[:, 0].var(ddof=1) / 3
    mean = float(right.mean())
    counts = equivalent_counts(mean, of_inputs + between)
    beta = BetaPosterior(*(np.array([count]) for count in counts), np.array([between]))
    for posterior in (BootstrapPosterior(right), beta):
        accuracy, trained = posterior.draw_with_trained(np.random.default_rng(1), 20_000)
        assert (accuracy == drawn(posterior, 20_000, seed=1)).all()
        assert trained.mean() == pytest.approx(mean, abs=0.003)
        assert trained.var() == pytest.approx(of_inputs, rel=0.05)
        assert np.cov(accuracy[:, 0], trained[:, 0])[0, 1] == pytest.approx(of_inputs, rel=0.1)
        assert accuracy.var() == pytest.approx(of_inputs + between, rel=0.1)


def test_without_several_runs_the_trained_networks_are_all_there_is() -> None:
    for posterior in (
        BetaPosterior(np.array([3.0]), np.array([5.0])),
        BootstrapPosterior(np.ones((1, 3, 1))),
    ):
        accuracy, trained = posterior.draw_with_trained(np.random.default_rng(0), 10)
        assert trained is accuracy
