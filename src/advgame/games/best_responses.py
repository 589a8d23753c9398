"""The best responses of each player to a mixed strategy of the opponent."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from advgame.arrays import FloatArray
from advgame.errors import GameError
from advgame.games.game import Game
from advgame.games.tolerances import SUM_OF_PROBABILITIES, TIE


def defender_best_responses(game: Game, attacker: ArrayLike) -> tuple[int, ...]:
    """The defender's best responses to a mixed strategy over attacks (n,), by index.

    >>> defender_best_responses(Game([[3, 0], [2, 1]], [[0, 2], [1, 0]]), [0.5, 0.5])
    (0, 1)
    """
    mixed_strategy = checked_mix("attacker", attacker, game.shape[1])
    return _best(game.centred.defender_payoffs @ mixed_strategy, game.defender_payoffs)


def attacker_best_responses(game: Game, defender: ArrayLike) -> tuple[int, ...]:
    """The attacker's best responses to a mixed strategy over defences (m,), by index.

    >>> attacker_best_responses(Game([[3, 0], [2, 1]], [[0, 2], [1, 0]]), [1, 0])
    (1,)
    """
    mixed_strategy = checked_mix("defender", defender, game.shape[0])
    return _best(mixed_strategy @ game.centred.attacker_payoffs, game.attacker_payoffs)


def checked_mix(player: str, given: ArrayLike, count: int) -> FloatArray:
    """The mixed strategy as an array of ``count`` probabilities.

    Args:
        player: name of the player, for the error message.
        given: (count,) probabilities.
        count: number of the player's strategies.

    Raises:
        GameError: when the length is wrong, an entry is negative, or the sum is not 1 within 1e-9.
    """
    try:
        mixed_strategy = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise GameError(
            f"The {player}'s mixed strategy {given!r} is not a sequence of {count} numbers."
        ) from None
    if mixed_strategy.shape != (count,):
        raise GameError(
            f"The {player}'s mixed strategy has shape {mixed_strategy.shape}; expected ({count},)."
        )
    if (
        not np.all(np.isfinite(mixed_strategy))
        or np.any(mixed_strategy < 0)
        or abs(mixed_strategy.sum() - 1) > SUM_OF_PROBABILITIES
    ):
        raise GameError(
            f"The {player}'s mixed strategy {mixed_strategy.tolist()} does not consist of probabilities "
            "that sum to 1."
        )
    return mixed_strategy


def _best(payoffs: FloatArray, matrix: FloatArray) -> tuple[int, ...]:
    slack = TIE * float(np.ptp(matrix))
    return tuple(int(index) for index in np.flatnonzero(payoffs >= payoffs.max() - slack))
