"""Conversion of games to and from nashpy games and NumPy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from advgame.arrays import FloatArray
from advgame.errors import GameError
from advgame.games.game import Game

PLAYERS = 2


def to_nashpy(game: Game) -> Any:
    """The game as a ``nashpy.Game`` with the defender as row player. Names and Fractions are lost.

    >>> print(to_nashpy(Game([[3, 0], [2, 1]], [[0, 2], [1, 0]])).payoff_matrices[1])
    [[0. 2.]
     [1. 0.]]
    """
    import nashpy

    return nashpy.Game(game.defender_payoffs.copy(), game.attacker_payoffs.copy())


def from_nashpy(players: Any) -> Game:
    """The game of a ``nashpy.Game``; the row player becomes the defender.

    >>> import nashpy
    >>> from_nashpy(nashpy.Game([[1, -1], [-1, 1]])).attacker_payoffs.tolist()
    [[-1.0, 1.0], [1.0, -1.0]]

    Raises:
        GameError: when it does not have two finite payoff matrices.
    """
    matrices = getattr(players, "payoff_matrices", None)
    if matrices is None or len(matrices) != PLAYERS:
        raise GameError(f"{type(players).__name__} is not a two-player nashpy.Game; give nashpy.Game(A, B).")
    return Game(*matrices)


def to_array(game: Game) -> FloatArray:
    """Both players' payoffs in one array (2, m, n): the defender's, then the attacker's.

    >>> to_array(Game([[1, 0]], [[0, 2]])).tolist()
    [[[1.0, 0.0]], [[0.0, 2.0]]]
    """
    return np.stack([game.defender_payoffs, game.attacker_payoffs])


def from_array(payoffs: ArrayLike) -> Game:
    """The game in an array (2, m, n): the defender's payoffs, then the attacker's.

    >>> from_array([[[1, 0]], [[0, 2]]]).shape
    (1, 2)

    Raises:
        GameError: for an array of another shape, or invalid payoffs.
    """
    try:
        stack = np.asarray(payoffs)
    except ValueError:
        raise GameError("The payoffs have rows of different lengths; expected an array (2, m, n).") from None
    if stack.ndim != PLAYERS + 1 or len(stack) != PLAYERS:
        raise GameError(f"The payoffs have shape {stack.shape}; expected (2, m, n), one matrix per player.")
    return Game(stack[0], stack[1])
