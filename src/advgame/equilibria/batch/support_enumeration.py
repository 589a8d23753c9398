"""All equilibria of many small games from every pair of supports, without compiled code.

A report solves some hundred games, of which few strategies are left once dominated ones are removed.
Importing a compiler, or loading what it has compiled, takes longer than these games do.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.batch.batch_dominance import surviving
from advgame.equilibria.batch.gathered import BatchProfiles
from advgame.games.tolerances import MAY_TIE

MOST_PAIRS = 251  # of supports of equal size, which a 5 × 5 game has
SINGULAR = 1e-10  # a determinant of a system of entries up to 1 that is no larger may be 0
LOST = 1e-13  # divided by the determinant: more than the solution of a system loses to rounding

Places = NDArray[np.intp]


class BySupports(NamedTuple):
    """The equilibria of some games, and of which games they are proven to be all."""

    profiles: BatchProfiles  # games in order; regrets are left at 0
    proven: NDArray[np.bool_]  # (games,)
    too_large: NDArray[np.bool_]  # (games,) of which no pair of supports was tried


def by_supports(a: FloatArray, b: FloatArray) -> BySupports:
    """All equilibria of the games in which nothing nearly ties, as far as they are small once reduced.

    Two supports of equal size determine a pair of mixed strategies. It is an equilibrium if all its
    probabilities are positive and every other strategy loses against it. Where these signs are clear for each
    pair of supports, the game has no other equilibria: at an equilibrium on supports of different sizes, or
    with a further best response, some pair of equal size has a zero among them, or determines nothing.

    >>> profiles, proven, _ = by_supports(np.array([[[3.0, 0], [2, 1]]]), np.array([[[0, 2.0], [1, 0]]]))
    >>> profiles.defender.round(3).tolist(), profiles.attacker.round(3).tolist(), proven.tolist()
    ([[0.333, 0.667]], [[0.5, 0.5]], [True])

    Args:
        a: (games, defences, attacks), the defender's payoffs.
        b: (games, defences, attacks), the attacker's payoffs.
    """
    near = tuple(MAY_TIE * np.abs(matrices).max(axis=(1, 2)) for matrices in (a, b))
    rows, columns = surviving(a, b, (near[0], near[1]))
    proven, too_large = np.zeros((2, len(a)), np.bool_)
    parts = [BatchProfiles.nothing(*a.shape[1:])]
    for games, defences, attacks in _of_one_shape(rows, columns):
        if comb(defences.shape[1] + attacks.shape[1], defences.shape[1]) - 1 > MOST_PAIRS:
            too_large[games] = True
            continue
        cut = games[:, None, None], defences[:, :, None], attacks[:, None, :]
        some, clear = _equilibria(_scaled(a[cut]), _scaled(b[cut]))
        proven[games] = clear
        whole = np.zeros((len(some.game), a.shape[1])), np.zeros((len(some.game), a.shape[2]))
        np.put_along_axis(whole[0], defences[some.game], some.defender, axis=1)
        np.put_along_axis(whole[1], attacks[some.game], some.attacker, axis=1)
        parts.append(BatchProfiles(games[some.game], *whole, some.regret))
    return BySupports(BatchProfiles.joined(parts), proven, too_large)


def _of_one_shape(
    rows: NDArray[np.bool_], columns: NDArray[np.bool_]
) -> Iterator[tuple[Places, Places, Places]]:
    """Games of which as many strategies are left: which games (k,), defences (k, m) and attacks (k, n)."""
    shapes = np.column_stack([rows.sum(axis=1), columns.sum(axis=1)])
    for shape in np.unique(shapes, axis=0):
        games = np.flatnonzero((shapes == shape).all(axis=1))
        defences, attacks = (np.nonzero(left[games])[1].reshape(len(games), -1) for left in (rows, columns))
        yield games, defences, attacks


def _scaled(payoffs: FloatArray) -> FloatArray:
    """The payoffs of each game between 0 and 1: strategically the same."""
    spread = np.ptp(payoffs, axis=(1, 2), keepdims=True)
    return np.asarray((payoffs - payoffs.min(axis=(1, 2), keepdims=True)) / np.where(spread > 0, spread, 1.0))


def _equilibria(a: FloatArray, b: FloatArray) -> tuple[BatchProfiles, NDArray[np.bool_]]:
    """The equilibria of games of one shape, and which games have no pair of supports in doubt."""
    games, defences, attacks = a.shape
    proven, parts = np.ones(games, np.bool_), [BatchProfiles.nothing(defences, attacks)]
    for size in range(1, min(defences, attacks) + 1):
        pairs = list(product(combinations(range(defences), size), combinations(range(attacks), size)))
        game = np.repeat(np.arange(games), len(pairs))
        rows, columns = (np.tile(np.array(support), (games, 1)) for support in zip(*pairs, strict=True))
        attacker = _indifferent(a, game, rows, columns)
        open_ = ~attacker.fails
        game, rows, columns = game[open_], rows[open_], columns[open_]
        defender = _indifferent(b.transpose(0, 2, 1), game, columns, rows)
        holds = attacker.holds[open_] & defender.holds
        proven[game[~holds & ~defender.fails]] = False
        count = int(holds.sum())
        mixes = np.zeros((count, defences)), np.zeros((count, attacks))
        np.put_along_axis(mixes[0], rows[holds], defender.mix[holds], axis=1)
        np.put_along_axis(mixes[1], columns[holds], attacker.mix[open_][holds], axis=1)
        parts.append(BatchProfiles(game[holds], *mixes, np.zeros((count, 2))))
    return BatchProfiles.joined(parts), proven


class _Mixes(NamedTuple):
    """Mixed strategies on given supports, and whether they can be those of an equilibrium."""

    mix: FloatArray  # (t, size)
    holds: NDArray[np.bool_]  # (t,) all are played, and all other replies lose
    fails: NDArray[np.bool_]  # (t,) something is negative; neither where rounding may decide


def _indifferent(payoffs: FloatArray, game: Places, rows: Places, columns: Places) -> _Mixes:
    """The mixes of some columns against which some rows pay the same, and no other row pays as much.

    Args:
        payoffs: (k, m, n) between 0 and 1, to the player of the rows.
        game: (t,) which game.
        rows: (t, size) the rows that reply.
        columns: (t, size) the columns that are played.
    """
    count, size = rows.shape
    trials = np.arange(count)
    system = np.zeros((count, size + 1, size + 1))
    system[:, :size, :size] = payoffs[game[:, None, None], rows[:, :, None], columns[:, None, :]]
    system[:, :size, size], system[:, size, :size] = -1.0, 1.0
    determinant = np.abs(np.linalg.det(system)) if size > 1 else np.ones(count)
    singular = determinant <= SINGULAR
    system[singular] = np.eye(size + 1)
    right = np.zeros((count, size + 1, 1))
    right[:, size] = 1.0
    solved = np.linalg.solve(system, right)[:, :, 0]
    mix = solved[:, :size]
    against = np.take_along_axis(payoffs[game], columns[:, None, :], axis=2)  # (t, m, size)
    losses = solved[:, size, None] - np.einsum("tms,ts->tm", against, mix)
    losses[trials[:, None], rows] = 1.0
    margin = np.minimum(mix.min(axis=1), losses.min(axis=1))
    doubt = np.where(singular, np.inf, MAY_TIE + LOST / np.maximum(determinant, SINGULAR))
    return _Mixes(mix, margin > doubt, margin < -doubt)
