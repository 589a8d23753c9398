"""The contract of a payoff term: its parameters, and what it pays each player."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import isfinite
from typing import Any, ClassVar, Self, cast

import numpy as np

from advgame.arrays import FloatArray
from advgame.errors import ScenarioError, UnknownName
from advgame.measurements.decimals import Number, as_decimal, as_decimals
from advgame.payoffs.accuracies import Accuracies

# A single amount, or amounts by name with "*" for all others. In a batch, arrays (games, 1, 1).
Amount = float | Mapping[str, float]
OTHERS = "*"
MOST = 1e100  # the largest amount: sums of amounts must stay finite


@dataclass(frozen=True)
class Parameter:
    """The description of a term's field, for a slider, a TOML key and the documentation."""

    name: str
    term: str
    meaning: str
    unit: str
    default: float
    usual_top: float  # upper end of the slider
    by: str | None  # "attack" or "defence" if the field may have one amount for each
    may_be_negative: bool


def parameter(
    default: float,
    meaning: str,
    unit: str,
    *,
    usual_top: float = 2.0,
    by: str | None = None,
    may_be_negative: bool = False,
) -> Any:
    """A field of a term with the description of `Parameter`.

    Args:
        default: the amount if a scenario states none.
        meaning: the meaning, for labels and documentation.
        unit: the unit, such as ``money per adversarial input``.
        usual_top: upper end of the usual range, and of sliders.
        by: "attack" or "defence" if there may be one amount for each, which then pays for that attack or
            defence alone; None otherwise.
        may_be_negative: whether negative amounts are allowed.
    """
    about = {
        "meaning": meaning,
        "unit": unit,
        "usual_top": usual_top,
        "by": by,
        "may_be_negative": may_be_negative,
    }
    return field(default=default, metadata=about)


@dataclass(frozen=True)
class Term(ABC):
    """One payoff term. All its fields are parameters.

    Amounts and accuracies may be Fractions or Decimals in arrays of objects; a term that uses only ``+``,
    ``-``, ``*`` and integers is then exact.

    Raises:
        ScenarioError: for an amount that is not finite, or negative where that is not allowed.
    """

    name: ClassVar[str]

    def __post_init__(self) -> None:
        for about in parameters_of(type(self)):
            object.__setattr__(self, about.name, _checked(about, getattr(self, about.name)))

    def changed(self, **amounts: object) -> Self:
        """The term with other amounts; for many games an array (games, 1, 1)."""
        return replace(self, **amounts)

    def exactly(self, defences: Container[str], attacks: Container[str], number: Number = as_decimal) -> Self:
        """The term with exact amounts: the decimals that they print as.

        Args:
            defences: names of the defences whose amounts are converted.
            attacks: names of the attacks whose amounts are converted; a defence may have the same name.
            number: ``as_decimal`` for Fractions, ``printed`` for Decimals.
        """
        exact = copy(self)
        for about in parameters_of(type(self)):
            names = defences if about.by == "defence" else attacks
            object.__setattr__(exact, about.name, _exactly(getattr(self, about.name), names, number))
        return exact

    def size(self) -> float:
        """A bound on the absolute value of the term: the sum of its (largest) amounts.

        A term that multiplies amounts with each other, or with numbers above 1, overrides this.
        """
        amounts = (getattr(self, about.name) for about in parameters_of(type(self)))
        return sum(
            max(map(abs, amount.values()), default=0.0) if isinstance(amount, Mapping) else abs(amount)
            for amount in amounts
        )

    @abstractmethod
    def to_defender(self, accuracies: Accuracies) -> FloatArray:
        """The defender's payoff, broadcastable to (defences, attacks), money per classified input."""

    @abstractmethod
    def to_attacker(self, accuracies: Accuracies) -> FloatArray:
        """The attacker's payoff, broadcastable to (defences, attacks), money per classified input."""


NOTHING: FloatArray = np.zeros((1, 1))
NOTHING.setflags(write=False)


@cache
def parameters_of(term: type[Term]) -> tuple[Parameter, ...]:
    """The parameters of a term, in order.

    >>> from advgame.payoffs.terms import AttackCost
    >>> [about.name for about in parameters_of(AttackCost)]
    ['attack_cost', 'attack_setup']
    """
    return tuple(
        Parameter(field_.name, term.name, default=float(cast(float, field_.default)), **field_.metadata)
        for field_ in fields(term)
    )


def spread(amount: Amount, names: tuple[str, ...], about: str) -> FloatArray:
    """One amount per name, along the last axis.

    >>> spread({"pgd": 0.2, "*": 0.1}, ("pgd", "square"), "attack_cost")
    array([0.2, 0.1])

    Args:
        amount: a single amount, or name → amount with ``*`` for the others.
        names: the names, in the order of the result.
        about: the parameter, for error messages.

    Raises:
        UnknownName: for an amount of an unknown name.
        ScenarioError: when a name has no amount and there is no default ("*").
    """
    if not isinstance(amount, Mapping):
        return _alike(amount, len(names))
    for name in amount:
        if name != OTHERS and name not in names:
            raise UnknownName(f"entry of {about}", name, names)
    missing = [name for name in names if name not in amount]
    if missing and OTHERS not in amount:
        raise ScenarioError(
            f'{about} has no amount for {missing[0]!r}; give one, or add "*" = … for all others.'
        )
    amounts = [amount.get(name, amount.get(OTHERS, 0)) for name in names]
    if all(isinstance(value, float) for value in amounts):
        return np.array(amounts, np.float64)
    if any(isinstance(value, np.ndarray) for value in amounts):
        return _of_many_games(amounts)
    return np.concatenate([_alike(value, 1) for value in amounts]) if amounts else np.zeros(0)


def _of_many_games(amounts: Sequence[Any]) -> FloatArray:
    """One row per game, from amounts that are single numbers or arrays (games, 1, 1)."""
    columns = [values[:, 0, 0] if isinstance(values, np.ndarray) else values for values in amounts]
    games = max(len(values) for values in columns if isinstance(values, np.ndarray))
    exact = any(np.asarray(values).dtype.kind == "O" for values in columns)
    table = np.empty((games, len(columns)), dtype=object if exact else np.float64)
    for place, column in enumerate(columns):
        table[:, place] = column
    return table


def _alike(amount: float | FloatArray, count: int) -> FloatArray:
    """An amount repeated ``count`` times along a last axis; amounts of many games keep their first axis."""
    if isinstance(amount, np.ndarray):
        return np.broadcast_to(amount[..., 0], (len(amount), count))
    return np.full(count, amount if isinstance(amount, Fraction | Decimal) else float(amount))


def _exactly(amount: Any, names: Container[str], number: Number) -> Any:
    if isinstance(amount, Mapping):
        return {
            name: _exactly(value, names, number)
            for name, value in amount.items()
            if name == OTHERS or name in names
        }
    return as_decimals(amount, number) if isinstance(amount, np.ndarray) else number(amount)


def _checked(about: Parameter, given: object) -> Amount:
    if isinstance(given, Mapping):
        if about.by is None:
            raise ScenarioError(f"{about.name} is a single amount, not a table; give a number.")
        return {str(key): _number(about, f"{about.name}[{key}]", value) for key, value in given.items()}
    return _number(about, about.name, given)


def _number(about: Parameter, address: str, given: object) -> float:
    if isinstance(given, np.ndarray) and given.shape == (given.size, 1, 1):
        for extreme in (given.min(), given.max(), given.sum()):  # not finite if any of them is not
            _number(about, address, extreme)
        return given  # type: ignore[return-value]
    if isinstance(given, bool) or not isinstance(given, int | float | np.floating | np.integer):
        raise ScenarioError(f"{address} is {given!r}; expected a number ({about.unit}).")
    amount = float(given)
    if not isfinite(amount):
        raise ScenarioError(f"{address} is {given!r}; expected a finite number ({about.unit}).")
    if abs(amount) > MOST:
        raise ScenarioError(f"{address} is {given!r}; expected an amount of at most {MOST:g} ({about.unit}).")
    if amount < 0 and not about.may_be_negative:
        raise ScenarioError(f"{address} is {given!r}; expected a number of at least 0 ({about.unit}).")
    return amount
