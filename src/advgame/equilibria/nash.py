"""Nash equilibria: pairs of mixes that neither player gains by leaving."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from typing import Any, ClassVar

import numpy as np

from advgame.equilibria.components import maximal_nash_subsets
from advgame.equilibria.enumeration import extreme_equilibria
from advgame.equilibria.lemke_howson import one_equilibrium
from advgame.equilibria.listing import Listing
from advgame.equilibria.one_strategy import equilibria_of_one
from advgame.equilibria.rank_one import Path, walk
from advgame.equilibria.selection import RULES, ruled_by
from advgame.equilibria.solution import Concept, Solution, certified, told_of
from advgame.equilibria.ties import (
    SECONDS_FOR_TIES,
    all_in_rationals,
    ends,
    is_indifferent,
    seconds_left,
)
from advgame.equilibria.time_limit import Deadline, TimeUp
from advgame.equilibria.two_by_two import extreme_equilibria_2x2
from advgame.equilibria.two_columns import extreme_equilibria_of_two
from advgame.games import Game, Profile, certified_profile
from advgame.games.profile import exactly_certified_profile
from advgame.games.reduction import Reduction, reduce_game
from advgame.games.structure import RankOneForm, rank_one_form

MOST_IN_FRACTIONS = 100  # profiles whose certificates are computed in rational numbers unasked
MOST_COPIES = 4096  # extreme equilibria that differ in which of several duplicates is played
COPIES = (
    "Strategies that are duplicates of others make {:,} extreme equilibria; listed are those in which the "
    "first of the duplicates are played."
)
UNCERTIFIED = "Not all that was found could be certified in floating point; ask for exact=True."
SOME = " Given are some of them, not necessarily the worst."
APART = " They make too many sets of equilibria to put together."


@dataclass(frozen=True)
class Nash(Concept):
    """All Nash equilibria, each with its certificate, as long as the time allows.

    What is not all is marked so: where listing takes longer than the time limit, or ties make too many
    extreme equilibria to list, the worst and the best for the defender are given, or a single one.
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
        if game.levelled is not game:
            return told_of(self.solve(game.levelled), game)
        if game.centred is not game:
            return ruled_by(told_of(self.solve(game.centred), game), self.rule)
        reduction = reduce_game(game)
        found = self._found(reduction.game)
        copies = sum(reduction.copies(*pair) for pair in found.pairs)
        if copies > MOST_COPIES:
            found = replace(found, complete=False, remark=COPIES.format(copies))
        listed = self._profiles(game, reduction, found, 1 if copies > MOST_COPIES else MOST_COPIES)
        profiles = certified(listed)
        if found.complete and not len(profiles) == len(listed) > 0:
            found = replace(found, complete=False, remark=UNCERTIFIED)
        components = maximal_nash_subsets(profiles)
        if profiles and not components:
            found = replace(found, remark=(found.remark + APART).strip())
        solution = Solution(
            self.name, game, profiles, components, found.complete, words, found.method, found.remark
        )
        return ruled_by(solution, self.rule)

    def _found(self, game: Game) -> Listing:
        """The equilibria of a game in which nothing is dominated, by the quickest method that proves them."""
        if min(game.shape) <= 2:
            return self._enumerated(game) if self.exact else _small(game)
        deadline = Deadline(self.time_limit_seconds)
        form = None if is_indifferent(game) else rank_one_form(game)
        path = None if form is None else walk(form, game, deadline)
        if path is not None and path.complete and not self.exact:
            return Listing(path.pairs, True, "rank-1 path")
        seconds = seconds_left(deadline) if self.exact else min(SECONDS_FOR_TIES, seconds_left(deadline))
        listing = all_in_rationals(game, form, None if path is None else path.walked, seconds)
        if listing is None:
            return self._enumerated(game)
        return (
            listing if listing.complete or self.exact else self._partly(game, form, path, listing, deadline)
        )

    def _partly(
        self, game: Game, form: RankOneForm | None, path: Path | None, listing: Listing, deadline: Deadline
    ) -> Listing:
        """Of equilibria that are not all listed: the worst and the best, or some, or one."""
        told = ends(game, form, listing.remark, seconds_left(deadline))
        if told is not None:
            return told
        if listing.pairs:
            return replace(listing, remark=listing.remark + SOME)
        if path is not None and path.pairs:
            return Listing(path.pairs, False, "rank-1 path", listing.remark + SOME)
        return self._one(game, listing.remark)

    def _profiles(self, game: Game, reduction: Reduction, found: Listing, copies: int) -> list[Profile]:
        """The profiles of the whole game with their certificates, each in so many copies at most."""
        in_floats = len(found.pairs) > MOST_IN_FRACTIONS and not self.exact
        pairs = map(_in_floats, found.pairs) if in_floats else found.pairs
        spread = (pair for each in pairs for pair in islice(reduction.put_back(*each), copies))
        return _without_repeats((_profile(game, *pair) for pair in spread), self.exact)

    def _enumerated(self, game: Game) -> Listing:
        """All equilibria by enumeration, or one if that takes too long."""
        try:
            found = extreme_equilibria(game, Deadline(self.time_limit_seconds))
            return Listing(found, True, "vertex enumeration in exact arithmetic")
        except TimeUp:
            return self._one(
                game, f"Not all equilibria could be listed in {self.time_limit_seconds:g} seconds."
            )

    def _one(self, game: Game, remark: str) -> Listing:
        """A single equilibrium of a game too large to be enumerated; none where exactness is asked for."""
        if self.exact:
            return Listing((), False, "vertex enumeration in exact arithmetic", remark)
        pair = one_equilibrium(game, Deadline(self.time_limit_seconds))
        return Listing((pair,) if pair else (), False, "Lemke–Howson, lexicographic", remark)


def _small(game: Game) -> Listing:
    """Games in which one player has one strategy or two."""
    rows, columns = game.shape
    if (rows, columns) == (2, 2):
        return Listing(extreme_equilibria_2x2(game), True, "signs of the four best-reply differences")
    if min(rows, columns) == 2:
        return Listing(extreme_equilibria_of_two(game), True, "upper envelope, exact")
    return Listing(equilibria_of_one(game), True, "comparison")


def _in_floats(pair: tuple[Sequence[Any], Sequence[Any]]) -> tuple[list[float], list[float]]:
    return list(map(float, pair[0])), list(map(float, pair[1]))


def _profile(game: Game, defender: Sequence[Any], attacker: Sequence[Any]) -> Profile:
    if isinstance(defender[0], Fraction):
        return exactly_certified_profile(game, tuple(defender), tuple(attacker))
    return certified_profile(game, np.array(defender, float), np.array(attacker, float))


def _without_repeats(profiles: Iterable[Profile], exact: bool) -> list[Profile]:
    """Each profile once; two that are one in floats are kept apart where exactness is asked for."""
    distinct: dict[Hashable, Profile] = {}
    for profile in profiles:
        in_floats = profile.defender.tobytes(), profile.attacker.tobytes()
        distinct.setdefault(profile.exact_mixes if exact else in_floats, profile)
    return list(distinct.values())
