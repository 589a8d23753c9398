"""What an uncertain amount is worth to an owner who fears losses more than chance alone would have it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def worst_means(values: Floats) -> Floats:
    """The conditional value at risk at every level: the mean of the worst k draws, for every k.

    Row k − 1 is the mean of the k lowest draws of each option (Rockafellar and Uryasev 2000,
    doi:10.21314/JOR.2000.038); the last row is the mean of all.

    >>> worst_means(np.array([[3.0], [1.0], [2.0]])).ravel().tolist()
    [1.0, 1.5, 2.0]

    Args:
        values: (draws, options).
    """
    ordered = np.sort(values, axis=0)
    return np.asarray(np.cumsum(ordered, axis=0) / np.arange(1, len(values) + 1)[:, None])


def certainty_equivalents(values: Floats, tolerance: float) -> Floats:
    """The certain amount that exponential utility holds as good as each option, −ρ ln E exp(−v/ρ).

    >>> certainty_equivalents(np.array([[0.0], [2.0]]), 1.0).round(4).tolist()  # −ln((1 + e⁻²)/2)
    [0.5662]

    Args:
        values: (draws, options).
        tolerance: ρ, in the unit of the values: the smaller, the more risk is feared.
    """
    low = values.min(axis=0)
    return np.asarray(low - tolerance * np.log(np.exp(-(values - low) / tolerance).mean(axis=0)))


def draws_behind(values: Floats, tolerance: float) -> Floats:
    """How many draws a certainty equivalent rests on, (options,): the fewer, the smaller the tolerance.

    (Σw)² / Σw² for the weights w = exp(−v/ρ) (Kish 1965, *Survey Sampling*).

    >>> draws_behind(np.array([[0.0], [1.0], [2.0]]), 1e9).round(3).tolist()
    [3.0]

    Args:
        values: (draws, options).
        tolerance: ρ, in the unit of the values.
    """
    weights = np.exp(-(values - values.min(axis=0)) / tolerance)
    return np.asarray(weights.sum(axis=0) ** 2 / (weights**2).sum(axis=0))
