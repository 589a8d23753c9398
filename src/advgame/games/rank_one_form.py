"""Detection of games that are strategically of rank 1, such as attacker–defender games."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np

from advgame.arrays import FloatArray
from advgame.games.game import Game
from advgame.games.tolerances import RANK_ONE_RESIDUE


@dataclass(frozen=True, eq=False)
class RankOneForm:
    """A game equivalent to the given one: the attacker earns Q, the defender pays Q + c0 + c1 μ.

    Each player's payoffs are in units of that player's own range.
    Strategically neutral terms are removed: column constants of the defender's payoffs and row constants
    of the attacker's. ``intensity`` is at least 0, and 0 somewhere; μ is its mean under the attacker's
    mixed strategy. With ``idle_cost`` only, the game is strategically zero-sum.
    """

    attack_value: FloatArray  # Q, (defences, attacks)
    idle_cost: FloatArray  # c0, (defences,)
    cost_per_intensity: FloatArray  # c1, (defences,)
    intensity: FloatArray  # p, (attacks,)


def rank_one_form(game: Game) -> RankOneForm | None:
    """The rank-1 form of a game that is strategically zero-sum or of rank 1; None for any other.

    With both matrices centred by rows and columns (A, B), that is a t > 0 such that A + tB has rank 0
    or 1 (Kannan and Theobald 2010; Adsul, Garg, Mehta, Sohoni and von Stengel, arXiv:1812.04611).

    >>> rank_one_form(Game([[1, 2], [3, 5]], [[-1, -2], [-3, -5]])).intensity
    array([0., 0.])
    """
    scales = _range(game.defender_payoffs), _range(game.attacker_payoffs)
    unit = Game(game.defender_payoffs / scales[0], game.attacker_payoffs / scales[1])
    defender, attacker = _centred(unit.defender_payoffs), _centred(unit.attacker_payoffs)
    if float(np.abs(attacker).max()) <= RANK_ONE_RESIDUE:
        return None
    for ratio in _ratios(defender, attacker):
        factors = _rank_one(defender, attacker, ratio)
        if factors is not None:
            return _form(unit, ratio, *factors)
    return None


def _range(payoffs: FloatArray) -> float:
    """The range of the payoffs, which scales both players equally."""
    return float(np.ptp(payoffs / 2)) * 2 or 1.0


def _centred(payoffs: FloatArray) -> FloatArray:
    by_row = payoffs - payoffs.mean(axis=1, keepdims=True)
    return np.asarray(by_row - by_row.mean(axis=0, keepdims=True))


def _ratios(defender: FloatArray, attacker: FloatArray) -> Iterator[float]:
    """Candidates for t > 0: the one of a zero-sum game, then the roots of 2 × 2 minors of A + tB."""
    zero_sum = -float(np.vdot(defender, attacker) / np.vdot(attacker, attacker))
    if zero_sum > 0:
        yield zero_sum
    if min(attacker.shape) == 2:
        yield 1.0  # two rows or columns, centred, are of rank 1 for every t
    row, column = np.unravel_index(int(np.abs(attacker).argmax()), attacker.shape)
    for other_row, other_column in _other_places(defender, attacker, int(row), int(column)):
        corner = np.ix_([int(row), other_row], [int(column), other_column])
        for root in _minor_roots(defender[corner], attacker[corner]):
            if root > 0:
                yield _refined(defender, attacker, root)


def _other_places(
    defender: FloatArray, attacker: FloatArray, row: int, column: int, most: int = 6
) -> Iterator[tuple[int, int]]:
    """Opposite corners for 2 × 2 minors, largest entries first."""
    size = np.abs(defender) / (np.abs(defender).max() or 1.0) + np.abs(attacker) / np.abs(attacker).max()
    size[row, :] = size[:, column] = -1.0
    for flat in np.argsort(-size, axis=None)[:most]:
        place = np.unravel_index(int(flat), size.shape)
        if size[place] >= 0:
            yield int(place[0]), int(place[1])


def _minor_roots(a: FloatArray, b: FloatArray) -> list[float]:
    """The t for which det(a + t b) = 0."""
    square = b[0, 0] * b[1, 1] - b[0, 1] * b[1, 0]
    linear = a[0, 0] * b[1, 1] + b[0, 0] * a[1, 1] - a[0, 1] * b[1, 0] - b[0, 1] * a[1, 0]
    constant = a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0]
    inside = max(linear * linear - 4 * square * constant, 0.0)
    half = -(linear + (1 if linear >= 0 else -1) * sqrt(inside)) / 2
    roots = [half / square] if square else []
    return [float(root) for root in ([*roots, constant / half] if half else roots) if np.isfinite(root)]


def _refined(defender: FloatArray, attacker: FloatArray, ratio: float) -> float:
    """The candidate t, refined to minimise the residual; accurate at double roots as well."""
    for _ in range(3):
        _, left, right = _residue(defender + ratio * attacker)
        if not left.any():
            break
        a, b = (_beside(matrix, left, right) for matrix in (defender, attacker))
        size = float(np.vdot(b, b))
        better = -float(np.vdot(a, b)) / size if size > 0 else ratio
        if not 0.9 * ratio < better < 1.1 * ratio:
            break
        ratio = better
    return ratio


def _beside(matrix: FloatArray, left: FloatArray, right: FloatArray) -> FloatArray:
    """The part of a matrix that is in neither factor's direction."""
    by_row = matrix - np.outer(left, left @ matrix) / (left @ left)
    return np.asarray(by_row - np.outer(by_row @ right, right) / (right @ right))


def _residue(matrix: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The residual of the cross approximation of a matrix, and the two factors of the approximation."""
    row, column = np.unravel_index(int(np.abs(matrix).argmax()), matrix.shape)
    pivot = matrix[row, column]
    if pivot == 0:
        return matrix, np.zeros(matrix.shape[0]), np.zeros(matrix.shape[1])
    left, right = matrix[:, column], matrix[row, :] / pivot
    return matrix - np.outer(left, right), left, right


def _rank_one(
    defender: FloatArray, attacker: FloatArray, ratio: float
) -> tuple[FloatArray, FloatArray] | None:
    total = defender + ratio * attacker
    allowed = RANK_ONE_RESIDUE * min(float(np.abs(defender).max()), ratio * float(np.abs(attacker).max()))
    if float(np.abs(total).max()) <= allowed:
        return np.zeros(total.shape[0]), np.zeros(total.shape[1])
    residue, left, right = _residue(total)
    return (left, right) if float(np.abs(residue).max()) <= allowed else None


def _form(game: Game, ratio: float, left: FloatArray, right: FloatArray) -> RankOneForm:
    attack_value = ratio * game.attacker_payoffs
    gain_by_row = (game.defender_payoffs + attack_value).mean(axis=1)
    lowest = float(right.min())
    return RankOneForm(
        attack_value,
        idle_cost=-(gain_by_row + left * lowest),
        cost_per_intensity=-left,
        intensity=right - lowest,
    )
