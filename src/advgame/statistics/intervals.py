"""Intervals of a proportion from counts: Wilson's, and the Beta posterior's."""

from __future__ import annotations

from advgame.errors import MeasurementError


def wilson_interval(correct: int, tested: int, level: float = 0.95) -> tuple[float, float]:
    """The Wilson score interval of a proportion (Wilson 1927, doi:10.1080/01621459.1927.10502953).

    >>> low, high = wilson_interval(9, 10)
    >>> round(low, 3), round(high, 3)
    (0.596, 0.982)

    Args:
        correct: inputs classified correctly, 0 to ``tested``.
        tested: inputs tested, at least 1.
        level: confidence level, between 0 and 1.
    """
    from scipy.stats import binomtest

    _check(correct, tested, level)
    interval = binomtest(correct, tested).proportion_ci(level, method="wilson")
    return float(interval.low), float(interval.high)


def beta_interval(correct: int, tested: int, level: float = 0.95) -> tuple[float, float]:
    """The equal-tailed interval of the Beta posterior under Jeffreys' prior Beta(1/2, 1/2).

    Where no input or every input is correct, it reaches to 0 or to 1, with the other end unchanged.

    >>> low, high = beta_interval(9, 10)
    >>> round(low, 3), round(high, 3)
    (0.619, 0.989)

    Args:
        correct: inputs classified correctly, 0 to ``tested``.
        tested: inputs tested, at least 1.
        level: confidence level, between 0 and 1.
    """
    from scipy.special import betaincinv

    _check(correct, tested, level)
    tail = (1 - level) / 2
    right, wrong = correct + 0.5, tested - correct + 0.5
    low = 0.0 if correct == 0 else float(betaincinv(right, wrong, tail))
    high = 1.0 if correct == tested else float(betaincinv(right, wrong, 1 - tail))
    return low, high


def _check(correct: int, tested: int, level: float) -> None:
    if not 0 <= correct <= tested or tested == 0:
        raise MeasurementError(
            f"{correct} correct of {tested} tested is not a proportion; expected 0 ≤ correct ≤ tested."
        )
    if not 0 < level < 1:
        raise MeasurementError(f"The level {level} is not between 0 and 1.")
