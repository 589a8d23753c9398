"""All equilibria of a general game: the vertices of both best-response polytopes, in compiled floating point.

A pair of vertices is an equilibrium iff its labels together name every strategy (Lemke and Howson 1964; von
Stengel 2002, doi:10.1016/S1574-0005(02)03008-4). In a nondegenerate game the basic variables of one are
then the nonbasic ones of the other, so that pairs are found by comparing sets of bits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.kernels.compiled import is_ready, worth_asking
from advgame.games import Game
from advgame.games.tolerances import LARGEST_REGRET

PER_VERTEX, PER_ENTRY = 1e-6, 8e-9  # nominal seconds, as measured
SEEDS = 3  # costs that are tried where one leaves the order of the vertices uncertain
ROOM = 4096  # for vertices at first
PROBES = 50  # random ways down the tree of vertices, for an estimate of its size
SURE = 20  # strategies of both players up to which no estimate is needed
IN_PYTHON = 200.0  # times the work without compiled code, in exact arithmetic
MISJUDGED = 3.0  # a search is begun if it is estimated to take that many times what is left of the work

Pairs = tuple[FloatArray, FloatArray]  # (equilibria, defences), (equilibria, attacks)


@dataclass(frozen=True, eq=False)
class Matched:
    """Equilibria found, whether they are proven to be all, and what stopped the search otherwise."""

    pairs: Pairs
    complete: bool = False
    too_large: bool = False  # so that no search was begun
    vertices: float = 0.0  # of the larger polytope, as estimated; 0 where no estimate was needed


def matched_vertices(game: Game, deadline: Deadline) -> Matched:
    """The equilibria of a game, as far as the work that is left allows.

    Every pair has regrets within the certificate's tolerance. ``complete`` is True where no sign was
    uncertain, both polytopes have as many vertices with k rising edges as with k falling ones, and the
    number of equilibria is odd. Where the code is not compiled yet, nothing is found.

    >>> from advgame.equilibria.algorithms.deadline import Deadline
    >>> random = np.random.default_rng(1)
    >>> matched_vertices(Game(*random.normal(size=(2, 90, 90))), Deadline(60, work=1.0)).too_large
    True
    """
    rows, columns = game.shape
    nothing = np.empty((0, rows)), np.empty((0, columns))
    sides = _sides(game)
    compiled = worth_asking(rows + columns) and all(side.is_ready for side in sides)
    if rows + columns > SURE or not compiled:
        sizes = [side.estimated(deadline) if compiled else _typical(game) for side in sides]
        factor = 1.0 if compiled else IN_PYTHON
        work = sum(size * side.work_per_vertex * factor for size, side in zip(sizes, sides, strict=True))
        if work > MISJUDGED * deadline.work_left:
            return Matched(nothing, too_large=True, vertices=max(sizes))
    if not compiled:
        return Matched(nothing)
    listed = []
    for share, side in zip((0.5, 1.0), sides, strict=True):
        most = min(share * deadline.work_left, deadline.left) / side.work_per_vertex
        listed.append(side.vertices(max(int(most), 1)))
        deadline.count(len(listed[-1].basic) * side.work_per_vertex)
    pairs = _certified(game, *_pairs(game, listed[0].basic, listed[1].basic))
    complete = all(each.complete for each in listed) and len(pairs[0]) % 2 == 1
    return Matched(pairs, complete)


def compile_search() -> None:
    """Compiles the search, once per machine; ``solve`` itself never waits for a compiler."""
    from advgame.equilibria.kernels import vertex_walk

    side = _Side(np.array([[1.0, 2.0], [2.0, 1.0]]), 0, 2)
    side.vertices(9)
    vertex_walk.estimate(side.matrix, side.cost(0), 1, 9.0)


def _sides(game: Game) -> tuple[_Side, _Side]:
    rows, _ = game.shape
    of_defender = _between_one_and_two(game.attacker_payoffs).T.copy()
    return _Side(of_defender, 0, rows), _Side(_between_one_and_two(game.defender_payoffs), rows, 0)


def _typical(game: Game) -> float:
    """About how many vertices the polytopes of random payoffs have."""
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
    def is_ready(self) -> bool:
        from advgame.equilibria.kernels import vertex_walk

        cost, found, rising = self.cost(0), np.empty((1, 1), np.uint64), np.empty(1, np.int64)
        search = vertex_walk.search, self.matrix, 0, 0, cost, found, rising
        return is_ready(*search) and is_ready(vertex_walk.estimate, self.matrix, cost, 0, 0.0)

    @property
    def work_per_vertex(self) -> float:
        replies, own = self.matrix.shape
        return float(PER_VERTEX + (replies + 1) * (own + 2) * PER_ENTRY)

    def estimated(self, deadline: Deadline) -> float:
        """About how many vertices there are."""
        from advgame.equilibria.kernels import vertex_walk

        most = 1e3 * deadline.work_left / self.work_per_vertex
        return float(vertex_walk.estimate(self.matrix, self.cost(0), PROBES, most))

    def vertices(self, most: int) -> _Vertices:
        """So many vertices at most, the artificial one that plays nothing among them."""
        from advgame.equilibria.kernels import vertex_walk

        replies, own = self.matrix.shape
        words, rising = -(-(replies + own) // 64), np.empty(own + 1, np.int64)
        seed, room = 0, min(most, ROOM)
        while True:
            found = np.empty((room, words), np.uint64)
            count, state = vertex_walk.search(
                self.matrix, self.first_own, self.first_slack, self.cost(seed), found, rising
            )
            if state == vertex_walk.FULL and room < most:
                room = min(most, 32 * room)
            elif state == vertex_walk.BLURRED and seed < SEEDS:
                seed += 1
            else:
                break
        basic = found[:count].copy()
        simple = bool((rising == rising[::-1]).all()) and len(_distinct(basic)) == count
        return _Vertices(basic, state == vertex_walk.DONE and simple)

    def cost(self, seed: int) -> FloatArray:
        """A positive cost under which the order of the vertices is most probably certain."""
        return np.asarray(np.random.default_rng(seed).uniform(1.0, 2.0, self.matrix.shape[1]))


def _pairs(game: Game, of_defender: NDArray[Any], of_attacker: NDArray[Any]) -> Pairs:
    """The mixed strategies of all pairs of vertices in which each label is basic exactly once."""
    rows, columns = game.shape
    every = np.zeros(of_defender.shape[1], np.uint64)
    for label in range(rows + columns):
        every[label >> 6] |= np.uint64(1) << np.uint64(label & 63)
    met = np.intersect1d(_as_words(of_defender), _as_words(of_attacker ^ every))
    basic = met.view(np.uint64).reshape(-1, of_defender.shape[1])
    labels = np.arange(rows + columns)
    plays = basic[:, labels >> 6] >> (labels & 63).astype(np.uint64) & np.uint64(1) == 1
    plays[:, rows:] = ~plays[:, rows:]  # an attack is played where its slack is 0
    return _solved(game, plays[plays.any(axis=1)])


def _distinct(basic: NDArray[np.uint64]) -> NDArray[Any]:
    """Every set of bits once."""
    return np.asarray(np.unique(_as_words(basic)))


def _as_words(basic: NDArray[np.uint64]) -> NDArray[Any]:
    """Each row as one item that can be sorted: a number where there is one word, which is much faster."""
    if basic.shape[1] == 1:
        return basic[:, 0]
    rows = np.ascontiguousarray(basic)
    return rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1])))[:, 0]


def _solved(game: Game, plays: NDArray[np.bool_]) -> Pairs:
    """The strategies that make the other player indifferent within the supports given, solved in batches."""
    rows, columns = game.shape
    x, y = np.zeros((len(plays), rows)), np.zeros((len(plays), columns))
    sizes = plays[:, :rows].sum(axis=1)
    for size in np.unique(sizes):
        games = np.flatnonzero(sizes == size)
        i = np.nonzero(plays[games, :rows])[1].reshape(-1, size)
        j = np.nonzero(plays[games, rows:])[1].reshape(-1, size)
        x[games[:, None], i] = _indifferent(
            game.attacker_payoffs[i[:, :, None], j[:, None, :]].swapaxes(1, 2)
        )
        y[games[:, None], j] = _indifferent(game.defender_payoffs[i[:, :, None], j[:, None, :]])
    return x, y


def _indifferent(payoffs: FloatArray) -> FloatArray:
    """For each square matrix the mixed strategy of the columns against which all rows earn the same."""
    count, size, _ = payoffs.shape
    system = np.zeros((count, size + 1, size + 1))
    low = payoffs.min(axis=(1, 2), keepdims=True)
    span = np.ptp(payoffs, axis=(1, 2), keepdims=True)
    system[:, :size, :size] = (payoffs - low) / np.where(span > 0, span, 1.0)
    system[:, :size, size], system[:, size, :size] = -1.0, 1.0
    right = np.zeros((count, size + 1, 1))
    right[:, size] = 1.0
    try:
        return np.asarray(np.linalg.solve(system, right)[:, :size, 0])
    except np.linalg.LinAlgError:
        return np.full((count, size), math.nan)


def _certified(game: Game, x: FloatArray, y: FloatArray) -> Pairs:
    """The pairs that are equilibria up to the certificate's tolerance."""
    x, y = np.maximum(x, 0.0), np.maximum(y, 0.0)
    x, y = x / x.sum(axis=1, keepdims=True), y / y.sum(axis=1, keepdims=True)
    earns, costs = y @ game.defender_payoffs.T, x @ game.attacker_payoffs
    regret_x = earns.max(axis=1, initial=-math.inf) - (earns * x).sum(axis=1)
    regret_y = costs.max(axis=1, initial=-math.inf) - (costs * y).sum(axis=1)
    spans = (float(np.ptp(each)) or 1.0 for each in (game.defender_payoffs, game.attacker_payoffs))
    good = (regret_x <= LARGEST_REGRET * next(spans)) & (regret_y <= LARGEST_REGRET * next(spans))
    return x[good], y[good]


def _between_one_and_two(payoffs: FloatArray) -> FloatArray:
    """The payoffs on a scale that changes no best response."""
    span = float(np.ptp(payoffs))
    return np.asarray(1.0 + (payoffs - payoffs.min()) / span) if span > 0 else np.ones_like(payoffs)
