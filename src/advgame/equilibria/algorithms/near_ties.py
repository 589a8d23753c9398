"""Games of floats that are degenerate within rounding: games of nearby numbers have other equilibria."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.games import Game
from advgame.games.nearest_rational import may_be_rounded
from advgame.games.reduction import Group, Reduction

Pair = tuple[Sequence[Any], Sequence[Any]]

WITHIN = 1e-13  # of a player's largest payoff, and of a probability: what rounding may hide
MOST_LOOKED_AT = 64  # equilibria
NEARLY_TIED = (
    "Payoffs tie within the rounding of floats: the equilibria are those of the numbers as stored, and games "
    "of nearby numbers may have more. Nash(nearest_rational=True) solves the game of the simplest fractions "
    "that round to the payoffs."
)


def nearly_tied(game: Game, reduction: Reduction, pairs: Sequence[Pair]) -> bool:
    """Whether a strategy is played next to never, or falls short of a best response by next to nothing.

    That is looked at where it costs next to nothing, at the equilibria found. Payoffs of few binary digits
    tie exactly or not at all, and Fractions are what they are: such games are not meant.

    >>> from advgame.games.reduction import reduce_game
    >>> tenths = np.array([[0.1 + 0.2, 0.5], [0.3, 0.4]])
    >>> game = Game(tenths, -tenths)
    >>> nearly_tied(game, reduce_game(game), [([1.0], [1.0])])
    True

    Args:
        game: in floats.
        reduction: of the game.
        pairs: mixes of defender and attacker in equilibrium of the reduced game.
    """
    if game.exact_pending or any(given.dtype.kind != "f" for given in game.payoffs_as_given):
        return False
    if not (may_be_rounded(game.defender_payoffs) or may_be_rounded(game.attacker_payoffs)):
        return False
    for defender, attacker in pairs[:MOST_LOOKED_AT]:
        x, played_x = _spread(defender, reduction.defences, game.shape[0])
        y, played_y = _spread(attacker, reduction.attacks, game.shape[1])
        to_defender, to_attacker = game.defender_payoffs @ y, x @ game.attacker_payoffs
        if _loose(to_defender, played_x, game.defender_payoffs) or _loose(
            to_attacker, played_y, game.attacker_payoffs
        ):
            return True
    return False


def _spread(
    mix: Sequence[Any], groups: tuple[Group, ...], count: int
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """The mixed strategy of all strategies, and which are played, duplicates of those that are among them."""
    whole, played = np.zeros(count), np.zeros(count, bool)
    for share, group in zip(mix, groups, strict=True):
        whole[group[0]] = float(share)
        played[list(group)] = share > WITHIN
    return whole, played


def _loose(pays: FloatArray, played: NDArray[np.bool_], payoffs: FloatArray) -> bool:
    """Whether more strategies are best within rounding than are clearly played."""
    best = pays >= pays.max() - WITHIN * float(np.abs(payoffs).max())
    return bool(np.any(best & ~played))
