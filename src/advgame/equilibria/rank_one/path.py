"""All equilibria of an attacker–defender game, by one walk along the intensity of attack.

(x, y) is an equilibrium iff it solves the matrix game Z_μ(i, j) = Q_ij + c0_i + μ c1_i at μ = p·y, the mean
intensity of y; ``parametric_walk`` solves it for every μ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.algorithms.indifference import sharpened
from advgame.equilibria.rank_one.matrix_game import is_large_matrix_game, solve_matrix_game
from advgame.equilibria.rank_one.parametric_simplex import Walked, walk_along
from advgame.games import Game, certified_profile
from advgame.games.bayesian_rank_one import StackedForm
from advgame.games.rank_one_form import RankOneForm

Pair = tuple[Sequence[float], Sequence[float]]


@dataclass(frozen=True)
class Path:
    """The equilibria found on the walk, and whether they are proven to be all."""

    pairs: tuple[Pair, ...]
    complete: bool
    walked: Walked
    remark: str = ""


def walk(form: RankOneForm, game: Game, deadline: Deadline) -> Path:
    """Every equilibrium of a game without ties, re-solved from its own payoffs.

    ``complete`` is False where anything came near a tie: equilibria may then form a continuum.

    Args:
        form: the rank-1 form of the game.
        game: the game.
        deadline: the limit of the walk.
    """
    if is_large_matrix_game(form):
        walked = solve_matrix_game(form, game, deadline)
    else:
        walked = walk_along(as_stacked(form), deadline)
    sharp = [sharpened(game, defender, attacker) for defender, attacker in walked.pairs]
    certain = all(certified_profile(game, *pair).certificate.valid for pair in sharp)
    pairs = tuple((defender.tolist(), attacker.tolist()) for defender, attacker in sharp)
    complete = certain and not walked.tied and not walked.lost and len(pairs) % 2 == 1
    remark = "" if complete else walked.lost or "Payoffs tie on the way: further equilibria may exist."
    return Path(pairs, complete, walked, remark)


def as_stacked(form: RankOneForm) -> StackedForm:
    """The form of a game against one attacker as that of a game against a single type."""
    return StackedForm(
        form.attack_value,
        form.idle_cost,
        form.cost_per_intensity,
        form.intensity,
        type_of=np.zeros(len(form.intensity), np.int64),
    )
