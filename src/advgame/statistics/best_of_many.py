"""Which of several options is the best one, when what each is worth is only known as draws.

All options are compared jointly in every draw, never pair by pair: with many options, the best of the
estimates is flattered by chance (the winner's curse).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from advgame.errors import InputError

Floats = NDArray[np.float64]


@dataclass(eq=False)
class BestOfMany:
    """Sums over draws of what options are worth; draws are added in parts and not kept.

    >>> found = BestOfMany(2)
    >>> found.add(np.array([[1.0, 0.0], [1.0, 4.0], [1.0, 1.5], [1.0, 0.5]]))
    >>> found.mean.tolist(), found.probability_best.tolist(), found.best
    ([1.0, 1.5], [0.5, 0.5], 1)
    >>> found.expected_loss.tolist()
    [0.875, 0.375]

    Args:
        options: how many are compared.
    """

    options: int
    draws: int = 0
    _sum: Floats = field(init=False)
    _wins: Floats = field(init=False)
    _sum_of_best: float = 0.0

    def __post_init__(self) -> None:
        self._sum, self._wins = np.zeros(self.options), np.zeros(self.options)

    def add(self, values: Floats) -> None:
        """Counts in some more draws (draws, options). Draws that tie count for the first of the best.

        Raises:
            InputError: when the draws are of another number of options.
        """
        if values.ndim != 2 or values.shape[1] != self.options:
            raise InputError(f"Draws of shape {values.shape}; expected (draws, {self.options}).")
        self.draws += len(values)
        self._sum += values.sum(axis=0)
        self._wins += np.bincount(values.argmax(axis=1), minlength=self.options)
        self._sum_of_best += float(values.max(axis=1).sum())

    @property
    def mean(self) -> Floats:
        """(options,) What each is worth on average."""
        return self._sum / self.draws

    @property
    def probability_best(self) -> Floats:
        """(options,) In which share of the draws each is the best of all."""
        return self._wins / self.draws

    @property
    def best(self) -> int:
        """The option best on average, which need not be the one that is the best most often."""
        return int(self._sum.argmax())

    @property
    def expected_loss(self) -> Floats:
        """(options,) By how much each falls short of the best of its draw, on average.

        For the option best on average this is the expected value of perfect information.
        """
        return np.maximum(self._sum_of_best / self.draws - self.mean, 0.0)  # no rounding below 0

    @property
    def flattery(self) -> float:
        """The winner's curse: by how much the best estimate exceeds, on average, what it estimates.

        The draws are taken for repetitions of the measurement, their means for the truth (a parametric
        bootstrap): the mean of the largest draw, less the mean of what the option that won it is worth.
        """
        return max(0.0, float(self._sum_of_best / self.draws - self.probability_best @ self.mean))


def undominated(values: Floats) -> NDArray[np.intp]:
    """The options that no other one equals or exceeds in every draw, in their order.

    Of options that are equal in every draw the first is kept.

    >>> undominated(np.array([[1.0, 0.0, 1.0], [2.0, 3.0, 2.0]])).tolist()
    [0, 1]

    Args:
        values: (draws, options).
    """
    kept: list[int] = []
    for option in values.mean(axis=0).argsort(kind="stable")[::-1].tolist():
        behind = [rival for rival in kept if (values[:, option] <= values[:, rival]).all()]
        equal = [
            rival for rival in behind if option < rival and (values[:, option] == values[:, rival]).all()
        ]
        if equal:
            kept[kept.index(equal[0])] = option
        elif not behind:
            kept.append(option)
    return np.array(sorted(kept), dtype=np.intp)
