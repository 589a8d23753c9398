"""All equilibria against several types of adversary, by one walk along their common intensity of attack.

With the attacks of all types side by side, (x, y) is an equilibrium iff it solves, at μ = p·y, the program
min Σ_h u_h + (c0 + μ c1)·x over mixes x with x·Q_j ≤ u_h for every attack j of type h, and its dual. One
adversary is the case of a single u. So the walk visits as many pieces as it would for one large adversary,
where the normal form would have a column for every combination of attacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advgame.equilibria.rank_one import _Lost, _Walker
from advgame.games.bayesian import BayesianGame
from advgame.games.game import FloatArray
from advgame.games.stacked_structure import StackedForm

PLAYED = 1e-9  # a smaller probability is rounding

Mixes = tuple[FloatArray, tuple[FloatArray, ...]]  # of the defender, and of each type


@dataclass(frozen=True)
class StackedPath:
    """The equilibria met on the walk, and whether they are proven to be all if each is certified."""

    met: tuple[Mixes, ...]
    complete: bool
    remark: str = ""


def walk_types(form: StackedForm, game: BayesianGame) -> StackedPath:
    """Every equilibrium of a game without ties, solved again from its own payoffs."""
    walker = _StackedWalker(form)
    try:
        walker.run()
    except _Lost as problem:
        return StackedPath((), False, str(problem))
    met = tuple(_sharpened(game, x, _by_type(y, form)) for x, y in walker.met)
    complete = not walker.tied and len(met) % 2 == 1
    return StackedPath(met, complete, "" if complete else "Payoffs tie: further equilibria may exist.")


def _by_type(stacked: FloatArray, form: StackedForm) -> tuple[FloatArray, ...]:
    parts = [stacked[form.type_of == each] for each in range(int(form.type_of.max()) + 1)]
    return tuple(part / part.sum() for part in parts)


class _StackedWalker(_Walker):
    """The walk of one adversary, started from a tableau in which every type has its own u."""

    def __init__(self, form: StackedForm) -> None:
        self.type_of = form.type_of
        self.defences, self.attacks = form.attack_value.shape
        types = range(int(form.type_of.max()) + 1)
        largest = sum(float(form.intensity[form.type_of == each].max()) for each in types)
        ranges = np.ptp(form.attack_value), np.ptp(form.idle_cost), np.ptp(form.cost_per_intensity) * largest
        scale = max(float(each) for each in ranges) or 1.0
        self.values = form.attack_value / scale
        self.idle = form.idle_cost / scale
        self.intensity = form.intensity / (largest or 1.0)
        self.slope = form.cost_per_intensity * largest / scale
        self.end = 1.0 if largest > 0 else 0.0
        self.met = []
        self.tied = False
        self._start()

    def _start(self) -> None:
        """The basis of one pure defence against the best attack of each type."""
        types = range(int(self.type_of.max()) + 1)
        per_type = [np.flatnonzero(self.type_of == each) for each in types]
        worst = sum(self.values[:, places].max(axis=1) for places in per_type)
        row = int((worst + self.idle).argmin())
        firsts = np.array([places[self.values[row, places].argmax()] for places in per_type])
        others = np.setdiff1d(np.arange(self.defences), row)
        slacks = np.setdiff1d(np.arange(self.attacks), firsts)
        relative = self.values[others] - self.values[row]  # (defences − 1, attacks)
        table = np.block(
            [
                [
                    (relative[:, slacks] - relative[:, firsts[self.type_of[slacks]]]).T,
                    -1.0 * (self.type_of[slacks][:, None] == self.type_of[firsts]),
                ],
                [np.ones((1, len(others))), np.zeros((1, len(firsts)))],
            ]
        )
        levels = self.values[row, firsts[self.type_of[slacks]]] - self.values[row, slacks]
        costs = relative[:, firsts].sum(axis=1) + self.idle[others] - self.idle[row]
        slopes = self.slope[others] - self.slope[row]
        self.table = np.block(
            [
                [table, np.append(levels, 1.0)[:, None]],
                [costs, np.ones(len(firsts)), np.zeros(1)],
                [slopes, np.zeros(len(firsts)), np.zeros(1)],
            ]
        )
        self.basic = np.append(self.defences + slacks, row)
        self.nonbasic = np.concatenate([others, self.defences + firsts])


def _sharpened(game: BayesianGame, defender: FloatArray, attackers: Sequence[FloatArray]) -> Mixes:
    """The same supports solved from the game's own payoffs, where all probabilities come out positive."""
    rows = np.flatnonzero(defender > PLAYED)
    columns = [np.flatnonzero(mix > PLAYED) for mix in attackers]
    if len(rows) + len(columns) != sum(map(len, columns)) + 1:
        return defender, tuple(attackers)
    to_defender = [
        odds * each[np.ix_(rows, played)]
        for odds, each, played in zip(game.priors, game.defender_payoffs, columns, strict=True)
    ]
    to_attackers = [
        each[np.ix_(rows, played)] for each, played in zip(game.attacker_payoffs, columns, strict=True)
    ]
    x, y = _indifferent_defender(to_attackers), _indifferent_types(to_defender)
    if x is None or y is None:
        return defender, tuple(attackers)
    ends = np.cumsum([len(played) for played in columns])[:-1]
    mixes = [
        _placed(part, played, len(mix))
        for part, played, mix in zip(np.split(y, ends), columns, attackers, strict=True)
    ]
    return _placed(x, rows, game.defences), tuple(mixes)


def _indifferent_defender(to_attackers: Sequence[FloatArray]) -> FloatArray | None:
    """The mix of the rows that makes every type indifferent between its columns."""
    stacked = np.hstack([each / (float(np.abs(each).max()) or 1.0) for each in to_attackers]).T
    return _solved(stacked, _membership(to_attackers).T, np.ones(1))


def _indifferent_types(to_defender: Sequence[FloatArray]) -> FloatArray | None:
    """The mixes of the types' columns, side by side, that make the defender indifferent between its rows."""
    stacked = np.hstack(to_defender)
    return _solved(
        stacked / (float(np.abs(stacked).max()) or 1.0),
        np.ones((len(stacked), 1)),
        np.ones(len(to_defender)),
        _membership(to_defender),
    )


def _membership(matrices: Sequence[FloatArray]) -> FloatArray:
    """Which column belongs to which matrix, (matrices, columns)."""
    counts = [each.shape[1] for each in matrices]
    return np.repeat(np.eye(len(matrices)), counts, axis=1)


def _solved(
    payoffs: FloatArray, levels: FloatArray, totals: FloatArray, sums: FloatArray | None = None
) -> FloatArray | None:
    """The shares z with payoffs·z on as many unknown levels as there are, and the sums given."""
    sums = np.ones((1, payoffs.shape[1])) if sums is None else sums
    system = np.block([[payoffs, -levels], [sums, np.zeros((len(sums), levels.shape[1]))]])
    try:
        shares = np.linalg.solve(system, np.append(np.zeros(len(payoffs)), totals))[: payoffs.shape[1]]
    except np.linalg.LinAlgError:
        return None
    return np.asarray(shares) if np.all(np.isfinite(shares)) and np.all(shares > 0) else None


def _placed(shares: FloatArray, places: NDArray[np.intp], count: int) -> FloatArray:
    mix = np.zeros(count)
    mix[places] = shares
    return mix
