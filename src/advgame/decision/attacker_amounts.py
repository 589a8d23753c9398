"""The attacker's rewards and costs in a scenario, and the interval in which each may lie."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.uncertain_attacker import UncertainAmounts
from advgame.payoffs import Accuracies
from advgame.payoffs.terms import parameters_of
from advgame.scenarios import Scenario, get_parameter, set_parameter


def attacker_amounts(
    scenario: Scenario, accuracies: Accuracies | None = None, *, certain_too: bool = False
) -> UncertainAmounts:
    """The amounts that the attacker's payoffs depend on, each uncertain by the scenario's margin.

    If the scenario states an interval for an amount (``intervals``), that is used instead, extended to
    contain the assumed amount. Amounts that differ by attack are uncertain independently of each other.

    >>> from advgame.scenarios import case
    >>> amounts = attacker_amounts(case("cifar10-two-defences"))
    >>> amounts.low.round(3).tolist(), amounts.effects[1].round(3).tolist()  # reward, cost of the attack
    ([-0.05, -0.03], [[0.0, -0.3], [0.0, -0.3]])

    Args:
        scenario: the scenario.
        accuracies: instead of the scenario's own.
        certain_too: whether amounts without effect or uncertainty are kept, so that scenarios which differ in
            one number give the same amounts in the same order.
    """
    accuracies = accuracies or scenario.accuracies
    effects, lows, highs = [], [], []
    for address, term in _addresses(scenario):
        effect = _effect(scenario, accuracies, address, term)
        low, high = _deviations(scenario, address)
        if certain_too or (low < high and np.any(effect)):
            effects.append(effect)
            lows.append(low)
            highs.append(high)
    shape = len(accuracies.defences), len(accuracies.attacks)
    return UncertainAmounts(np.array(effects).reshape(-1, *shape), np.array(lows), np.array(highs))


def _addresses(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Each amount by address, with the name of its term; one address per attack if it differs by attack."""
    for term in scenario.terms:
        for about in parameters_of(type(term)):
            if about.by == "attack":
                for attack in scenario.accuracies.attacks[1:]:
                    yield f"{about.name}[{attack}]", term.name
            elif about.by is None:
                yield about.name, term.name


def _effect(scenario: Scenario, accuracies: Accuracies, address: str, term: str) -> FloatArray:
    """The increase of the attacker's payoffs (defences, attacks) per unit of the amount."""
    raised = set_parameter(scenario, address, get_parameter(scenario, address) + 1.0)
    shape = len(accuracies.defences), len(accuracies.attacks)
    before = np.broadcast_to(scenario.term(term).to_attacker(accuracies), shape)
    return np.asarray(np.broadcast_to(raised.term(term).to_attacker(accuracies), shape) - before)


def _deviations(scenario: Scenario, address: str) -> tuple[float, float]:
    amount = get_parameter(scenario, address)
    reach = scenario.attacker_margin * abs(amount)
    field = address.partition("[")[0]
    low, high = scenario.intervals.get(
        address, scenario.intervals.get(field, (amount - reach, amount + reach))
    )
    return min(low - amount, 0.0), max(high - amount, 0.0)
