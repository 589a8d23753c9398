"""How often an attack succeeds in the field, from how often it succeeded when it was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.errors import ScenarioError
from advgame.measurements.decimals import as_decimal, as_decimals

MOST_TRIES = 10_000
ANY_ATTACK = "*"


@dataclass(frozen=True)
class Judge:
    """How often the classifier that decided whether an attack succeeded was right.

    With counts, the rates have sampling errors of their own: ``successes`` is how many attacks known to have
    succeeded were judged, ``failures`` how many known to have failed.

    Args:
        sensitivity: probability that a success is judged a success, above 0, at most 1.
        specificity: probability that a failure is judged a failure, above 0, at most 1.
        successes: true successes behind the sensitivity; None: taken as exact.
        failures: true failures behind the specificity; None: taken as exact.

    Raises:
        ScenarioError: for a rate that is no probability, for sensitivity + specificity of at most 1 (such a
            judge carries no information about successes), for a count below 1.
    """

    sensitivity: float
    specificity: float
    successes: int | None = None
    failures: int | None = None

    def __post_init__(self) -> None:
        for name in ("sensitivity", "specificity"):
            rate = getattr(self, name)
            if not _is_number(rate) or not 0 < rate <= 1:
                raise ScenarioError(
                    f"The judge's {name} is {rate!r}; expected a probability above 0, at most 1."
                )
        if self.sensitivity + self.specificity <= 1:
            raise ScenarioError(
                f"The judge's sensitivity {self.sensitivity:g} and specificity {self.specificity:g} sum to "
                f"{self.sensitivity + self.specificity:g}; expected more than 1. A judge at or below 1 does "
                "no better than chance: check whether its verdicts are inverted."
            )
        for name in ("successes", "failures"):
            count = getattr(self, name)
            if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 1):
                raise ScenarioError(f"The judge's {name} are {count!r}; expected a count of at least 1.")

    def corrected(self, judged: Any) -> Any:
        """The rate of true successes behind a rate of judged ones; it may lie outside 0..1.

        (s + specificity − 1) / (sensitivity + specificity − 1), after Rogan and Gladen (1978).

        >>> round(float(Judge(0.9, 0.8).corrected(0.41)), 4)
        0.3

        Args:
            judged: rate or rates of attacks judged to have succeeded.
        """
        judged = np.asarray(judged)
        sensitivity, specificity = self.sensitivity, self.specificity
        if judged.dtype == object:
            sensitivity, specificity = as_decimal(sensitivity), as_decimal(specificity)  # type: ignore[assignment]
        return (judged + (specificity - 1)) / (sensitivity + specificity - 1)


@dataclass(frozen=True, eq=False)
class Dependence:
    """How much rarer a success among several tries was than among independent ones, by cell.

    Where some cases are easy and others hopeless, further tries add little. The ratio of the measured rate
    to 1 − (1 − s)ᵏ is kept at other success rates of one try.

    Args:
        ratios: (tries, defences, attacks) for 1, 2, … tries; 1 for one try, and where nothing succeeded.
    """

    ratios: NDArray[np.float64]

    def covers(self, tries: float) -> bool:
        """Whether so many tries of each case were measured.

        Args:
            tries: how many.
        """
        return tries == int(tries) and 1 <= tries <= len(self.ratios)

    def ratio(self, tries: int, kind: np.dtype[Any]) -> NDArray[Any]:
        """The ratios (defences, attacks) of some number of tries, as Fractions for exact rates.

        Args:
            tries: how many.
            kind: of the rates.
        """
        ratios = self.ratios[tries - 1]
        return as_decimals(ratios) if kind.hasobject else ratios

    def among(self, cut: tuple[NDArray[np.intp], ...]) -> Dependence:
        """That of some defences and attacks.

        Args:
            cut: their indices, as of `numpy.ix_`.
        """
        return Dependence(np.array([ratio[cut] for ratio in self.ratios]))


@dataclass(frozen=True)
class AttackStrength:
    """What changes the success rate of an attack between the measurement and the field.

    In this order: the judge's errors are removed, an adaptive attacker succeeds more often than a static
    attack, and it may try again.

    Args:
        adaptive_factor: how many times more often an adaptive attacker succeeds than an attack that was
            measured as static or transferred, at least 1; a success rate stays at most 1.
        tries: how often an attacker may try one item, at least 1; it stops at the first success. A scenario
            takes whole numbers; searches for thresholds interpolate between them.
        judges: by name of the attack, ``*`` for all others.

    Raises:
        ScenarioError: for a factor or a number of tries below 1 or not finite.
    """

    adaptive_factor: float = 1.0
    tries: float = 1.0
    judges: Mapping[str, Judge] = field(default_factory=dict)

    def __post_init__(self) -> None:
        factor, tries = self.adaptive_factor, self.tries
        if not _is_number(factor) or not isfinite(factor) or factor < 1:
            raise ScenarioError(
                f"adaptive_factor is {factor!r}; expected a number of at least 1: how many times more often "
                "an adaptive attacker succeeds."
            )
        if not _is_number(tries) or not 1 <= tries <= MOST_TRIES:
            raise ScenarioError(
                f"tries is {tries!r}; expected a number from 1 to {MOST_TRIES:,}: how often an attacker may "
                "try one item."
            )

    @property
    def as_measured(self) -> bool:
        """Whether attacks succeed as often as they were measured to."""
        return self.adaptive_factor == 1 and self.tries == 1 and not self.judges

    def judge_of(self, attack: str) -> Judge | None:
        """The judge of an attack; None where its verdicts are taken as right."""
        return self.judges.get(attack, self.judges.get(ANY_ATTACK))

    def of_one_try(
        self, judged: NDArray[Any], attacks: tuple[str, ...], static: NDArray[np.bool_]
    ) -> NDArray[Any]:
        """The probability that one try succeeds.

        Args:
            judged: (…, defences, attacks) success rates as measured, floats or Fractions; column 0, no
                attack, is left as it is.
            attacks: names of the attacks, no attack first.
            static: (defences, attacks) whether an attack was measured as static or transferred.
        """
        rate = np.array(judged)
        for column, attack in enumerate(attacks[1:], start=1):
            judge = self.judge_of(attack)
            if judge is not None:
                rate[..., column] = within(judge.corrected(rate[..., column]))
        if self.adaptive_factor != 1:
            factor = as_decimal(self.adaptive_factor) if rate.dtype == object else self.adaptive_factor
            attacked = static.copy()
            attacked[:, 0] = False
            rate = np.where(attacked, within(rate * factor), rate)
        return rate

    def of_all_tries(self, once: NDArray[Any], dependence: Dependence | None = None) -> NDArray[Any]:
        """The probability that one of the tries succeeds: 1 − (1 − s)ᵏ for independent tries.

        Args:
            once: (…, defences, attacks) success rates of one try; column 0, no attack, is left as it is.
            dependence: measured, of these tries; None for independent ones.
        """
        if self.tries == 1:
            return once
        rate = np.array(once)
        rate[..., 1:] = _at_least_once(rate[..., 1:], self.tries)
        if dependence is not None and dependence.covers(self.tries):
            rate[..., 1:] = within(rate[..., 1:] * dependence.ratio(int(self.tries), rate.dtype)[..., 1:])
        return rate

    def expected_tries(self, once: NDArray[Any], dependence: Dependence | None = None) -> NDArray[Any]:
        """How many tries an attacker makes on average until the first success or the last try.

        (1 − (1 − s)ᵏ) / s, the mean of a geometric distribution cut off at k; k where s is 0.

        >>> AttackStrength(tries=10_000).expected_tries(np.array([1 / 88.006])).round(3)
        array([88.006])

        With dependent tries Σ_j<k (1 − h_j), where h_j is the measured rate of a success among j tries.

        Args:
            once: success rates of one try, of any shape.
            dependence: measured, of these tries; None for independent ones.
        """
        if self.tries == 1:
            return np.ones_like(once) if once.dtype != object else once * 0 + 1
        if dependence is not None and dependence.covers(self.tries):
            missed = [
                1 - within(_at_least_once(once, count) * dependence.ratio(count, once.dtype))
                for count in range(1, int(self.tries))
            ]
            return np.asarray(1 + sum(missed))
        never = once == 0
        tries: Any = as_decimal(self.tries) if once.dtype == object else self.tries
        made = _at_least_once(once, self.tries) / np.where(never, once + 1, once)
        return np.asarray(np.where(never, tries, made))

    @property
    def amplification(self) -> float:
        """By how much the error of a measured rate can grow on the way to the field, at least 1."""
        sharpest = min(
            (judge.sensitivity + judge.specificity - 1 for judge in self.judges.values()), default=1
        )
        return self.adaptive_factor * self.tries / sharpest


def within(rate: Any) -> Any:
    """Rates cut off at 0 and 1; `Accuracies.outside` lists the cells in which a judge led outside.

    Args:
        rate: of any shape, floats or Fractions.
    """
    rate = np.asarray(rate)
    return np.where(rate < 0, rate * 0, np.where(rate > 1, rate * 0 + 1, rate))


def _at_least_once(once: Any, tries: float) -> Any:
    """1 − (1 − s)ᵏ, without cancellation in floats, and as Fractions where the number of tries is whole."""
    if once.dtype != object:
        with np.errstate(divide="ignore"):  # the logarithm of 0, for an attack that always succeeds
            return -np.expm1(tries * np.log1p(-np.minimum(once, 1.0)))  # studies step just above 1
    if tries == int(tries):
        return 1 - (1 - once) ** int(tries)
    return np.vectorize(lambda rate: 1 - as_decimal((1 - float(rate)) ** tries), otypes=[object])(once)


def _is_number(given: object) -> bool:
    return isinstance(given, Real) and not isinstance(given, bool)


AS_MEASURED = AttackStrength()
