"""What accuracies may be, given what was counted: draws from their posterior, jointly over all cells.

Counts give independent Beta posteriors. Outcomes per input give a Bayesian bootstrap in which all cells
share the weights of the inputs, so that accuracies measured on the same inputs stay paired.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from advgame.errors import MeasurementError

Floats = NDArray[np.float64]

JEFFREYS = 0.5  # added to both counts: Jeffreys' prior of a proportion, Beta(1/2, 1/2)
CHUNK = 1 << 18  # numbers that are drawn at a time
MOST_AT_A_TIME = 8192  # draws


class Posterior(Protocol):
    """What is known of some accuracies."""

    @property
    def cells(self) -> int:
        """How many accuracies are drawn together."""

    def draw(self, random: np.random.Generator, draws: int) -> Floats:
        """Joint draws (draws, cells), each in 0..1.

        Args:
            random: source of the draws.
            draws: how many.
        """

    def draw_with_trained(self, random: np.random.Generator, draws: int) -> tuple[Floats, Floats]:
        """Joint draws (draws, cells) as of `draw`, and of the accuracies of the networks trained so far.

        An accuracy is the mean over training runs. The second array is the mean over the runs that were
        measured: those that more test inputs narrow down. Both are the same array where no runs are averaged.

        Args:
            random: source of the draws.
            draws: how many.
        """


@dataclass(frozen=True, eq=False)
class BetaPosterior:
    """Independent Beta posteriors under Jeffreys' prior, Beta(right + 1/2, wrong + 1/2).

    >>> draws = BetaPosterior(np.array([9478.0]), np.array([522.0])).draw(np.random.default_rng(0), 10_000)
    >>> draws.shape, round(float(draws.mean()), 3), round(float(draws.std()), 3)
    ((10000, 1), 0.948, 0.002)

    Args:
        right: (cells,) inputs classified right; need not be whole.
        wrong: (cells,) inputs classified wrong.
        between: (cells,) the part of each posterior's variance that comes from the training runs; None for
            none.

    Raises:
        MeasurementError: for counts of unequal number, negative or not finite.
    """

    right: Floats
    wrong: Floats
    between: Floats | None = None

    def __post_init__(self) -> None:
        if self.right.shape != self.wrong.shape or self.right.ndim != 1:
            raise MeasurementError(
                f"Counts of shape {self.right.shape} right and {self.wrong.shape} wrong; expected one of "
                "both for every cell, (cells,)."
            )
        counts = np.append(self.right, self.wrong)
        if not (np.isfinite(counts).all() and (counts >= 0).all()):
            raise MeasurementError("A count is negative or not finite; expected numbers of inputs.")

    @property
    def cells(self) -> int:
        """How many accuracies are drawn together."""
        return len(self.right)

    def draw(self, random: np.random.Generator, draws: int) -> Floats:
        """Joint draws (draws, cells).

        Args:
            random: source of the draws.
            draws: how many.
        """
        drawn = np.empty((self.cells, draws))
        # cell by cell: numpy is much slower where the counts are arrays
        for cell, right, wrong in zip(drawn, self.right.tolist(), self.wrong.tolist(), strict=True):
            cell[:] = random.beta(right + JEFFREYS, wrong + JEFFREYS, draws)
        return np.ascontiguousarray(drawn.T)

    def draw_with_trained(self, random: np.random.Generator, draws: int) -> tuple[Floats, Floats]:
        """Joint draws (draws, cells) as of `draw`, and of the accuracies of the networks trained so far.

        The variance is the sum of that between runs and that of the test inputs. Given an accuracy, the mean
        of the runs is drawn from the normal distribution that two normal parts would leave.

        Args:
            random: source of the draws.
            draws: how many.
        """
        accuracy = self.draw(random, draws)
        if self.between is None or not self.between.any():
            return accuracy, accuracy
        right, wrong = self.right + JEFFREYS, self.wrong + JEFFREYS
        total = right + wrong
        mean, variance = right / total, right * wrong / (total**2 * (total + 1))
        between = np.minimum(self.between, variance)
        part = 1 - between / variance
        noise = random.standard_normal(accuracy.shape) * np.sqrt(part * between)
        return accuracy, np.clip(mean + part * (accuracy - mean) + noise, 0.0, 1.0)


@dataclass(frozen=True, eq=False)
class BootstrapPosterior:
    """The Bayesian bootstrap over inputs, and over training seeds where there are several (Rubin 1981,
    doi:10.1214/aos/1176345338).

    Each draw weights the inputs by independent exponential variables, the same for all cells. Half an input
    that is right and half an input that is wrong are added to each cell, so that for a single seed every
    cell has exactly the Beta posterior of its counts under Jeffreys' prior, also where all or no inputs are
    right. Seeds are weighted by a Dirichlet variable of concentration (s − 2)/s: the variance of a mean
    over s seeds is then that of independent seeds; with uniform weights, three seeds would show half of it.
    Of two seeds each draw takes one.

    >>> right = np.array([[[1.0, 1.0], [1.0, 0.0], [0.0, 0.0]]])  # a seed, three inputs, two cells
    >>> draws = BootstrapPosterior(right).draw(np.random.default_rng(0), 20_000)
    >>> draws.mean(axis=0).round(2).tolist()  # (2 + 1/2) / 4 and (1 + 1/2) / 4
    [0.62, 0.37]

    Args:
        right: (seeds, inputs, cells) 1 right, 0 wrong, NaN where an input was not tested; an input is tested
            in all seeds of a cell or in none.

    Raises:
        MeasurementError: when nothing was tested in a cell, or an outcome is not in 0..1.
    """

    right: Floats

    def __post_init__(self) -> None:
        if self.right.ndim != 3 or 0 in self.right.shape:
            raise MeasurementError(
                f"Outcomes of shape {self.right.shape}; expected (seeds, inputs, cells), none of them 0."
            )
        tested = ~np.isnan(self.right)
        if not tested.any(axis=(0, 1)).all():
            raise MeasurementError("A cell has no outcome; leave it out, or measure it.")
        if (tested != tested[:1]).any():
            raise MeasurementError(
                "An input was tested in some seeds of a cell only; leave it out of the cell."
            )
        if not ((self.right >= 0) & (self.right <= 1))[tested].all():
            raise MeasurementError("An outcome is not in 0..1; expected 1 for right and 0 for wrong.")

    @property
    def cells(self) -> int:
        """How many accuracies are drawn together."""
        return int(self.right.shape[2])

    @cached_property
    def _tested(self) -> tuple[Floats, NDArray[np.intp]]:
        """Which kinds of inputs cells were tested on (kinds, patterns), and the pattern of each cell."""
        kinds, _ = self._alike
        patterns, cell_of = np.unique(~np.isnan(kinds[0]), axis=1, return_inverse=True)
        return patterns.astype(np.float64), cell_of.ravel()

    @cached_property
    def _alike(self) -> tuple[Floats, Floats]:
        """The different inputs (seeds, kinds, cells), and how many are of each kind: they share a weight."""
        seeds, inputs, cells = self.right.shape
        rows = np.moveaxis(self.right, 1, 0).reshape(inputs, seeds * cells)
        kinds, counts = np.unique(np.nan_to_num(rows, nan=-1.0), axis=0, return_counts=True)
        kinds = np.where(kinds < 0, np.nan, kinds).reshape(-1, seeds, cells)
        return np.ascontiguousarray(np.moveaxis(kinds, 0, 1)), counts.astype(np.float64)

    def draw(self, random: np.random.Generator, draws: int) -> Floats:
        """Joint draws (draws, cells).

        Args:
            random: source of the draws.
            draws: how many.
        """
        return self._drawn(random, draws, with_trained=False)[0]

    def draw_with_trained(self, random: np.random.Generator, draws: int) -> tuple[Floats, Floats]:
        """Joint draws (draws, cells) as of `draw`, and of the accuracies of the networks trained so far.

        In the second array all seeds have the same weight.

        Args:
            random: source of the draws.
            draws: how many.
        """
        return self._drawn(random, draws, with_trained=len(self.right) > 1)

    def _drawn(self, random: np.random.Generator, draws: int, *, with_trained: bool) -> tuple[Floats, Floats]:
        kinds, counts = self._alike
        weights = random.standard_gamma(counts, (draws, len(counts)))
        tested, cell_of = self._tested
        total = (weights @ tested)[:, cell_of]
        right, of_all = np.zeros((draws, self.cells)), np.zeros((draws, self.cells))
        for outcomes, weight in zip(kinds, self._seed_weights(random, draws).T, strict=True):
            weighted = weights @ np.nan_to_num(outcomes)
            if with_trained:
                of_all += weighted / len(kinds)
            right += weight[:, None] * weighted
        prior = random.standard_gamma(JEFFREYS, (2, draws, self.cells))
        right += prior[0]
        total = total + prior[0] + prior[1]
        accuracy = np.asarray(right / total)
        return accuracy, np.asarray((of_all + prior[0]) / total) if with_trained else accuracy

    def _seed_weights(self, random: np.random.Generator, draws: int) -> Floats:
        """The weights (draws, seeds) of the training seeds, which sum to 1."""
        seeds = len(self.right)
        if seeds == 1:
            return np.ones((draws, 1))
        if seeds == 2:
            return np.eye(2)[random.integers(2, size=draws)]
        return random.dirichlet(np.full(seeds, (seeds - 2) / seeds), draws)


def in_chunks(posterior: Posterior, draws: int, seed: int) -> Iterator[Floats]:
    """Draws of a posterior, a part at a time, so that memory does not grow with their number.

    Each part has a random stream of its own: more draws begin with the same ones.

    >>> posterior = BetaPosterior(np.array([3.0]), np.array([1.0]))
    >>> sum(len(part) for part in in_chunks(posterior, 20_000, seed=0))
    20000

    Args:
        posterior: what is drawn from.
        draws: how many in all.
        seed: of the random streams.
    """
    for random, size in _streams(posterior, draws, seed):
        yield posterior.draw(random, size)


def in_chunks_with_trained(posterior: Posterior, draws: int, seed: int) -> Iterator[tuple[Floats, Floats]]:
    """The parts of `in_chunks`, each with the accuracies of the networks trained so far.

    >>> posterior = BetaPosterior(np.array([30.0]), np.array([10.0]), np.array([0.003]))
    >>> ((accuracy, trained),) = in_chunks_with_trained(posterior, 5000, seed=0)
    >>> [round(float(part.var()), 4) for part in (accuracy, trained)]  # 0.0044, less 0.003 between the runs
    [0.0044, 0.0015]

    Args:
        posterior: what is drawn from.
        draws: how many in all.
        seed: of the random streams.
    """
    for random, size in _streams(posterior, draws, seed):
        yield posterior.draw_with_trained(random, size)


def _streams(posterior: Posterior, draws: int, seed: int) -> Iterator[tuple[np.random.Generator, int]]:
    """The random stream of each part, and how many draws are made from it."""
    size = min(MOST_AT_A_TIME, max(1, CHUNK // posterior.cells))
    parts = -(-draws // size)
    for part, stream in enumerate(np.random.SeedSequence(seed).spawn(parts)):
        yield np.random.Generator(np.random.SFC64(stream)), min(size, draws - part * size)


def equivalent_counts(accuracy: float, variance: float) -> tuple[float, float]:
    """The counts, right and wrong, whose Beta posterior has a given mean and variance.

    Used where a spread over training runs is known beside the size of the test set.

    >>> [round(count, 6) for count in equivalent_counts(0.9, 0.0009)]  # 0.9 · 0.1 / 0.0009 = 100 = 98 + 2
    [88.6, 9.4]

    Args:
        accuracy: the mean, 0..1.
        variance: of the posterior, above 0.
    """
    mean = min(max(accuracy, 1e-6), 1 - 1e-6)
    size = max(mean * (1 - mean) / variance - 1, 2 * JEFFREYS)
    return max(0.0, mean * size - JEFFREYS), max(0.0, (1 - mean) * size - JEFFREYS)
