"""The games of a scenario over the box in which its prices and its largest share may lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.decision.situation import Situation
from advgame.errors import InputError
from advgame.scenarios import Scenario, get_parameter
from advgame.scenarios.family.payoffs_at_draws import payoffs_at_draws
from advgame.scenarios.parameters import TERM_PARAMETERS, split_address
from advgame.scenarios.uncertain_prices import (
    LARGEST_SHARE,
    UncertainPrice,
    uncertain_prices,
    with_factor,
)
from advgame.studies.candidates import resolved_by
from advgame.studies.solved_draws import worst_solutions
from advgame.studies.study_progress import tracked

PAYOFFS_AT_A_TIME = 1 << 19


@dataclass(frozen=True, eq=False)
class PriceBox:
    """The prices that are uncertain, each with its interval, and the games inside.

    Points are (k, prices), in the order of ``prices``.
    """

    situation: Situation
    prices: tuple[UncertainPrice, ...]

    @staticmethod
    def of(situation: Situation, spread: float, intervals: Mapping[str, tuple[float, float]]) -> PriceBox:
        """The box of a scenario; intervals given go before those of the scenario.

        >>> from advgame.decision import situate
        >>> from advgame.scenarios import case
        >>> box = PriceBox.of(situate(case("cifar10-two-defences")), 0.1, {})
        >>> box.names
        ('largest_share', 'stopped_gain', 'attack_reward', 'attack_cost')
        >>> box.low.round(3).tolist(), box.high.round(3).tolist()
        ([0.27, 0.9, 0.9, 0.54], [0.33, 1.1, 1.1, 0.66])

        Args:
            situation: the scenario and its concept.
            spread: how far each amount may be off either way, relative to itself.
            intervals: address → low, high, for amounts whose interval is known.

        Raises:
            InputError: for an interval that does not fit, or where no amount is uncertain.
        """
        if not isinstance(intervals, Mapping):
            raise InputError(
                f"intervals is {intervals!r}; expected address → [low, high], such as "
                "intervals={attack_cost=[0.4,0.8]}."
            )
        stated = intervals_of_prices(situation.scenario)
        every = uncertain_prices(situation.scenario, spread, {**stated, **intervals})
        wide = PriceBox(situation, tuple(price for price in every if price.low < price.high))
        prices = tuple(wide._effective())
        if not prices:
            raise InputError(
                "No price of the scenario is uncertain, so there is nothing to vary. Give a price_spread "
                "above 0, or intervals such as intervals={attack_cost=[0.4,0.8]}."
            )
        return PriceBox(situation, prices)

    def _effective(self) -> Iterator[UncertainPrice]:
        """The prices that change a payoff."""
        if not self.prices:
            return
        for price, points in zip(self.prices, np.stack(self.ends, axis=1), strict=True):
            if any(not np.array_equal(paid[0], paid[1]) for paid in self.payoffs(points)):
                yield price

    @property
    def scenario(self) -> Scenario:
        """The scenario around which the box lies."""
        return self.situation.scenario

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The addresses of the prices."""
        return tuple(price.address for price in self.prices)

    @cached_property
    def low(self) -> FloatArray:
        """(prices,) lower ends."""
        return np.array([price.low for price in self.prices])

    @cached_property
    def high(self) -> FloatArray:
        """(prices,) upper ends."""
        return np.array([price.high for price in self.prices])

    @cached_property
    def stated(self) -> FloatArray:
        """(prices,) the scenario's own amounts; 1 for a factor."""
        return np.array(
            [1.0 if price.factor else get_parameter(self.scenario, price.address) for price in self.prices]
        )

    @cached_property
    def method(self) -> str:
        """The batch method that solves the games as the situation is solved.

        Raises:
            InputError: for a concept that is solved one game at a time only.
        """
        return resolved_by(self.situation)

    @cached_property
    def open(self) -> NDArray[np.intp]:
        """The columns of the games: no attack, and the attacks that may have traffic."""
        return np.append(0, np.flatnonzero(self.situation.accuracies.adversarial_share > 0))

    @property
    def ends(self) -> tuple[FloatArray, FloatArray]:
        """The scenario with one price at its lower end, and at its upper end, each (prices, prices)."""
        every = np.eye(len(self.prices), dtype=np.bool_)
        return np.where(every, self.low, self.stated), np.where(every, self.high, self.stated)

    def even(self, draws: int, seed: int) -> FloatArray:
        """Points (draws, prices) that fill the box evenly (Sobol sequence, scrambled).

        Args:
            draws: a power of 2.
            seed: of the scrambling.
        """
        from scipy.stats import qmc

        sequence = qmc.Sobol(len(self.prices), rng=seed)
        return np.asarray(qmc.scale(sequence.random(draws), self.low, self.high))

    def payoffs(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Both players' payoffs (k, defences, attacks that have traffic)."""
        scenario, amounts = self.scenario, {}
        shares = np.tile(self.situation.accuracies.adversarial_share, (len(points), 1))
        for price, column in zip(self.prices, points.T, strict=True):
            if price.address == LARGEST_SHARE:
                shares = self._shares(column)
            elif price.factor:
                scenario = with_factor(scenario, price.address, column)
            else:
                amounts[price.address] = column
        accuracy = self.situation.accuracies.attacked_accuracy
        a, b = payoffs_at_draws(
            scenario, np.broadcast_to(accuracy, (len(points), *accuracy.shape)), shares, amounts
        )
        return np.ascontiguousarray(a[:, :, self.open]), np.ascontiguousarray(b[:, :, self.open])

    def _shares(self, largest: FloatArray) -> FloatArray:
        caps = self.scenario.adversarial_share
        attacks = self.situation.accuracies.attacks[1:]
        upper = np.array([0.0, *(float(caps.get(attack, 1.0)) for attack in attacks)])
        return np.asarray(np.minimum(largest[:, None], upper))

    def solved(self, points: FloatArray, method: str | None = None) -> tuple[FloatArray, FloatArray]:
        """The value (k,) to the defender and the mixed strategy (k, defences) at each point.

        Args:
            points: (k, prices).
            method: of `solve_batch`; by default the one that answers the situation.

        Raises:
            SolverError: when a game could not be certified.
        """
        size = max(1, PAYOFFS_AT_A_TIME // self.situation.accuracies.attacked_accuracy.size)
        starts = range(0, len(points), size)
        parts = [
            worst_solutions(*self.payoffs(points[first : first + size]), method or self.method)[:2]
            for first in tracked(starts, len(starts))
        ]
        value, defender = zip(*parts, strict=True)
        return np.concatenate(value), np.concatenate(defender)


def intervals_of_prices(scenario: Scenario) -> dict[str, tuple[float, float]]:
    """The scenario's own intervals, without those of accuracies."""
    return {
        address: ends
        for address, ends in scenario.intervals.items()
        if (field := split_address(address)[0]) == LARGEST_SHARE or field in TERM_PARAMETERS
    }
