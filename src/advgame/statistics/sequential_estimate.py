"""A probability estimated by sampling until the error is small enough, with a statistical guarantee.

Meant for the probability that a network drawn from a stochastic one is robust at an input (after
Cardelli et al. 2019, arXiv:1903.01980), where each draw costs an attack. How many draws are needed depends
on the probability, which is not known: near 0 and 1 few are. So we look at the counts now and then, at
times fixed beforehand, each time with an exact interval, and stop when it is narrow enough. The risks
of being wrong at the single looks add up to the risk allowed, so that stopping early costs no coverage.
(Their scheme computes its next sample size from Massart's bound; ours needs no bound but the exact one.)
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
    """A moment at which sampling may stop."""

    draws: int  # so far
    risk: float  # that the interval of this look misses


@dataclass(frozen=True)
class Guarantee:
    """An estimate that is wrong by more than ``error`` with a probability of at most 1 − ``confidence``."""

    estimate: float  # the middle of the interval
    low: float
    high: float
    error: float
    confidence: float
    draws: int  # that were made
    successes: int
    fixed_draws: int  # that the fixed-sample bound asks for, whatever is seen


def estimate_probability(
    draw: Callable[[np.random.Generator], bool],
    generator: np.random.Generator,
    *,
    error: float = 0.05,
    confidence: float = 0.95,
) -> Guarantee:
    """The probability that ``draw`` is true, from as few draws as the looks allow.

    Args:
        draw: one independent trial, with the randomness it is handed.

    Raises:
        LabError: for an error outside (0, 0.5) or a confidence outside (0, 1).

    >>> always = estimate_probability(lambda generator: True, np.random.default_rng(0))
    >>> always.draws, always.fixed_draws, round(always.low, 3), always.high
    (64, 738, 0.901, 1.0)
    """
    (found,) = estimate_probabilities(
        lambda given, _: [draw(given)], 1, generator, error=error, confidence=confidence
    )
    return found


def estimate_probabilities(
    draw: Callable[[np.random.Generator, NDArray[np.int64]], ArrayLike],
    count: int,
    generator: np.random.Generator,
    *,
    error: float = 0.05,
    confidence: float = 0.95,
) -> list[Guarantee]:
    """Several probabilities at once, where one draw makes a trial of each; each guarantee holds for itself.

    Args:
        draw: is handed the places 0..count-1 that are still open, and tells of each of them whether
            the trial was a success. Trials of one draw may depend on each other, draws may not.

    Raises:
        LabError: for an error outside (0, 0.5) or a confidence outside (0, 1).
    """
    fixed = fixed_sample_size(error, confidence)
    found: dict[int, Guarantee] = {}
    successes, draws = np.zeros(count, dtype=np.int64), 0
    for look in looks(error, confidence):
        still_open = np.array([place for place in range(count) if place not in found], dtype=np.int64)
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
                found[place] = Guarantee(middle, low, high, error, confidence, draws, seen, fixed)
    return [found[place] for place in range(count)]


def fixed_sample_size(error: float, confidence: float) -> int:
    """Draws after which the share of successes is off by more than ``error`` as rarely as asked.

    n ≥ ln(2/δ) / (2ε²), whatever the probability (Chernoff 1952, Hoeffding 1963).

    >>> fixed_sample_size(0.05, 0.95)
    738
    """
    _check(error, confidence)
    return ceil(log(2 / (1 - confidence)) / (2 * error**2))


@lru_cache(maxsize=64)
def looks(error: float, confidence: float) -> tuple[Look, ...]:
    """When to look, and the risk taken there; at the last look the interval is narrow for certain.

    The first look comes when an interval could be narrow enough at all, that is after successes, or
    failures, only.

    >>> [look.draws for look in looks(0.05, 0.95)]
    [64, 79, 98, 120, 148, 183, 225, 278, 343, 422, 520]
    """
    _check(error, confidence)
    risk = 1 - confidence
    last = _draws_at_most(error, LAST_SHARE * risk)
    for count in range(1, 10_000):
        each = (1 - LAST_SHARE) * risk / count  # at the looks before the last
        first = ceil(log(each / 2) / log(1 - 2 * error))
        if first >= last:
            return (Look(last, LAST_SHARE * risk),)
        if (last / first) ** (1 / count) <= LARGEST_STEP:
            break
    times = [ceil(first * (last / first) ** (place / count)) for place in range(count)]
    return (*(Look(draws, each) for draws in times), Look(last, LAST_SHARE * risk))


def _draws_at_most(error: float, risk: float) -> int:
    """The draws after which the interval is narrow enough whatever was seen."""

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
    """The exact interval that misses in at most a share ``risk`` of experiments, half on each side."""
    return lower_limit(successes, draws, risk / 2), upper_limit(successes, draws, risk / 2)


def _check(error: float, confidence: float) -> None:
    if not 0 < error < 0.5:
        raise LabError(f"The error {error} is not between 0 and 0.5; 0.05 means ± 5 percentage points.")
    if not 0 < confidence < 1:
        raise LabError(f"The confidence {confidence} is not between 0 and 1; use, for example, 0.95.")
