"""The same game without strategies that cannot matter: strictly dominated ones and duplicates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.games.game import Game

MOST_COMPARISONS = 2e9  # of payoffs, in the search for dominated strategies of one player

Group = tuple[int, ...]  # strategies of the original game that are one in the reduced game


@dataclass(frozen=True, eq=False)
class Reduction:
    """A smaller game with the same equilibria, and what its strategies stand for."""

    game: Game
    defences: tuple[Group, ...]
    attacks: tuple[Group, ...]
    shape: tuple[int, int]  # of the original game

    @cached_property
    def has_duplicates(self) -> bool:
        """Whether a strategy of the reduced game stands for several."""
        return any(len(group) > 1 for group in (*self.defences, *self.attacks))

    def copies(self, defender: Sequence[Any], attacker: Sequence[Any]) -> int:
        """How many extreme profiles of the original game a profile of the reduced game stands for."""
        if not self.has_duplicates:
            return 1
        groups = [group for share, group in zip(defender, self.defences, strict=True) if share > 0]
        groups += [group for share, group in zip(attacker, self.attacks, strict=True) if share > 0]
        return prod(len(group) for group in groups)

    def put_back(
        self, defender: Sequence[Any], attacker: Sequence[Any]
    ) -> Iterator[tuple[list[Any], list[Any]]]:
        """Every extreme profile of the original game that a profile of the reduced game stands for.

        A strategy with duplicates may be played by any one of them, so there is a profile for each choice.
        """
        if not self.has_duplicates and (len(self.defences), len(self.attacks)) == self.shape:
            yield list(defender), list(attacker)
            return
        for rows in _spread(defender, self.defences, self.shape[0]):
            for columns in _spread(attacker, self.attacks, self.shape[1]):
                yield rows, columns


def reduce_game(game: Game) -> Reduction:
    """The game without strictly dominated strategies (of both players, again and again) and duplicates.

    Payoffs are compared as they were given, so nothing that matters is lost to rounding.

    >>> reduce_game(Game([[3, 0], [2, 1], [1, 0]], [[0, 2], [1, 0], [5, 5]])).defences
    ((0,), (1,))
    """
    to_defender, to_attacker = game.payoffs_as_given
    rows, columns = np.arange(game.shape[0]), np.arange(game.shape[1])
    while True:
        kept_rows = rows[_undominated(to_defender[np.ix_(rows, columns)])]
        kept_columns = columns[_undominated(to_attacker[np.ix_(kept_rows, columns)].T)]
        if len(kept_rows) == len(rows) and len(kept_columns) == len(columns):
            break
        rows, columns = kept_rows, kept_columns
    inside = np.ix_(rows, columns)
    row_groups = _groups(np.hstack([to_defender[inside], to_attacker[inside]]))
    column_groups = _groups(np.hstack([to_defender[inside].T, to_attacker[inside].T]))
    firsts = np.ix_([rows[group[0]] for group in row_groups], [columns[group[0]] for group in column_groups])
    smaller = Game(to_defender[firsts], to_attacker[firsts])
    return Reduction(
        smaller,
        tuple(tuple(int(rows[place]) for place in group) for group in row_groups),
        tuple(tuple(int(columns[place]) for place in group) for group in column_groups),
        game.shape,
    )


def _undominated(payoffs: NDArray[Any]) -> NDArray[np.bool_]:
    """Which rows no other single row exceeds everywhere."""
    strategies, replies = payoffs.shape
    if strategies == 1 or strategies * strategies * replies > MOST_COMPARISONS:
        return np.ones(strategies, dtype=bool)
    return np.array([not bool(np.any(np.all(payoffs > row, axis=1))) for row in payoffs])


def _groups(rows: NDArray[Any]) -> list[list[int]]:
    groups: dict[tuple[Any, ...], list[int]] = {}
    for place, row in enumerate(rows.tolist()):
        groups.setdefault(tuple(row), []).append(place)
    return list(groups.values())


def _spread(mix: Sequence[Any], groups: tuple[Group, ...], count: int) -> Iterator[list[Any]]:
    """The mixes of the original strategies, each group's share on one of its members."""
    played = [(share, group) for share, group in zip(mix, groups, strict=True) if share > 0]
    zero = Fraction(0) if isinstance(mix[0], Fraction) else 0.0
    for choice in product(*(group for _, group in played)):
        whole = [zero] * count
        for strategy, (share, _) in zip(choice, played, strict=True):
            whole[strategy] = share
        yield whole
