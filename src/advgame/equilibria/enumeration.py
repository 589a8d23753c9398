"""All extreme equilibria of any game, proven: the vertices of both best-reply polytopes in whole numbers.

A profile is an extreme equilibrium iff its mixes are vertices whose labels together name every
strategy (Vorob'ev; Kuhn; Mangasarian 1964; see Avis, Rosenberg, Savani and von Stengel 2010,
doi:10.1007/s00199-009-0449-x). Vertices are found by walking from basis to basis with Edmonds'
fraction-free pivots; the lexicographic rule keeps the walk on one perturbed, nondegenerate polytope,
so that no vertex is missed where several bases meet.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.equilibria.time_limit import Deadline
from advgame.games import Game
from advgame.games.game import ExactMatrix

ExactMix = tuple[Fraction, ...]
Tableau = NDArray[Any]  # whole numbers of any size
Vertex = tuple[ExactMix, int]  # a mix, and its labels as bits


def extreme_equilibria(game: Game, deadline: Deadline) -> list[tuple[ExactMix, ExactMix]]:
    """Every extreme equilibrium, in rational numbers.

    >>> from advgame.equilibria.time_limit import Deadline
    >>> found = extreme_equilibria(Game([[3, 0], [2, 1]], [[0, 2], [1, 0]]), Deadline(10))
    >>> [[str(share) for mix in pair for share in mix] for pair in found]
    [['1/3', '2/3', '1/2', '1/2']]

    Raises:
        TimeUp: when the deadline passes first.
    """
    rows, columns = game.shape
    to_defender, to_attacker = game.exact_payoffs
    everything = (1 << (rows + columns)) - 1
    mixes_of_defender = best_reply_vertices(_transposed(to_attacker), deadline)
    mixes_of_attacker = [
        (mix, _swapped(labels, columns, rows)) for mix, labels in best_reply_vertices(to_defender, deadline)
    ]
    return [
        (defender, attacker)
        for defender, own in mixes_of_defender
        for attacker, other in mixes_of_attacker
        if own | other == everything
    ]


def best_reply_vertices(payoffs: ExactMatrix, deadline: Deadline) -> list[Vertex]:
    """The vertices of a player's mixes, cut up by which reply of the opponent pays best.

    Args:
        payoffs: (opponent's replies, own strategies), to the opponent.
        deadline: when to give up.

    Returns:
        Mixes of the own strategies with labels: bit k where own strategy k is not played, bit
        (number of own strategies + r) where the opponent's reply r is best.
    """
    strategies = len(payoffs[0])
    found: dict[ExactMix, int] = {}
    for basis, tableau in _bases(_start(payoffs), strategies, deadline):
        values = dict(zip(basis, tableau[:, -1].tolist(), strict=True))
        weights = [values.get(strategy, 0) for strategy in range(strategies)]
        total = sum(weights)
        if total == 0:
            continue  # the origin is no mix
        labels = sum(1 << place for place in range(strategies + len(payoffs)) if values.get(place, 0) == 0)
        found[tuple(Fraction(weight, total) for weight in weights)] = labels
    return list(found.items())


def _start(payoffs: ExactMatrix) -> Tableau:
    """The tableau [M | I | 1] of M x + s = 1 with M > 0, in whole numbers."""
    lowest = min(min(row) for row in payoffs)
    positive = [[value - lowest for value in row] for row in payoffs]
    denominator = lcm(*(value.denominator for row in positive for value in row))
    whole = [[int(value * denominator) for value in row] for row in positive]
    unit = max(1, *(max(row) for row in whole))
    matrix = np.array([[value + unit for value in row] for row in whole], dtype=object)
    replies = len(whole)
    identity = np.array([[int(r == c) for c in range(replies)] for r in range(replies)], dtype=object)
    ones = np.array([[1]] * replies, dtype=object)
    return np.hstack([matrix, identity, ones])


def _bases(start: Tableau, strategies: int, deadline: Deadline) -> Iterator[tuple[tuple[int, ...], Tableau]]:
    """Every lexicographically feasible basis with its tableau, from the one where no strategy is played."""
    replies = len(start)
    first = tuple(range(strategies, strategies + replies))
    waiting: list[tuple[tuple[int, ...], Tableau, int]] = [(first, start, 1)]
    seen = {frozenset(first)}
    while waiting:
        deadline.check()
        basis, tableau, scale = waiting.pop()
        yield basis, tableau
        inside = frozenset(basis)
        for entering in range(strategies + replies):
            if entering in inside:
                continue
            row = _leaving_row(tableau, entering, strategies)
            neighbour = inside - {basis[row]} | {entering}
            if neighbour not in seen:
                seen.add(neighbour)
                changed = (*basis[:row], entering, *basis[row + 1 :])
                waiting.append((changed, _pivot(tableau, row, entering, scale), tableau[row, entering]))


def _leaving_row(tableau: Tableau, entering: int, strategies: int) -> int:
    """The row that stops the entering variable first, ties broken lexicographically."""
    column = tableau[:, entering]
    rows = [row for row in range(len(tableau)) if column[row] > 0]
    for place in (-1, *range(strategies, strategies + len(tableau))):
        if len(rows) == 1:
            break
        rows = _smallest_ratio(tableau[:, place], column, rows)
    return rows[0]


def _smallest_ratio(values: Tableau, column: Tableau, rows: list[int]) -> list[int]:
    best = [rows[0]]
    for row in rows[1:]:
        difference = values[row] * column[best[0]] - values[best[0]] * column[row]
        if difference < 0:
            best = [row]
        elif difference == 0:
            best.append(row)
    return best


def _pivot(tableau: Tableau, row: int, column: int, scale: int) -> Tableau:
    """Edmonds' pivot: all entries stay whole, the common denominator becomes the pivot element."""
    pivot = tableau[row, column]
    changed = (tableau * pivot - np.outer(tableau[:, column], tableau[row])) // scale
    changed[row] = tableau[row]
    return np.asarray(changed)


def _swapped(labels: int, own: int, other: int) -> int:
    """Labels written (own, other) rewritten as (other, own)."""
    return (labels & ((1 << own) - 1)) << other | labels >> own


def _transposed(matrix: ExactMatrix) -> ExactMatrix:
    return tuple(zip(*matrix, strict=True))
