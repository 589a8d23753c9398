"""Prices and shares that are not known exactly: drawn evenly from an interval around what is stated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from advgame.arrays import FloatArray
from advgame.errors import InputError
from advgame.payoffs.terms import Amount
from advgame.scenarios.parameters import TERM_PARAMETERS, get_parameter, split_address
from advgame.scenarios.scenario import Scenario

UNIT = "unit of money"  # a price with this basis is not uncertain
LARGEST_SHARE = "largest_share"


@dataclass(frozen=True)
class UncertainPrice:
    """A number of a scenario, and the interval in which it lies.

    A table of amounts is drawn as a whole: its interval is of the factor by which all of them are off.
    """

    address: str
    low: float
    high: float
    factor: bool  # whether the interval is of a factor

    def draw(self, random: np.random.Generator, draws: int) -> FloatArray:
        """Draws (draws,), even over the interval."""
        return random.uniform(self.low, self.high, draws)


def uncertain_prices(
    scenario: Scenario, spread: float, intervals: Mapping[str, tuple[float, float]]
) -> tuple[UncertainPrice, ...]:
    """The prices and the largest share, each with its interval.

    >>> from advgame.scenarios import case
    >>> found = uncertain_prices(case("cifar10-two-defences"), 0.2, {"attack_cost": (0.5, 0.9)})
    >>> [(price.address, price.low, price.high) for price in found][:2]
    [('attack_cost', 0.5, 0.9), ('largest_share', 0.24, 0.36)]

    Args:
        scenario: the question with its prices.
        spread: how far each amount may be off either way, relative to itself; amounts of 0, and the one whose
            basis says that it is the unit of money, are taken as exact.
        intervals: address → low, high, for amounts whose interval is known.

    Raises:
        InputError: for an interval that runs downwards or not two numbers, or a spread outside 0..1.
        UnknownName, ScenarioError: for an address that the scenario does not have.
    """
    if isinstance(spread, bool) or not isinstance(spread, int | float) or not 0 <= spread < 1:
        raise InputError(f"price_spread is {spread!r}; expected a number in 0..1, such as 0.2 for 20 %.")
    prices = {address: _given(scenario, address, ends) for address, ends in intervals.items()}
    for address, amount in _stated(scenario).items():
        entries = any(given.partition("[")[0] == address for given in prices)
        if spread == 0 or entries or not _any(amount) or UNIT in scenario.basis.get(address, ""):
            continue
        factor, size = isinstance(amount, Mapping), 1.0 if isinstance(amount, Mapping) else float(amount)
        ends = sorted((size * (1 - spread), size * (1 + spread)))
        top = 1.0 if address == LARGEST_SHARE else np.inf
        prices[address] = UncertainPrice(address, ends[0], min(ends[1], top), factor)
    return tuple(prices.values())


def _stated(scenario: Scenario) -> dict[str, Amount]:
    stated: dict[str, Amount] = {LARGEST_SHARE: scenario.largest_share}
    for about in TERM_PARAMETERS.values():
        stated[about.name] = getattr(scenario.term(about.term), about.name)
    return stated


def _any(amount: Amount) -> bool:
    return any(amount.values()) if isinstance(amount, Mapping) else amount != 0


def _given(scenario: Scenario, address: str, ends: object) -> UncertainPrice:
    if not isinstance(ends, list | tuple) or len(ends) != 2 or not all(_is_number(end) for end in ends):
        raise InputError(f"The interval of {address} is {ends!r}; expected two numbers, low and high.")
    low, high = (float(end) for end in ends)
    if low > high:
        raise InputError(
            f"The interval of {address} runs from {low:g} down to {high:g}; give the lower end first."
        )
    field = split_address(address)[0]
    if field != LARGEST_SHARE and field not in TERM_PARAMETERS:
        raise InputError(f"{address} is no price; intervals are of prices and of largest_share.")
    get_parameter(scenario, address)
    if field == LARGEST_SHARE and not 0 <= low <= high <= 1:
        raise InputError(f"The interval of {address} is {low:g} to {high:g}; expected shares in 0..1.")
    return UncertainPrice(address, low, high, factor=False)


def _is_number(end: object) -> bool:
    return isinstance(end, int | float) and not isinstance(end, bool) and bool(np.isfinite(end))


def with_factor(scenario: Scenario, address: str, factors: FloatArray) -> Scenario:
    """The scenario with all amounts of a table multiplied by one factor in each game.

    Args:
        scenario: the scenario with its terms.
        address: a table of amounts, such as ``attack_cost``.
        factors: (games,).
    """
    term = scenario.term(TERM_PARAMETERS[address].term)
    scaled = {name: amount * factors.reshape(-1, 1, 1) for name, amount in getattr(term, address).items()}
    return scenario.with_term(term.changed(**{address: scaled}))
