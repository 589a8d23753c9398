"""Encounters priced by terms make a game."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from advgame.games import Game
from advgame.games.game import FloatArray
from advgame.payoffs.encounters import Encounters
from advgame.payoffs.terms.term import Term


def build(met: Encounters, terms: Sequence[Term]) -> Game:
    """The game in which each player earns the sum of what the terms pay, in money per classified input.

    >>> import numpy as np
    >>> from advgame.payoffs.terms import BenignTraffic
    >>> met = Encounters(("plain",), ("none",), np.array([0.9]), np.array([[0.9]]), np.array([0.0]))
    >>> build(met, [BenignTraffic()]).defender_payoffs
    array([[0.9]])
    """
    return Game(
        _sum([term.to_defender(met) for term in terms], met),
        _sum([term.to_attacker(met) for term in terms], met),
        met.defences,
        met.attacks,
    )


def build_many(met: Encounters, terms: Sequence[Term]) -> tuple[FloatArray, FloatArray]:
    """Both players' payoffs (games, defences, attacks) where shares or amounts are those of many games.

    The terms compute them as for a single game, so the payoffs are equal to the last bit.

    Args:
        met: its ``adversarial_share`` may be (games, attacks).
        terms: their amounts may be arrays (games, 1, 1).
    """
    return (
        _sum([term.to_defender(met) for term in terms], met),
        _sum([term.to_attacker(met) for term in terms], met),
    )


def _sum(payoffs: Sequence[FloatArray], met: Encounters) -> FloatArray:
    total = np.zeros((len(met.defences), len(met.attacks)))
    for part in payoffs:
        total = total + part
    return total
