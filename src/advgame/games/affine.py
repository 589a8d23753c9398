"""Families of games whose payoffs are affine in the parameters that differ between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray

NOWHERE = -1  # instead of a row of ``values``, for a parameter that is the same in all games


@dataclass(frozen=True, eq=False)
class AffineGames:
    """k games of one shape, stored as a few parameters each instead of their payoffs.

    A player's payoff in one game is a sum over features φ = (1, the game's prices …):

        U(i, j) = Σ_b φ_b (still[b, i, j] + p_j shared[b, i, j] + 1[p_j > 0] entered[b, i, j])

    with the intensity p_j = min(largest, cap_j) of strategy j of the attacker; that of strategy 0 is 0.
    The first axis of the coefficient arrays is the player: defender, attacker.
    """

    values: FloatArray  # (parameters, games): the parameters that differ, one per row
    price_rows: NDArray[np.int64]  # (features − 1,) the row of each price in ``values``
    still: FloatArray  # (2, features, defences, attacks)
    shared: FloatArray  # (2, features, defences, attacks)
    entered: FloatArray  # (2, features, defences, attacks)
    largest: float  # the largest intensity; 1 if it differs between games,
    largest_row: int  # in which case it is this row of ``values``, else NOWHERE
    caps: FloatArray  # (attacks,) the largest intensity of each, 0 for strategy 0; 1 if it differs,
    cap_rows: NDArray[np.int64]  # (attacks,) in which case it is this row of ``values``, else NOWHERE

    @property
    def games(self) -> int:
        """The number of games."""
        return int(self.values.shape[1])

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of defences and of attacks."""
        return self.still.shape[2], self.still.shape[3]

    @cached_property
    def reach(self) -> FloatArray:
        """The largest absolute value of each feature over all games, (features,)."""
        return np.append(1.0, np.abs(self.values[self.price_rows]).max(axis=1, initial=0.0))

    def size(self, player: int) -> float:
        """A bound on the absolute payoffs of a player over all games, including their partial sums."""
        parts = (np.abs(table[player]).max(axis=(1, 2)) for table in (self.still, self.shared, self.entered))
        return float(self.reach @ sum(parts))

    def intensities(self, chosen: NDArray[np.int64]) -> FloatArray:
        """The intensity of each attack in the chosen games, (chosen, attacks)."""
        shares = np.minimum(self.largest, np.repeat(self.caps[None, :], len(chosen), axis=0))
        if self.largest_row != NOWHERE:
            shares = np.minimum(self.values[self.largest_row, chosen][:, None], shares)
        for attack in np.flatnonzero(self.cap_rows != NOWHERE):
            shares[:, attack] = np.minimum(self.values[self.cap_rows[attack], chosen], shares[:, attack])
        return shares

    def payoffs(self, chosen: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
        """Both players' payoffs in the chosen games, (chosen, defences, attacks) each."""
        features = np.vstack([np.ones(len(chosen)), self.values[self.price_rows][:, chosen]])
        p = self.intensities(chosen)[:, None, :]
        a, b = (
            np.einsum("bk,bij->kij", features, still)
            + p * np.einsum("bk,bij->kij", features, shared)
            + (p > 0) * np.einsum("bk,bij->kij", features, entered)
            for still, shared, entered in zip(self.still, self.shared, self.entered, strict=True)
        )
        return a, b
