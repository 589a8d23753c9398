"""The rank-1 structure of a family of affine games, detected once from its coefficients.

In an attacker–defender game, defences and real attacks interact through one table only: both players'
payoffs contain p_j times it, one with the weight S > 0, the other with −V < 0. All other terms depend on
the defence alone or on the attack alone, so each game of the family is of rank 1 with t = V/S.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from advgame.arrays import FloatArray
from advgame.games.affine import AffineGames

NOT_ALIGNED = -1
NOTHING_LEFT = 1e-13  # of a player's largest payoff: the tolerated residual


@dataclass(frozen=True, eq=False)
class AffineStructure:
    """The decomposed payoffs of `AffineGames`; features φ = (1, prices …), players defender, attacker.

        U_D(i, j) = k_i + h_j + p_j (a_i + b_j − V E_ij) + 1[p_j > 0] f_j
        U_A(i, j) = k_i + h_j + p_j (a_i + b_j + S E_ij) + 1[p_j > 0] f_j

    with one table E and, for each player, coefficients that are sums over features.
    """

    table: FloatArray  # E (defences, attacks), entries at most 1 in absolute value
    swing: FloatArray  # (2, features): V and S
    row_still: FloatArray  # (2, features, defences): k
    row_shared: FloatArray  # (2, features, defences): a
    column_still: FloatArray  # (2, features, attacks): h
    column_shared: FloatArray  # (2, features, attacks): b
    column_entered: FloatArray  # (2, features, attacks): f
    aligned: int  # the defence where k (defender) and both a differ most from defence 0, if multiples
    # of one vector up to constants: 0 if that vector is 0, NOT_ALIGNED if they are not multiples


def affine_structure(games: AffineGames) -> AffineStructure | None:
    """The structure shared by all games; None if there is none, or if a player has a single strategy."""
    if 1 in games.shape:
        return None
    bounds = np.maximum(NOTHING_LEFT * np.array([[games.size(0)], [games.size(1)]]), 1e-290)
    with np.errstate(divide="ignore"):  # a feature that is always 0 does not matter
        allowed = np.where(games.reach > 0, bounds / games.reach, np.inf)  # (2, features)
    row_still, column_still, rest = _taken_apart(games.still)
    row_entered, column_entered, rest_entered = _taken_apart(games.entered[..., 1:])
    shared = games.shared[..., 1:]  # strategy 0 has intensity 0
    row_shared, column_shared, crossed = _taken_apart(shared)
    odd = (rest, rest_entered, row_entered[..., None] - row_entered.mean(axis=-1)[..., None, None])
    if any(np.any(np.abs(residual) > allowed[..., None, None]) for residual in odd):
        return None
    common = _table(crossed, allowed, games.reach)
    if common is None:
        return None
    table, swing, left, aligned = _aligned(*common, row_still[0], row_shared, allowed, games.reach)
    size = float(np.abs(table).max()) or 1.0
    return AffineStructure(
        np.ascontiguousarray(np.broadcast_to(_with_idle(table / size), games.shape)),
        swing * size,
        row_still,
        left,
        column_still,
        _with_idle(column_shared),
        _with_idle(column_entered + row_entered.mean(axis=-1, keepdims=True)),
        aligned,
    )


def _taken_apart(matrices: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The row effects (…, m), the column effects (…, n) and the residual (…, m, n) of a table."""
    rows = matrices.mean(axis=-1)
    columns = (matrices - rows[..., None]).mean(axis=-2)
    return rows, columns, matrices - rows[..., None] - columns[..., None, :]


def _with_idle(columns: FloatArray) -> FloatArray:
    """Values of the real attacks, preceded by 0 for no attack."""
    return np.concatenate([np.zeros((*columns.shape[:-1], 1)), columns], axis=-1)


def _table(
    crossed: FloatArray, allowed: FloatArray, reach: FloatArray
) -> tuple[FloatArray, FloatArray] | None:
    """The table of which all coefficients are multiples, with V and S (2, features); None without one."""
    flat = crossed.reshape(*crossed.shape[:2], -1)
    sizes = np.abs(flat).max(axis=2, initial=0.0) / allowed
    if sizes.max() <= 1:
        return np.zeros(crossed.shape[2:]), np.zeros(sizes.shape)
    place = np.unravel_index(int(sizes.argmax()), sizes.shape)
    at = int(np.abs(flat[place]).argmax())
    unit, swing = flat[place] / flat[place][at], flat[..., at]
    if np.any(np.abs(flat - swing[..., None] * unit) > allowed[..., None]):
        return None
    sign = 1.0 if swing[1] @ reach >= 0 else -1.0  # so that S is positive, if possible
    return sign * unit.reshape(crossed.shape[2:]), sign * swing * np.array([[-1.0], [1.0]])


def _aligned(
    table: FloatArray,
    swing: FloatArray,
    unattacked: FloatArray,
    shared: FloatArray,
    allowed: FloatArray,
    reach: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray, int]:
    """The table, V, S and a, transformed so that all a are multiples of k, if possible.

    Adding r_i to row i of the table, V r_i to the defender's a_i and −S r_i to the attacker's changes no
    payoff. If a can be made a multiple of the defences' values without attack, equilibria of attacks of
    equal intensity are unique (section 4 of docs/explanation/mathematics.md). If the real attacks do not
    differ between defences, the table is 0, and V and S are arbitrary.
    """
    worth = shared - shared.mean(axis=-1, keepdims=True)
    direction, multiples = _common_direction(unattacked - unattacked.mean(axis=-1, keepdims=True), allowed[0])
    along = worth @ direction / (float(direction @ direction) or 1.0)
    across = worth - along[..., None] * direction
    moved = _table(across[..., None], allowed, reach) if multiples else None
    far, alike = int(np.abs(direction - direction[0]).argmax()), not np.any(table)
    if moved is not None:
        rows, pull = moved
        if not np.any(rows):
            return table, swing if not alike else _balanced(worth, reach), shared, far
        whole = rows * (_multiple(pull, swing, allowed) if not alike else 1.0)
        swing = pull if alike else swing
        if not np.any(np.isnan(whole)) and (swing @ reach).min() > 0:
            left = shared + np.array([1.0, -1.0])[:, None, None] * swing[..., None] * whole[:, 0]
            return table + whole, swing, left, far
    return table, swing if not alike else _balanced(worth, reach), shared, NOT_ALIGNED


def _multiple(first: FloatArray, second: FloatArray, allowed: FloatArray) -> float:
    """The factor by which ``first`` is a multiple of ``second``; NaN if it is not a multiple."""
    place = np.unravel_index(int((np.abs(second) / allowed).argmax()), second.shape)
    number = float(first[place] / second[place])
    return number if np.all(np.abs(first - number * second) <= allowed) else np.nan


def _balanced(worth: FloatArray, reach: FloatArray) -> FloatArray:
    """V and S on the scale of the defences' values under attack to each player."""
    sizes = np.abs(worth).max(axis=2) @ reach
    swing = np.zeros(worth.shape[:2])
    swing[:, 0] = np.where(sizes > 0, sizes, 1.0)
    return swing


def _common_direction(vectors: FloatArray, allowed: FloatArray) -> tuple[FloatArray, bool]:
    """The longest of the vectors (features, m), and whether the others are multiples of it."""
    sizes = np.abs(vectors).max(axis=1) / allowed
    longest = vectors[int(sizes.argmax())] if sizes.max() > 1 else np.zeros(vectors.shape[1])
    along = vectors @ longest / (float(longest @ longest) or 1.0)
    beside = np.abs(vectors - along[:, None] * longest).max(axis=1)
    return longest, bool(np.all(beside <= allowed))
