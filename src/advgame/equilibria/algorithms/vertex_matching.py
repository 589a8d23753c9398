"""All equilibria of a general game, by vertex enumeration in compiled floating-point code.

A pair of vertices is an equilibrium iff its labels together cover every strategy (Lemke and Howson 1964; von
Stengel 2002, doi:10.1016/S1574-0005(02)03008-4). In a nondegenerate game the basic variables of one are
then the nonbasic ones of the other, so that pairs are matched by comparing bit sets.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from sys import modules

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.kernels.compiled import as_writable, is_cached, worth_loading
from advgame.games import Certificate, Game, Profile

PER_VERTEX, PER_ENTRY = 1e-6, 8e-9  # nominal seconds, as measured
SEEDS = 3  # costs that are tried where one leaves the order of the vertices uncertain
KERNELS = "advgame.equilibria.kernels.vertex_walk"
ROOM = 1 << 16  # for vertices at first
PROBES = 50  # random ways down the tree of vertices, for an estimate of its size
SURE = 20  # strategies of both players up to which no estimate is needed
IN_PYTHON = 200.0  # times the work without compiled code, in exact arithmetic
MISJUDGED = 3.0  # a search is begun if it is estimated to take that many times what is left of the work


@dataclass(frozen=True, eq=False)
class Matched:
    """The equilibria, whether the list is proven complete, and what stopped the search otherwise."""

    defenders: FloatArray  # (equilibria, defences)
    attackers: FloatArray  # (equilibria, attacks)
    regrets: FloatArray  # (equilibria, 2), relative to the ranges of the payoffs
    earned: FloatArray  # (equilibria, 2)
    complete: bool = False
    too_large: bool = False  # so that no search was begun
    vertices: float = 0.0  # of the larger polytope, as estimated; 0 where no estimate was needed

    @property
    def pairs(self) -> tuple[FloatArray, FloatArray]:
        """The mixed strategies of both players."""
        return self.defenders, self.attackers

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """The equilibria with their certificates."""
        regrets = map(Certificate, *self.regrets.T.tolist())
        return tuple(map(Profile, self.defenders, self.attackers, *self.earned.T.tolist(), regrets))

    @staticmethod
    def nothing(shape: tuple[int, int], *, too_large: bool = False, vertices: float = 0.0) -> Matched:
        """No equilibria of a game of a shape.

        Args:
            shape: numbers of defences and attacks.
            too_large: whether the search was not started because it takes too much work.
            vertices: estimated number of vertices.
        """
        x, y, pairs = (np.empty((0, width)) for width in (*shape, 2))
        return Matched(x, y, pairs, pairs, too_large=too_large, vertices=vertices)


def may_be_listed_at_once(game: Game) -> bool:
    """Whether a game is so small that its vertices are searched before anything else is known of it.

    That is so where the code is loaded: its dominated strategies then take less time than looking for them.
    """
    rows, columns = game.shape
    return min(rows, columns) > 2 and rows + columns <= SURE and KERNELS in modules and game.sharp


def matched_vertices(game: Game, deadline: Deadline) -> Matched:
    """The equilibria of a game, within the remaining work.

    Every pair has regrets within the certificate's tolerance. ``complete`` is True if no sign was
    uncertain, both polytopes have as many vertices with k rising edges as with k falling ones, and the
    number of equilibria is odd. Without compiled code the result is empty.

    >>> from advgame.equilibria.algorithms.deadline import Deadline
    >>> random = np.random.default_rng(1)
    >>> matched_vertices(Game(*random.normal(size=(2, 90, 90))), Deadline(60, work=1.0)).too_large
    True
    """
    rows, columns = game.shape
    sides = _sides(game)
    compiled = worth_loading(rows + columns) and _is_compiled(sides[0])
    if rows + columns > SURE or not compiled:
        sizes = [side.estimated(deadline) if compiled else _typical(game) for side in sides]
        factor = 1.0 if compiled else IN_PYTHON
        work = sum(size * side.work_per_vertex * factor for size, side in zip(sizes, sides, strict=True))
        if work > MISJUDGED * deadline.work_left:
            return Matched.nothing(game.shape, too_large=True, vertices=max(sizes))
    if not compiled:
        return Matched.nothing(game.shape)
    listed = []
    for share, side in zip((0.5, 1.0), sides, strict=True):
        most = min(share * deadline.work_left, deadline.left) / side.work_per_vertex
        listed.append(side.vertices(max(int(most), 1)))
        deadline.count(len(listed[-1].basic) * side.work_per_vertex)
    return _matched(game, *listed)


def compile_search() -> None:
    """Compiles the search, once per machine; ``solve`` never waits for a compiler."""
    game = Game([[3, 0, 1], [2, 1, 0], [0, 1, 2]], [[0, 2, 1], [1, 0, 2], [2, 1, 0]])
    sides = _sides(game)
    sides[0].estimated(Deadline(1, work=1.0))
    _matched(game, *(side.vertices(99) for side in sides))


def _is_compiled(side: _Side) -> bool:
    """Whether the code is loaded or on disk."""
    from advgame.equilibria.kernels import vertex_pairs, vertex_walk

    cost, sets, rising = side.cost(0), np.empty((1, 1), np.uint64), np.empty(1, np.int64)
    matrix, pairs, places = side.matrix, np.empty((1, 2)), np.empty(1, np.int64)
    return (
        is_cached(vertex_walk.search, lambda: (matrix, 0, 0, cost, sets, rising))
        and is_cached(vertex_walk.estimate, lambda: (matrix, cost, 0, 0.0))
        and is_cached(vertex_pairs.meet, lambda: (sets, sets, sets[0], places))
        and is_cached(
            vertex_pairs.fill, lambda: (matrix, matrix, matrix, pairs[0], sets, places, *[pairs] * 4)
        )
    )


def _sides(game: Game) -> tuple[_Side, _Side]:
    rows, _ = game.shape
    of_defender, of_attacker = game.extremes
    replies = np.ascontiguousarray(_between_one_and_two(game.attacker_payoffs, *of_attacker).T)
    return _Side(replies, 0, rows), _Side(_between_one_and_two(game.defender_payoffs, *of_defender), rows, 0)


def _typical(game: Game) -> float:
    """The approximate number of vertices of the polytopes of random payoffs."""
    return 0.7 * math.exp(0.74 * min(game.shape))


@dataclass(frozen=True, eq=False)
class _Vertices:
    basic: NDArray[np.uint64]  # (vertices, words): the labels of the variables that are not 0, as bits
    complete: bool


@dataclass(frozen=True, eq=False)
class _Side:
    """The polytope of one player's strategies."""

    matrix: FloatArray  # (the other's replies, own strategies), payoffs to the other, between 1 and 2
    first_own: int
    first_slack: int

    @property
    def work_per_vertex(self) -> float:
        replies, own = self.matrix.shape
        return float(PER_VERTEX + (replies + 1) * (own + 2) * PER_ENTRY)

    def estimated(self, deadline: Deadline) -> float:
        """The estimated number of vertices."""
        from advgame.equilibria.kernels import vertex_walk

        most = 1e3 * deadline.work_left / self.work_per_vertex
        return float(vertex_walk.estimate(self.matrix, self.cost(0), PROBES, most))

    def vertices(self, most: int) -> _Vertices:
        """At most a given number of vertices, including the artificial one at the origin."""
        from advgame.equilibria.kernels import vertex_walk

        replies, own = self.matrix.shape
        words, rising = -(-(replies + own) // 64), np.empty(own + 1, np.int64)
        seed, room = 0, min(most, ROOM)
        while True:
            bits = np.empty((room, words), np.uint64)
            count, state = vertex_walk.search(
                self.matrix, self.first_own, self.first_slack, self.cost(seed), bits, rising
            )
            if state == vertex_walk.FULL and room < most:
                room = min(most, 32 * room)
            elif state == vertex_walk.BLURRED and seed < SEEDS:
                seed += 1
            else:
                break
        return _Vertices(bits[:count], state == vertex_walk.DONE and (rising == rising[::-1]).all())

    def cost(self, seed: int) -> FloatArray:
        """A positive cost for which the order of the vertices is most likely unambiguous."""
        return _cost(seed, self.matrix.shape[1])


@lru_cache(maxsize=64)
def _cost(seed: int, own: int) -> FloatArray:
    return np.random.default_rng(seed).uniform(1.0, 2.0, own)


def _matched(game: Game, of_defender: _Vertices, of_attacker: _Vertices) -> Matched:
    """The equilibria among all pairs of vertices in which each label is basic exactly once."""
    from advgame.equilibria.kernels import vertex_pairs

    (rows, columns), basic = game.shape, of_defender.basic
    places = np.empty(len(basic), np.int64)
    every = _every_label(rows + columns)
    pairs, distinct = vertex_pairs.meet(basic, of_attacker.basic, every, places)
    a, b = as_writable(game.defender_payoffs), as_writable(game.attacker_payoffs)
    scales = np.array([1.0 / (high - low) if high > low else 1.0 for low, high in game.extremes])
    x, y, regrets, earned = (np.empty((pairs, width)) for width in (rows, columns, 2, 2))
    turned = np.ascontiguousarray(a.T)
    count = vertex_pairs.fill(a, b, turned, scales, basic, places[:pairs], x, y, regrets, earned)
    complete = of_defender.complete and of_attacker.complete and distinct and count % 2 == 1
    return Matched(x[:count], y[:count], regrets[:count], earned[:count], complete)


@lru_cache(maxsize=64)
def _every_label(count: int) -> NDArray[np.uint64]:
    """All labels as bits."""
    words = [0] * -(-count // 64)
    for label in range(count):
        words[label >> 6] |= 1 << (label & 63)
    return np.array(words, np.uint64)


def _between_one_and_two(payoffs: FloatArray, low: float, high: float) -> FloatArray:
    """The payoffs scaled to [1, 2], which changes no best response."""
    return (payoffs - low) / (high - low) + 1.0 if high > low else np.ones_like(payoffs)
