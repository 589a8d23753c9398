"""The regime of a cell: the strategies that both players play, as text."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria import Solution
from advgame.games.tolerances import PLAYED

BITS = 64  # strategies whose bits are compared at once


class Regimes(NamedTuple):
    """The regime of each of many cells."""

    codes: NDArray[np.int32]  # (cells,) the place of its text
    texts: list[str]  # in the order in which they first occur


def regime_of(solution: Solution) -> str:
    """The strategies both players play in the recommended profile, as text.

    >>> from advgame.equilibria import solve
    >>> from advgame.games import Game
    >>> regime_of(solve(Game([[3, 0], [2, 1]], [[0, 2], [1, 0]])))
    'd1 + d2 | a1 + a2'
    """
    profile, game = solution.recommended, solution.game
    return _text((game.defences, profile.defender > PLAYED), (game.attacks, profile.attacker > PLAYED))


def regimes_of(
    defences: tuple[str, ...], attacks: tuple[str, ...], defender: FloatArray, attacker: FloatArray
) -> Regimes:
    """The regimes of many cells; each combination of strategies is formatted once.

    >>> mixed = np.array([[1.0, 0.0], [0.5, 0.5], [1.0, 0.0]])
    >>> regimes = regimes_of(("a", "b"), ("none", "pgd"), mixed, mixed)
    >>> regimes.codes.tolist(), regimes.texts
    ([0, 1, 0], ['a | none', 'a + b | none + pgd'])

    Args:
        defences: names.
        attacks: names.
        defender: (cells, defences) mixed strategies.
        attacker: (cells, attacks) mixed strategies.
    """
    columns = [*defender.T, *attacker.T]
    codes, firsts = _patterns(columns)
    texts = [
        _text((defences, defender[first] > PLAYED), (attacks, attacker[first] > PLAYED)) for first in firsts
    ]
    return Regimes(codes, texts)


def _patterns(columns: list[FloatArray]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The pattern of played strategies of each cell, and the cell in which each pattern first occurs.

    Neighbouring cells are mostly alike, so patterns are compared once for each run of equal cells.
    """
    words = [_bit_pattern(columns[place : place + BITS]) for place in range(0, len(columns), BITS)]
    changes = np.logical_or.reduce([word[1:] != word[:-1] for word in words])
    starts = np.append(0, np.flatnonzero(changes) + 1)
    pattern = np.zeros(len(starts), np.int64)
    for word in words:
        distinct, which = np.unique(word[starts], return_inverse=True)
        pattern = np.unique(pattern * len(distinct) + which, return_inverse=True)[1]
    _, firsts, pattern = np.unique(pattern, return_index=True, return_inverse=True)
    order = np.argsort(firsts)
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order))
    lengths = np.diff(np.append(starts, len(words[0])))
    return np.repeat(rank[pattern], lengths), starts[firsts[order]]


def _bit_pattern(columns: list[FloatArray]) -> NDArray[np.unsignedinteger[Any]]:
    """One bit for each column: whether the strategy is played."""
    kind = np.min_scalar_type((1 << len(columns)) - 1)
    word = np.zeros(len(columns[0]), kind)
    for place, column in enumerate(columns):
        word |= (column > PLAYED).astype(kind) << kind.type(place)
    return word


def _text(*sides: tuple[tuple[str, ...], NDArray[np.bool_]]) -> str:
    return " | ".join(
        " + ".join(name for name, plays in zip(names, played, strict=True) if plays)
        for names, played in sides
    )
