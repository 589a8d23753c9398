"""An adversary of one of several types: what to play against the odds, at once or announced."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod

from advgame.equilibria.bayesian_commitment import best_commitment
from advgame.equilibria.bayesian_solution import BayesianProfile, BayesianSolution, bayesian_profile
from advgame.equilibria.nash import Nash
from advgame.equilibria.selection import RULES
from advgame.equilibria.stacked_path import walk_types
from advgame.errors import GameError
from advgame.games.bayesian import BayesianGame
from advgame.games.game import FloatArray
from advgame.games.stacked_structure import stacked_form

Mixes = tuple[FloatArray, Sequence[FloatArray]]

MOST_TO_COMPLETE = 64  # columns of a normal form that is solved only because payoffs tie on the path


@dataclass(frozen=True)
class AdversaryTypes:
    """Nash equilibria of a game against several types, or the lottery best to be ``announced``.

    Equilibria are found by one walk for all types where the game has the structure of adversary and
    defender, however many combinations of attacks there are; other games are written out as the normal
    form, if that is small. The announced lottery is found by a mixed-integer program, which answers with
    the best it has, a bound and a gap when its time is over.
    """

    announced: bool = False
    time_limit_seconds: float = 10.0

    def solve(self, game: BayesianGame) -> BayesianSolution:
        """The certified answer, every type's regret included.

        >>> pennies, uncaring = [[1, -1], [-1, 1]], [[0, 0], [0, 0]]
        >>> game = BayesianGame([pennies, uncaring], [[[-1, 1], [1, -1]], [[1, 0], [1, 0]]], [0.5, 0.5])
        >>> AdversaryTypes().solve(game).recommended.defender.tolist()
        [0.5, 0.5]

        Raises:
            GameError: when equilibria are asked for of a game without the structure, and its normal form
                is too large.
        """
        if self.announced:
            return best_commitment(game, self.time_limit_seconds)
        walked = _walked(game)
        if walked is not None and walked.complete:
            return walked
        if walked is not None and walked.profiles and prod(game.attack_counts) > MOST_TO_COMPLETE:
            return walked
        try:
            whole = self._of_normal_form(game)
        except GameError:
            if walked is not None and walked.profiles:
                return walked
            raise
        return whole if whole.profiles or walked is None else walked

    def _of_normal_form(self, game: BayesianGame) -> BayesianSolution:
        solution = Nash(self.time_limit_seconds).solve(game.normal_form())
        mixes = ((each.defender, game.mixes_of(each.attacker)) for each in solution.profiles)
        profiles = _certified(game, mixes)
        complete = solution.complete and len(profiles) > 0
        return _solution(game, profiles, complete, f"normal form: {solution.method}", solution.remark)


def _walked(game: BayesianGame) -> BayesianSolution | None:
    """What the walk finds; None for a game without the structure."""
    form = stacked_form(game)
    if form is None:
        return None
    path = walk_types(form, game)
    profiles = _certified(game, path.met)
    complete = path.complete and len(profiles) == len(path.met)
    return _solution(game, profiles, complete, "rank-1 path over all types", path.remark)


def _certified(game: BayesianGame, mixes: Iterable[Mixes]) -> tuple[BayesianProfile, ...]:
    """The profiles whose certificates hold, each once."""
    distinct: dict[bytes, BayesianProfile] = {}
    for defender, attackers in mixes:
        profile = bayesian_profile(game, defender, attackers)
        key = b"".join((mix + 0.0).round(9).tobytes() for mix in (defender, *attackers))
        if profile.valid:
            distinct.setdefault(key, profile)
    return tuple(distinct.values())


def _solution(
    game: BayesianGame, profiles: tuple[BayesianProfile, ...], complete: bool, method: str, remark: str
) -> BayesianSolution:
    rule = RULES["worst_for_defender"].words
    return BayesianSolution("adversary_types", game, profiles, complete, rule, method, remark)
