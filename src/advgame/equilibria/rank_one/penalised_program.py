"""A linear program of a commitment solved by the simplex method of the walk, where it has one solution."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

import numpy as np

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.rank_one.parametric_simplex import walk_along
from advgame.games.bayesian_rank_one import StackedForm
from advgame.games.tolerances import MAY_TIE

PENALTY = 1e3  # for a gain of 1, in ranges of what defences are worth: more than any price that is accepted
SMALL = 400  # gains: of larger programs HiGHS is quicker


class Optimum(NamedTuple):
    """The only optimum of a program, or the proof that it has none."""

    mix: FloatArray | None  # (defences,); None where every mixed strategy leaves the attacker a gain
    prices: FloatArray  # (k,) of the gains, in units of worth: the dual solution, or the proof


def only_optimum(worth: FloatArray, gains: FloatArray) -> Optimum | None:
    """The mixed strategy x that makes x·worth largest where no x·gains is above 0, if it is the only one.

    It costs less than importing a solver of linear programs. The gains are allowed at a penalty instead,
    which is exact as long as it exceeds the sum of the prices.

    >>> optimum = only_optimum(np.array([3.0, 1.0]), np.array([[1.0], [-1.0]]))
    >>> optimum.mix.round(9).tolist(), optimum.prices.round(9).tolist()
    ([0.5, 0.5], [1.0])

    Args:
        worth: (defences,) to the defender.
        gains: (defences, k) of the attacker's ways to leave its reply, of the order of 1.

    Returns:
        None for programs that are large, have several optima, or need larger prices.
    """
    defences, ways = gains.shape
    if gains.size > SMALL:
        return None
    span = float(np.ptp(worth)) or 1.0
    form = StackedForm(
        attack_value=PENALTY * np.hstack([np.zeros((defences, 1)), gains]),
        idle_cost=-worth / span,
        cost_per_intensity=np.zeros(defences),
        intensity=np.zeros(ways + 1),
        type_of=np.zeros(ways + 1, np.int64),
    )
    walked = walk_along(form, Deadline(inf))
    if walked.tied or walked.lost or len(walked.pairs) != 1:
        return None
    mix, weights = walked.pairs[0]
    if float((gains @ weights[1:]).min()) > MAY_TIE:
        return Optimum(None, weights[1:])
    return Optimum(mix, PENALTY * span * weights[1:]) if weights[0] > 0 else None
