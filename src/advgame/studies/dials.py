"""The numbers of a scenario that somebody who explores it will want to turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from advgame.errors import MeasurementError
from advgame.payoffs import Encounters
from advgame.payoffs.terms import Parameter
from advgame.scenarios import Scenario, encounters
from advgame.scenarios.parameters import TERM_PARAMETERS
from advgame.studies.axes import axis

TRAFFIC, DEFENDER, ADVERSARY = "traffic", "defender", "adversary"


@dataclass(frozen=True)
class Dial:
    """One number to turn, whose money it moves, and the addresses it can be turned at.

    There are several addresses where every attack or defence may have an amount of its own. The first
    is the one to offer first.
    """

    name: str
    side: str  # "traffic", "defender" or "adversary"
    addresses: tuple[str, ...]


def dials(scenario: Scenario) -> tuple[Dial, ...]:
    """The dials of a scenario: the largest share, and every parameter of a term that can change a payoff.

    >>> from advgame.scenarios import case
    >>> [dial.name for dial in dials(case("cifar10-two-defences")) if dial.side == "adversary"]
    ['attack_reward', 'attack_penalty', 'attack_cost', 'attack_setup']
    """
    met = encounters(replace(scenario, largest_share=1.0))
    found = [Dial("largest_share", TRAFFIC, ("largest_share",))] if len(met.attacks) > 1 else []
    for about in TERM_PARAMETERS.values():
        side = _side(scenario, about, met)
        if side is not None:
            found.append(Dial(about.name, side, _addresses(scenario, about, met)))
    return tuple(found)


def _side(scenario: Scenario, about: Parameter, met: Encounters) -> str | None:
    """The player whose payoffs the parameter moves; None where it moves none."""
    term, ends = scenario.term(about.term), axis(scenario, about.name)
    low, high = (replace(term, **{about.name: end}) for end in (ends.low, ends.high))
    try:
        if not np.array_equal(low.to_attacker(met), high.to_attacker(met)):
            return ADVERSARY
        return None if np.array_equal(low.to_defender(met), high.to_defender(met)) else DEFENDER
    except MeasurementError:  # nothing was measured that the amount could be paid for
        return None


def _addresses(scenario: Scenario, about: Parameter, met: Encounters) -> tuple[str, ...]:
    if about.by is None:
        return (about.name,)
    if about.by == "attack":
        single = tuple(f"{about.name}[{attack}]" for attack in met.attacks[1:])
        if _alike(scenario, about):
            return (about.name, *single) if len(single) > 1 else (about.name,)
        return single
    # What all defences cost alike changes no decision, so each is turned by itself; the defence that is
    # best when nobody attacks comes last, for it is what the others are compared with.
    undefended = met.defences[int(met.clean_accuracy.argmax())]
    others = sorted(met.defences, key=lambda defence: defence == undefended)
    return tuple(f"{about.name}[{defence}]" for defence in others)


def _alike(scenario: Scenario, about: Parameter) -> bool:
    amount = getattr(scenario.term(about.term), about.name)
    return not isinstance(amount, Mapping) or len(set(amount.values())) == 1
