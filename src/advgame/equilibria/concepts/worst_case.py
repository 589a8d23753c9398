"""The worst case: the mixed strategy that loses least if the attacker wanted only to harm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from advgame.equilibria.algorithms.maximin import maximin
from advgame.equilibria.solution import Concept, Solution, Timing, certified, told_of
from advgame.games import Game


@dataclass(frozen=True)
class WorstCase(Concept):
    """The maximin mixed strategy: what the defender can secure, whatever the attacker is paid."""

    name: ClassVar[str] = "worst_case"
    situation: ClassVar[str] = "The attacker's goal is unknown (maximin)"
    timing: ClassVar[Timing] = Timing.SECURITY
    aliases: ClassVar[tuple[str, ...]] = ("maximin",)
    compared: ClassVar[bool] = True

    def solve(self, game: Game) -> Solution:
        """The maximin mixed strategy, with the mix of attacks that holds the defender to its value.

        The certificate's regrets are those of the zero-sum game over the defender's payoffs.
        """
        if game.levelled is not game:
            return told_of(self.solve(game.levelled), game)
        return Solution(
            self.name,
            game,
            certified([maximin(game)]),
            components=(),
            complete=False,
            rule="the maximin mixed strategy of the defender",
            method="linear program (HiGHS)",
            remark="One maximin strategy; others may have the same value.",
        )
