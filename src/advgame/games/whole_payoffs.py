"""Rational payoffs of many games as whole numbers, which are exact and quick to compare."""

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
    """Payoffs of k games: whole numbers of any size, over one denominator for each player.

    >>> whole = np.array([[[1, 2]]], dtype=object)
    >>> WholePayoffs(whole, whole, (4, 1)).fractions(0)[0].tolist()
    [[Fraction(1, 4), Fraction(1, 2)]]
    """

    to_defender: NDArray[Any]  # (k, defences, attacks)
    to_attacker: NDArray[Any]  # (k, defences, attacks)
    denominators: tuple[int, int]  # of the defender's payoffs and of the attacker's

    def fractions(self, game: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Both matrices of one game as Fractions."""
        one, other = (
            _over(whole[game], below)
            for whole, below in zip((self.to_defender, self.to_attacker), self.denominators, strict=True)
        )
        return one, other


@dataclass(frozen=True, eq=False)
class ExactPayoffs:
    """What gives the exact payoffs of games whose payoffs are at hand as floats only.

    Attributes:
        payoffs: gives them for some games, defences and attacks, each by index.
        distinct: for some games, defences and attacks: the places of games that may differ, and for every
            game which of these has its payoffs. Sees at a glance what is equal, and may overlook some.
        rounding: how far a float may be from the number it stands for: defender, attacker.
    """

    payoffs: Callable[[NDArray[np.int64], Places, Places], WholePayoffs]
    distinct: Callable[[NDArray[np.int64], Places, Places], tuple[Places, Places]]
    rounding: tuple[float, float]


def _over(whole: NDArray[Any], below: int) -> NDArray[Any]:
    exact = np.empty(whole.shape, dtype=object)
    exact.ravel()[:] = [Fraction(each, below) for each in whole.ravel().tolist()]
    return exact
