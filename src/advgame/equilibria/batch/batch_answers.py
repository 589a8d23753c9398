"""The recommended profile of each of many games."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray


@dataclass(frozen=True, eq=False)
class BatchAnswers:
    """The recommended profile of each of k games: the equilibrium worth least to the defender."""

    concept: str
    defender: FloatArray  # (k, defences)
    attacker: FloatArray  # (k, attacks)
    value: FloatArray  # (k, 2) to defender and attacker, in the unit of the payoffs
    regret: FloatArray  # (k, 2) of defender and attacker relative to their payoff ranges, at most
    equilibria: NDArray[np.int64]  # (k,) how many extreme ones were found
    complete: NDArray[np.bool_]  # (k,) whether all are proven found
    status: NDArray[np.uint8]  # (k,) codes of `Status`

    @staticmethod
    def room(concept: str, games: int, shape: tuple[int, int]) -> BatchAnswers:
        """Arrays for the answers of games of one shape, to be filled; they can be filled again and again.

        Args:
            concept: name of the solution concept.
            games: number of games.
            shape: (defences, attacks) of every game.
        """
        defences, attacks = shape
        return BatchAnswers(
            concept,
            np.empty((games, defences)),
            np.empty((games, attacks)),
            np.empty((games, 2)),
            np.empty((games, 2)),
            np.empty(games, np.int64),
            np.empty(games, np.bool_),
            np.empty(games, np.uint8),
        )
