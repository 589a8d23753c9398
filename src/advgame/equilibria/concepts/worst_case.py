"""Maximin: the mixed strategy with the best worst-case payoff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from advgame.equilibria.algorithms.maximin import maximin
from advgame.equilibria.solution import Concept, Solution, Timing, certified, in_original_game
from advgame.games import Game


@dataclass(frozen=True)
class WorstCase(Concept):
    """The maximin mixed strategy: the value the defender can guarantee, whatever the attacker's goal."""

    name: ClassVar[str] = "worst_case"
    situation: ClassVar[str] = "The attacker's goal is unknown (maximin)"
    timing: ClassVar[Timing] = Timing.SECURITY
    aliases: ClassVar[tuple[str, ...]] = ("maximin",)
    compared: ClassVar[bool] = True

    def solve(self, game: Game) -> Solution:
        """The maximin mixed strategy, with the attacker's strategy that limits the defender to its value.

        The certificate's regrets are those of the zero-sum game over the defender's payoffs.
        """
        if game.levelled is not game:
            return in_original_game(self.solve(game.levelled), game)
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
