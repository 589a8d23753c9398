"""Builds a game from accuracies and payoff terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.games import Game
from advgame.measurements.decimals import Exact, Number, as_decimal, converted
from advgame.payoffs.accuracies import Accuracies
from advgame.payoffs.terms.term import NOTHING, Term

ROUNDINGS = 64 * 2.0**-53  # of all amounts: above the rounding error of a payoff's operations


def build(accuracies: Accuracies, terms: Sequence[Term]) -> Game:
    """The game in which each player earns the sum of the terms, in money per classified input.

    Its payoffs are floats; the exact payoffs, from the given decimals, are computed when ties must be
    decided.

    >>> import numpy as np
    >>> from advgame.payoffs.terms import BenignTraffic
    >>> accuracies = Accuracies(("plain",), ("none",), np.array([0.9]), np.array([[0.9]]), np.array([0.0]))
    >>> build(accuracies, [BenignTraffic()]).defender_payoffs
    array([[0.9]])
    """
    parts = [
        [term.to_defender(accuracies) for term in terms],
        [term.to_attacker(accuracies) for term in terms],
    ]
    return Game.rounded(
        _sum(parts[0], accuracies),
        _sum(parts[1], accuracies),
        Exactly(accuracies, tuple(terms)),
        tuple(rounding_of(part, terms, accuracies.strength.amplification) for part in parts),  # type: ignore[arg-type]
        accuracies.defences,
        accuracies.attacks,
    )


def rounding_of(parts: Sequence[FloatArray], terms: Sequence[Term], amplification: float = 1.0) -> float:
    """A bound on the rounding error of a float sum of the terms.

    Args:
        parts: what each term pays.
        terms: the terms.
        amplification: of the accuracies' errors, `AttackStrength.amplification`.
    """
    return (
        amplification
        * ROUNDINGS
        * sum(term.size() for term, part in zip(terms, parts, strict=True) if part is not NOTHING)
    )


@dataclass(frozen=True, eq=False)
class Exactly:
    """Computes both players' payoffs as Fractions with the same terms."""

    accuracies: Accuracies
    terms: tuple[Term, ...]

    def __call__(self, defences: NDArray[np.intp], attacks: NDArray[np.intp]) -> tuple[Exact, Exact]:
        """The payoffs (defences, attacks) of selected strategies, by index."""
        columns = [0, *(place for place in attacks.tolist() if place)]
        both = build_exactly(self.accuracies.exactly(defences.tolist(), columns), self.terms)
        wanted = [columns.index(place) for place in attacks.tolist()]
        return both[0][:, wanted], both[1][:, wanted]


def build_exactly(
    accuracies: Accuracies, terms: Sequence[Term], number: Number = as_decimal
) -> tuple[Exact, Exact]:
    """Both players' exact payoffs, of one game (defences, attacks) or of many (games, …).

    Args:
        accuracies: exact accuracies of the same type; the shares may be (games, attacks).
        terms: terms with the given amounts; arrays (games, 1, 1) for many games.
        number: ``as_decimal`` for Fractions, ``printed`` for Decimals.
    """
    exact = [term.exactly(accuracies.defences, accuracies.attacks, number) for term in terms]
    zero = number(0.0)
    return (
        _exact_sum([term.to_defender(accuracies) for term in exact], accuracies, zero),
        _exact_sum([term.to_attacker(accuracies) for term in exact], accuracies, zero),
    )


def build_many(accuracies: Accuracies, terms: Sequence[Term]) -> tuple[FloatArray, FloatArray]:
    """Both players' payoffs (games, defences, attacks) for shares or amounts of many games.

    The terms compute them as for a single game, so the payoffs are identical.

    Args:
        accuracies: its ``adversarial_share`` may be (games, attacks).
        terms: their amounts may be arrays (games, 1, 1).
    """
    return (
        _sum([term.to_defender(accuracies) for term in terms], accuracies),
        _sum([term.to_attacker(accuracies) for term in terms], accuracies),
    )


def _exact_sum(payoffs: Sequence[Exact], accuracies: Accuracies, zero: Any) -> Exact:
    total: Exact = np.full((len(accuracies.defences), len(accuracies.attacks)), zero)
    for part in map(np.asarray, payoffs):
        if part is not NOTHING:
            total = total + (part if part.dtype == object else converted(part, type(zero)))
    return total


def _sum(payoffs: Sequence[FloatArray], accuracies: Accuracies) -> FloatArray:
    total = np.zeros((len(accuracies.defences), len(accuracies.attacks)))
    for part in payoffs:
        total = total + part
    return total
