"""Optimal mixed strategies of a large matrix game, by an interior-point method on dense matrices.

With payoffs Z > 0 of the column player, p = x / v solves max Σp with Zᵀp ≤ 1, and q = y / v its dual. The
predictor–corrector steps are Mehrotra's (1992, doi:10.1137/0802028). A step costs one matrix product and
one Cholesky factorisation, and about twenty steps suffice where a simplex method needs thousands of pivots.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import Deadline

MOST_STEPS = 60
CLOSE = 1e-13  # of the value of the game: the gap between both mixes at which steps end
ENOUGH = 1e-9  # what rounding may leave of the equations
NEARLY = 0.9995  # of the way to the boundary

_Change = tuple[FloatArray, FloatArray, FloatArray, FloatArray]  # of p, q, r and s


@dataclass(frozen=True, eq=False)
class NearOptimum:
    """Mixed strategies near the optimum of a matrix game, and the supports at the optimum."""

    row_mix: FloatArray  # (rows,) probabilities
    column_mix: FloatArray  # (columns,) probabilities
    rows: NDArray[np.intp]  # rows in the support: their probability persists while their loss vanishes
    columns: NDArray[np.intp]


def matrix_game_optimum(costs: FloatArray, deadline: Deadline) -> NearOptimum | None:
    """Nearly optimal mixed strategies of both players: the row player pays, the column player receives.

    If several strategies are optimal, the result is in the interior of the optimal set, not a vertex.

    >>> found = matrix_game_optimum(np.array([[2.0, 0.0], [0.0, 1.0]]), Deadline(10))
    >>> found.row_mix.round(6).tolist(), found.columns.tolist()
    ([0.333333, 0.666667], [0, 1])

    Args:
        costs: (rows, columns), payments of the row player.
        deadline: limit of the computation.

    Returns:
        The strategies and supports; None if the steps do not converge.

    Raises:
        TimeUp: when the deadline passes first.
    """
    point = _Point.start(1.0 + (costs - costs.min()) / (float(np.ptp(costs)) or 1.0))
    for _ in range(MOST_STEPS):
        deadline.check()
        if point.gap <= CLOSE:
            break
        further = point.next()
        if further is None or not np.isfinite(further.gap):
            break
        point = further
    if point.gap > CLOSE or max(float(np.abs(residual).max()) for residual in point.missed) > ENOUGH:
        return None
    return NearOptimum(
        point.p / point.p.sum(),
        point.q / point.q.sum(),
        np.flatnonzero(point.p > point.r),
        np.flatnonzero(point.q > point.s),
    )


@dataclass(frozen=True, eq=False)
class _Point:
    """p and q with their slacks: Zᵀp + s = 1 and Zq − r = 1 at the end, and all of them positive."""

    z: FloatArray  # (rows, columns), from 1 to 2
    p: FloatArray  # (rows,)
    q: FloatArray  # (columns,)
    r: FloatArray  # (rows,)
    s: FloatArray  # (columns,)

    @staticmethod
    def start(z: FloatArray) -> _Point:
        rows, columns = z.shape
        return _Point(
            z, np.full(rows, 0.5 / rows), np.full(columns, 1.5 / columns), np.ones(rows), np.ones(columns)
        )

    @property
    def gap(self) -> float:
        """The difference of the sums of p and q, apart from residuals of the slacks."""
        return float(self.p @ self.r + self.q @ self.s)

    @property
    def missed(self) -> tuple[FloatArray, FloatArray]:
        return 1.0 - self.p @ self.z - self.s, 1.0 - self.z @ self.q + self.r

    def next(self) -> _Point | None:
        """The point after one predictor–corrector step; None if the equations cannot be solved."""
        p, q, r, s = self.p, self.q, self.r, self.s
        solve = self._newton()
        if solve is None:
            return None
        change = solve(-p * r, -q * s)
        centre = (self._moved(change).gap / self.gap) ** 3 * self.gap / (len(p) + len(q))
        dp, dq, dr, ds = change
        return self._moved(solve(centre - p * r - dp * dr, centre - q * s - dq * ds))

    def _newton(self) -> Callable[[FloatArray, FloatArray], _Change] | None:
        """Solves the linear equations for given changes of the products p r and q s."""
        from scipy.linalg import LinAlgError, cho_factor, cho_solve

        z, p, q, r, s = self.z, self.p, self.q, self.r, self.s
        short, over = self.missed
        matrix = z.T @ ((p / r)[:, None] * z)
        matrix[np.diag_indices(len(q))] += s / q
        try:
            factor = cho_factor(matrix, overwrite_a=True, check_finite=False)
        except LinAlgError:
            return None

        def solve(first: FloatArray, second: FloatArray) -> _Change:
            dq = cho_solve(factor, ((first + p * over) / r) @ z + second / q - short, check_finite=False)
            dr = z @ dq - over
            return (first - p * dr) / r, dq, dr, (second - s * dq) / q

        return solve

    def _moved(self, change: _Change) -> _Point:
        """The point after a step, shortened so that all numbers stay positive."""
        dp, dq, dr, ds = change
        of_p, of_q = (
            min(_longest(self.p, dp), _longest(self.s, ds)),
            min(_longest(self.q, dq), _longest(self.r, dr)),
        )
        return _Point(self.z, self.p + of_p * dp, self.q + of_q * dq, self.r + of_q * dr, self.s + of_p * ds)


def _longest(at: FloatArray, change: FloatArray) -> float:
    """The longest step for which all numbers stay positive, at most 1."""
    down = change < 0
    return min(1.0, NEARLY * float((-at[down] / change[down]).min(initial=np.inf)))
