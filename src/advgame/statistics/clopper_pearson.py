"""Exact (Clopper-Pearson) limits of a probability from a count, valid for every probability."""

from __future__ import annotations


def lower_limit(successes: int, trials: int, risk: float) -> float:
    """The lower limit, which exceeds the true probability with probability at most ``risk``.

    After Clopper & Pearson 1934 (doi:10.1093/biomet/26.4.404): the probability under which this many
    successes or more occur with probability ``risk``.

    >>> round(lower_limit(10, 10, 0.05), 4)  # 0.05 ** (1 / 10)
    0.7411

    Args:
        successes: how often the event was seen.
        trials: independent trials, at least 1.
        risk: largest probability that the limit is wrong, between 0 and 1.
    """
    from scipy.special import betaincinv

    return 0.0 if successes == 0 else float(betaincinv(successes, trials - successes + 1, risk))


def upper_limit(successes: int, trials: int, risk: float) -> float:
    """The upper limit, which is below the true probability with probability at most ``risk``.

    >>> round(upper_limit(0, 10, 0.05), 4)
    0.2589

    Args:
        successes: how often the event was seen.
        trials: independent trials, at least 1.
        risk: largest probability that the limit is wrong, between 0 and 1.
    """
    return 1 - lower_limit(trials - successes, trials, risk)
