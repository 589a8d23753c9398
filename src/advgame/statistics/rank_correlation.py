"""Spearman's rank correlation with a bootstrap interval."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import ArrayLike, NDArray

from advgame.errors import MeasurementError

FEWEST = 5  # pairs: with fewer, a rank correlation is meaningless
DRAWS = 9999


@dataclass(frozen=True)
class RankCorrelation:
    """Spearman's ρ: 1 for the same order, −1 for the opposite one, with a bootstrap interval."""

    rho: float
    low: float
    high: float
    level: float
    count: int  # pairs


def rank_correlation(one: ArrayLike, other: ArrayLike, level: float = 0.95, seed: int = 0) -> RankCorrelation:
    """Spearman's rank correlation of pairs, with a percentile bootstrap interval over the pairs.

    Pairs should be independent: for networks trained with several seeds, pass the mean per defence, not
    the seeds. A resample in which all values are equal has no order and counts as 0.

    In simulations with normal pairs, 95 % intervals cover in 95 to 98 % of cases from eight pairs on, with
    five pairs in 79 to 93 %: pairs that are all in the same order leave the interval no width.

    >>> round(rank_correlation([1, 2, 3, 4, 5], [2, 4, 6, 8, 99]).rho, 9)
    1.0

    Args:
        one: (pairs,) numbers, at least five.
        other: (pairs,) numbers in the same order.
        level: confidence level of the interval, between 0 and 1.
        seed: seed of the bootstrap.

    Raises:
        MeasurementError: for different numbers of values, fewer than five, or values that are not finite.
    """
    x, y = (np.asarray(values, dtype=np.float64) for values in (one, other))
    if x.shape != y.shape or x.ndim != 1 or len(x) < FEWEST:
        raise MeasurementError(
            f"{x.size} and {y.size} values to correlate; expected equally many, at least {FEWEST}."
        )
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise MeasurementError("A value to correlate is not finite; remove its pair.")
    if not 0 < level < 1:
        raise MeasurementError(f"The level {level} is not between 0 and 1.")
    low, high = bootstrap_interval(x, y, level, seed, draws=DRAWS, flat=0.0)
    return RankCorrelation(float(np.nan_to_num(spearman(x, y))), low, high, level, len(x))


def spearman(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Spearman's ρ along the last axis: Pearson's correlation of mean ranks; NaN for constant values.

    >>> spearman(np.array([[1.0, 2.0, 4.0], [1.0, 1.0, 1.0]]), np.array([[0.1, 0.2, 0.3], [1.0, 2.0, 3.0]]))
    array([ 1., nan])
    """
    from scipy.stats import rankdata

    ranks = [rankdata(values, axis=-1) - (values.shape[-1] + 1) / 2 for values in (first, second)]
    size = np.sqrt((ranks[0] ** 2).sum(axis=-1) * (ranks[1] ** 2).sum(axis=-1))
    return np.asarray((ranks[0] * ranks[1]).sum(axis=-1) / np.where(size == 0, np.nan, size))


def bootstrap_interval(
    one: NDArray[np.float64],
    other: NDArray[np.float64],
    level: float,
    seed: int,
    *,
    draws: int,
    flat: float = nan,
) -> tuple[float, float]:
    """The percentile bootstrap interval of Spearman's ρ, pairs drawn with replacement.

    Args:
        one: (pairs,) numbers.
        other: (pairs,) numbers in the same order.
        level: confidence level, between 0 and 1.
        seed: seed of the draws.
        draws: resamples.
        flat: the value of a resample with constant numbers; NaN ignores it.

    Returns:
        Both ends; NaN if no resample counts.
    """
    places = np.random.default_rng(seed).integers(len(one), size=(draws, len(one)))
    correlations = spearman(one[places], other[places])
    correlations = np.where(np.isnan(correlations), flat, correlations)
    if np.isnan(correlations).all():
        return nan, nan
    low, high = np.nanquantile(correlations, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
