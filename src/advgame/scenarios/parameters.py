"""The numbers of a scenario by address: ``largest_share``, ``attack_cost[square]``, ``clean_accuracy[Standard]``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite

from advgame.errors import ScenarioError, UnknownName
from advgame.payoffs import SUCCESS_RULES, TERMS
from advgame.payoffs.encounters import accuracy_cell
from advgame.payoffs.terms import Parameter, parameters_of
from advgame.payoffs.terms.term import OTHERS
from advgame.scenarios.scenario import Scenario, encounters

TERM_PARAMETERS: Mapping[str, Parameter] = {
    about.name: about for term in TERMS.values() for about in parameters_of(term)
}
ACCURACIES = ("clean_accuracy", "attacked_accuracy")


def addresses(scenario: Scenario) -> tuple[str, ...]:
    """Every number of the scenario that can be set or varied, entries by name included."""
    met = encounters(scenario)
    entries = {"attack": met.attacks[1:], "defence": met.defences}
    found = ["largest_share", *TERM_PARAMETERS]
    found += [f"adversarial_share[{attack}]" for attack in met.attacks[1:]]
    for about in TERM_PARAMETERS.values():
        found += [f"{about.name}[{name}]" for name in entries.get(about.by or "", ())]
    found += [f"clean_accuracy[{defence}]" for defence in met.defences]
    found += [f"attacked_accuracy[{defence}, {attack}]" for defence in met.defences for attack in met.attacks[1:]]
    return tuple(found)


def get_parameter(scenario: Scenario, address: str) -> float:
    """The number at an address.

    >>> from advgame.scenarios import case
    >>> get_parameter(case("cifar10-two-defences"), "attack_cost")
    0.6

    Raises:
        UnknownName: when the scenario has no such number.
        ScenarioError: when a table of different amounts stands there: ask for one of its entries.
    """
    field, entry = _split(address)
    if field in ACCURACIES:
        met = encounters(scenario)
        defence, attack = accuracy_cell(address, met.defences, met.attacks)
        return float(met.attacked_accuracy[met.defences.index(defence), met.attacks.index(attack)])
    if field == "adversarial_share" and entry is not None:
        met = encounters(scenario)
        return float(met.adversarial_share[met.attacks.index(_entry_of(entry, "attack", scenario))])
    if field == "largest_share" and entry is None:
        return scenario.largest_share
    about = _about(field, address)
    amount = getattr(scenario.term(about.term), field)
    if entry is not None:
        _entry_of(entry, about.by, scenario)
        return float(amount.get(entry, amount.get(OTHERS, 0.0)) if isinstance(amount, Mapping) else amount)
    if not isinstance(amount, Mapping):
        return float(amount)
    if len(set(amount.values())) == 1:
        return float(next(iter(amount.values())))
    raise ScenarioError(f"{field} differs by {about.by}; name one: {field}[{next(iter(amount))}].")


def set_parameter(scenario: Scenario, address: str, value: float | str | bool) -> Scenario:
    """The same scenario with the number at an address changed; ``attack_cost`` sets all its entries.

    >>> from advgame.scenarios import case
    >>> set_parameter(case("cifar10-two-defences"), "largest_share", 0.2).largest_share
    0.2

    Raises:
        UnknownName: when the scenario has no such number.
        ScenarioError: when the value is not allowed there.
    """
    field, entry = _split(address)
    if field == "success" and entry is None:
        if value not in SUCCESS_RULES:
            raise UnknownName("success rule", str(value), SUCCESS_RULES)
        return replace(scenario, success=str(value))
    if field == "announced" and entry is None:
        if not isinstance(value, bool):
            raise ScenarioError(f"announced is {value!r}; expected true or false.")
        return replace(scenario, announced=value)
    number = _finite(address, value)
    if field in ("largest_share", "volume_per_month") and entry is None:
        return replace(scenario, **{field: number})
    if field in ACCURACIES:
        met = encounters(scenario)
        accuracy_cell(address, met.defences, met.attacks)
        changed = replace(scenario, what_if={**scenario.what_if, address: number})
        encounters(changed)  # says no to an accuracy outside 0..1
        return changed
    if field == "adversarial_share" and entry is not None:
        caps = {**scenario.adversarial_share, _entry_of(entry, "attack", scenario): number}
        return replace(scenario, adversarial_share=caps)
    about = _about(field, address)
    return _with_amount(scenario, about, entry, number)


def _with_amount(scenario: Scenario, about: Parameter, entry: str | None, number: float) -> Scenario:
    term = scenario.term(about.term)
    if entry is None:
        return scenario.with_term(replace(term, **{about.name: number}))
    _entry_of(entry, about.by, scenario)
    amount = getattr(term, about.name)
    table = dict(amount) if isinstance(amount, Mapping) else {OTHERS: amount}
    return scenario.with_term(replace(term, **{about.name: {**table, entry: number}}))


def _split(address: str) -> tuple[str, str | None]:
    field, bracket, rest = address.strip().partition("[")
    if not bracket:
        return field, None
    if not rest.endswith("]") or not rest[:-1].strip():
        raise ScenarioError(f"The address {address!r} is not complete; write {field}[name].")
    return field.strip(), rest[:-1].strip()


def _about(field: str, address: str) -> Parameter:
    if field not in TERM_PARAMETERS:
        known = ["largest_share", "volume_per_month", "adversarial_share[…]", "success", "announced"]
        known += [*TERM_PARAMETERS, *(f"{name}[…]" for name in ACCURACIES)]
        raise UnknownName("parameter", address, known)
    return TERM_PARAMETERS[field]


def _entry_of(entry: str, kind: str | None, scenario: Scenario) -> str:
    if kind is None:
        raise ScenarioError(f"This parameter is one amount for all; leave out [{entry}].")
    met = encounters(scenario)
    known = met.attacks[1:] if kind == "attack" else met.defences
    if entry not in known:
        raise UnknownName(kind, entry, known)
    return entry


def _finite(address: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ScenarioError(f"{address} is set to {value!r}; expected a finite number.")
    return float(value)
