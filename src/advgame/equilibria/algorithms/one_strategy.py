"""Games in which one player has a single strategy: the opponent's best responses are the equilibria."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from advgame.games import Game

PurePair = tuple[list[Any], list[Any]]


def equilibria_of_one(game: Game) -> list[PurePair]:
    """Every extreme equilibrium of a 1 × n or m × 1 game: each best response of the other player.

    Payoffs in Fractions give mixed strategies in Fractions, because best responses may differ by rounding
    only, and then only exact certificates are valid.

    >>> equilibria_of_one(Game([[1, 1, 1]], [[2, 5, 5]]))
    [([1.0], [0.0, 1.0, 0.0]), ([1.0], [0.0, 0.0, 1.0])]
    """
    rows, columns = game.shape
    to_defender, to_attacker = game.payoffs_as_given
    best_rows = np.flatnonzero(to_defender[:, 0] == to_defender[:, 0].max()) if columns == 1 else [0]
    best_columns = np.flatnonzero(to_attacker[0] == to_attacker[0].max()) if rows == 1 else [0]
    exact = object in (to_defender.dtype, to_attacker.dtype)
    return [
        (_pure(int(i), rows, exact), _pure(int(j), columns, exact)) for i in best_rows for j in best_columns
    ]


def _pure(strategy: int, count: int, exact: bool) -> list[Any]:
    certain = Fraction(1) if exact else 1.0
    return [certain if place == strategy else 0 * certain for place in range(count)]
