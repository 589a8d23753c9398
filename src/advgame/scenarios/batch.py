"""A scenario at many values of its numbers at once, as arrays of payoffs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from advgame.errors import ScenarioError, UnknownName
from advgame.games.game import FloatArray
from advgame.payoffs import Encounters, Term, build_many
from advgame.payoffs.terms.term import OTHERS
from advgame.scenarios.parameters import TERM_PARAMETERS, split_address
from advgame.scenarios.scenario import Scenario, encounters

MOVABLE = {"largest_share", "adversarial_share", *TERM_PARAMETERS}


def can_be_batched(address: str) -> bool:
    """Whether a number can differ within a batch: shares and prices can, accuracies cannot."""
    return split_address(address)[0] in MOVABLE


def payoffs_over(
    scenario: Scenario, columns: Mapping[str, ArrayLike]
) -> tuple[FloatArray, FloatArray, Encounters]:
    """The defender's and the adversary's payoffs (games, defences, attacks), and the encounters behind them.

    >>> from advgame.scenarios import case
    >>> a, b, met = payoffs_over(case("cifar10-two-defences"), {"largest_share": [0.1, 0.3]})
    >>> a.shape, met.adversarial_share.tolist()
    ((2, 2, 2), [[0.0, 0.1], [0.0, 0.3]])

    Args:
        columns: the values (games,) of each number by address; shares and prices only.

    Returns:
        Payoffs, equal to those of the single games to the last bit, and encounters whose
        ``adversarial_share`` is (games, attacks).

    Raises:
        UnknownName, ScenarioError: for an address or a value the scenario cannot have.
    """
    values = {address: np.asarray(column, dtype=np.float64) for address, column in columns.items()}
    met = encounters(scenario)
    games = len(next(iter(values.values())))
    shares = _shares(scenario, met, values, games)
    terms = scenario.terms
    for address, column in values.items():
        if split_address(address)[0] in TERM_PARAMETERS:
            terms = _with_amounts(terms, scenario, address, column.reshape(-1, 1, 1))
    met = replace(met, adversarial_share=shares)
    to_defender, to_attacker = build_many(met, terms)
    shape = (games, len(met.defences), len(met.attacks))
    return np.broadcast_to(to_defender, shape), np.broadcast_to(to_attacker, shape), met


def _shares(scenario: Scenario, met: Encounters, values: Mapping[str, FloatArray], games: int) -> FloatArray:
    """The share of each attack in each game: the largest share, or the attack's own cap below it."""
    largest = values.get("largest_share", np.full(games, scenario.largest_share))
    caps = {attack: np.full(games, cap) for attack, cap in scenario.adversarial_share.items()}
    for address, column in values.items():
        field, attack = split_address(address)
        if field == "adversarial_share":
            caps[_known(attack or "", met.attacks[1:])] = column
    for name, column in (("largest_share", largest), *caps.items()):
        if not np.all((column >= 0) & (column <= 1)):
            raise ScenarioError(f"The share {name} leaves 0..1; expected fractions of the traffic.")
    columns = [np.minimum(largest, caps.get(attack, np.ones(games))) for attack in met.attacks[1:]]
    return np.stack([np.zeros(games), *columns], axis=1)


def _known(attack: str, attacks: tuple[str, ...]) -> str:
    if attack not in attacks:
        raise UnknownName("attack", attack, attacks)
    return attack


def _with_amounts(
    terms: tuple[Term, ...], scenario: Scenario, address: str, amounts: FloatArray
) -> tuple[Term, ...]:
    field, entry = split_address(address)
    about = TERM_PARAMETERS[field]
    term = next((each for each in terms if each.name == about.term), scenario.term(about.term))
    amount = getattr(term, field)
    others = amount if isinstance(amount, Mapping) else {OTHERS: amount}
    changed = term.changed(**{field: amounts if entry is None else {**others, entry: amounts}})
    return tuple(changed if each.name == about.term else each for each in terms)
