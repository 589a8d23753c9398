"""Detects float games that are degenerate within rounding, whose equilibria are not robust."""

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

WITHIN = 1e-13  # of a player's largest payoff, and of a probability: the effect of rounding
MOST_LOOKED_AT = 64  # equilibria
NEARLY_TIED = (
    "Payoffs tie within floating-point rounding: the equilibria are those of the stored numbers, and games "
    "with nearby payoffs may have more. Nash(nearest_rational=True) solves the game with the simplest "
    "fractions "
    "that round to the payoffs."
)


def nearly_tied(game: Game, reduction: Reduction, pairs: Sequence[Pair]) -> bool:
    """Whether a strategy has almost zero probability, or is almost a best response without being played.

    The check is cheap because it uses the equilibria already computed. It does not apply to payoffs with few
    binary digits or to Fractions, which tie exactly or not at all.

    >>> from advgame.games.reduction import reduce_game
    >>> tenths = np.array([[0.1 + 0.2, 0.5], [0.3, 0.4]])
    >>> game = Game(tenths, -tenths)
    >>> nearly_tied(game, reduce_game(game), [([1.0], [1.0])])
    True

    Args:
        game: a game in floats.
        reduction: the reduction of the game.
        pairs: equilibria of the reduced game.
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
    mixed_strategy: Sequence[Any], groups: tuple[Group, ...], count: int
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """The mixed strategy over all strategies, and a mask of those played, including duplicates."""
    whole, played = np.zeros(count), np.zeros(count, bool)
    for share, group in zip(mixed_strategy, groups, strict=True):
        whole[group[0]] = float(share)
        played[list(group)] = share > WITHIN
    return whole, played


def _loose(pays: FloatArray, played: NDArray[np.bool_], payoffs: FloatArray) -> bool:
    """Whether more strategies are best responses within rounding than are clearly played."""
    best = pays >= pays.max() - WITHIN * float(np.abs(payoffs).max())
    return bool(np.any(best & ~played))
