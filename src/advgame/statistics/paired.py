"""The difference of two accuracies on the same inputs: interval and exact tests."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class PairedComparison:
    """The difference in accuracy of two networks on the same inputs and seeds."""

    difference: float  # of the accuracies, first minus second
    low: float
    high: float
    level: float  # of the interval
    first_better: int  # inputs on which the first is correct in more of the seeds
    second_better: int
    p_value: float  # of the exact sign test on these inputs; with one seed, McNemar's exact test
    seeds: int
    inputs: int


def sign_test(wins: int, losses: int) -> float:
    """The p-value of the exact sign test under equally likely wins and losses."""
    from scipy.stats import binomtest

    return float(binomtest(wins, wins + losses).pvalue) if wins + losses else 1.0


def exact_interval(wins: int, losses: int, inputs: int, level: float) -> tuple[float, float]:
    """The interval of the difference from the exact intervals of the shares of wins and of losses.

    Args:
        wins: inputs on which only the first is correct.
        losses: inputs on which only the second is correct.
        inputs: number of compared inputs, at least 1.
        level: confidence level of each interval, between 0 and 1.
    """
    from scipy.stats import binomtest

    won, lost = (binomtest(count, inputs).proportion_ci(level, method="exact") for count in (wins, losses))
    return float(won.low - lost.high), float(won.high - lost.low)


def interval_of_mean(differences: NDArray[np.float64], level: float) -> tuple[float, float]:
    """The interval of the mean of a (seeds, inputs) array."""
    from scipy.stats import t

    seeds, inputs = differences.shape
    mean = float(differences.mean())
    if inputs == 1 or np.ptp(differences) == 0:
        return mean, mean
    if seeds == 1:
        error, freedom = float(differences.std(ddof=1)) / sqrt(inputs), inputs - 1.0
    else:
        error, freedom = _crossed_error(differences)
    margin = float(t.ppf((1 + level) / 2, freedom)) * error
    return mean - margin, mean + margin


def _crossed_error(differences: NDArray[np.float64]) -> tuple[float, float]:
    """The standard error of the mean, and its degrees of freedom.

    E MS_seeds = σ² + inputs σ_s², E MS_inputs = σ² + seeds σ_i², E MS_rest = σ², so that
    Var(mean) = (MS_seeds + MS_inputs − MS_rest) / (seeds · inputs); a variance cannot be negative.
    """
    seeds, inputs = differences.shape
    mean = differences.mean()
    by_seed = differences.mean(axis=1, keepdims=True) - mean
    by_input = differences.mean(axis=0, keepdims=True) - mean
    rest = differences - mean - by_seed - by_input
    ms_seeds = inputs * float((by_seed**2).sum()) / (seeds - 1)
    ms_inputs = seeds * float((by_input**2).sum()) / (inputs - 1)
    ms_rest = float((rest**2).sum()) / ((seeds - 1) * (inputs - 1))
    parts = [
        (ms, freedom) for ms, freedom in ((ms_seeds, seeds - 1), (ms_inputs, inputs - 1)) if ms > ms_rest
    ]
    parts.append((ms_rest * (1 - len(parts)), (seeds - 1) * (inputs - 1)))
    total = sum(ms for ms, _ in parts)
    freedom = total**2 / sum(ms**2 / freedom for ms, freedom in parts)
    return sqrt(total / (seeds * inputs)), freedom
