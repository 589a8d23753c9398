"""Removes strictly dominated and duplicate strategies from a game."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.games.game import Game

MOST_COMPARISONS = 2e9  # of payoffs, per player, in the search for dominated strategies

MOST_AT_ONCE = 10_000  # of payoffs, compared in one array

Group = tuple[int, ...]  # strategies of the original game that one reduced strategy represents


@dataclass(frozen=True, eq=False)
class Reduction:
    """A smaller game with the same equilibria, and the original strategies behind each of its own."""

    game: Game
    defences: tuple[Group, ...]
    attacks: tuple[Group, ...]
    shape: tuple[int, int]  # of the original game

    @cached_property
    def has_duplicates(self) -> bool:
        """Whether some strategy of the reduced game represents several."""
        return any(len(group) > 1 for group in (*self.defences, *self.attacks))

    def copies(self, defender: Sequence[Any], attacker: Sequence[Any]) -> int:
        """The number of extreme profiles of the original game that a reduced profile represents."""
        if not self.has_duplicates:
            return 1
        groups = [group for share, group in zip(defender, self.defences, strict=True) if share > 0]
        groups += [group for share, group in zip(attacker, self.attacks, strict=True) if share > 0]
        return prod(len(group) for group in groups)

    def put_back(
        self, defender: Sequence[Any], attacker: Sequence[Any]
    ) -> Iterator[tuple[list[Any], list[Any]]]:
        """The extreme profiles of the original game that a reduced profile represents.

        Each duplicate of a strategy can be played in its place, so there is one profile per choice.
        """
        if not self.has_duplicates and (len(self.defences), len(self.attacks)) == self.shape:
            yield list(defender), list(attacker)
            return
        for rows in _spread(defender, self.defences, self.shape[0]):
            for columns in _spread(attacker, self.attacks, self.shape[1]):
                yield rows, columns


def reduce_game(game: Game) -> Reduction:
    """The game after iterated removal of strictly dominated strategies, and without duplicates.

    Payoffs are compared in the given number type, so rounding plays no role. If the exact payoffs are not
    yet computed, floats decide clear cases, and exact payoffs are computed only for what remains.

    >>> reduce_game(Game([[3, 0], [2, 1], [1, 0]], [[0, 2], [1, 0], [5, 5]])).defences
    ((0,), (1,))
    """
    if not game.exact_pending:
        return _reduced(game)
    near = game.near
    rows, columns = _surviving((game.defender_payoffs, game.attacker_payoffs), near)
    part = game.part(rows, columns)
    both = part.defender_payoffs, part.attacker_payoffs
    if _any_alike(both, near) or _any_alike((both[0].T, both[1].T), near):
        inner = _reduced(part)
    else:
        rows_alone, columns_alone = (tuple((place,) for place in range(count)) for count in part.shape)
        inner = Reduction(part, rows_alone, columns_alone, part.shape)
    return Reduction(inner.game, _places(inner.defences, rows), _places(inner.attacks, columns), game.shape)


def _reduced(game: Game) -> Reduction:
    """Like ``reduce_game``, on the payoffs as given."""
    to_defender, to_attacker = game.payoffs_as_given
    rows, columns = _surviving(game.payoffs_as_given, (0, 0))
    if (len(rows), len(columns)) != game.shape:
        inside = np.ix_(rows, columns)
        to_defender, to_attacker = to_defender[inside], to_attacker[inside]
    row_groups = _groups(to_defender, to_attacker)
    column_groups = _groups(to_defender.T, to_attacker.T)
    return Reduction(
        game.part([rows[group[0]] for group in row_groups], [columns[group[0]] for group in column_groups]),
        _places(row_groups, rows),
        _places(column_groups, columns),
        game.shape,
    )


def _places(groups: Iterable[Sequence[int]], places: NDArray[np.intp]) -> tuple[Group, ...]:
    """Groups of strategies, as indices into all strategies."""
    numbers = places.tolist()
    return tuple(tuple([numbers[index] for index in group]) for group in groups)


def _surviving(
    payoffs: tuple[NDArray[Any], NDArray[Any]], near: tuple[float, float]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The remaining strategies of both players: none is exceeded by another one by more than ``near``."""
    to_defender, to_attacker = payoffs
    rows, columns = (np.arange(count) for count in to_defender.shape)
    while True:
        kept = _undominated(to_defender, near[0])
        all_rows = kept.all()
        if not all_rows:
            rows, to_defender, to_attacker = rows[kept], to_defender[kept], to_attacker[kept]
        kept = _undominated(to_attacker.T, near[1])
        if kept.all():
            if all_rows:
                return rows, columns
        else:
            columns, to_defender, to_attacker = columns[kept], to_defender[:, kept], to_attacker[:, kept]


def _undominated(payoffs: NDArray[Any], near: float) -> NDArray[np.bool_]:
    """Mask of the rows that no other single row exceeds everywhere by more than ``near``."""
    strategies, replies = payoffs.shape
    comparisons = strategies * strategies * replies
    if strategies == 1 or comparisons > MOST_COMPARISONS:
        return np.ones(strategies, dtype=bool)
    raised = payoffs + near if near else payoffs
    if comparisons <= MOST_AT_ONCE:
        return ~np.asarray(np.any(np.all(payoffs > raised[:, None], axis=2), axis=1), np.bool_)
    return np.array([not bool(np.any(np.all(payoffs > row, axis=1))) for row in raised])


def _any_alike(payoffs: tuple[NDArray[Any], NDArray[Any]], near: tuple[float, float]) -> bool:
    """Whether two rows are equal up to ``near`` in all payoffs of both players.

    Such rows have nearly equal weighted sums, so only neighbours in the order of these sums are compared.
    """
    replies = payoffs[0].shape[1]
    weights = np.sqrt(np.arange(2, replies + 2))
    sums = payoffs[0] @ weights / weights.sum()
    order = np.argsort(sums, kind="stable")
    close = np.diff(sums[order]) <= 2 * near[0]
    for start in np.flatnonzero(close):
        end = start + 1 + int(np.argmin(np.append(close[start:], False)))
        rest = order[start + 1 : end]
        apart = [
            np.abs(matrix[rest] - matrix[order[start]]) <= limit
            for matrix, limit in zip(payoffs, near, strict=True)
        ]
        if np.any(np.all(apart[0] & apart[1], axis=1)):
            return True
    return False


def _groups(to_defender: NDArray[Any], to_attacker: NDArray[Any]) -> list[list[int]]:
    """The places of rows that are alike to both players, in the order of the first of each."""
    groups: dict[tuple[Any, ...], list[int]] = {}
    for place, pair in enumerate(zip(to_defender.tolist(), to_attacker.tolist(), strict=True)):
        groups.setdefault((*pair[0], *pair[1]), []).append(place)
    return list(groups.values())


def _spread(mixed_strategy: Sequence[Any], groups: tuple[Group, ...], count: int) -> Iterator[list[Any]]:
    """The mixed strategies over the original strategies, with each group's probability on one member."""
    played = [(share, group) for share, group in zip(mixed_strategy, groups, strict=True) if share > 0]
    zero = Fraction(0) if isinstance(mixed_strategy[0], Fraction) else 0.0
    for choice in product(*(group for _, group in played)):
        whole = [zero] * count
        for strategy, (share, _) in zip(choice, played, strict=True):
            whole[strategy] = share
        yield whole
