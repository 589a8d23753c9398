"""Parameters of a scenario by address, such as ``attack_cost[square]`` or ``clean_accuracy[Standard]``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from math import isfinite
from numbers import Real
from typing import Any

from advgame.errors import ScenarioError, UnknownName
from advgame.payoffs import TERMS, Term
from advgame.payoffs.accuracies import accuracy_cell
from advgame.payoffs.terms import Parameter, parameters_of
from advgame.payoffs.terms.term import OTHERS
from advgame.scenarios.knowledge import MIXTURE, NOTHING
from advgame.scenarios.scenario import Scenario, check_scenario


@lru_cache(maxsize=4)
def _parameters(terms: tuple[type[Term], ...]) -> Mapping[str, Parameter]:
    return {about.name: about for term in terms for about in parameters_of(term)}


class TermParameters(Mapping[str, Parameter]):
    """The parameters of all terms by name, read from ``TERMS`` on each access because terms can be added."""

    def __getitem__(self, name: str) -> Parameter:
        return self._now[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now)

    def __len__(self) -> int:
        return len(self._now)

    @property
    def _now(self) -> Mapping[str, Parameter]:
        return _parameters(tuple(TERMS.values()))


TERM_PARAMETERS = TermParameters()
ACCURACIES = ("clean_accuracy", "attacked_accuracy")
STRENGTHS = ("adaptive_factor", "tries")  # what changes all success rates between measurement and field
WHOLE = ("tries",)  # that take whole numbers only
RULES = ("success", "attacker_knows", "announced", "may_stop")  # settings that are no numbers
WHOLE_SCENARIO = ("largest_share", "volume_per_month", "attacker_margin", *STRENGTHS, *RULES)


def nearest_value(address: str, value: float) -> float:
    """The nearest value that a parameter can take: some take whole numbers only.

    >>> nearest_value("tries", 2.6), nearest_value("attack_cost", 2.6)
    (3.0, 2.6)

    Args:
        address: of the parameter.
        value: any number.
    """
    return float(round(value)) if address in WHOLE else value


def addresses(scenario: Scenario) -> tuple[str, ...]:
    """The addresses of all parameters of the scenario, including entries by name."""
    accuracies = scenario.accuracies
    entries = {"attack": accuracies.attacks[1:], "defence": accuracies.defences}
    listed = ["largest_share", *TERM_PARAMETERS]
    listed += [f"adversarial_share[{attack}]" for attack in accuracies.attacks[1:]]
    for about in TERM_PARAMETERS.values():
        listed += [f"{about.name}[{name}]" for name in entries.get(about.by or "", ())]
    listed += [f"clean_accuracy[{defence}]" for defence in accuracies.defences]
    listed += [
        f"attacked_accuracy[{defence}, {attack}]"
        for defence in accuracies.defences
        for attack in accuracies.attacks[1:]
    ]
    return tuple(listed)


def get_parameter(scenario: Scenario, address: str) -> float:
    """The value of the parameter at an address.

    >>> from advgame.scenarios import case
    >>> get_parameter(case("cifar10-two-defences"), "attack_cost")
    0.6

    Raises:
        UnknownName: when the scenario has no such parameter.
        ScenarioError: when the parameter is a table of different amounts; use the address of an entry.
    """
    check_scenario(scenario)
    field, entry = split_address(address)
    if field in ACCURACIES:
        accuracies = scenario.accuracies
        defence, attack = accuracy_cell(address, accuracies.defences, accuracies.attacks)
        return float(
            accuracies.attacked_accuracy[accuracies.defences.index(defence), accuracies.attacks.index(attack)]
        )
    if field == "adversarial_share" and entry is not None:
        accuracies = scenario.accuracies
        return float(
            accuracies.adversarial_share[accuracies.attacks.index(_entry_of(entry, "attack", scenario))]
        )
    if field in ("largest_share", "attacker_margin", *STRENGTHS) and entry is None:
        return float(getattr(scenario, field))
    if field == "volume_per_month" and entry is None:
        if scenario.volume_per_month is None:
            raise ScenarioError("The scenario has no volume_per_month; set it to see amounts per month.")
        return scenario.volume_per_month
    return _amount_at(scenario, _about(field, address), entry)


def _amount_at(scenario: Scenario, about: Parameter, entry: str | None) -> float:
    amount = getattr(scenario.term(about.term), about.name)
    if entry is not None:
        _entry_of(entry, about.by, scenario)
        return float(amount.get(entry, amount.get(OTHERS, 0.0)) if isinstance(amount, Mapping) else amount)
    if not isinstance(amount, Mapping):
        return float(amount)
    if len(set(amount.values())) == 1:
        return float(next(iter(amount.values())))
    raise ScenarioError(
        f"{about.name} differs by {about.by}; name an entry, such as {about.name}[{next(iter(amount))}]."
    )


def set_parameter(scenario: Scenario, address: str, value: float | str | bool) -> Scenario:
    """The scenario with another value at an address; ``attack_cost`` sets all its entries.

    >>> from advgame.scenarios import case
    >>> set_parameter(case("cifar10-two-defences"), "largest_share", 0.2).largest_share
    0.2

    Args:
        scenario: the scenario to change.
        address: the address of the parameter, such as ``attack_cost[pgd]``.
        value: the new value; text or a boolean for parameters of that type.

    Raises:
        UnknownName: when the scenario has no such parameter.
        ScenarioError: when the value is not allowed.
    """
    check_scenario(scenario)
    changed = _changed(scenario, address, value)
    field, _ = split_address(address)
    stale = {
        key: BY_HAND
        for key in (field, address)
        if key in scenario.basis and _differ(scenario, changed, field)
    }
    return replace(changed, basis={**changed.basis, **stale}) if stale else changed


BY_HAND = "set by hand"  # replaces the basis, which no longer holds for a changed value


def _differ(first: Scenario, second: Scenario, field: str) -> bool:
    if field in WHOLE_SCENARIO:
        return bool(getattr(first, field) != getattr(second, field))
    term = TERM_PARAMETERS[field].term if field in TERM_PARAMETERS else ""
    return not term or getattr(first.term(term), field) != getattr(second.term(term), field)


def _changed(scenario: Scenario, address: str, value: float | str | bool) -> Scenario:
    field, entry = split_address(address)
    if field in WHOLE_SCENARIO and entry is None:
        return _with_field(scenario, field, value)
    number = _finite(address, value)
    if field in ACCURACIES:
        return _with_accuracy(scenario, address, number)
    if field == "adversarial_share" and entry is not None:
        caps = {**scenario.adversarial_share, _entry_of(entry, "attack", scenario): number}
        return replace(scenario, adversarial_share=caps)
    return _with_amount(scenario, _about(field, address), entry, number)


def _with_field(scenario: Scenario, field: str, value: float | str | bool) -> Scenario:
    if field == "announced":
        if not isinstance(value, bool):
            raise ScenarioError(f"announced is {value!r}; expected true or false.")
        return replace(scenario, attacker_knows=MIXTURE if value else NOTHING)
    changes: dict[str, Any] = {field: value}  # the scenario checks them
    if field not in RULES:
        changes = {field: _finite(field, value)}
    changed = replace(scenario, **changes)
    if field == "success":
        _ = changed.accuracies  # raises where errors on different items would be subtracted
    return changed


def _with_accuracy(scenario: Scenario, address: str, number: float) -> Scenario:
    accuracies = scenario.accuracies
    defence, attack = accuracy_cell(address, accuracies.defences, accuracies.attacks)
    clean = address.startswith("clean_accuracy")
    cell = f"clean_accuracy[{defence}]" if clean else f"attacked_accuracy[{defence}, {attack}]"
    changed = replace(scenario, what_if={**scenario.what_if, cell: number})
    # Raises for an accuracy outside 0..1.
    _ = changed.accuracies
    return changed


def _with_amount(scenario: Scenario, about: Parameter, entry: str | None, number: float) -> Scenario:
    term = scenario.term(about.term)
    if entry is None:
        return scenario.with_term(replace(term, **{about.name: number}))
    _entry_of(entry, about.by, scenario)
    amount = getattr(term, about.name)
    table = dict(amount) if isinstance(amount, Mapping) else {OTHERS: amount}
    return scenario.with_term(replace(term, **{about.name: {**table, entry: number}}))


def split_address(address: str) -> tuple[str, str | None]:
    """The parameter that an address names, and its entry, if any.

    >>> split_address("attack_cost[square]")
    ('attack_cost', 'square')

    Raises:
        ScenarioError: for brackets that are empty or not closed.
    """
    field, bracket, rest = address.strip().partition("[")
    if not bracket:
        return field, None
    if not rest.endswith("]") or not rest[:-1].strip():
        raise ScenarioError(f"The address {address!r} is incomplete; write {field}[name].")
    return field.strip(), rest[:-1].strip()


def _about(field: str, address: str) -> Parameter:
    if field in RULES:
        raise ScenarioError(f"{field} is a rule of the game, not a number; read scenario.{field}.")
    if field not in TERM_PARAMETERS:
        known = [*WHOLE_SCENARIO, "adversarial_share[…]"]
        known += [*TERM_PARAMETERS, *(f"{name}[…]" for name in ACCURACIES)]
        raise UnknownName("parameter", address, known)
    return TERM_PARAMETERS[field]


def _entry_of(entry: str, kind: str | None, scenario: Scenario) -> str:
    if kind is None:
        raise ScenarioError(f"This parameter is a single amount; remove [{entry}].")
    accuracies = scenario.accuracies
    known = accuracies.attacks[1:] if kind == "attack" else accuracies.defences
    if entry not in known:
        raise UnknownName(kind, entry, known)
    return entry


def _finite(address: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not isfinite(value):
        raise ScenarioError(f"{address} is set to {value!r}; expected a finite number.")
    return float(value)
