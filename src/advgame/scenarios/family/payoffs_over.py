"""The payoffs of a scenario at many parameter values at once, as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from advgame.arrays import FloatArray
from advgame.errors import ScenarioError, UnknownName
from advgame.payoffs import Accuracies, build_many
from advgame.payoffs.terms.term import OTHERS
from advgame.scenarios.parameters import ACCURACIES, TERM_PARAMETERS, WHOLE_SCENARIO, split_address
from advgame.scenarios.scenario import Scenario

SHARES = ("largest_share", "adversarial_share")


def can_be_batched(address: str) -> bool:
    """Whether a parameter can vary within a batch: shares and prices can, accuracies cannot."""
    field = split_address(address)[0]
    return field in SHARES or field in TERM_PARAMETERS


def payoffs_over(
    scenario: Scenario, columns: Mapping[str, ArrayLike], accuracies: Accuracies | None = None
) -> tuple[FloatArray, FloatArray, Accuracies]:
    """The defender's and the attacker's payoffs (games, defences, attacks), and the accuracies behind them.

    >>> from advgame.scenarios import case
    >>> a, b, accuracies = payoffs_over(case("cifar10-two-defences"), {"largest_share": [0.1, 0.3]})
    >>> a.shape, accuracies.adversarial_share.tolist()
    ((2, 2, 2), [[0.0, 0.1], [0.0, 0.3]])

    Args:
        scenario: the scenario; what ``columns`` does not name stays as it is.
        columns: address → values (games,); shares and prices only.
        accuracies: the scenario's accuracies, if already computed.

    Returns:
        Payoffs, identical to those of the single games, and accuracies with an ``adversarial_share`` of
        shape (games, attacks).

    Raises:
        UnknownName, ScenarioError: for an invalid address or value.
    """
    values = checked_columns(columns)
    accuracies = scenario.accuracies if accuracies is None else accuracies
    accuracies = replace(accuracies, adversarial_share=shares_over(scenario, accuracies, values))
    prices = {address: column for address, column in values.items() if not is_share(address)}
    return *priced(scenario, accuracies, prices), accuracies


def checked_columns(columns: Mapping[str, ArrayLike]) -> dict[str, FloatArray]:
    """The values of each parameter as floats, one per game.

    Raises:
        UnknownName: for an unknown address.
        ScenarioError: for columns that are not numeric, of different lengths or empty, for a parameter that
            cannot vary within a batch, and for one given both as a whole and by entry.
    """
    values: dict[str, FloatArray] = {}
    for address, column in columns.items():
        _check_movable(address)
        try:
            values[address] = np.asarray(column, dtype=np.float64, order="C")
        except (TypeError, ValueError):
            raise ScenarioError(f"The values of {address} are not numbers; give floats (games,).") from None
        whole = address.partition("[")[0]
        if whole != address and whole in columns and whole not in SHARES:
            raise ScenarioError(f"Both {whole} and its entry {address} are given; give only one of them.")
    lengths = {address: column.shape for address, column in values.items()}
    if len(set(lengths.values())) != 1 or any(len(shape) != 1 or 0 in shape for shape in lengths.values()):
        given = ", ".join(f"{address} {shape}" for address, shape in lengths.items()) or "nothing"
        raise ScenarioError(
            f"The shapes are {given}; expected one value of each parameter for every game, (games,)."
        )
    return values


def _check_movable(address: str) -> None:
    field = split_address(address)[0]
    if field in (*ACCURACIES, *WHOLE_SCENARIO) and field not in SHARES:
        raise ScenarioError(
            f"{address} cannot vary within a batch; only shares and prices can. Sweep it alone."
        )
    if not can_be_batched(field):
        raise UnknownName("parameter", address, (*SHARES, *TERM_PARAMETERS))


def is_share(address: str) -> bool:
    """Whether an address is a share of the traffic rather than a price.

    >>> is_share("adversarial_share[square]"), is_share("attack_cost")
    (True, False)
    """
    return split_address(address)[0] in SHARES


def priced(
    scenario: Scenario, accuracies: Accuracies, prices: Mapping[str, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Both players' payoffs (games, defences, attacks) at shares (games, attacks) and prices (games,).

    Args:
        scenario: the scenario.
        accuracies: the accuracies and the traffic shares, (games, attacks).
        prices: address → (games,) values.
    """
    for address, column in prices.items():
        scenario = with_amounts(scenario, address, column.reshape(-1, 1, 1))
    to_defender, to_attacker = build_many(accuracies, scenario.terms)
    shape = (len(accuracies.adversarial_share), len(accuracies.defences), len(accuracies.attacks))
    return np.broadcast_to(to_defender, shape), np.broadcast_to(to_attacker, shape)


def caps_over(
    scenario: Scenario, accuracies: Accuracies, values: Mapping[str, FloatArray]
) -> tuple[float | FloatArray, dict[str, float | FloatArray]]:
    """The largest share, and the cap of each attack that has a lower one: a number, or one per game.

    Args:
        scenario: the scenario.
        accuracies: the accuracies and traffic shares of the scenario.
        values: address → (games,) values; addresses of other parameters are ignored.

    Raises:
        UnknownName: for the cap of an attack that the scenario does not have.
        ScenarioError: for a share outside 0..1.
    """
    largest = values.get("largest_share", scenario.largest_share)
    caps: dict[str, float | FloatArray] = {**scenario.adversarial_share}
    for address, column in values.items():
        field, attack = split_address(address)
        if field == "adversarial_share":
            caps[_known(attack or "", accuracies.attacks[1:])] = column
    for name, shares in (("largest_share", largest), *caps.items()):
        if not np.all((np.asarray(shares) >= 0) & (np.asarray(shares) <= 1)):
            raise ScenarioError(f"The share {name} is outside 0..1; expected fractions of the traffic.")
    return largest, caps


def shares_over(scenario: Scenario, accuracies: Accuracies, values: Mapping[str, FloatArray]) -> FloatArray:
    """The share of each attack in each game: the largest share, or the attack's own cap below it.

    Args:
        scenario: the scenario whose limits hold where ``values`` gives none.
        accuracies: of the scenario; its ``attacks`` name the columns.
        values: for each address that varies, its value in every game, (games,).

    Returns:
        (games, attacks) shares of the traffic, between 0 and 1; column 0, no attack, is 0.
    """
    games = len(next(iter(values.values())))
    largest, caps = caps_over(scenario, accuracies, values)
    shares = np.zeros((games, len(accuracies.attacks)))
    for place, attack in enumerate(accuracies.attacks[1:], start=1):
        shares[:, place] = np.minimum(largest, caps.get(attack, 1.0))
    return shares


def _known(attack: str, attacks: tuple[str, ...]) -> str:
    if attack not in attacks:
        raise UnknownName("attack", attack, attacks)
    return attack


def with_amounts(scenario: Scenario, address: str, amounts: FloatArray | float) -> Scenario:
    """The scenario with another amount at an address, or with one per game.

    Args:
        scenario: the scenario to change.
        address: the address of an amount, such as ``benign_gain`` or ``attack_cost[square]``.
        amounts: the new amount in the unit of the term, or amounts (games, 1, 1), one per game.

    Returns:
        The scenario with the new amount; other entries of the same field are unchanged.
    """
    field, entry = split_address(address)
    term = scenario.term(TERM_PARAMETERS[field].term)
    amount = getattr(term, field)
    entries = amount if isinstance(amount, Mapping) else {OTHERS: amount}
    return scenario.with_term(
        term.changed(**{field: amounts if entry is None else {**entries, entry: amounts}})
    )
