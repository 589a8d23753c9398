"""Whether two figures put networks in the same order: Spearman's rank correlation with an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from advgame.errors import MeasurementError

FEWEST = 5  # pairs: fewer say nothing about an order
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

    Each pair should be drawn on its own: of networks trained with several seeds give the means of a
    defence, not its seeds. A resample in which all values are equal has no order and counts as 0.

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
    from scipy.stats import bootstrap

    x, y = (np.asarray(values, dtype=np.float64) for values in (one, other))
    if x.shape != y.shape or x.ndim != 1 or len(x) < FEWEST:
        raise MeasurementError(
            f"{x.size} and {y.size} values to correlate; expected as many of both, at least {FEWEST}."
        )
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise MeasurementError("A value to correlate is not finite; leave its pair out.")
    if not 0 < level < 1:
        raise MeasurementError(f"The level {level} is not between 0 and 1.")
    drawn: Any = bootstrap(
        (x, y),
        _spearman,
        paired=True,
        n_resamples=DRAWS,
        confidence_level=level,
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    low, high = drawn.confidence_interval
    return RankCorrelation(float(_spearman(x, y)), float(low), float(high), level, len(x))


def _spearman(x: NDArray[np.float64], y: NDArray[np.float64], axis: int = -1) -> NDArray[np.float64]:
    """Pearson's correlation of mean ranks along an axis; 0 where all values are equal."""
    from scipy.stats import rankdata

    ranks = [rankdata(values, axis=axis) for values in (x, y)]
    centred = [each - each.mean(axis=axis, keepdims=True) for each in ranks]
    size = np.sqrt((centred[0] ** 2).sum(axis=axis) * (centred[1] ** 2).sum(axis=axis))
    return np.asarray((centred[0] * centred[1]).sum(axis=axis) / np.where(size == 0, 1.0, size))
