"""Which parameters of a scenario can be varied, and how far: axes of maps and searches, dials of forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import floor, log10

import numpy as np

from advgame.errors import MeasurementError
from advgame.payoffs import Accuracies
from advgame.payoffs.terms import Parameter
from advgame.scenarios.parameters import ACCURACIES, STRENGTHS, TERM_PARAMETERS, WHOLE, get_parameter
from advgame.scenarios.scenario import Scenario

RARE = 0.05  # a smaller share gets its own range: between 0 and 1 it could not be distinguished from 0


@dataclass(frozen=True)
class Axis:
    """A parameter of a scenario, by address, with its useful range."""

    address: str
    meaning: str
    unit: str
    low: float
    high: float

    @property
    def is_share(self) -> bool:
        """Whether the parameter is a fraction, best shown in percent."""
        return self.unit == SHARE

    @property
    def is_whole(self) -> bool:
        """Whether the parameter takes whole numbers only."""
        return self.address in WHOLE


SHARE, TIMES = "share of the traffic", "times"
STRENGTH_MEANINGS = {
    "adaptive_factor": "factor by which an adaptive attacker succeeds more often than a static attack",
    "tries": "number of tries that the attacker has on one input",
}
USUAL_FACTOR, USUAL_TRIES = 20.0, 50.0


def axis(scenario: Scenario, address: str) -> Axis:
    """The useful range of a parameter, wide enough to include the scenario's value.

    >>> from advgame.scenarios import case
    >>> here = axis(case("cifar10-two-defences"), "attack_cost")
    >>> here.low, here.high, here.unit
    (0.0, 1.0, 'money per adversarial input')

    Raises:
        UnknownName: when the scenario has no such parameter.
    """
    field, _, entry = address.partition("[")
    named = f": {entry.removesuffix(']')}" if entry else ""
    if field in TERM_PARAMETERS:
        return _amount_axis(scenario, TERM_PARAMETERS[field], address, named)
    value = get_parameter(scenario, address)
    if field in STRENGTHS:
        return Axis(address, STRENGTH_MEANINGS[field], TIMES, 1.0, largest_strength(scenario, field))
    if field in ACCURACIES:
        return Axis(address, field.replace("_", " ") + named, SHARE, 0.0, 1.0)
    top = 1.0 if value == 0 or value >= RARE else _rounded_up(20 * value)
    meaning = "largest share of the traffic that can be adversarial"
    return Axis(address, meaning + named, SHARE, 0.0, top)


def volume_axis(scenario: Scenario, volume: float | None) -> Axis:
    """The useful range of the number of classified inputs per month.

    >>> from advgame.scenarios import case
    >>> volume_axis(case("cifar10-two-defences"), None).high
    5000000.0

    Args:
        scenario: the scenario as it was chosen.
        volume: the number that must lie in the range; None for none.
    """
    usual = scenario.volume_per_month or 1_000_000.0
    top = _rounded_up(2 * usual if volume is None or usual / 20 <= volume <= 2 * usual else 2 * volume)
    return Axis("volume_per_month", "classified inputs per month", "inputs per month", top / 200, top)


def largest_strength(scenario: Scenario, name: str) -> float:
    """The upper end of the range of a factor or a number of tries.

    Args:
        scenario: its own value lies within the range.
        name: ``adaptive_factor`` or ``tries``.
    """
    usual = USUAL_FACTOR if name == "adaptive_factor" else USUAL_TRIES
    return max(usual, 2 * get_parameter(scenario, name))


def strengths_that_matter(scenario: Scenario) -> tuple[str, ...]:
    """The strengths of the attacks that can change a payoff of the scenario.

    The factor matters where attacks were measured as static or transferred; the number of tries where a
    scenario allows more than one, or its attacks are static.

    >>> from advgame.scenarios import case
    >>> strengths_that_matter(case("cifar10-two-defences"))
    ()
    """
    static = scenario.accuracies.static
    if static is not None and static.any():
        return STRENGTHS
    return tuple(name for name in STRENGTHS if get_parameter(scenario, name) != 1)


def _amount_axis(scenario: Scenario, about: Parameter, address: str, named: str) -> Axis:
    top = _top(about, _largest(getattr(scenario.term(about.term), about.name)), _unit_of_money(scenario))
    return Axis(address, about.meaning + named, about.unit, -top if about.may_be_negative else 0.0, top)


def _top(about: Parameter, value: float, unit: float) -> float:
    usual = about.usual_top * unit
    return _rounded_up(2 * value) if value and not usual / 20 <= value <= usual else usual


def _unit_of_money(scenario: Scenario) -> float:
    """The value of a correctly classified benign input; other prices are of that order."""
    return _largest(getattr(scenario.term("benign_traffic"), "benign_gain")) or 1.0


def _largest(amount: float | Mapping[str, float]) -> float:
    return max(map(abs, amount.values()), default=0.0) if isinstance(amount, Mapping) else abs(amount)


def _rounded_up(value: float) -> float:
    """The next of 1, 2 or 5 times a power of ten.

    >>> [_rounded_up(value) for value in (0.0011, 3.0, 5.0, 37_800.0)]
    [0.002, 5.0, 5.0, 50000.0]
    """
    power = floor(log10(value))
    step = next(step for step in (1, 2, 5, 10) if value <= step * 10.0**power * (1 + 1e-12))
    return float(f"{step}e{power}")


TRAFFIC, DEFENDER, ATTACKER = "traffic", "defender", "attacker"


@dataclass(frozen=True)
class Dial:
    """One parameter of a form, the player it affects, and its addresses.

    There are several addresses if each attack or defence can have its own amount; the first is the
    default.
    """

    name: str
    side: str  # "traffic", "defender" or "attacker"
    addresses: tuple[str, ...]


def dials(scenario: Scenario) -> tuple[Dial, ...]:
    """The dials of a scenario: the largest share, and every term parameter that can change a payoff.

    >>> from advgame.scenarios import case
    >>> [dial.name for dial in dials(case("cifar10-two-defences")) if dial.side == "attacker"]
    ['attack_reward', 'attack_penalty', 'attack_cost', 'attack_setup']
    """
    accuracies = replace(scenario, largest_share=1.0).accuracies
    dials_ = [Dial("largest_share", TRAFFIC, ("largest_share",))] if len(accuracies.attacks) > 1 else []
    dials_ += [Dial(name, ATTACKER, (name,)) for name in strengths_that_matter(scenario)]
    for about in TERM_PARAMETERS.values():
        side = _side(scenario, about, accuracies)
        if side is not None:
            dials_.append(Dial(about.name, side, _addresses(scenario, about, accuracies)))
    return tuple(dials_)


def _side(scenario: Scenario, about: Parameter, accuracies: Accuracies) -> str | None:
    """The player whose payoffs depend on the parameter; None if neither do."""
    term, ends = scenario.term(about.term), axis(scenario, about.name)
    low, high = (replace(term, **{about.name: end}) for end in (ends.low, ends.high))
    try:
        if not np.array_equal(low.to_attacker(accuracies), high.to_attacker(accuracies)):
            return ATTACKER
        return None if np.array_equal(low.to_defender(accuracies), high.to_defender(accuracies)) else DEFENDER
    except MeasurementError:  # the table has no measurement to which the amount applies
        return None


def _addresses(scenario: Scenario, about: Parameter, accuracies: Accuracies) -> tuple[str, ...]:
    if about.by is None:
        return (about.name,)
    if about.by == "attack":
        single = tuple(f"{about.name}[{attack}]" for attack in accuracies.attacks[1:])
        if _alike(scenario, about):
            return (about.name, *single) if len(single) > 1 else (about.name,)
        return single
    # A cost shared by all defences changes no decision, so each has its own dial; the defence that is
    # best without attacks comes last, because the others are compared with it.
    undefended = accuracies.defences[int(accuracies.clean_accuracy.argmax())]
    ordered = sorted(accuracies.defences, key=lambda defence: defence == undefended)
    return tuple(f"{about.name}[{defence}]" for defence in ordered)


def _alike(scenario: Scenario, about: Parameter) -> bool:
    amount = getattr(scenario.term(about.term), about.name)
    return not isinstance(amount, Mapping) or len(set(amount.values())) == 1
