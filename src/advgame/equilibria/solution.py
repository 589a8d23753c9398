"""Solutions: certified profiles, their completeness, and the recommended one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from advgame.arrays import FloatArray
from advgame.errors import SolverError
from advgame.games import Game, Profile
from advgame.games.profile import restated


@dataclass(frozen=True, eq=False)
class Component:
    """A maximal Nash subset: all combinations of its defender and attacker strategies are equilibria."""

    defender: FloatArray  # (k, defences): the extreme mixed strategies of the defender
    attacker: FloatArray  # (l, attacks): the extreme mixed strategies of the attacker


@dataclass(frozen=True, eq=False)
class Solution:
    """The solution of one game under one concept.

    ``profiles`` are the extreme equilibria, ``components`` the maximal Nash subsets they span.
    ``complete`` is True only if the list is proven complete.
    """

    concept: str
    game: Game
    profiles: tuple[Profile, ...]
    components: tuple[Component, ...]
    complete: bool
    rule: str  # which profile is recommended
    method: str  # how it was found
    remark: str = ""
    preferred: int | None = None  # place of the recommended profile; None: the worst for the defender
    bound: float | None = None  # money: no answer of the concept earns the defender more, where that is known

    @property
    def recommended(self) -> Profile:
        """The recommended profile.

        Raises:
            SolverError: when there is no profile; the remark gives the reason.
        """
        if not self.profiles:
            raise SolverError(self.remark or f"No {self.concept} profile was found.")
        if self.preferred is not None:
            return self.profiles[self.preferred]
        return min(self.profiles, key=lambda profile: profile.defender_payoff)


class Timing(Enum):
    """Who knows what when choosing."""

    SIMULTANEOUS = "both players choose simultaneously"
    LEADER = "the defender commits first, and the attacker responds"
    SECURITY = "the defender guards against everything the attacker could do"
    NOISY = "both players choose simultaneously and err"


@dataclass(frozen=True)
class Concept(ABC):
    """A solution concept: settings as fields, a solver, and its description for users.

    A subclass defines ``name``, ``situation`` and ``timing`` as class variables, or as properties if they
    depend on the settings, and overrides the other attributes where the defaults do not apply.
    """

    @property
    @abstractmethod
    def name(self) -> str:
        """The name in ``CONCEPTS`` of the concept with these settings."""

    @property
    @abstractmethod
    def situation(self) -> str:
        """The situation the concept applies to, as a clause with a capital letter and no full stop."""

    @property
    @abstractmethod
    def timing(self) -> Timing:
        """Who knows what when choosing."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other names of the concept."""
        return ()

    @property
    def batch_method(self) -> str | None:
        """The name of the batch method equivalent to the concept with default settings."""
        return None

    @property
    def ties_favour_defender(self) -> bool:
        """Whether an indifferent attacker chooses what the defender prefers."""
        return False

    @property
    def compared(self) -> bool:
        """Whether reports show the concept's solution beside the recommendation for comparison."""
        return False

    @property
    def may_not_end(self) -> bool:
        """Whether some games reach the time limit; studies then use Nash for their many games."""
        return False

    @property
    def in_bulk(self) -> Concept:
        """The concept that answers the many neighbours of a scenario in place of this one."""
        return self

    @abstractmethod
    def solve(self, game: Game) -> Solution:
        """The certified solution of a game."""


def in_original_game(solution: Solution, game: Game) -> Solution:
    """The solution of a centred game converted to the original game: payoffs, certificates, bound."""
    solved = solution.game
    profiles = tuple(restated(profile, solved, game) for profile in solution.profiles)
    constant = float(game.defender_payoffs[0, 0]) - float(solved.defender_payoffs[0, 0])
    bound = None if solution.bound is None else solution.bound + constant
    return replace(solution, game=game, profiles=profiles, bound=bound)


def certified(profiles: Iterable[Profile]) -> tuple[Profile, ...]:
    """The profiles with valid certificates; the others are dropped."""
    return tuple(profile for profile in profiles if profile.certificate.valid)
