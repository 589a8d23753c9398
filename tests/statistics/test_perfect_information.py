"""Expected values of information against closed forms."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import betabinom, norm, qmc

from advgame.errors import InputError
from advgame.statistics.perfect_information import Rivals, evpi, evppi, evsi

DRAWS = 1 << 14


def normals(count: int, seed: int = 0) -> np.ndarray:
    """Evenly spread normal draws (draws, count)."""
    return ndtri(qmc.Sobol(count, rng=np.random.default_rng(seed)).random(DRAWS))


def against_nothing(benefit: np.ndarray) -> np.ndarray:
    """Two options, one of which is worth 0."""
    return np.column_stack([np.zeros(len(benefit)), benefit])


def loss_of_normal(mean: float, deviation: float) -> float:
    """The expected value of perfect information on a normal net benefit: σ φ(μ/σ) − |μ| Φ(−|μ|/σ)."""
    return deviation * norm.pdf(mean / deviation) - abs(mean) * norm.cdf(-abs(mean) / deviation)


@pytest.mark.parametrize(("mean", "deviation"), [(0.0, 1.0), (0.3, 1.0), (-1.2, 2.0), (5.0, 3.0)])
def test_evpi_of_a_normal_net_benefit_is_the_closed_form(mean: float, deviation: float) -> None:
    benefit = mean + deviation * ndtri((np.arange(200_000) + 0.5) / 200_000)
    expected = loss_of_normal(mean, deviation)
    assert f"{evpi(against_nothing(benefit)).value:.3g}" == f"{expected:.3g}"


@pytest.mark.parametrize(
    ("known", "deviation"),
    [([0], 0.5), ([1], 0.3), ([2], 1.0), ([0, 1], sqrt(0.34)), ([0, 1, 2], sqrt(1.34))],
)
def test_evppi_of_a_linear_model_is_the_closed_form(known: list[int], deviation: float) -> None:
    """v = 0.2 + 0.5 x₁ + 0.3 x₂ + x₃: E[v | group] is normal with the variance of the group alone."""
    x = normals(3)
    found = evppi(against_nothing(0.2 + x @ [0.5, 0.3, 1.0]), x[:, known])
    assert found.value == pytest.approx(loss_of_normal(0.2, deviation), rel=0.03)
    assert found.error < 0.01


def test_evppi_of_a_curved_model_is_the_closed_form() -> None:
    """v = x² − 1 + noise: E max(x² − 1, 0) = 2 φ(1)."""
    x = normals(2)
    values = against_nothing(x[:, 0] ** 2 - 1 + 2 * x[:, 1])
    assert evppi(values, x[:, 0]).value == pytest.approx(2 * norm.pdf(1), rel=0.03)


@pytest.mark.parametrize("seed", range(20))
def test_information_on_one_figure_is_worth_between_nothing_and_perfect_information(seed: int) -> None:
    random = np.random.default_rng(seed)
    x = random.standard_normal((1000, 4))
    values = np.tanh(x @ random.standard_normal((4, 5))) + x[:, :1] * x[:, 1:2] * random.uniform(0, 1, 5)
    for joined in range(1, 4):
        alone, group = evppi(values, x[:, [joined]]), evppi(values, x[:, : joined + 1])
        smaller = evppi(values, x[:, :joined])
        assert group.value >= alone.value
        assert group.value >= smaller.value - 2 * smaller.error
        assert group.value <= evpi(values).value


def test_the_standard_error_is_how_far_repeated_estimates_lie_apart() -> None:
    found = []
    for seed in range(150):
        x = np.random.default_rng(seed).standard_normal((800, 2))
        found.append(evppi(against_nothing(0.2 + x @ [0.5, 1.0]), x[:, 0]))
    spread = np.std([each.value for each in found])
    assert np.mean([each.error for each in found]) == pytest.approx(spread, rel=0.25)


@pytest.mark.parametrize("inputs", [20, 200, 5000])
def test_evsi_of_more_inputs_is_the_sum_over_what_they_may_show(inputs: int) -> None:
    """An accuracy of 60 in 100 so far, worth deploying from 0.62 on; the new count is Beta-binomial."""
    right, wrong, needed = 60, 40, 0.62
    accuracy = np.random.default_rng(0).beta(right + 0.5, wrong + 0.5, 40_000)
    counts = np.arange(inputs + 1)
    means = (right + 0.5 + counts) / (right + wrong + 1 + inputs)
    chances = betabinom(inputs, right + 0.5, wrong + 0.5).pmf(counts)
    expected = chances @ np.maximum(means - needed, 0)  # deploying now is worth less than nothing
    found = evsi(against_nothing(accuracy - needed), accuracy, right, wrong, inputs, np.random.default_rng(1))
    assert found.value == pytest.approx(expected, rel=0.05)
    assert abs(found.value - expected) < 4 * found.error


def test_options_that_could_add_nearly_nothing_are_left_out() -> None:
    values = np.random.default_rng(0).normal([0.0, 0.1, -50.0, -1.0], [1.0, 1.0, 1.0, 1.0], (5000, 4))
    rivals = Rivals.of(values)
    assert rivals.best == 1
    assert rivals.options == (0, 3)


def test_a_single_option_leaves_nothing_to_know() -> None:
    values, known = np.random.default_rng(0).standard_normal((1000, 1)), np.ones(1000)
    assert evpi(values).value == 0
    assert evppi(values, known).value == 0


@pytest.mark.parametrize(
    ("values", "known", "message"),
    [
        (np.zeros((1000, 2)), np.zeros(999), "expected one row for each draw"),
        (np.zeros((1000, 2)), np.zeros((1000, 0)), "expected one row for each draw"),
        (np.zeros((100, 2)), np.zeros(100), "at least 500"),
        (np.zeros(1000), np.zeros(1000), r"expected \(draws, options\)"),
        (np.full((1000, 2), np.nan), np.zeros(1000), "not finite"),
        (np.zeros((1000, 2)), np.full(1000, np.inf), "not finite"),
    ],
)
def test_draws_that_do_not_fit_are_refused(values: np.ndarray, known: np.ndarray, message: str) -> None:
    with pytest.raises(InputError, match=message):
        evppi(values, known)


def test_a_sample_of_no_input_is_refused() -> None:
    with pytest.raises(InputError, match="at least one new input"):
        evsi(np.zeros((1000, 2)), np.full(1000, 0.5), 1, 1, 0, np.random.default_rng(0))
