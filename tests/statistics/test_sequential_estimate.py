"""The sequential guarantee covers as often as it says, whatever the probability, and asks for fewer draws."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import beta, binom

from advgame.errors import LabError
from advgame.statistics.sequential_estimate import (
    Guarantee,
    estimate_probabilities,
    estimate_probability,
    fixed_sample_size,
    looks,
)

PROBABILITIES = (0.0, 0.02, 0.1, 0.3, 0.5, 0.75, 0.9, 0.97, 1.0)


def runs(probability: float, count: int, seed: int, error: float = 0.1) -> list[Guarantee]:
    """Guarantees from simulated draws."""
    generator = np.random.default_rng(seed)

    def draw(given: np.random.Generator) -> bool:
        return bool(given.random() < probability)

    return [estimate_probability(draw, generator, error=error, confidence=0.9) for _ in range(count)]


@pytest.mark.parametrize("probability", PROBABILITIES)
def test_estimate_is_as_near_as_said_in_at_least_the_nominal_share_of_1000_runs(probability: float) -> None:
    found = runs(probability, 1000, seed=7)
    assert sum(abs(each.estimate - probability) > each.error for each in found) <= 100
    assert sum(not each.low <= probability <= each.high for each in found) <= 100


@pytest.mark.parametrize("probability", PROBABILITIES)
@pytest.mark.parametrize(("error", "confidence"), [(0.05, 0.95), (0.1, 0.9)])
def test_exact_coverage_by_counting_every_path_is_at_least_nominal(
    probability: float, error: float, confidence: float
) -> None:
    missed, _ = by_every_path(probability, error, confidence)
    assert missed <= 1 - confidence


@pytest.mark.parametrize("probability", [0.0, 0.05, 0.3, 0.5, 0.99])
def test_fewer_draws_are_expected_than_the_fixed_bound_asks_for(probability: float) -> None:
    _, expected = by_every_path(probability, 0.05, 0.95)
    assert expected < fixed_sample_size(0.05, 0.95)


def test_near_certainty_a_tenth_of_the_fixed_sample_is_enough() -> None:
    _, expected = by_every_path(1.0, 0.05, 0.95)
    assert expected == looks(0.05, 0.95)[0].draws < fixed_sample_size(0.05, 0.95) / 10


def by_every_path(probability: float, error: float, confidence: float) -> tuple[float, float]:
    """The chance of missing and the expected draws, from the distribution of the count at each look."""
    alive, before, missed, expected = {0: 1.0}, 0, 0.0, 0.0
    for look in looks(error, confidence):
        more = look.draws - before
        steps = binom.pmf(np.arange(more + 1), more, probability)
        reached: dict[int, float] = {}
        for count, weight in alive.items():
            for extra, chance in enumerate(steps):
                reached[count + extra] = reached.get(count + extra, 0.0) + weight * chance
        counts = np.array(sorted(reached))
        # Limits by scipy's beta distribution, a second way to the same definition.
        lows = np.where(counts > 0, beta.ppf(look.risk / 2, counts, look.draws - counts + 1), 0.0)
        highs = np.where(
            counts < look.draws, beta.ppf(1 - look.risk / 2, counts + 1, look.draws - counts), 1.0
        )
        stops = highs - lows <= 2 * error + 1e-12
        if look == looks(error, confidence)[-1]:
            assert stops.all()
        for count, low, high, stop in zip(counts, lows, highs, stops, strict=True):
            if stop:
                weight = reached.pop(int(count))
                expected += weight * look.draws
                missed += weight * (abs((low + high) / 2 - probability) > error + 1e-12)
        alive, before = reached, look.draws
    return missed, expected


@pytest.mark.parametrize(("error", "confidence"), [(0.05, 0.95), (0.1, 0.9), (0.02, 0.999), (0.3, 0.99)])
def test_risks_of_all_looks_add_up_to_no_more_than_what_is_allowed(error: float, confidence: float) -> None:
    plan = looks(error, confidence)
    assert sum(look.risk for look in plan) <= 1 - confidence + 1e-12
    assert [look.draws for look in plan] == sorted({look.draws for look in plan})


@pytest.mark.parametrize(("error", "confidence"), [(0.05, 0.95), (0.1, 0.9), (0.02, 0.999), (0.3, 0.99)])
def test_interval_of_the_last_look_is_narrow_whatever_is_seen(error: float, confidence: float) -> None:
    last = looks(error, confidence)[-1]
    counts = np.arange(1, last.draws)
    highs = beta.ppf(1 - last.risk / 2, counts + 1, last.draws - counts)
    lows = beta.ppf(last.risk / 2, counts, last.draws - counts + 1)
    assert (highs - lows).max() <= 2 * error + 1e-9
    assert last.draws <= fixed_sample_size(error, confidence)


def test_fixed_sample_keeps_the_bound_it_is_made_of() -> None:
    draws = fixed_sample_size(0.05, 0.95)
    assert 2 * exp(-2 * draws * 0.05**2) <= 0.05 < 2 * exp(-2 * (draws - 1) * 0.05**2)


def test_several_probabilities_share_draws_and_each_has_its_guarantee() -> None:
    true = np.array([0.0, 0.3, 0.5, 0.95, 1.0])
    asked: list[int] = []

    def draw(generator: np.random.Generator, places: NDArray[np.int64]) -> NDArray[np.bool_]:
        asked.append(len(places))
        return np.asarray(generator.random() < true[places])

    generator = np.random.default_rng(3)
    missed = np.zeros(5)
    for _ in range(300):
        asked.clear()
        found = estimate_probabilities(draw, 5, generator, error=0.1, confidence=0.9)
        assert sum(each.draws for each in found) == sum(asked)  # nobody is asked once it is decided
        assert asked == sorted(asked, reverse=True)
        missed += np.abs([each.estimate for each in found] - true) > 0.1
    assert missed.max() <= 30


def test_no_probabilities_take_no_draws() -> None:
    assert estimate_probabilities(lambda *_: [], 0, np.random.default_rng(0)) == []


def test_same_seed_gives_the_same_guarantee() -> None:
    assert runs(0.4, 3, seed=1) == runs(0.4, 3, seed=1)


@pytest.mark.parametrize(("error", "confidence"), [(0.0, 0.95), (0.5, 0.95), (0.1, 1.0), (float("nan"), 0.9)])
def test_an_impossible_guarantee_is_refused(error: float, confidence: float) -> None:
    with pytest.raises(LabError, match="is not between 0 and"):
        estimate_probability(lambda _: True, np.random.default_rng(0), error=error, confidence=confidence)
