"""One equilibrium of a game of any size: the Lemke–Howson path with a lexicographic rule.

Two tableaus are pivoted in turn (Lemke and Howson 1964, doi:10.1137/0112033): a label is dropped, and the
duplicate label is dropped in the other tableau until there is none. The lexicographic rule chooses
among tied leaving variables, so the path never cycles.
"""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import Deadline, TimeUp
from advgame.equilibria.algorithms.indifference import sharpened
from advgame.equilibria.kernels.compiled import as_writable, is_cached, worth_loading
from advgame.games import Certificate, Game, Profile, certified_profile

PATIENCE = 100  # pivots for each strategy before another label is tried: rounding can blur ties
NEAR = 1e-10  # relative to the pivot column: ratios nearer than this are ties
PER_PIVOT, PER_ENTRY = 5e-5, 2e-9  # nominal seconds, as measured

Pair = tuple[FloatArray, FloatArray]


def pure_equilibrium(game: Game) -> tuple[int, int] | None:
    """The first pure equilibrium, by column; None if there is none.

    Floats are compared exactly, so both regrets are exactly 0.

    >>> pure_equilibrium(Game([[3, 0], [4, 1]], [[0, 2], [1, 0]]))
    (1, 0)
    """
    if "numba" in sys.modules:
        from advgame.equilibria.kernels import lemke_howson_pivots

        payoffs = as_writable(game.defender_payoffs), as_writable(game.attacker_payoffs)
        if is_cached(lemke_howson_pivots.pure, lambda: payoffs):
            row, column = lemke_howson_pivots.pure(*payoffs)
            return None if row < 0 else (row, column)
    best = game.defender_payoffs == game.defender_payoffs.max(axis=0)
    best &= game.attacker_payoffs == game.attacker_payoffs.max(axis=1, keepdims=True)
    place = int(best.T.argmax())
    column, row = divmod(place, len(best))
    return (row, column) if best[row, column] else None


def one_equilibrium(game: Game, deadline: Deadline) -> Pair | None:
    """A certified equilibrium, from the first dropped label that leads to one; None if a limit is reached.

    A pure equilibrium is preferred. The path is followed by compiled code if it is available.

    >>> x, y = one_equilibrium(Game([[3, 0], [2, 1]], [[0, 2], [1, 0]]), Deadline(5))
    >>> [round(float(share), 3) for share in (*x, *y)]
    [0.333, 0.667, 0.5, 0.5]
    """
    pure = pure_equilibrium(game)
    if pure is not None:
        return _unit(game.shape[0], pure[0]), _unit(game.shape[1], pure[1])
    profile = end_of_path(game, deadline)
    return None if profile is None else (profile.defender, profile.attacker)


def end_of_path(game: Game, deadline: Deadline) -> Profile | None:
    """The certified equilibrium at the end of a path, of a game without large constants."""
    profile = compiled_equilibrium(game)
    return profile[0] if profile else end_without_compiled_code(game, deadline)


def end_without_compiled_code(game: Game, deadline: Deadline) -> Profile | None:
    """Like `end_of_path`, always in pure Python."""
    for label in range(sum(game.shape)):
        try:
            strategies = _path(game, label, deadline)
        except TimeUp:
            return None
        if strategies is not None:
            profile = certified_profile(game, *sharpened(game, *strategies))
            if profile.certificate.valid:
                return profile
    return None


def compiled_equilibrium(game: Game) -> tuple[Profile, bool] | None:
    """A pure equilibrium if there is one, else the end of a path, by compiled code; and whether it is pure.

    None where rounding errors hide the path, or the code is not compiled yet.

    Args:
        game: in floats, without large constants.
    """
    rows, columns = game.shape
    if not worth_loading(rows + columns):
        return None
    from advgame.equilibria.kernels import lemke_howson_pivots

    x, y, answer = np.empty((1, rows)), np.empty((1, columns)), np.empty(4)
    arguments = as_writable(game.defender_payoffs), as_writable(game.attacker_payoffs), x, y, answer
    if not is_cached(lemke_howson_pivots.solve_one, lambda: arguments):
        return None
    pure = lemke_howson_pivots.solve_one(*arguments)
    defender_regret, attacker_regret, to_defender, to_attacker = answer.tolist()
    certificate = Certificate(defender_regret, attacker_regret)
    return (Profile(x[0], y[0], to_defender, to_attacker, certificate), pure) if certificate.valid else None


def compile_path() -> None:
    """Compiles the path, once per machine; ``solve`` never waits for a compiler."""
    from advgame.equilibria.kernels import lemke_howson_pivots

    pennies = np.array([[1.0, -1.0], [-1.0, 1.0]])
    lemke_howson_pivots.pure(pennies, -pennies)
    lemke_howson_pivots.solve_one(pennies, -pennies, np.empty((1, 2)), np.empty((1, 2)), np.empty(4))


def _unit(size: int, place: int) -> FloatArray:
    strategy = np.zeros(size)
    strategy[place] = 1.0
    return strategy


class _Tableau:
    """One player's polytope {z ≥ 0 : M z ≤ 1} as [I | M | 1]; labels are columns, shared by both tableaus."""

    def __init__(self, matrix: FloatArray, own: NDArray[np.int64], slack: NDArray[np.int64]) -> None:
        count = len(matrix)
        self.body = np.zeros((count, len(own) + len(slack) + 1))
        self.body[:, slack] = np.eye(count)
        self.body[:, own] = matrix
        self.body[:, -1] = 1.0
        self.slack = slack
        self.basic = slack.copy()

    def enter(self, label: int) -> int | None:
        """Enters a variable; returns the leaving label, None if rounding leaves no pivot."""
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
        """The player's mixed strategy at this vertex."""
        values = np.zeros(self.body.shape[1] - 1)
        values[self.basic] = np.maximum(self.body[:, -1], 0.0)
        weights = values[own]
        return np.asarray(weights / weights.sum())


def _path(game: Game, dropped: int, deadline: Deadline) -> tuple[FloatArray, FloatArray] | None:
    rows, columns = game.shape
    defences, attacks = np.arange(rows), rows + np.arange(columns)
    sides = (
        _Tableau(_positive(game.attacker_payoffs).T, defences, attacks),  # the defender's mixed strategies
        _Tableau(_positive(game.defender_payoffs), attacks, defences),  # the attacker's mixed strategies
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
    """The payoffs scaled to [1, 2], which is strategically equivalent."""
    span = float(np.ptp(payoffs))
    return np.asarray(1.0 + (payoffs - payoffs.min()) / span) if span > 0 else np.ones_like(payoffs)
