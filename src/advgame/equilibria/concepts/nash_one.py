"""One Nash equilibrium of a game of any size: a pure one, or the end of a Lemke–Howson path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.algorithms.lemke_howson import compiled_equilibrium, end_of_path, pure_equilibrium
from advgame.equilibria.solution import Component, Concept, Solution, Timing
from advgame.games import Certificate, Game, Profile, certified_profile

FIRST = "The first equilibrium found; there may be others that are worse for the defender."
RULE = "the first equilibrium found"
PURE, PATH = "pure best responses", "Lemke–Howson, lexicographic"
ZERO = Certificate(0.0, 0.0)
NONE = "No equilibrium could be certified within the limits; raise them with NashOne(work_limit=…)."


@dataclass(frozen=True)
class NashOne(Concept):
    """A single certified Nash equilibrium of a game of any size: a pure one if there is one.

    Which equilibrium is returned depends on the order of the strategies. `Nash` lists all and recommends
    the worst one for the defender.

    Args:
        time_limit_seconds: wall-clock time after which the search stops.
        work_limit: nominal seconds, counted from the number and the size of the pivots; see `Nash`.
    """

    name: ClassVar[str] = "nash_one"
    situation: ClassVar[str] = "Both sides choose simultaneously"
    timing: ClassVar[Timing] = Timing.SIMULTANEOUS
    aliases: ClassVar[tuple[str, ...]] = ("lemke_howson",)
    batch_method: ClassVar[str | None] = "nash_one"
    time_limit_seconds: float = 60.0
    work_limit: float = 10.0

    def solve(self, game: Game) -> Solution:
        """The first pure equilibrium, or the first one reached by dropping a label, certified.

        >>> NashOne().solve(Game([[3, 0], [2, 1]], [[0, 2], [1, 0]])).recommended.defender.round(3).tolist()
        [0.333, 0.667]
        """
        profile, method = self._first(game)
        if profile is None or not profile.certificate.valid:
            return Solution(self.name, game, (), (), False, RULE, method, NONE)
        profiles = (profile,)
        components = (Component(profile.defender[None], profile.attacker[None]),)
        return Solution(self.name, game, profiles, components, False, RULE, method, FIRST, preferred=0)

    def _first(self, game: Game) -> tuple[Profile | None, str]:
        """The equilibrium, certified in the game itself, and the method that has found it."""
        if game.is_plainly_centred and not any(game.rounding):
            compiled = compiled_equilibrium(game)
            if compiled is not None:
                return compiled[0], PURE if compiled[1] else PATH
        profile = _pure(game)
        return (self._walked(game), PATH) if profile is None else (profile, PURE)

    def _walked(self, game: Game) -> Profile | None:
        """The end of a path in the centred game, certified in the original game."""
        centred = game.levelled.centred
        profile = end_of_path(centred, Deadline(self.time_limit_seconds, self.work_limit))
        if profile is None or centred is game:
            return profile
        return certified_profile(game, profile.defender, profile.attacker)


def _pure(game: Game) -> Profile | None:
    """The first pure equilibrium; its regrets are zero because floats are compared exactly."""
    if any(game.rounding):
        return None
    pair = pure_equilibrium(game)
    if pair is None:
        return None
    defender, attacker = (np.zeros(count) for count in game.shape)
    defender[pair[0]] = attacker[pair[1]] = 1.0
    earned = game.defender_payoffs.item(pair), game.attacker_payoffs.item(pair)
    return Profile(defender, attacker, *earned, ZERO)
