"""Constants taken out of the payoffs of a batch, exactly, before it is solved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.batch.gathered import BatchProfiles, Gathered
from advgame.equilibria.batch.threads import on_all_cores, parts_for

LEAST_PART = 4096  # games that are worth a thread's while

Solver = Callable[[FloatArray, FloatArray, NDArray[np.uint8], Gathered | None], BatchProfiles]


@dataclass(frozen=True)
class Centred:
    """A method that solves a chunk of games, given equivalent games whose payoffs are not far from zero.

    Regrets are relative to the ranges of the games that were given.
    """

    method: Solver
    announced: bool = False  # the defender commits: only one constant can be left out of all its payoffs

    def __call__(
        self, a: FloatArray, b: FloatArray, status: NDArray[np.uint8], gathered: Gathered | None = None, /
    ) -> BatchProfiles:
        """As the method does."""
        of_a = _Constants(a, far_games(a, self.announced, False), None if self.announced else 1)
        of_b = _Constants(b, far_games(b, False, True), 2)
        profiles = self.method(of_a.taken_out(), of_b.taken_out(), status, gathered)
        for player, constants in enumerate((of_a, of_b)):
            if len(constants.games):
                profiles.regret[:, player] *= constants.shares()[profiles.game]
        return profiles


def far_games(payoffs: FloatArray, whole: bool, turned: bool) -> NDArray[np.int64]:
    """The games with a column (a row if ``turned``, or the ``whole``) far from zero.

    Args:
        payoffs: (games, defences, attacks) float64, payoffs of one player.
        whole: whether the matrix as a whole is compared, not its columns.
        turned: whether rows are compared instead of columns.
    """
    from advgame.equilibria.kernels.distance import far_from_zero

    games = len(payoffs)
    marked, parts = np.empty(games, np.bool_), parts_for(games, LEAST_PART)

    def look(part: int) -> None:
        first, last = part * games // parts, (part + 1) * games // parts
        far_from_zero(payoffs, first, last, whole, turned, marked)

    on_all_cores(look, parts)
    return np.flatnonzero(marked)


@dataclass(frozen=True, eq=False)
class _Constants:
    """One player's payoffs in games some of which are far from zero."""

    payoffs: FloatArray  # (k, m, n)
    games: NDArray[np.int64]  # those far from zero
    axis: int | None  # along which payoffs share a constant; None if all do

    def taken_out(self) -> FloatArray:
        """The payoffs without the constants that can be subtracted exactly; the array itself if none is."""
        if len(self.games) == 0:
            return self.payoffs
        without = self.payoffs.copy()
        without[self.games] = self._few
        return without

    def shares(self) -> FloatArray:
        """What the payoffs range over after, relative to what they ranged over before, (k,)."""
        before, after = (
            np.ptp(payoffs / 2, axis=(1, 2)) for payoffs in (self.payoffs[self.games], self._few)
        )
        shares = np.ones(len(self.payoffs))
        np.divide(after, before, out=(some := np.ones(len(before))), where=(before > 0) & (after > 0))
        shares[self.games] = some
        return shares

    @property
    def _few(self) -> FloatArray:
        few = self.payoffs[self.games]
        axis = (1, 2) if self.axis is None else self.axis
        least, most = few.min(axis=axis, keepdims=True), few.max(axis=axis, keepdims=True)
        # Within a factor of two, differences of floats are exact.
        exact = np.maximum(np.abs(least), np.abs(most)) / 4 >= most / 2 - least / 2
        return np.asarray(few - np.where(exact, least, 0.0))
