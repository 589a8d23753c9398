"""The walk along the intensity of attack: a linear program solved for every μ at once, piece by piece.

With the attacks of all types of attacker side by side, (x, y) is an equilibrium iff it solves at μ = p·y

    min Σ_h u_h + (c0 + μ c1)·x    over mixes x with slacks s_j = u_h − x·Q_j ≥ 0 for every attack j of type h

and its dual. One attacker is the case of a single u. As μ grows, the optimal basis changes only at
breakpoints, and p·y(μ) is affine between them: the parametric simplex method (Gass and Saaty 1955) visits
each once, and every crossing p·y(μ) = μ is found (Theobald 2009; Adsul et al., arXiv:1812.04611).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import Deadline, TimeUp
from advgame.games.bayesian_rank_one import StackedForm
from advgame.games.tolerances import FALLING, MAY_TIE, SAME_RATIO, SAVES_NOTHING, SMALLEST_PIVOT

SMALL_PIVOT = 1e-7  # of the payoffs: dividing by less leaves too few digits to detect ties
MOST_PIVOTS = 20_000


@dataclass(frozen=True, eq=False)
class Walked:
    """The equilibria found on a walk: all of them if it is neither ``tied`` nor ``lost``."""

    pairs: tuple[tuple[FloatArray, FloatArray], ...]  # of the defences, of the attacks of all types
    tied: bool  # something came near a tie: equilibria may form a continuum
    lost: str  # why the walk went no further; empty if it reached its end
    defences: NDArray[np.intp]  # played somewhere on the way
    attacks: NDArray[np.intp]  # best responses somewhere on the way


def walk_along(form: StackedForm, deadline: Deadline) -> Walked:
    """Walks from μ = 0 to the largest intensity, and notes each equilibrium, until the deadline."""
    walk = _Walk(form)
    lost = ""
    try:
        walk.run(deadline)
    except _Lost as problem:
        lost = str(problem)
    except TimeUp:
        lost = f"The walk along the intensity of attack was not finished in {deadline.seconds:g} seconds."
    visited = walk.visited[: len(form.idle_cost)], walk.visited[len(form.idle_cost) :]
    return Walked(tuple(walk.pairs), walk.tied, lost, *(np.flatnonzero(flags) for flags in visited))


class _Lost(Exception):
    """The walk cannot go on."""


class _Tableau:
    """The condensed tableau of the program.

    Rows are the basic variables, columns the nonbasic ones; the last two rows hold the reduced costs
    for μ = 0 and their slopes in μ, the last column the values. Variable i < m is x_i, m + j is s_j.
    """

    def __init__(
        self, values: FloatArray, idle: FloatArray, slope: FloatArray, type_of: NDArray[np.int64]
    ) -> None:
        """The basis of one pure defence against the best attack of each type."""
        self.defences, attacks = values.shape
        per_type = [np.flatnonzero(type_of == number) for number in range(int(type_of.max()) + 1)]
        worst = sum(values[:, places].max(axis=1) for places in per_type)
        row = int((worst + idle).argmin())
        firsts = np.array([places[values[row, places].argmax()] for places in per_type])
        remaining = np.delete(np.arange(self.defences), row)
        slacks = np.delete(np.arange(attacks), firsts)
        first_of = firsts[type_of[slacks]]
        relative = values[remaining] - values[row]  # (defences − 1, attacks)
        height, width = len(slacks) + 1, len(remaining) + len(firsts)
        self.body = np.zeros((height + 2, width + 1))
        self.body[: height - 1, : len(remaining)] = (relative[:, slacks] - relative[:, first_of]).T
        self.body[: height - 1, len(remaining) : width] = -1.0 * (
            type_of[slacks][:, None] == np.arange(len(firsts))
        )
        self.body[: height - 1, -1] = values[row, first_of] - values[row, slacks]
        self.body[height - 1, : len(remaining)] = 1.0  # all x sum to 1
        self.body[height - 1, -1] = 1.0
        self.body[-2, : len(remaining)] = relative[:, firsts].sum(axis=1) + idle[remaining] - idle[row]
        self.body[-2, len(remaining) : width] = 1.0
        self.body[-1, : len(remaining)] = slope[remaining] - slope[row]
        self.basic = np.append(self.defences + slacks, row)
        self.nonbasic = np.concatenate([remaining, self.defences + firsts])
        self.least_pivot = 1.0

    @property
    def values(self) -> FloatArray:
        """The basic variables."""
        return self.body[:-2, -1]

    def reduced_costs(self, place: float) -> FloatArray:
        """Of the nonbasic variables, at one μ."""
        return np.asarray(self.body[-2, :-1] + place * self.body[-1, :-1])

    def leaving_row(self, column: int) -> int:
        """The row that stops a variable as it rises; of tied rows the one with the largest pivot."""
        entering, levels = self.body[:-2, column], self.values
        rows = np.flatnonzero(entering > SMALLEST_PIVOT)
        if len(rows) == 0:
            raise _Lost("Rounding hides the next pivot.")
        ratios = levels[rows] / entering[rows]
        best = rows[ratios <= ratios.min() + SAME_RATIO]
        return int(best[entering[best].argmax()])

    def pivot(self, row: int, column: int) -> None:
        """Lets the variables of a row and of a column change places."""
        body = self.body
        pivot = body[row, column]
        self.least_pivot = min(self.least_pivot, float(pivot))
        entering = body[:, column].copy()
        body[row] /= pivot
        body[:, column] = 0.0
        body[row, column] = 1.0 / pivot
        entering[row] = 0.0
        body -= np.outer(entering, body[row])
        self.basic[row], self.nonbasic[column] = self.nonbasic[column], self.basic[row]


class _Walk:
    """One walk, with the equilibria found so far."""

    def __init__(self, form: StackedForm) -> None:
        self.type_of = form.type_of
        self.defences, self.attacks = form.attack_value.shape
        types = range(int(form.type_of.max()) + 1)
        largest = sum(float(form.intensity[form.type_of == number].max()) for number in types)
        ranges = np.ptp(form.attack_value), np.ptp(form.idle_cost), np.ptp(form.cost_per_intensity) * largest
        scale = max(float(width) for width in ranges) or 1.0
        self.intensity = form.intensity / (largest or 1.0)
        self.end = 1.0 if largest > 0 else 0.0  # 0 in a strategically zero-sum game
        self.tableau = _Tableau(
            form.attack_value / scale,
            form.idle_cost / scale,
            form.cost_per_intensity * largest / scale,
            form.type_of,
        )
        self.pairs: list[tuple[FloatArray, FloatArray]] = []
        self.tied = False
        # x_i positive somewhere, s_j zero somewhere
        self.visited = np.zeros(self.defences + self.attacks, bool)

    def run(self, deadline: Deadline) -> None:
        """From μ = 0 to the largest intensity."""
        tableau = self.tableau
        self._optimise_at_zero(deadline)
        start = 0.0
        for _ in range(MOST_PIVOTS):
            deadline.check()
            self.visited[tableau.basic[tableau.basic < self.defences]] = True
            self.visited[tableau.nonbasic[tableau.nonbasic >= self.defences]] = True
            stop, column = self._next_breakpoint(start)
            self._note_crossings(start, stop)
            if stop >= self.end:
                self.tied = self.tied or tableau.least_pivot < SMALL_PIVOT
                return
            tableau.pivot(tableau.leaving_row(column), column)
            start = stop
        raise _Lost(f"The path was abandoned after {MOST_PIVOTS} pivots.")

    def _optimise_at_zero(self, deadline: Deadline) -> None:
        tableau = self.tableau
        for step in range(MOST_PIVOTS):
            deadline.check()
            costs = tableau.reduced_costs(0.0)
            falling = np.flatnonzero(costs < SAVES_NOTHING)
            if len(falling) == 0:
                return
            # The steepest column first; the first by number once a cycle is possible (Bland).
            column = (
                int(costs.argmin())
                if step < 50 * self.attacks
                else int(falling[tableau.nonbasic[falling].argmin()])
            )
            tableau.pivot(tableau.leaving_row(column), column)
        raise _Lost("No starting vertex was found.")

    def _next_breakpoint(self, start: float) -> tuple[float, int]:
        costs, slopes = self.tableau.body[-2, :-1], self.tableau.body[-1, :-1]
        falling = np.flatnonzero(slopes < FALLING)
        if len(falling) == 0:
            return self.end, -1
        places = -costs[falling] / slopes[falling]
        first = int(places.argmin())
        return min(max(float(places[first]), start), self.end), int(falling[first])

    def _note_crossings(self, start: float, stop: float) -> None:
        """Notes the equilibrium where the mean intensity p·y(μ) meets μ on one piece of the walk."""
        if self.tableau.values.min() <= MAY_TIE:
            self.tied = True  # the attacker's optimal mixed strategies may form a continuum
        level, slope = self._mean_intensity()
        gap_at_start, gap_at_stop = level + (slope - 1) * start, level + (slope - 1) * stop
        if start == 0 and abs(gap_at_start) <= MAY_TIE:
            self._note(0.0)
        elif stop == self.end and abs(gap_at_stop) <= MAY_TIE:
            self._note(self.end)
        elif (gap_at_start > MAY_TIE and gap_at_stop < -MAY_TIE) or (
            gap_at_start < -MAY_TIE and gap_at_stop > MAY_TIE
        ):
            self._note(level / (1 - slope))
        elif (abs(gap_at_start) <= MAY_TIE and start > 0) or (
            abs(gap_at_stop) <= MAY_TIE and stop < self.end
        ):
            self.tied = True  # a crossing at a breakpoint
            self._note(start if abs(gap_at_start) <= MAY_TIE else stop)

    def _mean_intensity(self) -> tuple[float, float]:
        tableau = self.tableau
        slack = np.flatnonzero(tableau.nonbasic >= self.defences)
        weights = self.intensity[tableau.nonbasic[slack] - self.defences]
        return float(weights @ tableau.body[-2, slack]), float(weights @ tableau.body[-1, slack])

    def _note(self, place: float) -> None:
        tableau = self.tableau
        reduced = tableau.reduced_costs(place)
        if reduced.min() <= MAY_TIE:
            self.tied = True
        defender, attacker = np.zeros(self.defences), np.zeros(self.attacks)
        played, slack = tableau.basic < self.defences, tableau.nonbasic >= self.defences
        defender[tableau.basic[played]] = np.maximum(tableau.values[played], 0.0)
        attacker[tableau.nonbasic[slack] - self.defences] = np.maximum(reduced[slack], 0.0)
        totals = np.bincount(self.type_of, attacker)
        if defender.sum() == 0 or totals.min() == 0:
            raise _Lost("Rounding hides the next pivot.")
        self.pairs.append((defender / defender.sum(), attacker / totals[self.type_of]))
