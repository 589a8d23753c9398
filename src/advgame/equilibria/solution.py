"""What a solver answers: certified profiles, how complete they are, and which one is recommended."""

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
    """A maximal Nash subset: any mix of its rows and any mix of its columns are an equilibrium."""

    defender: FloatArray  # (k, defences): the extreme mixed strategies of the defender
    attacker: FloatArray  # (l, attacks): the extreme mixed strategies of the attacker


@dataclass(frozen=True, eq=False)
class Solution:
    """The answer of one concept to one game.

    ``profiles`` are the extreme equilibria, ``components`` the maximal Nash subsets they span.
    ``complete`` is True only where all of them are proven listed.
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
        """The profile the rule recommends; the first where it prefers several equally.

        Raises:
            SolverError: when there is no profile; the remark says why.
        """
        if not self.profiles:
            raise SolverError(self.remark or f"No {self.concept} profile was found.")
        if self.preferred is not None:
            return self.profiles[self.preferred]
        return min(self.profiles, key=lambda profile: profile.defender_payoff)


class Timing(Enum):
    """Who knows what when choosing."""

    SIMULTANEOUS = "both players choose at once"
    LEADER = "the defender commits first, and the attacker responds"
    SECURITY = "the defender guards against everything the attacker could do"
    NOISY = "both players choose at once, and err"


@dataclass(frozen=True)
class Concept(ABC):
    """A solution concept: what the players do, with its settings as fields, and what people read of it.

    A subclass gives ``name``, ``situation`` and ``timing`` as class variables, or as properties where they
    depend on the settings, and overrides of the others what does not apply.
    """

    @property
    @abstractmethod
    def name(self) -> str:
        """The name in ``CONCEPTS`` of the concept with these settings, as far as they change the question."""

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
        """Other names in use for the concept."""
        return ()

    @property
    def batch_method(self) -> str | None:
        """The batch method, by name, that gives the answers of the concept with its default settings."""
        return None

    @property
    def ties_favour_defender(self) -> bool:
        """Whether an attacker who is indifferent does what the defender prefers."""
        return False

    @property
    def compared(self) -> bool:
        """Whether a report shows the concept's answer beside the one that it recommends."""
        return False

    @property
    def may_not_end(self) -> bool:
        """Whether some games run into the time limit: the many games of a study are solved by Nash then."""
        return False

    @abstractmethod
    def solve(self, game: Game) -> Solution:
        """The certified solution of a game."""


def told_of(solution: Solution, game: Game) -> Solution:
    """A solution of a game without large constants, told of the game itself: payoffs, certificates, bound."""
    solved = solution.game
    profiles = tuple(restated(profile, solved, game) for profile in solution.profiles)
    constant = float(game.defender_payoffs[0, 0]) - float(solved.defender_payoffs[0, 0])
    bound = None if solution.bound is None else solution.bound + constant
    return replace(solution, game=game, profiles=profiles, bound=bound)


def certified(profiles: Iterable[Profile]) -> tuple[Profile, ...]:
    """The profiles whose certificate holds: no certificate, no profile."""
    return tuple(profile for profile in profiles if profile.certificate.valid)
