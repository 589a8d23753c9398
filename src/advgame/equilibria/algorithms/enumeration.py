"""All extreme equilibria of any game, exactly, by vertex enumeration in integer arithmetic.

A profile is an extreme equilibrium iff its mixed strategies are vertices of the best-response polytopes
whose labels together cover every strategy (Vorob'ev; Kuhn; Mangasarian 1964; see Avis, Rosenberg, Savani and
von Stengel 2010, doi:10.1007/s00199-009-0449-x).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from advgame.arrays import ExactMatrix
from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.algorithms.exact_tableau import ExactMix, whole
from advgame.equilibria.algorithms.optimal_vertices import everything, optimal_corners
from advgame.games import Game

PER_PAIR = 2e-8  # nominal seconds per comparison of two vertices, measured

Vertex = tuple[ExactMix, int]  # a mixed strategy with its labels as bits


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
        (strategy, _swapped(labels, columns, rows))
        for strategy, labels in best_response_vertices(to_defender, deadline)
    ]
    having = _by_label(mixes_of_attacker, rows + columns)
    equilibria = []
    for defender, own in mixes_of_defender:
        deadline.spend(len(mixes_of_attacker) * PER_PAIR)
        missing = everything_named & ~own
        rarest = min((having[label] for label in _bits(missing)), key=len)
        equilibria += [
            (defender, attacker)
            for attacker, attacker_labels in rarest
            if attacker_labels & missing == missing
        ]
    return equilibria


def best_response_vertices(payoffs: ExactMatrix, deadline: Deadline) -> list[Vertex]:
    """The vertices of a player's strategy simplex subdivided by the opponent's best responses.

    Args:
        payoffs: (opponent's replies, own strategies), payoffs of the opponent.
        deadline: limit of the computation.

    Returns:
        Mixed strategies with labels: bit k if own strategy k is not played, bit (number of own
        strategies + r) if the opponent's reply r is a best response.
    """
    replies, own = len(payoffs), len(payoffs[0])
    numbers, _ = whole(np.array(payoffs, dtype=object))
    corners = optimal_corners(numbers, [0] * own, [0] * replies, everything(own, 1), deadline)
    vertices: dict[int, ExactMix] = {}
    for corner in corners:
        labels = sum(1 << label for label in corner.zeros())
        if labels not in vertices:
            vertices[labels] = corner.mix()
    return [(strategy, labels) for labels, strategy in vertices.items()]


def _by_label(vertices: Sequence[Vertex], count: int) -> list[list[Vertex]]:
    """The vertices with each label."""
    return [[vertex for vertex in vertices if vertex[1] >> label & 1] for label in range(count)]


def _bits(labels: int) -> list[int]:
    return [place for place in range(labels.bit_length()) if labels >> place & 1]


def _swapped(labels: int, own: int, opponent: int) -> int:
    """Labels in the order (own, opponent's) reordered as (opponent's, own)."""
    return (labels & ((1 << own) - 1)) << opponent | labels >> own


def _transposed(matrix: ExactMatrix) -> ExactMatrix:
    return tuple(zip(*matrix, strict=True))
