"""Many games at once whose payoffs are affine in the numbers that differ between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray

NOWHERE = -1  # in place of a row of ``values``, for a number that is the same in all games


@dataclass(frozen=True, eq=False)
class AffineGames:
    """k games of one shape, told by a few numbers each instead of by their payoffs.

    A player's payoff in one game is a sum over features φ = (1, the game's prices …):

        U(i, j) = Σ_b φ_b (still[b, i, j] + p_j shared[b, i, j] + 1[p_j > 0] entered[b, i, j])

    with the intensity p_j = min(largest, cap_j) of strategy j of the attacker; that of strategy 0 is 0.
    The arrays of coefficients hold the defender's first and the attacker's second.
    """

    values: FloatArray  # (numbers, games): what differs, a row for each number
    price_rows: NDArray[np.int64]  # (features − 1,) where in ``values`` each price stands
    still: FloatArray  # (2, features, defences, attacks)
    shared: FloatArray  # (2, features, defences, attacks)
    entered: FloatArray  # (2, features, defences, attacks)
    largest: float  # the largest intensity; 1 where it differs between games,
    largest_row: int  # and stands in this row of ``values``, or NOWHERE
    caps: FloatArray  # (attacks,) the largest intensity of each, 0 for strategy 0; 1 where it differs,
    cap_rows: NDArray[np.int64]  # (attacks,) and stands in these rows of ``values``, or NOWHERE

    @property
    def games(self) -> int:
        """How many there are."""
        return int(self.values.shape[1])

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of defences and of attacks."""
        return self.still.shape[2], self.still.shape[3]

    @cached_property
    def reach(self) -> FloatArray:
        """The largest size of each feature in any game, (features,)."""
        return np.append(1.0, np.abs(self.values[self.price_rows]).max(axis=1, initial=0.0))

    def size(self, player: int) -> float:
        """A bound on the size of a player's payoffs in any game, of the sums they are made of included."""
        parts = (np.abs(each[player]).max(axis=(1, 2)) for each in (self.still, self.shared, self.entered))
        return float(self.reach @ sum(parts))

    def intensities(self, chosen: NDArray[np.int64]) -> FloatArray:
        """The intensity of each of the attacker's strategies in some of the games, (chosen, attacks)."""
        shares = np.minimum(self.largest, np.repeat(self.caps[None, :], len(chosen), axis=0))
        if self.largest_row != NOWHERE:
            shares = np.minimum(self.values[self.largest_row, chosen][:, None], shares)
        for attack in np.flatnonzero(self.cap_rows != NOWHERE):
            shares[:, attack] = np.minimum(self.values[self.cap_rows[attack], chosen], shares[:, attack])
        return shares

    def payoffs(self, chosen: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
        """Both players' payoffs in some of the games, (chosen, defences, attacks) each."""
        features = np.vstack([np.ones(len(chosen)), self.values[self.price_rows][:, chosen]])
        p = self.intensities(chosen)[:, None, :]
        a, b = (
            np.einsum("bk,bij->kij", features, still)
            + p * np.einsum("bk,bij->kij", features, shared)
            + (p > 0) * np.einsum("bk,bij->kij", features, entered)
            for still, shared, entered in zip(self.still, self.shared, self.entered, strict=True)
        )
        return a, b
