"""Rates decided by a judge that errs: the judge's error rates from two verdicts, and corrected intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from advgame.errors import InputError


@dataclass(frozen=True)
class JudgeCounts:
    """How a judge decided on cases whose truth is known, or taken from another judge.

    >>> counts = judge_counts([True, True, True, False, False], [True, True, False, False, True])
    >>> counts.sensitivity, counts.specificity
    (0.6666666666666666, 0.5)
    """

    hits: int  # successes judged successes
    successes: int  # true successes
    rejections: int  # failures judged failures
    failures: int  # true failures

    @property
    def sensitivity(self) -> float:
        """The share of true successes judged successes."""
        return self.hits / self.successes

    @property
    def specificity(self) -> float:
        """The share of true failures judged failures."""
        return self.rejections / self.failures


def judge_counts(truth: Sequence[bool], judged: Sequence[bool]) -> JudgeCounts:
    """Counts of a judge's verdicts against a reference on the same cases.

    Where the reference is another judge, swap both for the error rates with the other one taken as true.

    Args:
        truth: (cases,) whether the attack succeeded, by the reference.
        judged: (cases,) whether it succeeded, by the judge.

    Raises:
        InputError: for lists of different lengths, or a reference without successes or without failures.
    """
    if len(truth) != len(judged):
        raise InputError(
            f"The reference has {len(truth)} cases and the judge {len(judged)}; give both verdicts for the "
            "same cases."
        )
    successes = sum(map(bool, truth))
    failures = len(truth) - successes
    if not successes or not failures:
        raise InputError(
            f"The reference has {successes} successes and {failures} failures; error rates need both."
        )
    both = list(zip(truth, judged, strict=True))
    return JudgeCounts(
        sum(true and verdict for true, verdict in both),
        successes,
        sum(not true and not verdict for true, verdict in both),
        failures,
    )


@dataclass(frozen=True)
class CorrectedRate:
    """A corrected rate with its interval; the estimate itself may lie outside 0..1, the interval does not."""

    judged: float
    corrected: float
    low: float
    high: float

    @property
    def outside(self) -> bool:
        """Whether the corrected rate lies outside 0..1, which the judge's error rates cannot explain."""
        return not 0 <= self.corrected <= 1


def corrected_rate(
    count: int, cases: int, judge: JudgeCounts, *, exact_judge: bool = False, level: float = 0.95
) -> CorrectedRate:
    """The rate of true successes behind a judged one, with an interval.

    p = (q + Sp − 1) / J with J = Se + Sp − 1 (Rogan and Gladen 1978). The interval is that of Lang and
    Reiczigel 2014 (doi:10.1016/j.prevetmed.2013.09.015): with z²/2 cases of both verdicts and one case of
    each of the judge's added, so that it is not too narrow with few cases or without observed errors,

    p + 2 z² (p Se (1 − Se) / n₁ − (1 − p) Sp (1 − Sp) / n₀)
    ± z √(q (1 − q) / n + p² Se (1 − Se) / n₁ + (1 − p)² Sp (1 − Sp) / n₀) / J.

    >>> rate = corrected_rate(41, 100, JudgeCounts(90, 100, 80, 100))
    >>> round(rate.corrected, 3), round(rate.low, 3), round(rate.high, 3)
    (0.3, 0.134, 0.457)

    Args:
        count: cases judged successes.
        cases: cases judged.
        judge: of the judge.
        exact_judge: True to take the error rates as exact.
        level: of the interval, in (0, 1).

    Raises:
        InputError: for impossible counts, or a judge that does no better than chance.
    """
    if not 0 <= count <= cases or cases < 1:
        raise InputError(
            f"{count} of {cases} cases are judged successes; expected 0 to as many as there are."
        )
    sensitivity, specificity = judge.sensitivity, judge.specificity
    better = sensitivity + specificity - 1
    if better <= 0:
        raise InputError(
            f"The judge's sensitivity {sensitivity:.3g} and specificity {specificity:.3g} sum to at most 1: "
            "it does no better than chance, and no rate can be corrected."
        )
    judged = count / cases
    corrected = (judged + specificity - 1) / better
    z = NormalDist().inv_cdf((1 + level) / 2)
    q, variance = _share(count, cases, z**2 / 2)
    of_successes = of_failures = 0.0  # the variances of the judge's error rates
    if not exact_judge:
        sensitivity, of_successes = _share(judge.hits, judge.successes, 1.0)
        specificity, of_failures = _share(judge.rejections, judge.failures, 1.0)
        better = sensitivity + specificity - 1
    if better <= 0:  # too few cases show that the judge does better than chance
        return CorrectedRate(judged, corrected, 0.0, 1.0)
    middle = (q + specificity - 1) / better
    variance += middle**2 * of_successes + (1 - middle) ** 2 * of_failures
    middle += 2 * z**2 * (middle * of_successes - (1 - middle) * of_failures)
    reach = z * sqrt(variance) / better
    return CorrectedRate(
        judged, corrected, min(max(middle - reach, 0.0), 1.0), min(max(middle + reach, 0.0), 1.0)
    )


def _share(count: int, cases: int, added: float) -> tuple[float, float]:
    """A share and its variance, with some cases added on both sides."""
    size = cases + 2 * added
    share = (count + added) / size
    return share, share * (1 - share) / size
