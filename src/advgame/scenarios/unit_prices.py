"""What measured work costs: calls, seconds, queries and tokens at the prices of one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from advgame.bundled import bundled
from advgame.errors import ScenarioError, UnknownName, shortened
from advgame.files import read_toml


@dataclass(frozen=True)
class UnitPrice:
    """The price of one unit of work, with its source or the word "assumed"."""

    amount: float  # money
    basis: str


def unit_prices(path: Path | None = None) -> dict[str, UnitPrice]:
    """The prices of units of work by name.

    >>> sorted(unit_prices())
    ['call', 'own_query', 'query', 'second', 'token']

    Args:
        path: a TOML file with a table for each unit (``amount``, ``basis``); None for the bundled one.

    Raises:
        ScenarioError: for a unit without an amount of at least 0, or without a basis.
    """
    path = bundled("data") / "economics" / "units" / "prices.toml" if path is None else Path(path)
    prices = {}
    for name, about in read_toml(path, ScenarioError).items():
        amount: Any = about.get("amount") if isinstance(about, dict) else None
        basis = about.get("basis") if isinstance(about, dict) else None
        if not _is_amount(amount):
            raise ScenarioError(
                f"{path.name}: the amount of {name} is {shortened(amount)}; expected money ≥ 0."
            )
        if not isinstance(basis, str) or not basis.strip():
            raise ScenarioError(f'{path.name}: {name} has no basis; name its source, or write "assumed".')
        prices[name] = UnitPrice(float(amount), basis)
    return prices


def cost_of(work: Mapping[str, float], prices: Mapping[str, UnitPrice] | None = None) -> float:
    """What an amount of measured work costs, in money.

    >>> round(cost_of({"call": 2.5, "second": 4}), 4)
    0.027

    Args:
        work: units of work by name, such as calls per request.
        prices: by name; by default the bundled ones.

    Raises:
        UnknownName: for a unit without a price.
        ScenarioError: for an amount of work below 0.
    """
    known = unit_prices() if prices is None else prices
    for unit, amount in work.items():
        if unit not in known:
            raise UnknownName("unit of work", unit, known)
        if not _is_amount(amount):
            raise ScenarioError(f"{unit} is {amount!r}; expected an amount of work of at least 0.")
    return sum(known[unit].amount * amount for unit, amount in work.items())


def _is_amount(given: object) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool) and isfinite(given) and given >= 0
