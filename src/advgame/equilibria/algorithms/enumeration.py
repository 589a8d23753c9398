"""All extreme equilibria of any game, proven: the vertices of both best-response polytopes in whole numbers.

A profile is an extreme equilibrium iff its mixes are vertices whose labels together name every
strategy (Vorob'ev; Kuhn; Mangasarian 1964; see Avis, Rosenberg, Savani and von Stengel 2010,
doi:10.1007/s00199-009-0449-x).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from advgame.arrays import ExactMatrix
from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.algorithms.exact_tableau import ExactMix, whole
from advgame.equilibria.algorithms.optimal_vertices import everything, optimal_corners
from advgame.games import Game

PER_PAIR = 2e-8  # nominal seconds of comparing a vertex with another, as measured

Vertex = tuple[ExactMix, int]  # a mixed strategy, and its labels as bits


def extreme_equilibria(game: Game, deadline: Deadline) -> list[tuple[ExactMix, ExactMix]]:
    """Every extreme equilibrium, in rational numbers.

    >>> from advgame.equilibria.algorithms.deadline import Deadline
    >>> found = extreme_equilibria(Game([[3, 0], [2, 1]], [[0, 2], [1, 0]]), Deadline(10))
    >>> [[str(share) for mix in pair for share in mix] for pair in found]
    [['1/3', '2/3', '1/2', '1/2']]

    Raises:
        TimeUp: when the deadline passes first.
    """
    rows, columns = game.shape
    to_defender, to_attacker = game.exact_payoffs
    everything_named = (1 << (rows + columns)) - 1
    mixes_of_defender = best_response_vertices(_transposed(to_attacker), deadline)
    mixes_of_attacker = [
        (mix, _swapped(labels, columns, rows))
        for mix, labels in best_response_vertices(to_defender, deadline)
    ]
    having = _by_label(mixes_of_attacker, rows + columns)
    found = []
    for defender, own in mixes_of_defender:
        deadline.spend(len(mixes_of_attacker) * PER_PAIR)
        missing = everything_named & ~own
        rarest = min((having[label] for label in _bits(missing)), key=len)
        found += [(defender, attacker) for attacker, other in rarest if other & missing == missing]
    return found


def best_response_vertices(payoffs: ExactMatrix, deadline: Deadline) -> list[Vertex]:
    """The vertices of a player's mixed strategies, cut up by which reply of the opponent pays best.

    Args:
        payoffs: (opponent's replies, own strategies), to the opponent.
        deadline: when to give up.

    Returns:
        Mixes of the own strategies with labels: bit k where own strategy k is not played, bit
        (number of own strategies + r) where the opponent's reply r is best.
    """
    replies, own = len(payoffs), len(payoffs[0])
    numbers, _ = whole(np.array(payoffs, dtype=object))
    corners = optimal_corners(numbers, [0] * own, [0] * replies, everything(own, 1), deadline)
    found: dict[int, ExactMix] = {}
    for corner in corners:
        labels = sum(1 << label for label in corner.zeros())
        if labels not in found:
            found[labels] = corner.mix()
    return [(mix, labels) for labels, mix in found.items()]


def _by_label(vertices: Sequence[Vertex], count: int) -> list[list[Vertex]]:
    """For each label the vertices that have it."""
    return [[vertex for vertex in vertices if vertex[1] >> label & 1] for label in range(count)]


def _bits(labels: int) -> list[int]:
    return [place for place in range(labels.bit_length()) if labels >> place & 1]


def _swapped(labels: int, own: int, other: int) -> int:
    """Labels written (own, other) rewritten as (other, own)."""
    return (labels & ((1 << own) - 1)) << other | labels >> own


def _transposed(matrix: ExactMatrix) -> ExactMatrix:
    return tuple(zip(*matrix, strict=True))
