"""What each player does best against a mixed strategy of the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from advgame.arrays import FloatArray
from advgame.errors import GameError
from advgame.games.game import Game
from advgame.games.tolerances import SUM_OF_PROBABILITIES, TIE


def defender_best_responses(game: Game, attacker: ArrayLike) -> tuple[int, ...]:
    """The defences that pay best against a mixed strategy of attacks (n,), by index.

    >>> defender_best_responses(Game([[3, 0], [2, 1]], [[0, 2], [1, 0]]), [0.5, 0.5])
    (0, 1)
    """
    mix = checked_mix("attacker", attacker, game.shape[1])
    return _best(game.centred.defender_payoffs @ mix, game.defender_payoffs)


def attacker_best_responses(game: Game, defender: ArrayLike) -> tuple[int, ...]:
    """The attacks that pay best against a mixed strategy of defences (m,), by index.

    >>> attacker_best_responses(Game([[3, 0], [2, 1]], [[0, 2], [1, 0]]), [1, 0])
    (1,)
    """
    mix = checked_mix("defender", defender, game.shape[0])
    return _best(mix @ game.centred.attacker_payoffs, game.attacker_payoffs)


def checked_mix(player: str, given: ArrayLike, count: int) -> FloatArray:
    """The mixed strategy as an array of ``count`` probabilities.

    Args:
        player: the player, named in the error.
        given: (count,) probabilities.
        count: number of the player's strategies.

    Raises:
        GameError: when it is of another length, negative, or does not sum to 1 within 1e-9.
    """
    try:
        mix = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise GameError(
            f"The {player}'s mixed strategy {given!r} is not a sequence of {count} numbers."
        ) from None
    if mix.shape != (count,):
        raise GameError(f"The {player}'s mixed strategy has shape {mix.shape}; expected ({count},).")
    if not np.all(np.isfinite(mix)) or np.any(mix < 0) or abs(mix.sum() - 1) > SUM_OF_PROBABILITIES:
        raise GameError(
            f"The {player}'s mixed strategy {mix.tolist()} does not consist of probabilities that sum to 1."
        )
    return mix


def _best(payoffs: FloatArray, matrix: FloatArray) -> tuple[int, ...]:
    slack = TIE * float(np.ptp(matrix))
    return tuple(int(index) for index in np.flatnonzero(payoffs >= payoffs.max() - slack))
