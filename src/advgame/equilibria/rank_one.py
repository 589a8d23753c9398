"""All equilibria of a game of adversary and defender, by one walk along its intensity of attack.

(x, y) is an equilibrium iff it solves the matrix game Z_μ(i, j) = Q_ij + c0_i + μ c1_i at μ = p·y, the mean
intensity of y. As μ grows, the optimal basis of that linear program changes only at breakpoints, and
p·y(μ) is affine between them: the parametric simplex method (Gass and Saaty 1955) visits each once,
and every crossing p·y(μ) = μ is found (Theobald 2009; Adsul et al., arXiv:1812.04611).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advgame.equilibria.kernel import sharpened
from advgame.games import Game, certified_profile
from advgame.games.game import FloatArray
from advgame.games.structure import RankOneForm

NEAR = 1e-9  # of the largest cost: what is smaller may be a tie
MOST_PIVOTS = 20_000

Pair = tuple[Sequence[float], Sequence[float]]


@dataclass(frozen=True)
class Path:
    """The equilibria met on the walk, and whether they are proven to be all."""

    pairs: tuple[Pair, ...]
    complete: bool
    remark: str = ""


def walk(form: RankOneForm, game: Game) -> Path:
    """Every equilibrium of a game without ties, re-solved from its own payoffs.

    ``complete`` is False where anything came near a tie: equilibria may then form a continuum.
    """
    walker = _Walker(form)
    try:
        walker.run()
    except _Lost as problem:
        return Path((), False, str(problem))
    sharp = [sharpened(game, defender, attacker) for defender, attacker in walker.met]
    certain = all(certified_profile(game, *pair).certificate.valid for pair in sharp)
    pairs = tuple((defender.tolist(), attacker.tolist()) for defender, attacker in sharp)
    complete = certain and not walker.tied and len(pairs) % 2 == 1
    return Path(pairs, complete, "" if complete else "Payoffs tie on the way: further equilibria may exist.")


class _Lost(Exception):
    """The walk cannot go on."""


class _Walker:
    """The condensed tableau of min u + (c0 + μ c1)·x over mixes x with slacks s_j = u − x·Q_j ≥ 0.

    Rows are the basic variables, columns the nonbasic ones; the last two rows hold the reduced costs
    for μ = 0 and their slopes in μ, the last column the values. Variable i < m is x_i, m + j is s_j.
    """

    def __init__(self, form: RankOneForm) -> None:
        self.defences, self.attacks = form.attack_value.shape
        scale = max(
            float(np.ptp(form.attack_value)),
            float(np.ptp(form.idle_cost)),
            float(np.ptp(form.cost_per_intensity)) * float(form.intensity.max()),
        )
        self.values = form.attack_value / scale
        self.idle = form.idle_cost / scale
        self.intensity = form.intensity / (float(form.intensity.max()) or 1.0)
        self.slope = form.cost_per_intensity * float(form.intensity.max()) / scale
        self.end = float(self.intensity.max())  # 1, or 0 in a strategically zero-sum game
        self.met: list[tuple[FloatArray, FloatArray]] = []
        self.tied = False
        self._start()

    def run(self) -> None:
        """Walks from μ = 0 to the largest intensity, and notes each equilibrium."""
        self._optimise_at_zero()
        here = 0.0
        for _ in range(MOST_PIVOTS):
            there, column = self._next_breakpoint(here)
            self._note_crossings(here, there)
            if there >= self.end:
                return
            self._pivot(self._leaving_row(column), column)
            here = there
        raise _Lost(f"The walk was given up after {MOST_PIVOTS} steps.")

    def _start(self) -> None:
        """The basis of the pure defence that is best at μ = 0 against its worst attack."""
        total = self.values + self.idle[:, None]
        row = int(total.max(axis=1).argmin())
        column = int(self.values[row].argmax())
        relative = self.values - self.values[row]  # (defences, attacks)
        table = (relative - relative[:, [column]]).T  # (attacks, defences)
        table[column] = 1.0  # the row of s_column becomes the row of x_row: all x sum to 1
        table[:, row] = -1.0  # the column of x_row becomes the column of s_column
        table[column, row] = 0.0
        levels = self.values[row, column] - self.values[row]
        levels[column] = 1.0
        costs = self.values[:, column] - self.values[row, column] + self.idle - self.idle[row]
        slopes = self.slope - self.slope[row]
        costs[row], slopes[row] = 1.0, 0.0
        self.table = np.block(
            [
                [table, levels[:, None]],
                [costs[None, :], np.zeros((1, 1))],
                [slopes[None, :], np.zeros((1, 1))],
            ]
        )
        self.basic: NDArray[np.int64] = self.defences + np.arange(self.attacks)
        self.nonbasic: NDArray[np.int64] = np.arange(self.defences)
        self.basic[column], self.nonbasic[row] = row, self.defences + column

    def _optimise_at_zero(self) -> None:
        for step in range(MOST_PIVOTS):
            costs = self.table[-2, :-1]
            falling = np.flatnonzero(costs < -1e-12)
            if len(falling) == 0:
                return
            # The steepest column first; the first by number once a cycle is possible (Bland).
            column = (
                int(costs.argmin())
                if step < 50 * self.attacks
                else int(falling[self.nonbasic[falling].argmin()])
            )
            self._pivot(self._leaving_row(column), column)
        raise _Lost("No starting point was found.")

    def _next_breakpoint(self, here: float) -> tuple[float, int]:
        costs, slopes = self.table[-2, :-1], self.table[-1, :-1]
        falling = np.flatnonzero(slopes < -1e-13)
        if len(falling) == 0:
            return self.end, -1
        places = -costs[falling] / slopes[falling]
        first = int(places.argmin())
        return min(max(float(places[first]), here), self.end), int(falling[first])

    def _note_crossings(self, here: float, there: float) -> None:
        """Notes the equilibrium where the mean intensity p·y(μ) meets μ on one piece of the walk."""
        if self.table[:-2, -1].min() <= NEAR:
            self.tied = True  # the adversary's optimal mixes may form a continuum
        level, slope = self._mean_intensity()
        gap_here, gap_there = level + (slope - 1) * here, level + (slope - 1) * there
        if here == 0 and abs(gap_here) <= NEAR:
            self._note(0.0)
        elif there == self.end and abs(gap_there) <= NEAR:
            self._note(self.end)
        elif (gap_here > NEAR and gap_there < -NEAR) or (gap_here < -NEAR and gap_there > NEAR):
            self._note(level / (1 - slope))
        elif (abs(gap_here) <= NEAR and here > 0) or (abs(gap_there) <= NEAR and there < self.end):
            self.tied = True  # a crossing at a breakpoint
            self._note(here if abs(gap_here) <= NEAR else there)

    def _mean_intensity(self) -> tuple[float, float]:
        slack = np.flatnonzero(self.nonbasic >= self.defences)
        weights = self.intensity[self.nonbasic[slack] - self.defences]
        return float(weights @ self.table[-2, slack]), float(weights @ self.table[-1, slack])

    def _note(self, place: float) -> None:
        reduced = self.table[-2, :-1] + place * self.table[-1, :-1]
        if reduced.min() <= NEAR:
            self.tied = True
        defender, attacker = np.zeros(self.defences), np.zeros(self.attacks)
        played = self.basic < self.defences
        defender[self.basic[played]] = np.maximum(self.table[:-2, -1][played], 0.0)
        slack = self.nonbasic >= self.defences
        attacker[self.nonbasic[slack] - self.defences] = np.maximum(reduced[slack], 0.0)
        self.met.append((defender / defender.sum(), attacker / attacker.sum()))

    def _leaving_row(self, column: int) -> int:
        entering, levels = self.table[:-2, column], self.table[:-2, -1]
        rows = np.flatnonzero(entering > 1e-11)
        if len(rows) == 0:
            raise _Lost("Rounding hides the way on.")
        ratios = levels[rows] / entering[rows]
        best = rows[ratios <= ratios.min() + 1e-13]
        return int(best[entering[best].argmax()])  # of tied rows the one with the largest pivot

    def _pivot(self, row: int, column: int) -> None:
        table = self.table
        pivot = table[row, column]
        entering = table[:, column].copy()
        table[row] /= pivot
        table[:, column] = 0.0
        table[row, column] = 1.0 / pivot
        entering[row] = 0.0
        table -= np.outer(entering, table[row])
        self.basic[row], self.nonbasic[column] = self.nonbasic[column], self.basic[row]
