"""Solutions of Bayesian games: certified profiles with one strategy per attacker type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from advgame.arrays import FloatArray
from advgame.errors import SolverError
from advgame.games.bayesian import BayesianGame
from advgame.games.profile import payoff_range, relative_regret
from advgame.games.tolerances import LARGEST_REGRET


@dataclass(frozen=True, eq=False)
class BayesianProfile:
    """A mixed strategy of the defender and one per type, with expected payoffs and regrets.

    Regrets are relative: a type's to its payoff range, the defender's to the range of its expected payoff;
    absolute if a range is 0.
    """

    defender: FloatArray  # (defences,)
    attackers: tuple[FloatArray, ...]  # per type, (attacks of the type,)
    defender_payoff: float  # expected over the types
    attacker_payoffs: tuple[float, ...]  # of each type
    defender_regret: float
    attacker_regrets: tuple[float, ...]  # of each type

    @property
    def regret(self) -> float:
        """The largest regret of all players."""
        return max(self.defender_regret, *self.attacker_regrets)

    @property
    def valid(self) -> bool:
        """Whether the profile is accepted as a solution."""
        return self.regret <= LARGEST_REGRET


@dataclass(frozen=True, eq=False)
class BayesianSolution:
    """The certified profiles of a Bayesian game; the recommended one is the worst for the defender."""

    concept: str
    game: BayesianGame
    profiles: tuple[BayesianProfile, ...]
    complete: bool  # whether all extreme equilibria are proven listed
    rule: str
    method: str
    remark: str = ""
    bound: float | None = None  # money: no commitment earns the defender more

    @property
    def recommended(self) -> BayesianProfile:
        """The recommended profile.

        Raises:
            SolverError: when there is no profile; the remark gives the reason.
        """
        if not self.profiles:
            raise SolverError(self.remark or f"No {self.concept} profile was found.")
        return min(self.profiles, key=lambda profile: profile.defender_payoff)

    @property
    def gap(self) -> float | None:
        """The largest possible gain of another commitment, in money; None for equilibria."""
        return None if self.bound is None else max(0.0, self.bound - self.recommended.defender_payoff)


def bayesian_profile(
    game: BayesianGame, defender: FloatArray, attackers: Sequence[FloatArray], best: float | None = None
) -> BayesianProfile:
    """The profile with all regrets recomputed from the original payoffs.

    ``best`` is an upper bound on the defender's payoff if it is not that of the best defence against these
    strategies, as for commitments.

    Args:
        game: the game against several attacker types.
        defender: (defences,) probabilities.
        attackers: for each type, (attacks of the type,) probabilities.
        best: the upper bound; by default the payoff of the best defence against these strategies.
    """
    by_defence = expected_payoffs(game, attackers)
    pays = [defender @ payoffs_of_type for payoffs_of_type in game.attacker_payoffs]
    earned = tuple(float(pay @ strategy) for pay, strategy in zip(pays, attackers, strict=True))
    value = float(defender @ by_defence)
    best = float(by_defence.max()) if best is None else best
    return BayesianProfile(
        defender,
        tuple(attackers),
        value,
        earned,
        _relative_to_span(best - value, game),
        tuple(
            relative_regret(float(pay.max()) - payoffs_of_type, payoffs)
            for pay, payoffs_of_type, payoffs in zip(pays, earned, game.attacker_payoffs, strict=True)
        ),
    )


def bayesian_in_original_game(solution: BayesianSolution, game: BayesianGame) -> BayesianSolution:
    """The solution of a centred game converted to the original game: payoffs, regrets, bound."""
    solved = solution.game
    pairs = list(zip(solved.types, game.types, strict=True))
    span = payoff_span(solved) / (payoff_span(game) or 1.0)
    shares = [
        payoff_range(inner.attacker_payoffs) / (payoff_range(outer.attacker_payoffs) or 1.0)
        for inner, outer in pairs
    ]
    profiles = tuple(
        replace(
            bayesian_profile(game, profile.defender, profile.attackers),
            defender_regret=profile.defender_regret * span,
            attacker_regrets=tuple(
                r * share for r, share in zip(profile.attacker_regrets, shares, strict=True)
            ),
        )
        for profile in solution.profiles
    )
    constants = (
        float(outer.defender_payoffs[0, 0]) - float(inner.defender_payoffs[0, 0]) for inner, outer in pairs
    )
    constant = sum(odds * profile for odds, profile in zip(game.priors.tolist(), constants, strict=True))
    bound = None if solution.bound is None else solution.bound + constant
    return replace(solution, game=game, profiles=profiles, bound=bound)


def expected_payoffs(game: BayesianGame, attackers: Sequence[FloatArray]) -> FloatArray:
    """The expected payoff of each defence against the mixed strategies of the types, (defences,)."""
    parts = zip(game.priors, game.defender_payoffs, attackers, strict=True)
    return np.asarray(np.sum([odds * (payoffs @ strategy) for odds, payoffs, strategy in parts], axis=0))


def payoff_span(game: BayesianGame) -> float:
    """The range of the defender's expected payoff."""
    pairs = list(zip(game.priors, game.defender_payoffs, strict=True))
    most = sum(odds * payoffs.max(axis=1) for odds, payoffs in pairs)
    least = sum(odds * payoffs.min(axis=1) for odds, payoffs in pairs)
    return float(most.max() - least.min())


def _relative_to_span(regret: float, game: BayesianGame) -> float:
    return max(regret, 0.0) / (payoff_span(game) or 1.0)
