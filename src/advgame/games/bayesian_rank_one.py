"""The rank-1 structure of a Bayesian game: one mean intensity shared by all types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.games.bayesian import BayesianGame
from advgame.games.rank_one_form import rank_one_form
from advgame.games.tolerances import RANK_ONE_RESIDUE

SEVERAL = 3  # with at least this many attacks, a type's own payoffs determine the shared direction


@dataclass(frozen=True, eq=False)
class StackedForm:
    """An equivalent game: type h earns Q_h, the defender pays the sum of Q_h y_h, c0 and c1 μ.

    The attacks of all types are concatenated; μ is the sum over types of their mean intensity, which
    includes the priors.
    """

    attack_value: FloatArray  # Q, (defences, attacks of all types)
    idle_cost: FloatArray  # c0, (defences,)
    cost_per_intensity: FloatArray  # c1, (defences,)
    intensity: FloatArray  # p, (attacks of all types,), at least 0 and 0 somewhere for each type
    type_of: NDArray[np.int64]  # (attacks of all types,)


def stacked_form(game: BayesianGame) -> StackedForm | None:
    """The stacked form of a game; None if it has none.

    With both payoff matrices of every type centred by rows and columns (A_h weighted by the type's prior),
    that is one direction ℓ and t_h > 0 such that each A_h + t_h B_h is ℓ times a row.

    >>> zero_sum = BayesianGame([[[1, 2], [3, 5]]] * 2, [[[-1, -2], [-3, -5]]] * 2, [0.5, 0.5])
    >>> stacked_form(zero_sum).intensity
    array([0., 0., 0., 0.])
    """
    unit = max(float(np.ptp(payoffs)) for payoffs in game.defender_payoffs) or 1.0
    weighted = [odds * matrix / unit for odds, matrix in zip(game.priors, game.defender_payoffs, strict=True)]
    own = [matrix / (float(np.ptp(matrix)) or 1.0) for matrix in game.attacker_payoffs]
    for direction in _directions(game, weighted, own):
        ratios = [_ratio(a, b, direction) for a, b in zip(weighted, own, strict=True)]
        known = [ratio for ratio in ratios if ratio is not None]
        if len(known) == len(ratios):
            return _form(weighted, own, known, direction)
    return None


def _directions(
    game: BayesianGame, weighted: Sequence[FloatArray], own: Sequence[FloatArray]
) -> Iterator[FloatArray]:
    """Candidates for ℓ, of length 1 or 0: zero, those of single types, those shared by pairs of types."""
    yield np.zeros(game.defences)
    if game.defences == 2:
        yield np.array([1.0, -1.0]) / np.sqrt(2)
        return
    for type_game in game.types:
        form = rank_one_form(type_game) if type_game.shape[1] >= SEVERAL else None
        if form is not None and np.any(form.cost_per_intensity):
            yield form.cost_per_intensity / np.linalg.norm(form.cost_per_intensity)
        if type_game.shape == (SEVERAL, SEVERAL):
            yield from _both_roots(*map(centred, (type_game.defender_payoffs, type_game.attacker_payoffs)))
    planes = [
        np.column_stack([centred(a)[:, 0], centred(b)[:, 0]])
        for a, b in zip(weighted, own, strict=True)
        if a.shape[1] == 2
    ]
    if len(planes) > 1 and game.defences > SEVERAL:
        shared = np.linalg.svd(np.hstack([planes[0], -planes[1]]))[2][-1, :2]
        yield from _of_length_one(planes[0] @ shared)
    elif planes:
        for ratio in np.logspace(-3, 3, 25):
            yield from _of_length_one(planes[0] @ [1.0, ratio])


def _both_roots(a: FloatArray, b: FloatArray) -> Iterator[FloatArray]:
    """The directions for both t at which a 3 × 3 matrix A + tB is of rank 1."""
    left, right = a[:2, :2], b[:2, :2]
    mixed = left[0, 0] * right[1, 1] + left[1, 1] * right[0, 0]
    mixed -= left[0, 1] * right[1, 0] + left[1, 0] * right[0, 1]
    for ratio in np.roots([np.linalg.det(right), mixed, np.linalg.det(left)]):
        if np.isreal(ratio):
            yield np.linalg.svd(a + float(ratio.real) * b)[0][:, 0]


def _of_length_one(direction: FloatArray) -> Iterator[FloatArray]:
    length = float(np.linalg.norm(direction))
    if length > 0:
        yield direction / length


def _ratio(defender: FloatArray, attacker: FloatArray, direction: FloatArray) -> float | None:
    """The t > 0 for which A + tB is the direction times a row; None if there is none."""
    a, b = centred(defender), centred(attacker)
    beside_a, beside_b = (matrix - np.outer(direction, direction @ matrix) for matrix in (a, b))
    largest = float(np.abs(a).max()), float(np.abs(b).max())
    if float(np.abs(beside_b).max()) <= RANK_ONE_RESIDUE * largest[1]:
        return 1.0 if float(np.abs(beside_a).max()) <= RANK_ONE_RESIDUE * largest[0] else None
    ratio = -float(np.vdot(beside_a, beside_b) / np.vdot(beside_b, beside_b))
    left = float(np.abs(beside_a + ratio * beside_b).max())
    return ratio if ratio > 0 and left <= RANK_ONE_RESIDUE * min(largest[0], ratio * largest[1]) else None


def centred(payoffs: FloatArray) -> FloatArray:
    """The doubly centred payoffs: row means and column means are 0."""
    by_row = payoffs - payoffs.mean(axis=1, keepdims=True)
    return np.asarray(by_row - by_row.mean(axis=0, keepdims=True))


def _form(
    weighted: Sequence[FloatArray],
    own: Sequence[FloatArray],
    ratios: Sequence[float],
    direction: FloatArray,
) -> StackedForm:
    values = [ratio * b for ratio, b in zip(ratios, own, strict=True)]
    totals = [a + value for a, value in zip(weighted, values, strict=True)]
    rows = [direction @ centred(total) for total in totals]
    idle = sum(total.mean(axis=1) + direction * row.min() for total, row in zip(totals, rows, strict=True))
    return StackedForm(
        np.hstack(values),
        idle_cost=-np.asarray(idle),
        cost_per_intensity=-direction,
        intensity=np.concatenate([row - row.min() for row in rows]),
        type_of=np.repeat(np.arange(len(rows)), [len(row) for row in rows]),
    )
