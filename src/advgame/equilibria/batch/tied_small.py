"""Small games of whole numbers with any ties: all equilibria, and the recommended one.

The numbers are Python's, of any size, so every comparison is exact; many games are compared in one step.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.games.tolerances import PLAYED
from advgame.games.whole_payoffs import WholePayoffs

Whole = NDArray[Any]  # of Python's whole numbers


class SmallAnswers(NamedTuple):
    """The equilibrium of each of k games that `Nash` recommends by default, and how many there are."""

    defender: FloatArray  # (k, defences)
    attacker: FloatArray  # (k, attacks)
    value: FloatArray  # (k, 2) to defender and attacker
    equilibria: NDArray[np.int64]  # (k,)


def is_small(shape: tuple[int, int]) -> bool:
    """Whether games of a shape are answered here."""
    return 1 in shape or shape == (2, 2)


def small_answers(payoffs: WholePayoffs, near: FloatArray) -> SmallAnswers:
    """The recommended equilibria of 1 × n, m × 1 or 2 × 2 games.

    Of several that pay the defender as little, it is the one that plays the fewest strategies, or the first.

    >>> a, b = (np.array([payoffs], dtype=object) for payoffs in ([[3, 0], [2, 1]], [[0, 0], [1, 0]]))
    >>> answers = small_answers(WholePayoffs(a, b, (10, 10)), np.zeros(1))
    >>> answers.attacker.tolist(), answers.value.tolist(), answers.equilibria.tolist()
    ([[0.5, 0.5]], [[0.15, 0.0]], [2])

    Args:
        payoffs: of k games.
        near: (k,) how far from the defender's worst a value counts as equal to it.
    """
    if payoffs.to_defender.shape[1:] == (2, 2):
        return _two_by_two(payoffs, near)
    return _of_one_chooser(payoffs, near)


def _of_one_chooser(payoffs: WholePayoffs, near: FloatArray) -> SmallAnswers:
    """Games in which one player has a single strategy: the best responses of the other."""
    games, defences, attacks = payoffs.to_defender.shape
    flat = [payoff.reshape(games, -1) for payoff in (payoffs.to_defender, payoffs.to_attacker)]
    chooser = flat[0] if attacks == 1 else flat[1]
    best = chooser == chooser.max(axis=1, keepdims=True)
    values = [_floats(payoff / unit) for payoff, unit in zip(flat, payoffs.denominators, strict=True)]
    worst = np.where(best, values[0], np.inf)
    place = np.argmax(worst <= (worst.min(axis=1) + near)[:, None], axis=1)
    every = np.arange(games)
    return SmallAnswers(
        np.eye(defences)[place if attacks == 1 else 0 * place],
        np.eye(attacks)[0 * place if attacks == 1 else place],
        np.column_stack([value[every, place] for value in values]),
        best.sum(axis=1),
    )


def _two_by_two(payoffs: WholePayoffs, near: FloatArray) -> SmallAnswers:
    """Games of two strategies each: the signs of four differences determine the equilibria."""
    from advgame.equilibria.kernels.two_by_two_signs import COUNTS, PAIRS

    a, b = payoffs.to_defender, payoffs.to_attacker
    of_rows, of_columns = a[:, 0] - a[:, 1], b[:, :, 0] - b[:, :, 1]
    signs = [_sign(gains[:, place]) for gains in (of_rows, of_columns) for place in (0, 1)]
    codes = signs[0] * 27 + signs[1] * 9 + signs[2] * 3 + signs[3] + 40
    games = len(a)
    answers = SmallAnswers(
        np.empty((games, 2)), np.empty((games, 2)), np.empty((games, 2)), COUNTS[codes].astype(np.int64)
    )
    for code in np.unique(codes).tolist():
        some = np.flatnonzero(codes == code)
        listed = [
            _of_kinds(payoffs, some, (_weights(x, of_columns[some]), _weights(y, of_rows[some])))
            for x, y in PAIRS[code, : COUNTS[code]].tolist()
        ]
        chosen = _preferred(listed, near[some])
        for where, number in ((some[chosen == number], number) for number in range(len(listed))):
            inside = chosen == number
            for room, answer in zip(answers[:3], listed[number][:3], strict=True):
                room[where] = answer[inside]
    return answers


def _sign(gains: Whole) -> NDArray[np.int64]:
    return (gains > 0).astype(np.int64) - (gains < 0)


def _weights(kind: int, gains: Whole) -> Whole:
    """The weights (k, 2) of both strategies: one is pure, or the mix makes the opponent indifferent.

    Args:
        kind: 0 and 1 for the pure strategies, 2 for the mix.
        gains: (k, 2) what the opponent's first strategy earns more than the second against each.
    """
    if kind == 2:
        return np.abs(gains[:, ::-1])
    return np.full((len(gains), 2), [1 - kind, kind], dtype=object)


def _of_kinds(payoffs: WholePayoffs, some: NDArray[np.intp], weights: tuple[Whole, Whole]) -> SmallAnswers:
    """An equilibrium of each of some games, from the weights of its strategies."""
    x, y = weights
    in_all = x.sum(axis=1), y.sum(axis=1)
    values = []
    for payoff, unit in zip((payoffs.to_defender, payoffs.to_attacker), payoffs.denominators, strict=True):
        total = sum(x[:, i] * y[:, j] * payoff[some, i, j] for i in (0, 1) for j in (0, 1))
        values.append(_floats(total / (in_all[0] * in_all[1] * unit)))
    mixes = [_floats(mix / total[:, None]) for mix, total in zip(weights, in_all, strict=True)]
    return SmallAnswers(mixes[0], mixes[1], np.column_stack(values), np.ones(len(some), np.int64))


def _preferred(listed: list[SmallAnswers], near: FloatArray) -> NDArray[np.intp]:
    """Which of the equilibria of each game is recommended."""
    values = np.column_stack([profile.value[:, 0] for profile in listed])
    order = np.column_stack([3 * _order(profile.defender) + _order(profile.attacker) for profile in listed])
    tied = values <= (values.min(axis=1) + near)[:, None]  # an order is at most 8
    return np.asarray(np.where(tied, order, 9).argmin(axis=1), np.intp)


def _order(mix: FloatArray) -> NDArray[np.int64]:
    """0 where only the first strategy is played, 1 for the second, 2 for both."""
    played = mix > PLAYED
    return np.asarray(np.where(played.all(axis=1), 2, np.where(played[:, 0], 0, 1)), np.int64)


def _floats(numbers: Whole) -> FloatArray:
    return numbers.astype(np.float64)
