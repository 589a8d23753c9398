"""One equilibrium of a game of any size: Lemke and Howson's path, which ties cannot trap.

Two tableaus are pivoted in turn (Lemke and Howson 1964, doi:10.1137/0112033): a label is dropped, and
whichever becomes double is dropped on the other side until none is. The lexicographic rule picks the
leaving variable where several tie, so the path never returns to where it was.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from advgame.equilibria.kernel import sharpened
from advgame.equilibria.time_limit import Deadline, TimeUp
from advgame.games import Game, certified_profile
from advgame.games.game import FloatArray

PATIENCE = 100  # pivots for each strategy before another label is tried: rounding can blur ties
NEAR = 1e-10  # relative to the pivot column: ratios nearer than this are ties

Pair = tuple[Sequence[float], Sequence[float]]


def one_equilibrium(game: Game, deadline: Deadline) -> Pair | None:
    """A certified equilibrium, from the first dropped label that leads to one; None if time is up before.

    >>> x, y = one_equilibrium(Game([[3, 0], [2, 1]], [[0, 2], [1, 0]]), Deadline(5))
    >>> [round(share, 3) for share in (*x, *y)]
    [0.333, 0.667, 0.5, 0.5]
    """
    for label in range(sum(game.shape)):
        try:
            pair = _path(game, label, deadline)
        except TimeUp:
            return None
        if pair is not None:
            defender, attacker = sharpened(game, *pair)
            if certified_profile(game, defender, attacker).certificate.valid:
                return defender.tolist(), attacker.tolist()
    return None


class _Tableau:
    """One player's polytope {z ≥ 0 : M z ≤ 1} as [I | M | 1]; labels are columns, the same on both sides."""

    def __init__(self, matrix: FloatArray, own: NDArray[np.int64], slack: NDArray[np.int64]) -> None:
        count = len(matrix)
        self.body = np.zeros((count, len(own) + len(slack) + 1))
        self.body[:, slack] = np.eye(count)
        self.body[:, own] = matrix
        self.body[:, -1] = 1.0
        self.slack = slack
        self.basic = slack.copy()

    def enter(self, label: int) -> int | None:
        """Brings a variable in; returns the label that leaves, None where rounding leaves no pivot."""
        column = self.body[:, label]
        rows = np.flatnonzero(column > 1e-12 * np.abs(column).max())
        for place in (-1, *self.slack):
            if len(rows) <= 1:
                break
            ratios = self.body[rows, place] / column[rows]
            least = ratios.min()
            rows = rows[ratios <= least + NEAR * max(1.0, abs(least))]
        if len(rows) == 0:
            return None
        row = int(rows[0])
        self.body[row] /= self.body[row, label]
        entering = self.body[:, label].copy()
        entering[row] = 0.0
        self.body -= np.outer(entering, self.body[row])
        left, self.basic[row] = int(self.basic[row]), label
        return left

    def mix(self, own: NDArray[np.int64]) -> FloatArray:
        """The player's mix at this vertex."""
        values = np.zeros(self.body.shape[1] - 1)
        values[self.basic] = np.maximum(self.body[:, -1], 0.0)
        weights = values[own]
        return np.asarray(weights / weights.sum())


def _path(game: Game, dropped: int, deadline: Deadline) -> tuple[FloatArray, FloatArray] | None:
    rows, columns = game.shape
    defences, attacks = np.arange(rows), rows + np.arange(columns)
    sides = (
        _Tableau(_positive(game.attacker_payoffs).T, defences, attacks),  # the defender's mixes
        _Tableau(_positive(game.defender_payoffs), attacks, defences),  # the adversary's mixes
    )
    side, label = (0, dropped) if dropped < rows else (1, dropped)
    for _ in range(PATIENCE * (rows + columns)):
        deadline.check()
        left = sides[side].enter(label)
        if left is None:
            return None
        if left == dropped:
            return sides[0].mix(defences), sides[1].mix(attacks)
        side, label = 1 - side, left
    return None


def _positive(payoffs: FloatArray) -> FloatArray:
    """The payoffs between 1 and 2: strategically the same."""
    span = float(np.ptp(payoffs))
    return np.asarray(1.0 + (payoffs - payoffs.min()) / span) if span > 0 else np.ones_like(payoffs)
