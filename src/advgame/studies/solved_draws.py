"""The game of every posterior draw solved: all equilibria, certified; the one worth least is kept.

Strategies that are strictly dominated in every draw of a part are found from the ranges of the payoffs and
left out before any payoff is formed: no equilibrium plays them, and no player could gain by them, so a
certificate of the smaller game is one of the whole.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria import solve_batch
from advgame.errors import SolverError
from advgame.games.tolerances import MAY_TIE
from advgame.scenarios.family.payoffs_at_draws import PayoffCoefficients, PayoffsOfDraws

Places = NDArray[np.intp]

SIMULTANEOUS = ("nash", "nash_one")  # a committed defender may gain by a dominated strategy, these do not


def solved_draws(
    pays: PayoffsOfDraws, accuracy: FloatArray, method: str
) -> tuple[FloatArray, FloatArray, int]:
    """The value and the mixed strategy of each draw's worst solution, and how many draws are complete.

    Args:
        pays: gives the payoffs.
        accuracy: (draws, defences, attacks).
        method: name of a method of `solve_batch`.

    Returns:
        Values (draws,), strategies (draws, defences), and in how many draws all equilibria are proven found.

    Raises:
        SolverError: when no profile of a draw could be certified.
    """
    # an attack without traffic is no attack: with it, every draw would be a game with ties
    open_columns = np.append(0, np.flatnonzero(pays.shares > 0))
    rows = np.arange(accuracy.shape[1])
    if pays.coefficients is None:
        a, b = (matrices[:, :, open_columns] for matrices in pays(accuracy))
    else:
        rows, columns = undominated_strategies(
            pays.coefficients, accuracy, open_columns, rows_too=method in SIMULTANEOUS
        )
        a, b = pays.coefficients.among(accuracy, rows, columns)
    value, some, complete = worst_solutions(np.ascontiguousarray(a), np.ascontiguousarray(b), method)
    defender = np.zeros((len(accuracy), accuracy.shape[1]))
    defender[:, rows] = some
    return value, defender, complete


def worst_solutions(a: FloatArray, b: FloatArray, method: str) -> tuple[FloatArray, FloatArray, int]:
    """The value and mixed strategy of each game's solution worth least, and how many games are complete.

    Args:
        a: (games, defences, attacks), to the defender.
        b: (games, defences, attacks), to the attacker.
        method: name of a method of `solve_batch`.

    Raises:
        SolverError: when no profile of a game could be certified.
    """
    batch = solve_batch(a, b, method)
    paid = np.einsum(
        "si,sij->sj", batch.defender, a if _one_each(batch.game_index, a) else a[batch.game_index]
    )
    value, complete = np.einsum("sj,sj->s", paid, batch.attacker), int(batch.complete.sum())
    if _one_each(batch.game_index, a):
        return value, batch.defender, complete
    order = np.lexsort((value, batch.game_index))
    games, first = np.unique(batch.game_index[order], return_index=True)
    if len(games) < len(a):
        raise SolverError(f"Of {len(a):,} draws {len(a) - len(games):,} could not be certified.")
    worst = order[first]
    return value[worst], batch.defender[worst], complete


def _one_each(game_index: NDArray[np.int64], games: FloatArray) -> bool:
    return len(game_index) == len(games) and bool((game_index == np.arange(len(games))).all())


def undominated_strategies(
    pays: PayoffCoefficients, accuracy: FloatArray, columns: Places, *, rows_too: bool
) -> tuple[Places, Places]:
    """The defences and attacks that no other one strictly dominates in all draws at once.

    One dominates another if the least it pays in any draw exceeds the most that the other one pays, in every
    column or row that is left; repeated until nothing more is dominated.

    Args:
        pays: the payoffs by accuracies.
        accuracy: (draws, defences, attacks).
        columns: the attacks to begin with.
        rows_too: whether dominated defences are left out, too.
    """
    ends = accuracy.min(axis=0), accuracy.max(axis=0)
    (a_low, a_high), (b_low, b_high) = (pays.range_of(player, *ends) for player in (0, 1))
    rows, before = np.arange(accuracy.shape[1]), (0, 0)
    while (len(rows), len(columns)) != before:
        before = len(rows), len(columns)
        cut = np.ix_(rows, columns)
        if rows_too:
            rows = rows[~_dominated(a_low[cut], a_high[cut])]
            cut = np.ix_(rows, columns)
        columns = columns[~_dominated(b_low[cut].T, b_high[cut].T)]
    return rows, columns


def _dominated(low: FloatArray, high: FloatArray) -> NDArray[np.bool_]:
    """Which rows another row exceeds everywhere, by more than rounding could explain."""
    margin = MAY_TIE * max(float(np.abs(low).max()), float(np.abs(high).max()))
    exceeds = (low[:, None] > high + margin).all(axis=2)  # (rows, rows)
    return np.asarray(exceeds.any(axis=0))
