"""All equilibria against several types of attacker, by one walk along their common intensity of attack.

``parametric_walk`` takes the attacks of all types side by side. So it visits as many pieces as it would for
one large attacker, where the normal form would have a column for every combination of attacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.rank_one.parametric_simplex import Walked, walk_along
from advgame.games.bayesian import BayesianGame
from advgame.games.bayesian_rank_one import StackedForm
from advgame.games.tolerances import PLAYED

Mixes = tuple[FloatArray, tuple[FloatArray, ...]]  # of the defender, and of each type


@dataclass(frozen=True)
class StackedPath:
    """The equilibria found on the walk, and whether they are proven to be all if each is certified."""

    profiles: tuple[Mixes, ...]
    complete: bool
    walked: Walked
    remark: str = ""


def walk_types(form: StackedForm, game: BayesianGame, deadline: Deadline) -> StackedPath:
    """Every equilibrium of a game without ties, solved again from its own payoffs.

    Args:
        form: its rank-1 form, all types stacked.
        game: the game against several attacker types.
        deadline: the outer time guard.
    """
    walked = walk_along(form, deadline)
    profiles = tuple(_sharpened(game, x, by_type(y, form.type_of)) for x, y in walked.pairs)
    complete = not walked.tied and not walked.lost and len(profiles) % 2 == 1
    remark = "" if complete else walked.lost or "Payoffs tie: further equilibria may exist."
    return StackedPath(profiles, complete, walked, remark)


def by_type(stacked: FloatArray, type_of: NDArray[np.int64]) -> tuple[FloatArray, ...]:
    """The mixes of the single types, from those that stand side by side."""
    return tuple(stacked[type_of == number] for number in range(int(type_of.max()) + 1))


def _sharpened(game: BayesianGame, defender: FloatArray, attackers: Sequence[FloatArray]) -> Mixes:
    """The same supports solved from the game's own payoffs, where all probabilities come out positive."""
    rows = np.flatnonzero(defender > PLAYED)
    columns = [np.flatnonzero(mix > PLAYED) for mix in attackers]
    if len(rows) + len(columns) != sum(map(len, columns)) + 1:
        return defender, tuple(attackers)
    to_defender = [
        odds * matrix[np.ix_(rows, played)]
        for odds, matrix, played in zip(game.priors, game.defender_payoffs, columns, strict=True)
    ]
    to_attackers = [
        matrix[np.ix_(rows, played)] for matrix, played in zip(game.attacker_payoffs, columns, strict=True)
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
    """The mixed strategy of the rows that makes every type indifferent between its columns."""
    stacked = np.hstack([matrix / (float(np.abs(matrix).max()) or 1.0) for matrix in to_attackers]).T
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
    counts = [matrix.shape[1] for matrix in matrices]
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
