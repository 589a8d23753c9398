"""The equilibrium of a large strategically zero-sum game, by an interior-point method or one linear program.

(x, y) is an equilibrium iff x minimises u + c0·x under u ≥ x·Q_j for every attack j, and y is the dual. Where
no other strategy comes near to being a best response, as many are played by either player, and their square
system has one solution, the program has no other optimum, and the game no other equilibrium.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import Deadline, TimeUp
from advgame.equilibria.algorithms.indifference import TIGHT, indifferent_mix
from advgame.equilibria.algorithms.interior_point import matrix_game_optimum
from advgame.equilibria.rank_one.parametric_simplex import Walked
from advgame.games import Game
from advgame.games.rank_one_form import RankOneForm, rank_one_form
from advgame.games.tolerances import MAY_TIE, PLAYED

SAMPLE = 8  # strategies of each player that show whether a game may be zero-sum
VERY_LARGE = 90_000  # payoffs of a player: of smaller games compiled code that walks is as quick
LARGE = 10_000  # payoffs of a player: of smaller games the walk is as quick, and finds what ties


def is_large_matrix_game(form: RankOneForm) -> bool:
    """Whether a game is strategically zero-sum, and large enough for a program."""
    return form.attack_value.size >= LARGE and not form.cost_per_intensity.any()


def solve_matrix_game(form: RankOneForm, game: Game, deadline: Deadline) -> Walked:
    """The equilibrium, in the form of a walk: ``tied`` unless it is proven to be the only one.

    Args:
        form: the rank-1 form of the game.
        game: the game.
        deadline: the limit of the linear program.
    """
    near = None
    try:
        near = _from_inside(form, game, deadline)
        if near is not None and not near.tied:
            return near
        defender, attacker = _program(form, deadline)
    except TimeUp:
        if near is not None:
            return near
        lost = f"The linear program was not solved in {deadline.seconds:g} seconds."
        return Walked((), False, lost, np.empty(0, np.intp), np.empty(0, np.intp))
    rows, columns = np.flatnonzero(defender > PLAYED), np.flatnonzero(attacker > PLAYED)
    return _walked(form, game, (defender, attacker), rows, columns)


def only_equilibrium(game: Game, deadline: Deadline) -> tuple[FloatArray, FloatArray] | None:
    """The equilibrium of a strategically zero-sum game so large that a walk takes longer than a program.

    Args:
        game: in floats, dominated strategies and all.
        deadline: when to give up.

    Returns:
        None for any other game, and where the equilibrium is not proven to be the only one.
    """
    if game.defender_payoffs.size < VERY_LARGE or not game.sharp or not _may_be_zero_sum(game):
        return None
    form = rank_one_form(game)
    if form is None or not is_large_matrix_game(form):
        return None
    try:
        near = _from_inside(form, game, deadline)
    except TimeUp:
        return None
    return None if near is None or near.tied else near.pairs[0]


def _may_be_zero_sum(game: Game) -> bool:
    """Whether a few payoffs are those of a game that is strategically zero-sum."""
    some = tuple(np.linspace(0, length - 1, SAMPLE).astype(int) for length in game.shape)
    a, b = (payoffs[np.ix_(*some)] for payoffs in (game.defender_payoffs, game.attacker_payoffs))
    form = rank_one_form(Game(a, b))
    return form is not None and not form.cost_per_intensity.any()


def _from_inside(form: RankOneForm, game: Game, deadline: Deadline) -> Walked | None:
    """What an interior-point method leads to; None where it does not converge."""
    near = matrix_game_optimum(form.attack_value + form.idle_cost[:, None], deadline)
    if near is None:
        return None
    return _walked(form, game, (near.row_mix, near.column_mix), near.rows, near.columns)


def _walked(
    form: RankOneForm,
    game: Game,
    mixes: tuple[FloatArray, FloatArray],
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
) -> Walked:
    """The equilibrium in which these rows and columns are played, solved once more from its payoffs."""
    sharp = _sharp(game, rows, columns)
    tied = sharp is None or _ties(form, *sharp)
    return Walked((sharp or mixes,), tied, "", rows, columns)


def _program(form: RankOneForm, deadline: Deadline) -> tuple[FloatArray, FloatArray]:
    from scipy.optimize import linprog

    defences, attacks = form.attack_value.shape
    scale = _scale(form)
    program = linprog(
        np.append(form.idle_cost / scale, 1.0),
        A_ub=np.hstack([form.attack_value.T / scale, -np.ones((attacks, 1))]),
        b_ub=np.zeros(attacks),
        A_eq=np.append(np.ones(defences), 0.0)[None, :],
        b_eq=[1.0],
        bounds=[(0, None)] * defences + [(None, None)],
        method="highs-ds",
        options={**TIGHT, "time_limit": deadline.left},
    )
    if program.status != 0:
        raise TimeUp
    defender, attacker = np.maximum(program.x[:-1], 0.0), np.maximum(-program.ineqlin.marginals, 0.0)
    return defender / defender.sum(), attacker / attacker.sum()


def _sharp(
    game: Game, rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> tuple[FloatArray, FloatArray] | None:
    """The mixes of these supports from the game's own payoffs; None where they are not the only ones."""
    if len(rows) != len(columns):
        return None
    inside = np.ix_(rows, columns)
    mixes = indifferent_mix(game.attacker_payoffs[inside].T), indifferent_mix(game.defender_payoffs[inside])
    if mixes[0] is None or mixes[1] is None:
        return None
    defender, attacker = np.zeros(game.shape[0]), np.zeros(game.shape[1])
    defender[rows], attacker[columns] = mixes
    return defender, attacker


def _ties(form: RankOneForm, defender: FloatArray, attacker: FloatArray) -> bool:
    """Whether an unplayed strategy is nearly a best response, or a played one is barely one."""
    pays, costs = defender @ form.attack_value, form.attack_value @ attacker + form.idle_cost
    near = MAY_TIE * _scale(form)
    least = min(float(defender[defender > 0].min()), float(attacker[attacker > 0].min()))
    beside = (pays.max() - pays)[attacker == 0], (costs - costs.min())[defender == 0]
    return least <= MAY_TIE or any(len(margins) and float(margins.min()) <= near for margins in beside)


def _scale(form: RankOneForm) -> float:
    return max(float(np.ptp(form.attack_value)), float(np.ptp(form.idle_cost))) or 1.0
