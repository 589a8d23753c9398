"""Bayesian games: the attacker has one of several types with known prior probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from advgame.arrays import FloatArray
from advgame.errors import GameError
from advgame.games.game import Game
from advgame.games.tolerances import SUM_OF_PROBABILITIES

MOST_CELLS = 200_000  # of a normal form
MOST_EXACT = 2_000  # of a normal form in rational numbers, in which rounding breaks no tie


@dataclass(frozen=True, eq=False, init=False)
class BayesianGame:
    """Payoffs against each attacker type; the attacker knows the type, the defender only the priors.

    >>> script_kid, expert = [[1, 0]], [[1, -4, -9]]
    >>> game = BayesianGame([script_kid, expert], [[[0, 1]], [[0, 3, 2]]], priors=[0.9, 0.1])
    >>> game.attack_counts, game.normal_form().shape
    ((2, 3), (1, 6))

    Args:
        defender_payoffs: per type h, (m, n_h): payoffs of the defender against that type.
        attacker_payoffs: per type h, (m, n_h): payoffs of that type.
        priors: the probability of each type; positive, summing to 1.
        names: one name per type; by default ``type1 …``.

    Raises:
        GameError: for no types, invalid payoffs, types with different numbers of defences, priors that are
            not positive probabilities, and a wrong number of priors or names.
    """

    types: tuple[Game, ...]  # the game against each type, (defences, attacks of the type)
    priors: FloatArray  # (types,)
    names: tuple[str, ...]

    def __init__(
        self,
        defender_payoffs: Sequence[ArrayLike],
        attacker_payoffs: Sequence[ArrayLike],
        priors: ArrayLike,
        names: Sequence[str] | None = None,
    ) -> None:
        types = _types(defender_payoffs, attacker_payoffs)
        labels = tuple(names) if names is not None else tuple(f"type{k + 1}" for k in range(len(types)))
        if len(labels) != len(types) or len(set(labels)) != len(types):
            raise GameError(f"names gives {len(labels)} names for {len(types)} types; give each its own.")
        for field, value in (("types", types), ("priors", _odds(priors, len(types))), ("names", labels)):
            object.__setattr__(self, field, value)

    @property
    def defender_payoffs(self) -> tuple[FloatArray, ...]:
        """The defender's payoffs against each type, (defences, attacks of the type)."""
        return tuple(game.defender_payoffs for game in self.types)

    @property
    def attacker_payoffs(self) -> tuple[FloatArray, ...]:
        """The payoffs of each type, (defences, attacks of the type)."""
        return tuple(game.attacker_payoffs for game in self.types)

    @property
    def defences(self) -> int:
        """The number of the defender's strategies."""
        return self.types[0].shape[0]

    @property
    def attack_counts(self) -> tuple[int, ...]:
        """The number of attacks each type has."""
        return tuple(game.shape[1] for game in self.types)

    def centred(self, *, announced: bool = False) -> BayesianGame:
        """An equivalent game without large constants in the payoffs; the game itself if there are none.

        Args:
            announced: True if the defender commits; then only a constant of all its payoffs is removed.
        """
        types = [game.centred_for_commitment if announced else game.centred for game in self.types]
        if all(centred_game is original for centred_game, original in zip(types, self.types, strict=True)):
            return self
        to_defender, to_attacker = zip(*(game.payoffs_as_given for game in types), strict=True)
        return BayesianGame(to_defender, to_attacker, self.priors, self.names)

    def normal_form(self) -> Game:
        """The game in which one attacker chooses an attack for every type beforehand (Harsanyi 1967).

        Its columns are all combinations of attacks, with the last type varying fastest.

        Raises:
            GameError: when it would have more than ``MOST_CELLS`` cells.
        """
        cells = self.defences * prod(self.attack_counts)
        if cells > MOST_CELLS:
            raise GameError(
                f"The normal form over {len(self.types)} types would have {cells:,} cells, more than "
                f"{MOST_CELLS:,}; remove attacks or types, or compute a commitment."
            )
        exact = cells <= MOST_EXACT
        weighted = []
        for odds, game in zip(self.priors.tolist(), self.types, strict=True):
            payoffs = game.exact_payoffs if exact else (game.defender_payoffs, game.attacker_payoffs)
            share = Fraction(odds) if exact else odds
            weighted.append([share * np.array(matrix, object if exact else float) for matrix in payoffs])
        to_defender, to_attacker = (_combined([pair[player] for pair in weighted]) for player in (0, 1))
        return Game(to_defender, to_attacker)

    def mixes_of(self, attacker: FloatArray) -> tuple[FloatArray, ...]:
        """The mixed strategy of each type, from a mixed strategy over the columns of the normal form."""
        joint = attacker.reshape(self.attack_counts)
        places = range(len(self.types))
        return tuple(np.asarray(joint.sum(axis=tuple(k for k in places if k != h))) for h in places)


def _types(defender_payoffs: Sequence[ArrayLike], attacker_payoffs: Sequence[ArrayLike]) -> tuple[Game, ...]:
    if len(defender_payoffs) != len(attacker_payoffs) or len(defender_payoffs) == 0:
        raise GameError(
            f"Payoffs to the defender are given for {len(defender_payoffs)} types and to the attacker for "
            f"{len(attacker_payoffs)}; give both for every type, and at least one type."
        )
    types = tuple(Game(*pair) for pair in zip(defender_payoffs, attacker_payoffs, strict=True))
    rows = [game.shape[0] for game in types]
    if len(set(rows)) > 1:
        raise GameError(
            f"The types have payoffs for {rows} defences; give every type payoffs for the same defences."
        )
    return types


def _odds(given: ArrayLike, count: int) -> FloatArray:
    try:
        odds = np.array(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise GameError(f"priors {given!r} are not numbers; give one probability per type.") from None
    if odds.shape != (count,):
        raise GameError(f"priors has shape {odds.shape}; expected ({count},), one probability per type.")
    if not np.all(np.isfinite(odds)) or np.any(odds <= 0) or abs(odds.sum() - 1) > SUM_OF_PROBABILITIES:
        raise GameError(f"priors {odds.tolist()} are not positive probabilities that sum to 1.")
    odds.setflags(write=False)
    return odds


def _combined(matrices: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """The sum of one column of each matrix, for every combination of columns, (defences, combinations)."""
    choices = product(*(range(matrix.shape[1]) for matrix in matrices))
    return np.column_stack(
        [sum(matrix[:, place] for matrix, place in zip(matrices, choice, strict=True)) for choice in choices]
    )
