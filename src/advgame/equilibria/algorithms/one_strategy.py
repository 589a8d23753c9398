"""Games in which one player has a single strategy: the other's best responses, compared as given."""

from __future__ import annotations

import numpy as np

from advgame.games import Game

PurePair = tuple[list[float], list[float]]


def equilibria_of_one(game: Game) -> list[PurePair]:
    """Every extreme equilibrium of a 1 × n or m × 1 game: each best response of the player who chooses.

    >>> equilibria_of_one(Game([[1, 1, 1]], [[2, 5, 5]]))
    [([1.0], [0.0, 1.0, 0.0]), ([1.0], [0.0, 0.0, 1.0])]
    """
    rows, columns = game.shape
    to_defender, to_attacker = game.payoffs_as_given
    best_rows = np.flatnonzero(to_defender[:, 0] == to_defender[:, 0].max()) if columns == 1 else [0]
    best_columns = np.flatnonzero(to_attacker[0] == to_attacker[0].max()) if rows == 1 else [0]
    return [(_pure(int(i), rows), _pure(int(j), columns)) for i in best_rows for j in best_columns]


def _pure(strategy: int, count: int) -> list[float]:
    return [1.0 if place == strategy else 0.0 for place in range(count)]
