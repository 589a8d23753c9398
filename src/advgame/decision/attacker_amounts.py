"""The attacker's rewards and costs in a scenario, and the interval in which each may lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.uncertain_attacker import UncertainAmounts
from advgame.payoffs import Accuracies, Term
from advgame.payoffs.terms import Parameter, parameters_of
from advgame.payoffs.terms.term import OTHERS
from advgame.scenarios import Scenario


def attacker_amounts(scenario: Scenario, accuracies: Accuracies | None = None) -> UncertainAmounts:
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
    """
    accuracies = accuracies or scenario.accuracies
    effects = np.concatenate([effects_of(term, accuracies) for term in scenario.terms])
    low, high = deviations(scenario, accuracies.attacks)
    moves = (low < high) & (effects != 0).any(axis=(1, 2))
    return UncertainAmounts(effects[moves], low[moves], high[moves])


def effects_of(term: Term, accuracies: Accuracies) -> FloatArray:
    """The increase of the attacker's payoffs per unit of each amount of a term.

    Args:
        term: the term, at the amounts assumed.
        accuracies: those that it is paid by.

    Returns:
        (amounts, defences, attacks). A parameter by attack has an amount for each attack, in their order;
        one by defence is not the attacker's and has none.
    """
    shape = len(accuracies.defences), len(accuracies.attacks)
    before = np.broadcast_to(term.to_attacker(accuracies), shape)
    effects = [np.zeros((0, *shape))]
    for about in _attackers(term):
        raised = replace(term, **{about.name: _raised(getattr(term, about.name))})
        effect = np.broadcast_to(raised.to_attacker(accuracies), shape) - before
        # The amount of an attack pays for that attack alone, so that all are raised at once.
        effects.append(np.eye(shape[1])[1:, None, :] * effect if about.by else effect[None])
    return np.concatenate(effects)


def amounts_of(term: Term, attacks: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    """The address and the value of every amount of a term, in the order of `effects_of`.

    Args:
        term: the term.
        attacks: names, *no attack* first.
    """
    return tuple(
        (about.name if entry is None else f"{about.name}[{entry}]", amount)
        for about in _attackers(term)
        for entry, amount in _amounts(getattr(term, about.name), attacks[1:] if about.by else (None,))
    )


def deviations(scenario: Scenario, attacks: tuple[str, ...]) -> tuple[FloatArray, FloatArray]:
    """(amounts,) The least and greatest deviation of every amount, in the order of `effects_of` the terms.

    Args:
        scenario: the scenario with its margin and its intervals.
        attacks: names, *no attack* first.
    """
    ends = [
        _deviation(scenario, about.name, entry, amount)
        for term in scenario.terms
        for about in _attackers(term)
        for entry, amount in _amounts(getattr(term, about.name), attacks[1:] if about.by else (None,))
    ]
    low, high = np.array(ends).reshape(-1, 2).T
    return low, high


def _attackers(term: Term) -> Iterator[Parameter]:
    """The parameters that are not given by defence."""
    return (about for about in parameters_of(type(term)) if about.by in ("attack", None))


def _raised(amount: float | Mapping[str, float]) -> float | dict[str, float]:
    if isinstance(amount, Mapping):
        return {name: value + 1.0 for name, value in amount.items()}
    return amount + 1.0


def _amounts(
    amount: float | Mapping[str, float], entries: tuple[str | None, ...]
) -> Iterator[tuple[str | None, float]]:
    for entry in entries:
        yield (
            entry,
            amount.get(entry or "", amount.get(OTHERS, 0.0)) if isinstance(amount, Mapping) else amount,
        )


def _deviation(scenario: Scenario, field: str, entry: str | None, amount: float) -> tuple[float, float]:
    reach = scenario.attacker_margin * abs(amount)
    stated = scenario.intervals
    assumed = (amount - reach, amount + reach)
    whole = stated.get(field, assumed) if stated else assumed
    low, high = whole if entry is None or not stated else stated.get(f"{field}[{entry}]", whole)
    return min(low - amount, 0.0), max(high - amount, 0.0)
