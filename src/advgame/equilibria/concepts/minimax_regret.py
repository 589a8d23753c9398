"""Minimax regret: the mixed strategy with the smallest worst-case regret.

The regret of defence i under attack j is the difference to the best defence against j. For a mixed
strategy x and possible games g (Savage 1951, doi:10.1080/01621459.1951.10500768),

    r(x) = max over g and j of ( max over i of U_g(i, j) − x·U_g(·, j) ).

The attacker's payoffs play no role: the comparison is with the best defence against the same attack.
If payoffs are affine in each of several parameters, the regret is convex in each, so the games at the
corners of a parameter box determine the result for the whole box.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from advgame.arrays import FloatArray
from advgame.equilibria.concepts.worst_case import WorstCase
from advgame.equilibria.solution import Concept, Solution, Timing, certified
from advgame.errors import GameError, SolverError
from advgame.games import Certificate, Game, Profile


@dataclass(frozen=True, eq=False)
class LeastRegret:
    """The mixed strategy with the smallest worst-case regret over several games, with the regrets."""

    games: tuple[Game, ...]
    defender: FloatArray  # (defences,) probabilities
    regret: float  # money: the worst over all games and attacks
    regrets: FloatArray  # (games, attacks) money: of this mixed strategy, against the best defence there
    felt: FloatArray  # (games, attacks) probabilities that hold every mixed strategy to at least this regret
    certificate: Certificate  # the gap between the regret and that bound, relative to the range of regrets


def least_regret(games: Sequence[Game]) -> LeastRegret:
    """The mixed strategy with the smallest worst-case regret over several games.

    >>> found = least_regret([Game([[4, 0], [3, 3]], np.zeros((2, 2)))])
    >>> found.defender.round(9).tolist(), round(found.regret, 9)
    ([0.25, 0.75], 0.75)

    Args:
        games: the possible games; at least one, all with the same defences and attacks.

    Raises:
        GameError: for no games, or games with different strategies.
        SolverError: when the solution could not be certified.
    """
    checked = _checked(games)
    regrets = np.array([_regrets(game) for game in checked])  # (games, defences, attacks)
    side_by_side = np.concatenate(list(regrets), axis=1)
    secured = WorstCase().solve(Game(-side_by_side, side_by_side))
    profile = secured.recommended
    felt = profile.attacker.reshape(len(checked), -1)
    of_mixed_strategy = np.einsum("i,gij->gj", profile.defender, regrets)
    return LeastRegret(
        checked,
        profile.defender,
        float(of_mixed_strategy.max()),
        of_mixed_strategy,
        felt,
        profile.certificate,
    )


def _regrets(game: Game) -> FloatArray:
    """The regret of each defence under each attack, (defences, attacks)."""
    best = game.defender_payoffs.max(axis=0, keepdims=True)
    return np.asarray(best - game.defender_payoffs)


def _checked(games: Sequence[Game]) -> tuple[Game, ...]:
    if len(games) == 0:
        raise GameError("No games were given; minimax regret needs at least one.")
    first = games[0]
    for place, game in enumerate(games):
        if (game.defences, game.attacks) != (first.defences, first.attacks):
            raise GameError(
                f"Game {place} has different strategies from game 0; give games with the same names."
            )
    return tuple(games)


@dataclass(frozen=True)
class MinimaxRegret(Concept):
    """The mixed strategy with the smallest worst-case regret over the attacks.

    The certificate's regrets are those of the zero-sum game over the regrets, and the attacker's strategy is
    the one that forces at least this regret. For several games use ``least_regret``.
    """

    name: ClassVar[str] = "minimax_regret"
    situation: ClassVar[str] = "Only the ranges of the prices are known (minimax regret)"
    timing: ClassVar[Timing] = Timing.SECURITY

    def solve(self, game: Game) -> Solution:
        """The minimax-regret strategy, with the attacker's strategy that forces its regret."""
        try:
            profiles, remark = certified([_felt(game, least_regret([game]))]), ""
        except SolverError as problem:
            profiles, remark = (), str(problem)
        return Solution(
            self.name,
            game,
            profiles,
            components=(),
            complete=False,
            rule="the mixed strategy with the smallest worst-case regret over the attacks",
            method="linear program (HiGHS)",
            remark=remark or "One mixed strategy of minimax regret; others may have the same regret.",
        )


def _felt(game: Game, least: LeastRegret) -> Profile:
    attacker = least.felt[0]
    return Profile(
        least.defender,
        attacker,
        float(least.defender @ game.defender_payoffs @ attacker),
        float(least.defender @ game.attacker_payoffs @ attacker),
        least.certificate,
    )
