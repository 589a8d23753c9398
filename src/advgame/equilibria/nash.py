"""Nash equilibria: pairs of mixes that neither player gains by leaving."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, ClassVar

import numpy as np

from advgame.equilibria.components import maximal_nash_subsets
from advgame.equilibria.enumeration import extreme_equilibria
from advgame.equilibria.lemke_howson import one_equilibrium
from advgame.equilibria.rank_one import walk
from advgame.equilibria.selection import RULES, ruled_by
from advgame.equilibria.solution import Concept, Solution, certified
from advgame.equilibria.time_limit import Deadline, TimeUp
from advgame.equilibria.two_by_two import extreme_equilibria_2x2
from advgame.equilibria.two_columns import extreme_equilibria_of_two
from advgame.equilibria.worst_case import WorstCase
from advgame.games import Game, Profile, certified_profile
from advgame.games.profile import exactly_certified_profile
from advgame.games.reduction import Reduction, reduce_game
from advgame.games.structure import rank_one_form

SECONDS_FOR_TIES = 0.25  # for listing a continuum of which one equilibrium is already known
MOST_OF_A_CONTINUUM = 200  # extreme equilibria that are still told one by one
MOST_COPIES = 4096  # extreme equilibria that differ in which of several duplicates is played
COPIES = "Strategies that are duplicates of others make {:,} extreme equilibria; not all are listed."
UNCERTIFIED = "What was found could not be certified in floating point; ask for exact=True."
INDIFFERENT = (
    "The adversary earns the same whatever it does: a continuum of equilibria, of which this is the worst."
)


@dataclass(frozen=True)
class Found:
    """Profiles of a reduced game, whether they are proven to be all, and how they were found."""

    pairs: Sequence[tuple[Sequence[Any], Sequence[Any]]]
    complete: bool
    method: str
    remark: str = ""


@dataclass(frozen=True)
class Nash(Concept):
    """All Nash equilibria, each with its certificate, as long as the time allows.

    ``exact=True`` answers in rational numbers with regrets of exactly zero; ``rule`` names which
    equilibrium is recommended, from ``RULES``.
    """

    name: ClassVar[str] = "nash"
    time_limit_seconds: float = 10.0
    exact: bool = False
    rule: str = "worst_for_defender"

    def solve(self, game: Game) -> Solution:
        """The extreme equilibria of a game; ``complete`` where all are proven listed.

        Raises:
            UnknownName: when no rule has the name given.
            GameError: when the rule is not defined for the game.
        """
        words = RULES[self.rule].words  # an unknown name is answered before any work
        reduction = reduce_game(game)
        found = self._found(reduction.game)
        copies = sum(reduction.copies(*pair) for pair in found.pairs)
        if copies > MOST_COPIES:
            found = replace(found, complete=False, remark=COPIES.format(copies))
        profiles = _profiles(game, reduction, found)
        if found.complete and not profiles:
            found = replace(found, complete=False, remark=UNCERTIFIED)
        solution = Solution(
            self.name,
            game,
            profiles,
            maximal_nash_subsets(profiles),
            found.complete,
            words,
            found.method,
            found.remark,
        )
        return ruled_by(solution, self.rule)

    def _found(self, game: Game) -> Found:
        """The equilibria of a game in which nothing is dominated, by the quickest method that proves them."""
        rows, columns = game.shape
        if self.exact:
            return self._enumerated(game)
        if min(rows, columns) == 1 or (rows, columns) == (2, 2):
            return _small(game)
        if min(rows, columns) == 2:
            return Found(extreme_equilibria_of_two(game), True, "upper envelope, exact")
        known = _indifferent(game) or _walked(game)
        return known if known is not None and known.complete else self._enumerated(game, known)

    def _enumerated(self, game: Game, known: Found | None = None) -> Found:
        """All equilibria by enumeration; what is known already if that takes too long."""
        known = known if known is not None and known.pairs else None
        seconds = min(SECONDS_FOR_TIES, self.time_limit_seconds) if known else self.time_limit_seconds
        try:
            found = extreme_equilibria(game, Deadline(seconds))
            if known and len(found) > MOST_OF_A_CONTINUUM:
                return known
            return Found(found, True, "vertex enumeration in exact arithmetic")
        except TimeUp:
            return known or self._one(game, f"Not all equilibria could be listed in {seconds:g} seconds.")

    def _one(self, game: Game, remark: str) -> Found:
        """A single equilibrium of a game too large to be enumerated; none where exactness is asked for."""
        if self.exact:
            return Found((), False, "vertex enumeration in exact arithmetic", remark)
        pair = one_equilibrium(game, Deadline(self.time_limit_seconds))
        return Found((pair,) if pair else (), False, "Lemke–Howson, lexicographic", remark)


def _walked(game: Game) -> Found | None:
    """What the walk along the intensity of attack finds; None for a game without that structure."""
    form = rank_one_form(game)
    if form is None:
        return None
    path = walk(form, game)
    return Found(path.pairs, path.complete, "rank-1 path", path.remark)


def _indifferent(game: Game) -> Found | None:
    """The most harmful equilibrium where the adversary earns the same with every attack; None elsewhere."""
    if not np.all(game.attacker_payoffs == game.attacker_payoffs[:, :1]):
        return None
    secured = WorstCase().solve(game).recommended
    return Found([(secured.defender.tolist(), secured.attacker.tolist())], False, "worst case", INDIFFERENT)


def _small(game: Game) -> Found:
    """Games in which one player has a single strategy, and 2 × 2 games."""
    rows, columns = game.shape
    if (rows, columns) == (2, 2):
        return Found(extreme_equilibria_2x2(game), True, "signs of the four best-reply differences")
    to_defender, to_attacker = game.payoffs_as_given
    best_rows = np.flatnonzero(to_defender[:, 0] == to_defender[:, 0].max()) if columns == 1 else [0]
    best_columns = np.flatnonzero(to_attacker[0] == to_attacker[0].max()) if rows == 1 else [0]
    pairs = [(_pure(int(i), rows), _pure(int(j), columns)) for i in best_rows for j in best_columns]
    return Found(pairs, True, "comparison")


def _pure(strategy: int, count: int) -> list[float]:
    return [1.0 if place == strategy else 0.0 for place in range(count)]


def _profiles(game: Game, reduction: Reduction, found: Found) -> tuple[Profile, ...]:
    whole = (pair for reduced in found.pairs for pair in reduction.put_back(*reduced))
    listed = islice(whole, MOST_COPIES)
    return certified(_without_repeats(_profile(game, *pair) for pair in listed))


def _profile(game: Game, defender: Sequence[Any], attacker: Sequence[Any]) -> Profile:
    if defender and not isinstance(defender[0], float):
        return exactly_certified_profile(game, tuple(defender), tuple(attacker))
    return certified_profile(game, np.array(defender, float), np.array(attacker, float))


def _without_repeats(profiles: Iterable[Profile]) -> list[Profile]:
    distinct: dict[tuple[bytes, bytes], Profile] = {}
    for profile in profiles:
        key = profile.defender.tobytes(), profile.attacker.tobytes()
        distinct.setdefault(key, profile)
    return list(distinct.values())
