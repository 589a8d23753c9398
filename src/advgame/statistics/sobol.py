"""How much of the variance of a quantity each of its inputs explains (Sobol indices)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advgame.errors import InputError

Floats = NDArray[np.float64]

CONSTANT = 1e-12  # of the largest value: a smaller spread is rounding


@dataclass(frozen=True, eq=False)
class SobolIndices:
    """The indices of several quantities; 0 where a quantity does not vary."""

    first: Floats  # (quantities, inputs) share of the variance explained by the input alone
    total: Floats  # (quantities, inputs) the same with all its interactions


def sobol(
    quantities: Callable[[Floats], Floats], low: Floats, high: Floats, draws: int, seed: int
) -> SobolIndices:
    """First-order and total Sobol indices of quantities whose inputs are independent and even.

    By the estimators of Saltelli et al. (2010, doi:10.1016/j.cpc.2009.09.018), as
    `scipy.stats.sobol_indices` computes them.

    >>> sums = lambda points: points[:, :1] + 2 * points[:, 1:]
    >>> found = sobol(sums, np.zeros(2), np.ones(2), draws=1024, seed=0)
    >>> found.first.round(2).tolist(), found.total.round(2).tolist()
    ([[0.2, 0.8]], [[0.2, 0.8]])

    Args:
        quantities: from points (k, inputs) to values (k, quantities).
        low: (inputs,) lower ends.
        high: (inputs,) upper ends.
        draws: a power of 2; quantities are evaluated at ``draws * (inputs + 2)`` points.
        seed: of the points.

    Raises:
        InputError: when ``draws`` is not a power of 2.
    """
    from scipy.stats import sobol_indices, uniform

    if isinstance(draws, bool) or not isinstance(draws, int) or draws < 2 or draws & (draws - 1):
        raise InputError(f"draws is {draws!r}; expected a power of 2, such as 1024.")
    result = sobol_indices(
        func=lambda points: _steady(quantities(points.T)).T,
        n=draws,
        dists=[uniform(start, end - start) for start, end in zip(low, high, strict=True)],
        rng=seed,
    )
    return SobolIndices(
        *(np.reshape(indices, (-1, len(low))) for indices in (result.first_order, result.total_order))
    )


def _steady(values: Floats) -> Floats:
    """The values with quantities that vary by rounding only made constant."""
    same = np.ptp(values, axis=0) <= CONSTANT * np.maximum(np.abs(values).max(axis=0), 1e-300)
    return np.asarray(np.where(same, 0.0, values))
