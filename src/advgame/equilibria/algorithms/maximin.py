"""The maximin mixed strategy by pivoting or linear programming, sharpened on its support."""

from __future__ import annotations

from math import inf

import numpy as np

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import Deadline, charge_program
from advgame.equilibria.algorithms.indifference import TIGHT, indifferent_mix
from advgame.equilibria.algorithms.lemke_howson import end_without_compiled_code
from advgame.equilibria.algorithms.support_margin import support_margin
from advgame.games import Certificate, Game, Profile
from advgame.games.profile import relative_regret
from advgame.games.tolerances import MAY_TIE, PLAYED

SMALL = 400  # payoffs: for larger games a linear program is faster than the path in Python
WORK = 0.1  # nominal seconds of that path


def maximin(game: Game) -> Profile:
    """The maximin mixed strategy, with the attacker's strategy that limits the defender to its value.

    >>> maximin(Game([[3, 0], [2, 1]], [[0, 2], [1, 0]])).defender_payoff
    1.0
    """
    return min(_candidates(game), key=lambda profile: profile.certificate.regret)


def _candidates(game: Game) -> list[Profile]:
    """An optimum, and the exact solution on its supports."""
    charge_program(game.defender_payoffs.size)
    defender, attacker = _only_optimum(game.defender_payoffs) or _program(game.defender_payoffs)
    optima = [_secured(game, defender, attacker)]
    rows, columns = np.flatnonzero(defender > PLAYED), np.flatnonzero(attacker > PLAYED)
    if len(rows) == len(columns):
        inside = game.defender_payoffs[np.ix_(rows, columns)]
        strategies = indifferent_mix(inside.T), indifferent_mix(inside)
        if strategies[0] is not None and strategies[1] is not None:
            sharp = np.zeros_like(defender), np.zeros_like(attacker)
            sharp[0][rows], sharp[1][columns] = strategies
            optima.append(_secured(game, *sharp))
    return optima


def _only_optimum(payoffs: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """The unique optimal mixed strategies of a small game, without importing a linear-program solver.

    Returns:
        The strategies; None if they are not unique, so that the linear program chooses among several.
    """
    if payoffs.size > SMALL:
        return None
    profile = end_without_compiled_code(Game(payoffs, -payoffs), Deadline(inf, WORK))
    if profile is None:
        return None
    rows, columns = np.flatnonzero(profile.defender > PLAYED), np.flatnonzero(profile.attacker > PLAYED)
    if len(rows) != len(columns) or support_margin(payoffs, -payoffs, rows, columns) <= MAY_TIE:
        return None
    return profile.defender, profile.attacker


def _program(payoffs: FloatArray) -> tuple[FloatArray, FloatArray]:
    """max v with x·A_j ≥ v for every attack j; the dual variables are the attacker's mixed strategy."""
    from scipy.optimize import linprog

    rows, columns = payoffs.shape
    span = float(np.ptp(payoffs)) or 1.0
    unit = (payoffs - payoffs.min()) / span
    program = linprog(
        np.append(np.zeros(rows), -1.0),
        A_ub=np.hstack([-unit.T, np.ones((columns, 1))]),
        b_ub=np.zeros(columns),
        A_eq=np.append(np.ones(rows), 0.0)[None, :],
        b_eq=[1.0],
        method="highs-ds",
        options=TIGHT,
    )
    defender = np.maximum(program.x[:rows], 0.0)
    attacker = np.maximum(-program.ineqlin.marginals, 0.0)
    return defender / defender.sum(), attacker / attacker.sum()


def _secured(game: Game, defender: FloatArray, attacker: FloatArray) -> Profile:
    by_defence, by_attack = game.defender_payoffs @ attacker, defender @ game.defender_payoffs
    value = float(defender @ by_defence)
    certificate = Certificate(
        relative_regret(float(by_defence.max()) - value, game.defender_payoffs),
        relative_regret(value - float(by_attack.min()), game.defender_payoffs),
    )
    return Profile(defender, attacker, value, float(defender @ game.attacker_payoffs @ attacker), certificate)
