"""Rational payoffs of many games as integers, which are exact and fast to compare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class WholePayoffs:
    """Payoffs of k games: integers of any size over one denominator per player.

    >>> whole = np.array([[[1, 2]]], dtype=object)
    >>> WholePayoffs(whole, whole, (4, 1)).fractions(0)[0].tolist()
    [[Fraction(1, 4), Fraction(1, 2)]]
    """

    to_defender: NDArray[Any]  # (k, defences, attacks)
    to_attacker: NDArray[Any]  # (k, defences, attacks)
    denominators: tuple[int, int]  # of the defender's payoffs and of the attacker's

    def fractions(self, game: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Both matrices of one game as Fractions."""
        defender, attacker = (
            _over(whole[game], below)
            for whole, below in zip((self.to_defender, self.to_attacker), self.denominators, strict=True)
        )
        return defender, attacker


@dataclass(frozen=True, eq=False)
class ExactPayoffs:
    """Functions that compute the exact payoffs of games given as floats.

    Attributes:
        payoffs: the exact payoffs of selected games, defences and attacks, by index.
        distinct: for selected games, defences and attacks: the indices of games that may differ, and for
            every game the one that has its payoffs. A quick test that may miss equal games.
        rounding: bounds on the difference between a float and its exact value: defender, attacker.
    """

    payoffs: Callable[[NDArray[np.int64], Places, Places], WholePayoffs]
    distinct: Callable[[NDArray[np.int64], Places, Places], tuple[Places, Places]]
    rounding: tuple[float, float]


def _over(whole: NDArray[Any], below: int) -> NDArray[Any]:
    exact = np.empty(whole.shape, dtype=object)
    exact.ravel()[:] = [Fraction(number, below) for number in whole.ravel().tolist()]
    return exact
