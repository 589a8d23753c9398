"""Logit quantal response: both players err, and costly errors are rarer.

Each strategy has a probability proportional to exp(λ · its payoff against the opponent's strategy)
(McKelvey and Palfrey 1995, doi:10.1006/game.1995.1023). λ = 0 is uniform play; as λ grows, the branch of
equilibria from there leads to a Nash equilibrium; ``logit_branch`` follows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import Deadline, charge
from advgame.equilibria.algorithms.logit_branch import Reached, branch_points, only_response
from advgame.equilibria.solution import Concept, Solution, Timing, certified
from advgame.errors import GameError
from advgame.games import Certificate, Game, Profile
from advgame.games.profile import earnings

PER_ANSWER, PER_STEP, PER_PAYOFF = 1e-3, 3e-4, 1e-7  # nominal seconds
ONLY = "The only equilibrium at this rationality."
OTHERS = "Other equilibria may exist at this rationality."
LOST = "The branch could be followed only up to a rationality of {:g}."
OUT_OF_TIME = (
    "The branch was followed up to a rationality of {:g} in {:g} seconds; raise the time limit, or lower the "
    "rationality."
)
FORKED = " The branch forks at a rationality of about {}; it was followed along its direction."


@dataclass(frozen=True, eq=False)
class Branch:
    """Points of the principal branch, in order from uniform play."""

    rationality: FloatArray  # (k,) per unit of money; not necessarily increasing
    defender: FloatArray  # (k, defences) probabilities
    attacker: FloatArray  # (k, attacks) probabilities


@dataclass(frozen=True)
class QuantalResponse(Concept):
    """The logit quantal response equilibrium for players of limited rationality.

    ``rationality`` is λ, per unit of money. The certificate does not bound gains from deviating, which
    players who err do have: its two numbers are the largest differences between a probability of the
    defender, or of the attacker, and the logit response to the opponent's strategy.
    """

    name: ClassVar[str] = "quantal_response"
    situation: ClassVar[str] = (
        "Both sides choose simultaneously and err, costly errors being rarer (quantal response)"
    )
    timing: ClassVar[Timing] = Timing.NOISY
    aliases: ClassVar[tuple[str, ...]] = ("qre",)
    rationality: float = 10.0  # λ, per unit of money
    time_limit_seconds: float = 10.0

    def solve(self, game: Game) -> Solution:
        """The first equilibrium of that rationality on the branch from uniform play.

        >>> pennies = Game([[2, 0], [0, 1]], [[0, 1], [1, 0]])
        >>> QuantalResponse(2.0).solve(pennies).recommended.defender.round(3).tolist()
        [0.6, 0.4]

        Raises:
            GameError: when the rationality is negative or not finite.
        """
        only = only_response(game, self._checked_rationality())
        if only is not None:
            return self._solution(game, (_responding(game, only),), "alternating responses", ONLY)
        deadline = Deadline(self.time_limit_seconds)
        charge(PER_ANSWER)
        for last in branch_points(game, self._checked_rationality()):  # noqa: B007
            charge(PER_STEP + PER_PAYOFF * game.defender_payoffs.size)
            if deadline.over:
                break
        arrived = last.rationality == self.rationality
        profiles = (_responding(game, last),) if arrived else ()
        remark = self._remark(last, arrived, deadline.over)
        return self._solution(game, profiles, "continuation from uniform play", remark)

    def _solution(self, game: Game, profiles: tuple[Profile, ...], method: str, remark: str) -> Solution:
        return Solution(
            self.name,
            game,
            certified(profiles),
            components=(),
            complete=False,
            rule=f"the logit equilibrium (quantal response) at a rationality of {self.rationality:g}",
            method=method,
            remark=remark,
        )

    def _remark(self, last: Reached, arrived: bool, late: bool) -> str:
        forks = FORKED.format(", ".join(f"{place:.4g}" for place in last.forks)) if last.forks else ""
        if arrived:
            return OTHERS + forks
        if late:
            return OUT_OF_TIME.format(last.rationality, self.time_limit_seconds) + forks
        return LOST.format(last.rationality) + forks

    def _checked_rationality(self) -> float:
        if not np.isfinite(self.rationality) or self.rationality < 0:
            raise GameError(f"rationality is {self.rationality}; give a finite number of at least 0.")
        return self.rationality


def principal_branch(game: Game, rationality: float) -> Branch:
    """The branch from uniform play to the first point with a given rationality.

    >>> branch = principal_branch(Game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]), 5.0)
    >>> branch.rationality[[0, -1]].round(9).tolist(), branch.defender[-1].round(9).tolist()
    ([0.0, 5.0], [0.5, 0.5])

    Raises:
        GameError: when the rationality is negative or not finite.
    """
    points = list(branch_points(game, QuantalResponse(rationality)._checked_rationality()))
    return Branch(
        np.array([point.rationality for point in points]),
        np.array([point.defender for point in points]),
        np.array([point.attacker for point in points]),
    )


def _responding(game: Game, reached: Reached) -> Profile:
    """The profile with the distance of each mixed strategy from the logit response to the opponent's."""
    defender, attacker, rationality = reached.defender, reached.attacker, reached.rationality
    centred = game.centred
    to_defender, to_attacker = centred.defender_payoffs @ attacker, defender @ centred.attacker_payoffs
    return Profile(
        defender,
        attacker,
        *earnings(game, defender, attacker),
        Certificate(
            float(np.abs(defender - logit(rationality * to_defender)).max()),
            float(np.abs(attacker - logit(rationality * to_attacker)).max()),
        ),
    )


def logit(utilities: FloatArray) -> FloatArray:
    """Probabilities proportional to the exponentials of utilities.

    >>> logit(np.array([1000.0, 1000.0 + np.log(3)])).round(9).tolist()
    [0.25, 0.75]
    """
    weights = np.exp(utilities - utilities.max())
    return np.asarray(weights / weights.sum())
