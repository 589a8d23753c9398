"""An attacker whose rewards and costs are known only to lie in intervals, and what it may play.

The attacker's payoff is B + Σ d_i E_i, affine in deviations d_i from the amounts assumed, each in an
interval. Against a mixed strategy x, a reply k is surely better than j by

    min over d of  x·(B_k − B_j) + Σ d_i x·(E_ik − E_ij),

where each d_i lies at one end of its interval. A reply is possible unless another reply is surely better.
That is cautious: a reply may be counted that is best for no amounts, never one left out that is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.errors import GameError
from advgame.games import Game
from advgame.games.tolerances import TIE


@dataclass(frozen=True, eq=False)
class UncertainAmounts:
    """Amounts behind the attacker's payoffs that are known only to lie in intervals.

    Args:
        effects: (amounts, defences, attacks) by which the attacker's payoffs rise with each amount.
        low: (amounts,) least deviation of each amount from the one assumed, at most 0.
        high: (amounts,) greatest deviation of each amount from the one assumed, at least 0.

    Raises:
        GameError: when an interval does not contain the amount assumed, or the shapes differ.
    """

    effects: FloatArray
    low: FloatArray
    high: FloatArray

    def __post_init__(self) -> None:
        count = len(self.effects)
        if self.effects.ndim != 3 or self.low.shape != (count,) or self.high.shape != (count,):
            raise GameError(
                f"Uncertain amounts have effects {self.effects.shape}, low {self.low.shape} and high "
                f"{self.high.shape}; expected (k, defences, attacks), (k,) and (k,)."
            )
        if np.any(self.low > 0) or np.any(self.high < 0):
            raise GameError("The interval of an uncertain amount does not contain the amount assumed.")

    @classmethod
    def certain(cls, game: Game) -> UncertainAmounts:
        """No uncertain amount at all."""
        return cls(np.zeros((0, *game.shape)), np.zeros(0), np.zeros(0))

    @property
    def spread(self) -> FloatArray:
        """(defences, attacks) by how much each of the attacker's payoffs may be off, at most."""
        reach = np.maximum(-self.low, self.high)
        return np.asarray(np.tensordot(reach, np.abs(self.effects), axes=1))


def sure_advantage(game: Game, amounts: UncertainAmounts, defender: FloatArray) -> FloatArray:
    """(attacks, attacks): by how much the reply of the row surely pays the attacker more than the column's.

    >>> game = Game([[3, 0], [2, 1]], [[0, 2], [1, 0]])
    >>> float(sure_advantage(game, UncertainAmounts.certain(game), np.array([1.0, 0.0]))[1, 0])
    2.0

    Args:
        game: payoffs at the amounts assumed.
        amounts: those that may differ.
        defender: (defences,) the mixed strategy that the attacker replies to.
    """
    pays = defender @ game.centred_for_commitment.attacker_payoffs
    advantage = pays[:, None] - pays
    for low, high, effect in zip(amounts.low, amounts.high, amounts.effects, strict=True):
        moved = defender @ effect
        change = moved[:, None] - moved
        advantage += np.minimum(low * change, high * change)
    return np.asarray(advantage)


def possible_replies(
    game: Game, amounts: UncertainAmounts, defender: FloatArray, slack: float = 0.0
) -> NDArray[np.intp]:
    """The attacks that no other attack surely beats by more than ``slack``, by index.

    >>> game = Game([[3, 0], [2, 1]], [[0, 2], [1, 0]])
    >>> possible_replies(game, UncertainAmounts.certain(game), np.array([1.0, 0.0])).tolist()
    [1]

    Args:
        game: payoffs at the amounts assumed.
        amounts: those that may differ.
        defender: (defences,) the mixed strategy that the attacker replies to.
        slack: money by which the attacker may fall short of its best reply.
    """
    rounding = TIE * (float(np.ptp(game.attacker_payoffs)) or 1.0)
    beaten = (sure_advantage(game, amounts, defender) > slack + rounding).any(axis=0)
    return np.flatnonzero(~beaten)


def worst_reply(
    game: Game, amounts: UncertainAmounts, defender: FloatArray, slack: float = 0.0
) -> tuple[int, float]:
    """The possible reply that costs the defender most, and what the mixed strategy is worth then.

    >>> game = Game([[3, 0], [2, 1]], [[0, 2], [1, 0]])
    >>> worst_reply(game, UncertainAmounts.certain(game), np.array([1.0, 0.0]))
    (1, 0.0)

    Args:
        game: payoffs at the amounts assumed.
        amounts: those that may differ.
        defender: (defences,) the mixed strategy that the attacker replies to.
        slack: money by which the attacker may fall short of its best reply.

    Returns:
        The attack, by index, and the defender's value in money per classified input.
    """
    values = defender @ game.defender_payoffs
    replies = possible_replies(game, amounts, defender, slack)
    least = float(values[replies].min())
    harmful = values[replies] <= least + TIE * float(np.ptp(game.defender_payoffs))
    return int(replies[harmful][0]), least  # the first of those that cost the same but for rounding
