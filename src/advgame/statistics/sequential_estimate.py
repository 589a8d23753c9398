"""Estimates a probability by sequential sampling, with a guaranteed error.

It is used for the probability that a network drawn from a stochastic one is robust at an input (after
Cardelli et al. 2019, arXiv:1903.01980), where each draw costs an attack. The number of draws needed
depends on the unknown probability and is small near 0 and 1. The counts are therefore inspected at
predefined looks, each with an exact interval, and sampling stops when the interval is narrow enough. The
error probabilities of the looks add up to the allowed risk, so early stopping does not reduce coverage.
(Their scheme derives its next sample size from Massart's bound; this one needs only the exact interval.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from advgame.errors import LabError
from advgame.statistics.clopper_pearson import lower_limit, upper_limit

LARGEST_STEP = 1.25  # from the draws at one look to those at the next
LAST_SHARE = 0.5  # of the risk, kept for the last look


@dataclass(frozen=True)
class Look:
    """A number of draws at which sampling may stop."""

    draws: int  # so far
    risk: float  # that the interval of this look misses


@dataclass(frozen=True)
class Guarantee:
    """An estimate whose error exceeds ``error`` with probability at most 1 − ``confidence``."""

    estimate: float  # the middle of the interval
    low: float
    high: float
    error: float
    confidence: float
    draws: int  # that were made
    successes: int
    fixed_draws: int  # required by the fixed-sample bound

    @property
    def share(self) -> float:
        """The share of successes among the draws; it lies in the interval, but not always in its middle."""
        return self.successes / self.draws


def estimate_probability(
    draw: Callable[[np.random.Generator], bool],
    generator: np.random.Generator,
    *,
    error: float = 0.05,
    confidence: float = 0.95,
) -> Guarantee:
    """The probability that ``draw`` returns True, from as few draws as the looks allow.

    Args:
        draw: one independent trial, using the given random generator.

    Raises:
        LabError: for an error outside (0, 0.5) or a confidence outside (0, 1).

    >>> always = estimate_probability(lambda generator: True, np.random.default_rng(0))
    >>> always.draws, always.fixed_draws, round(always.low, 3), always.high
    (64, 738, 0.901, 1.0)
    """
    (guarantee,) = estimate_probabilities(
        lambda given, _: [draw(given)], 1, generator, error=error, confidence=confidence
    )
    return guarantee


def estimate_probabilities(
    draw: Callable[[np.random.Generator, NDArray[np.int64]], ArrayLike],
    count: int,
    generator: np.random.Generator,
    *,
    error: float = 0.05,
    confidence: float = 0.95,
) -> list[Guarantee]:
    """Several probabilities at once, where one draw is a trial of each; each guarantee holds separately.

    Args:
        draw: receives the indices 0..count-1 that are still open and returns whether each trial was a
            success. Trials of one draw may be dependent, different draws may not.

    Raises:
        LabError: for an error outside (0, 0.5) or a confidence outside (0, 1).
    """
    fixed = fixed_sample_size(error, confidence)
    guarantees: dict[int, Guarantee] = {}
    successes, draws = np.zeros(count, dtype=np.int64), 0
    for look in looks(error, confidence):
        still_open = np.array([place for place in range(count) if place not in guarantees], dtype=np.int64)
        if len(still_open) == 0:
            break
        for _ in range(look.draws - draws):
            successes[still_open] += np.asarray(draw(generator, still_open), dtype=bool)
        draws = look.draws
        for place in still_open.tolist():
            seen = int(successes[place])
            low, high = _interval(seen, draws, look.risk)
            if high - low <= 2 * error:
                middle = (low + high) / 2
                guarantees[place] = Guarantee(middle, low, high, error, confidence, draws, seen, fixed)
    return [guarantees[place] for place in range(count)]


def fixed_sample_size(error: float, confidence: float) -> int:
    """The number of draws after which the error of the share of successes exceeds ``error`` rarely enough.

    n ≥ ln(2/δ) / (2ε²) for every probability (Chernoff 1952, Hoeffding 1963).

    >>> fixed_sample_size(0.05, 0.95)
    738
    """
    _check(error, confidence)
    return ceil(log(2 / (1 - confidence)) / (2 * error**2))


@lru_cache(maxsize=64)
def looks(error: float, confidence: float) -> tuple[Look, ...]:
    """The looks with their risks; at the last look the interval is certainly narrow enough.

    The first look is at the smallest number of draws for which the interval can be narrow enough: after
    successes only, or failures only.

    >>> [look.draws for look in looks(0.05, 0.95)]
    [64, 79, 98, 120, 148, 183, 225, 278, 343, 422, 520]
    """
    _check(error, confidence)
    risk = 1 - confidence
    last = _draws_at_most(error, LAST_SHARE * risk)
    for count in range(1, 10_000):
        risk_per_look = (1 - LAST_SHARE) * risk / count  # at the looks before the last
        first = ceil(log(risk_per_look / 2) / log(1 - 2 * error))
        if first >= last:
            return (Look(last, LAST_SHARE * risk),)
        if (last / first) ** (1 / count) <= LARGEST_STEP:
            break
    times = [ceil(first * (last / first) ** (place / count)) for place in range(count)]
    return (*(Look(draws, risk_per_look) for draws in times), Look(last, LAST_SHARE * risk))


def _draws_at_most(error: float, risk: float) -> int:
    """The number of draws after which the interval is narrow enough for every count."""

    def narrow(draws: int) -> bool:
        low, high = _interval(draws // 2, draws, risk)  # even counts give the widest interval
        return high - low <= 2 * error

    above = 1
    while not narrow(above):
        above *= 2
    below = above // 2
    while above - below > 1:
        middle = (above + below) // 2
        below, above = (below, middle) if narrow(middle) else (middle, above)
    return above


@lru_cache(maxsize=65_536)
def _interval(successes: int, draws: int, risk: float) -> tuple[float, float]:
    """The exact interval with error probability at most ``risk``, half on each side."""
    return lower_limit(successes, draws, risk / 2), upper_limit(successes, draws, risk / 2)


def _check(error: float, confidence: float) -> None:
    if not 0 < error < 0.5:
        raise LabError(f"The error {error} is not between 0 and 0.5; 0.05 means ± 5 percentage points.")
    if not 0 < confidence < 1:
        raise LabError(f"The confidence {confidence} is not between 0 and 1; use, for example, 0.95.")
