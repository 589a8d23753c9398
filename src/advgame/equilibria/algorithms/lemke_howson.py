"""One equilibrium of a game of any size: Lemke and Howson's path, which ties cannot trap.

Two tableaus are pivoted in turn (Lemke and Howson 1964, doi:10.1137/0112033): a label is dropped, and
whichever becomes double is dropped on the other side until none is. The lexicographic rule picks the
leaving variable where several tie, so the path never returns to where it was.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import Deadline, TimeUp
from advgame.equilibria.algorithms.indifference import sharpened
from advgame.equilibria.kernels.compiled import is_ready, worth_asking
from advgame.games import Game, certified_profile

PATIENCE = 100  # pivots for each strategy before another label is tried: rounding can blur ties
NEAR = 1e-10  # relative to the pivot column: ratios nearer than this are ties
PER_PIVOT, PER_ENTRY = 5e-5, 2e-9  # nominal seconds, as measured

Pair = tuple[Sequence[float], Sequence[float]]


def one_equilibrium(game: Game, deadline: Deadline) -> Pair | None:
    """A certified equilibrium, from the first dropped label that leads to one; None if work or time is over.

    The path is walked by compiled code where that is at hand.

    >>> x, y = one_equilibrium(Game([[3, 0], [2, 1]], [[0, 2], [1, 0]]), Deadline(5))
    >>> [round(share, 3) for share in (*x, *y)]
    [0.333, 0.667, 0.5, 0.5]
    """
    pair = _compiled(game) if worth_asking(sum(game.shape)) else None
    if pair is not None:
        return pair
    for label in range(sum(game.shape)):
        try:
            mixes = _path(game, label, deadline)
        except TimeUp:
            return None
        if mixes is not None:
            defender, attacker = sharpened(game, *mixes)
            if certified_profile(game, defender, attacker).certificate.valid:
                return defender.tolist(), attacker.tolist()
    return None


def _compiled(game: Game) -> Pair | None:
    """What compiled code finds; None where rounding hides the way or the code is not ready."""
    from advgame.equilibria.kernels import lemke_howson_pivots

    rows, columns = game.shape
    state, x, y = np.empty(1, np.uint8), np.empty((1, rows)), np.empty((1, columns))
    a, b = (np.array(each, order="C")[None] for each in (game.defender_payoffs, game.attacker_payoffs))
    arguments = a, b, 0, 1, state, x, y, np.empty((1, 2))
    if not is_ready(lemke_howson_pivots.solve_some, *arguments):
        return None
    lemke_howson_pivots.solve_some(*arguments)
    found = state[0] == lemke_howson_pivots.FOUND
    if not found or not certified_profile(game, x[0], y[0]).certificate.valid:
        return None
    return x[0].tolist(), y[0].tolist()


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
        _Tableau(_positive(game.defender_payoffs), attacks, defences),  # the attacker's mixes
    )
    side, label = (0, dropped) if dropped < rows else (1, dropped)
    for _ in range(PATIENCE * (rows + columns)):
        deadline.spend(PER_PIVOT + sides[side].body.size * PER_ENTRY)
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
