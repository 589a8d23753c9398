"""Exact (Clopper-Pearson) limits of a probability from a count: they hold whatever the probability is."""

from __future__ import annotations


def lower_limit(successes: int, trials: int, risk: float) -> float:
    """The limit that lies above the true probability in at most a share ``risk`` of experiments.

    After Clopper & Pearson 1934 (doi:10.1093/biomet/26.4.404): the probability under which so many
    successes or more would be seen just that rarely.

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
    """The limit that lies below the true probability in at most a share ``risk`` of experiments.

    >>> round(upper_limit(0, 10, 0.05), 4)
    0.2589

    Args:
        successes: how often the event was seen.
        trials: independent trials, at least 1.
        risk: largest probability that the limit is wrong, between 0 and 1.
    """
    return 1 - lower_limit(trials - successes, trials, risk)
