"""The best-response polytopes of a small game with their labels, for teaching.

After Shapley 1974 and von Stengel 2002 (doi:10.1016/S1574-0005(02)03008-4): a pair of vertices that together
carry every label is an equilibrium.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from advgame.arrays import FloatArray
from advgame.errors import GameError
from advgame.games import Game

MOST = 5  # strategies of each player
SAME = 1e-9


@dataclass(frozen=True)
class Vertex:
    """A vertex of one player's polytope, as a mixed strategy with its labels.

    Labels 1 to m are the defender's strategies, m + 1 to m + n the attacker's. A vertex carries the labels
    of the player's own strategies that it does not play, and of the other player's that are best responses.
    """

    strategy: tuple[float, ...]
    labels: tuple[int, ...]


@dataclass(frozen=True)
class LabelledPolytopes:
    """The vertices of both polytopes, without the origin, and the fully labelled pairs of them."""

    defender: tuple[Vertex, ...]
    attacker: tuple[Vertex, ...]
    equilibria: tuple[tuple[int, int], ...]  # places in ``defender`` and ``attacker``


def labelled_polytopes(game: Game) -> LabelledPolytopes:
    """The vertices with their labels, and the equilibria among their pairs.

    >>> pennies = Game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> found = labelled_polytopes(pennies)
    >>> [vertex.labels for vertex in found.defender], len(found.equilibria)
    ([(2, 4), (3, 4), (1, 3)], 1)

    Args:
        game: at most 5 strategies of each player.

    Raises:
        GameError: for a larger game.
    """
    rows, columns = game.shape
    if max(rows, columns) > MOST:
        raise GameError(f"The game has {rows} × {columns} strategies; polytopes are drawn up to {MOST} each.")
    a, b = _positive(game.defender_payoffs), _positive(game.attacker_payoffs)
    defender = _vertices(b.T, [*range(1, rows + 1)], [*range(rows + 1, rows + columns + 1)])
    attacker = _vertices(a, [*range(rows + 1, rows + columns + 1)], [*range(1, rows + 1)])
    whole = set(range(1, rows + columns + 1))
    pairs = tuple(
        (first, second)
        for first, own in enumerate(defender)
        for second, other in enumerate(attacker)
        if {*own.labels, *other.labels} == whole
    )
    return LabelledPolytopes(defender, attacker, pairs)


def _positive(payoffs: FloatArray) -> FloatArray:
    """The payoffs between 1 and 2: strategies do not depend on shift and scale."""
    low, span = float(payoffs.min()), float(np.ptp(payoffs)) or 1.0
    return np.asarray(1 + (payoffs - low) / span)


def _vertices(payoffs: FloatArray, unplayed: list[int], responses: list[int]) -> tuple[Vertex, ...]:
    """The vertices of {z ≥ 0, payoffs · z ≤ 1} but the origin, normalised.

    Args:
        payoffs: (responses, own strategies) payoffs of the other player, positive.
        unplayed: the labels of own strategies.
        responses: the labels of the other player's strategies.
    """
    own = len(unplayed)
    sides = np.vstack([-np.eye(own), payoffs])
    bounds = np.append(np.zeros(own), np.ones(len(responses)))
    labels = np.array([*unplayed, *responses])
    vertices: dict[tuple[float, ...], Vertex] = {}
    for tight in combinations(range(len(sides)), own):
        chosen = list(tight)
        if abs(np.linalg.det(sides[chosen])) < SAME:
            continue
        point = np.linalg.solve(sides[chosen], bounds[chosen])
        slack = bounds - sides @ point
        if slack.min() < -SAME or point.sum() < SAME:
            continue
        strategy = tuple(float(share) for share in np.abs((point / point.sum()).round(9)))
        carried = tuple(int(label) for label in labels[slack < SAME])
        vertices.setdefault(strategy, Vertex(strategy, carried))
    return tuple(sorted(vertices.values(), key=lambda vertex: vertex.strategy, reverse=True))
