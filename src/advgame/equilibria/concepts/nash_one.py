"""One Nash equilibrium, by Lemke and Howson's path: an answer for games too large to be listed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.algorithms.lemke_howson import one_equilibrium
from advgame.equilibria.solution import Concept, Solution, Timing, certified, told_of
from advgame.games import Game, certified_profile

FIRST = "The first equilibrium on the path; there may be others, worth less to the defender."
NONE = "No equilibrium could be certified within the limits; raise them with NashOne(work_limit=…)."


@dataclass(frozen=True)
class NashOne(Concept):
    """A single certified Nash equilibrium, of a game of any size.

    Which one depends on the order of the strategies. `Nash` lists all, and recommends the one that is worth
    least to the defender.

    Args:
        time_limit_seconds: wall-clock time after which the search stops.
        work_limit: nominal seconds, counted from the number and the size of the pivots; see `Nash`.
    """

    name: ClassVar[str] = "nash_one"
    situation: ClassVar[str] = "Both sides choose at once"
    timing: ClassVar[Timing] = Timing.SIMULTANEOUS
    aliases: ClassVar[tuple[str, ...]] = ("lemke_howson",)
    batch_method: ClassVar[str | None] = "nash_one"
    time_limit_seconds: float = 60.0
    work_limit: float = 10.0

    def solve(self, game: Game) -> Solution:
        """The first equilibrium that a dropped label leads to, certified.

        >>> NashOne().solve(Game([[3, 0], [2, 1]], [[0, 2], [1, 0]])).recommended.defender.round(3).tolist()
        [0.333, 0.667]
        """
        if game.levelled is not game:
            return told_of(self.solve(game.levelled), game)
        if game.centred is not game:
            return told_of(self.solve(game.centred), game)
        pair = one_equilibrium(game, Deadline(self.time_limit_seconds, self.work_limit))
        mixes = [] if pair is None else [tuple(np.array(mix, float) for mix in pair)]
        profiles = certified(certified_profile(game, *mix) for mix in mixes)
        return Solution(
            self.name,
            game,
            profiles,
            components=(),
            complete=False,
            rule="the first equilibrium that Lemke and Howson's path leads to",
            method="Lemke–Howson, lexicographic",
            remark=FIRST if profiles else NONE,
        )
