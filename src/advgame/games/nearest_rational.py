"""Replaces the floats of a game by the simplest fractions that round to them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.games.game import Game

DENOMINATORS = (1, 12, 100, 1_000, 10_000, 100_000)  # bounds of denominators, tried in this order


def nearest_rational(game: Game) -> tuple[Game, int]:
    """The game with every float replaced by a fraction with a small denominator that rounds to it.

    >>> rational, kept = nearest_rational(Game([[1 / 3, 0.1]], [[2**-0.5, 3.0]]))
    >>> [str(payoff) for payoff in rational.exact_payoffs[0][0]], kept
    (['1/3', '1/10'], 1)

    Args:
        game: the game; payoffs that are not floats stay as they are.

    Returns:
        The game, and the number of floats without such a fraction, which keep their exact values.
    """
    both = [_fractions(payoffs) for payoffs in game.payoffs_as_given]
    kept = sum(result[1] for result in both)
    return Game(both[0][0], both[1][0], game.defences, game.attacks), kept


def simplest(number: float) -> Fraction | None:
    """The fraction under the smallest bound of denominators that rounds to a float; None if there is none.

    >>> simplest(1 / 3), simplest(0.1 + 0.2)
    (Fraction(1, 3), None)
    """
    exact = Fraction(number)
    for bound in DENOMINATORS:
        fraction = exact.limit_denominator(bound)
        if float(fraction) == number:
            return fraction
    return None


def may_be_rounded(payoffs: FloatArray) -> bool:
    """Whether some payoff has so many binary digits that it may be a rounded number.

    >>> may_be_rounded(np.array([0.25, 3.0])), may_be_rounded(np.array([0.1]))
    (False, True)
    """
    with np.errstate(over="ignore"):
        digits = payoffs * float(SHORT)
    return bool(np.any(np.isfinite(digits) & (digits != np.rint(digits))))


SHORT = 2**20  # floats that are integer multiples of its inverse count as exact


def _fractions(payoffs: NDArray[Any]) -> tuple[NDArray[Any], int]:
    exact = np.empty(payoffs.shape, dtype=object)
    kept = 0
    for place, payoff in np.ndenumerate(payoffs):
        fraction = (
            simplest(float(payoff))
            if payoffs.dtype.kind == "f"
            else Fraction(payoff.item() if isinstance(payoff, np.generic) else payoff)
        )
        kept += fraction is None
        exact[place] = Fraction(payoff) if fraction is None else fraction
    return exact, kept
