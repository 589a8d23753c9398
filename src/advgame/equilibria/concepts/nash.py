"""Nash equilibria: pairs of mixed strategies from which neither player gains by deviating."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from typing import Any, ClassVar

import numpy as np

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.components import maximal_nash_subsets
from advgame.equilibria.algorithms.deadline import Deadline, TimeUp, WorkDone, charge, joined
from advgame.equilibria.algorithms.enumeration import extreme_equilibria
from advgame.equilibria.algorithms.equilibrium_list import FloatPairs, Listing
from advgame.equilibria.algorithms.lemke_howson import one_equilibrium
from advgame.equilibria.algorithms.near_ties import NEARLY_TIED, nearly_tied
from advgame.equilibria.algorithms.one_strategy import equilibria_of_one
from advgame.equilibria.algorithms.two_by_two import extreme_equilibria_2x2
from advgame.equilibria.algorithms.two_columns import extreme_equilibria_of_two
from advgame.equilibria.algorithms.vertex_matching import (
    matched_vertices,
    may_be_listed_at_once,
)
from advgame.equilibria.algorithms.whole_enumeration import extreme_equilibria_in_words
from advgame.equilibria.rank_one.compiled_path import compiled_equilibria
from advgame.equilibria.rank_one.degenerate import WORK_FOR_TIES, all_in_rationals, ends, is_indifferent
from advgame.equilibria.rank_one.matrix_game import only_equilibrium
from advgame.equilibria.rank_one.path import Path, walk
from advgame.equilibria.selection import RULES, ruled_by
from advgame.equilibria.solution import Concept, Solution, Timing, certified, in_original_game
from advgame.games import Game, Profile, certified_profile
from advgame.games.nearest_rational import nearest_rational
from advgame.games.profile import certified_profiles, exactly_certified_profile, exactly_certified_profiles
from advgame.games.rank_one_form import RankOneForm, rank_one_form
from advgame.games.reduction import Group, Reduction, reduce_game

MOST_IN_FRACTIONS = 100  # profiles whose certificates are computed in rational numbers unasked
MOST_COPIES = 4096  # extreme equilibria that differ in which of several duplicates is played
PER_EXACT_PAYOFF, PER_EXACT_PRODUCT = 3e-5, 1e-5  # nominal seconds, of a game's share in a common budget
KEPT_FOR_ONE = 0.1  # of the time: where listing has taken all the rest
WORK_AT_ONCE = 1.0  # nominal seconds: far more than the vertices of the small games searched at once take
SHIFTED = 8  # payoffs this many times as large as their range are checked by `near_ties`
WORK_FOR_ONE = 10.0  # nominal seconds for a single equilibrium, whatever listing has taken
COPIES = (
    "With duplicate strategies there are {:,} extreme equilibria; only those with the first of each "
    "set of duplicates are listed."
)
UNCERTIFIED = "Not every computed profile could be certified in floating point; use exact=True."
SOME = " Some of them are listed, not necessarily the worst."
OUT_OF_WORK = (
    "Not all equilibria could be listed within the work limit of {:g}; raise it with Nash(work_limit=…)."
)
OUT_OF_TIME = (
    "Not all equilibria could be listed in {:g} seconds; raise the limit with Nash(time_limit_seconds=…)."
)
HOPELESS = (
    "One equilibrium; there may be others. Not all equilibria could be listed: the game has about {:.0e} "
    "vertices, far beyond the work limit of {:g}. Raise it with Nash(work_limit=…)."
)
INTERIOR = "interior-point method, then the equations on the supports"
VERTICES = "vertex enumeration"
EXACTLY = "vertex enumeration in exact arithmetic"
RATIONAL = "Each payoff is replaced by the simplest fraction that rounds to it."
NOT_ALL_RATIONAL = " No simple fraction rounds to {:,} of them, which are used as stored."
APART = " There are too many equilibrium components to assemble."


@dataclass(frozen=True)
class Nash(Concept):
    """All Nash equilibria, each with its certificate, as far as the work limit allows.

    An incomplete list is marked: if listing exceeds the work limit, or ties produce too many extreme
    equilibria, the worst and the best for the defender are returned, or some, or a single one. For a game
    far too large to list, one equilibrium is computed directly.

    Args:
        time_limit_seconds: wall-clock time after which listing stops: a safeguard well above the work
            limit, so that it does not affect results on a machine of ordinary speed.
            exact: True to compute in rational numbers, with regrets of exactly zero.
            rule: the selection rule of the recommended equilibrium, from ``RULES``.
            nearest_rational: True to replace floats by the simplest fractions that round to them, so that
            ties in thirds or decimals are exact ties.
            work_limit: nominal seconds of listing. They are counted from the number and the size of the steps
            (pivots, vertices, linear programs), not measured, so that the same game gets the same result
            on every machine. A typical machine takes about as many seconds.
    """

    name: ClassVar[str] = "nash"
    situation: ClassVar[str] = "Both sides choose simultaneously"
    timing: ClassVar[Timing] = Timing.SIMULTANEOUS
    batch_method: ClassVar[str | None] = "nash"
    compared: ClassVar[bool] = True
    time_limit_seconds: float = 60.0
    exact: bool = False
    rule: str = "worst_for_defender"
    work_limit: float = 10.0
    nearest_rational: bool = False

    def solve(self, game: Game) -> Solution:
        """The extreme equilibria of a game; ``complete`` if the list is proven complete.

        Raises:
            UnknownName: when no rule has that name.
            GameError: when the rule is not defined for the game.
        """
        _ = RULES[self.rule].words  # an unknown name raises before any work
        if self.nearest_rational:
            return self._as_fractions(game)
        if game.levelled is not game:
            return in_original_game(self.solve(game.levelled), game)
        if game.centred is not game:
            return ruled_by(in_original_game(self.solve(game.centred), game), self.rule)
        deadline = self._deadline()
        return self._at_once(game, deadline) or self._from_reduction(game, deadline)

    def _at_once(self, game: Game, deadline: Deadline) -> Solution | None:
        """The solution, if compiled code proves the list of equilibria complete, else None."""
        if self.exact:
            return None
        profiles = self._by_program(game, deadline)
        if profiles:
            return self._recommended_by_rule(game, profiles, Listing((), True, INTERIOR))
        profiles = self._by_walk(game, deadline)
        if profiles:
            return self._recommended_by_rule(game, profiles, Listing((), True, "rank-1 path"))
        profiles = self._by_vertices(game, deadline)
        if profiles:
            return self._recommended_by_rule(game, profiles, Listing((), True, VERTICES, isolated=True))
        return None

    def _from_reduction(self, game: Game, deadline: Deadline) -> Solution:
        """The solution from the game without dominated strategies and duplicates."""
        reduction = reduce_game(game)
        listing = self._reduced(reduction.game, deadline)
        if listing.profiles and reduction.game is game and not _is_shifted(game):
            return self._recommended_by_rule(game, listing.profiles, listing)
        if nearly_tied(game, reduction, listing.pairs):
            listing = replace(listing, remark=f"{listing.remark} {NEARLY_TIED}".strip())
        copies = len(listing.pairs)
        if reduction.has_duplicates:
            copies = sum(reduction.copies(*pair) for pair in listing.pairs)
        too_many = copies > max(MOST_COPIES, len(listing.pairs))
        if too_many:
            listing = replace(listing, complete=False, remark=COPIES.format(copies))
        reduced_profiles = self._profiles(game, reduction, listing, 1 if too_many else MOST_COPIES)
        profiles = certified(reduced_profiles)
        if listing.complete and not len(profiles) == len(reduced_profiles) > 0:
            listing = replace(listing, complete=False, remark=UNCERTIFIED)
        return self._recommended_by_rule(game, profiles, listing)

    def _recommended_by_rule(self, game: Game, profiles: tuple[Profile, ...], listing: Listing) -> Solution:
        """The solution with the profile recommended by the rule."""
        components = maximal_nash_subsets(profiles, listing.isolated)
        remark = (listing.remark + APART).strip() if profiles and not components else listing.remark
        rule = RULES[self.rule]
        place = rule.place(game, profiles) if profiles else None
        return Solution(
            self.name, game, profiles, components, listing.complete, rule.words, listing.method, remark, place
        )

    def _as_fractions(self, game: Game) -> Solution:
        """The solution of the game with the nearest simple fractions, with a remark."""
        rational, kept = nearest_rational(game)
        solution = replace(self, nearest_rational=False).solve(rational)
        remark = RATIONAL + (NOT_ALL_RATIONAL.format(kept) if kept else "")
        return replace(solution, remark=f"{remark} {solution.remark}".strip())

    def _deadline(self) -> Deadline:
        """The deadline of all methods together, with a part reserved for a single equilibrium."""
        return Deadline((1 - KEPT_FOR_ONE) * self.time_limit_seconds, self.work_limit)

    def _by_program(self, game: Game, deadline: Deadline) -> tuple[Profile, ...]:
        """The unique equilibrium of a very large game that is strategically zero-sum."""
        pair = only_equilibrium(game, deadline)
        return () if pair is None else certified([certified_profile(game, *pair)])

    def _by_walk(self, game: Game, deadline: Deadline) -> tuple[Profile, ...]:
        """All equilibria of a rank-1 game without ties."""
        profiles = compiled_equilibria(game, deadline)
        return profiles if len(certified(profiles)) == len(profiles) else ()

    def _by_vertices(self, game: Game, deadline: Deadline) -> tuple[Profile, ...]:
        """All equilibria of a small general game without near-ties."""
        if self.work_limit < WORK_AT_ONCE or not may_be_listed_at_once(game) or _is_shifted(game):
            return ()
        matched = matched_vertices(game, deadline)
        return matched.profiles if matched.complete else ()

    def _reduced(self, game: Game, deadline: Deadline) -> Listing:
        """The equilibria of a game without dominated strategies, by the fastest complete method."""
        if min(game.shape) <= 2:
            return self._exactly(game, deadline) if self.exact else _small(game)
        form = None if is_indifferent(game) else rank_one_form(game)
        path = None if form is None else walk(form, game, deadline)
        if path is not None and path.complete and game.sharp and not self.exact:
            return Listing(path.pairs, True, "rank-1 path")
        charge(game.defender_payoffs.size * PER_EXACT_PAYOFF)
        deadline = joined(deadline)
        share = deadline if self.exact else deadline.part(min(WORK_FOR_TIES, deadline.work_left / 2))
        listing = all_in_rationals(game, form, None if path is None else path.walked, share)
        if listing is None:
            return self._exactly(game, deadline) if self.exact else self._general(game, deadline)
        return (
            listing if listing.complete or self.exact else self._partly(game, form, path, listing, deadline)
        )

    def _partly(
        self, game: Game, form: RankOneForm | None, path: Path | None, listing: Listing, deadline: Deadline
    ) -> Listing:
        """An incomplete list of equilibria: the worst and the best, or some, or one."""
        both = ends(game, form, listing.remark, deadline)
        if both is not None:
            return both
        if listing.pairs:
            return replace(listing, remark=listing.remark + SOME)
        if path is not None and path.pairs:
            return Listing(path.pairs, False, "rank-1 path", listing.remark + SOME)
        return self._single(game, listing.remark, deadline)

    def _profiles(self, game: Game, reduction: Reduction, listing: Listing, copies: int) -> list[Profile]:
        """The certified profiles of the original game, each in at most ``copies`` copies."""
        if isinstance(listing.pairs, FloatPairs) and not reduction.has_duplicates:
            defenders = _among_all(listing.pairs.defenders, reduction.defences, game.shape[0])
            attackers = _among_all(listing.pairs.attackers, reduction.attacks, game.shape[1])
            profiles = certified_profiles(game, defenders, attackers)
            return profiles if listing.isolated else _without_repeats(profiles, False)
        in_floats = len(listing.pairs) > MOST_IN_FRACTIONS and not self.exact
        pairs = map(_in_floats, listing.pairs) if in_floats else listing.pairs
        spread = [
            pair for reduced_pair in pairs for pair in islice(reduction.put_back(*reduced_pair), copies)
        ]
        return _without_repeats(_all_certified(game, spread), self.exact)

    def _general(self, game: Game, deadline: Deadline) -> Listing:
        """A game without structure: all equilibria, or those within the limits, at least one."""
        matched = matched_vertices(game, deadline)
        if matched.complete and game.sharp:
            pairs = FloatPairs(*matched.pairs)
            return Listing(pairs, True, VERTICES, isolated=True, profiles=matched.profiles)
        if matched.too_large:
            return self._single(game, HOPELESS.format(matched.vertices, self.work_limit), deadline)
        listing = self._exactly(game, deadline)
        if listing.complete or len(matched.pairs[0]) == 0:
            return listing if listing.complete else self._single(game, listing.remark, deadline)
        return Listing(FloatPairs(*matched.pairs), False, VERTICES, listing.remark)

    def _single(self, game: Game, remark: str, deadline: Deadline) -> Listing:
        """A single equilibrium of a game that is too large to list."""
        seconds = deadline.left + KEPT_FOR_ONE * self.time_limit_seconds
        pair = one_equilibrium(game, joined(Deadline(seconds, WORK_FOR_ONE)))
        return Listing((pair,) if pair else (), False, "Lemke–Howson, lexicographic", remark)

    def _exactly(self, game: Game, deadline: Deadline) -> Listing:
        """All equilibria in rational numbers, or none within the limits."""
        try:
            pairs = extreme_equilibria_in_words(game, deadline)
            return Listing(extreme_equilibria(game, deadline) if pairs is None else pairs, True, EXACTLY)
        except WorkDone:
            return Listing((), False, EXACTLY, OUT_OF_WORK.format(self.work_limit))
        except TimeUp:
            return Listing((), False, EXACTLY, OUT_OF_TIME.format(self.time_limit_seconds))


def _is_shifted(game: Game) -> bool:
    """Whether payoffs are so far from zero that rounding may hide ties which vertices do not show."""
    return any(max(-low, high) > SHIFTED * (high - low) for low, high in game.extremes)


def _among_all(strategies: FloatArray, groups: tuple[Group, ...], count: int) -> FloatArray:
    """Mixed strategies over the remaining strategies, extended to all strategies."""
    if len(groups) == count:
        return strategies
    whole = np.zeros((len(strategies), count))
    whole[:, [group[0] for group in groups]] = strategies
    return whole


def _small(game: Game) -> Listing:
    """Games in which one player has one or two strategies."""
    rows, columns = game.shape
    if (rows, columns) == (2, 2):
        return Listing(extreme_equilibria_2x2(game), True, "signs of the four best-response differences")
    if min(rows, columns) == 2:
        return Listing(extreme_equilibria_of_two(game), True, "upper envelope, exact")
    if (rows, columns) == (1, 1):
        return Listing([([1.0], [1.0])], True, "comparison")
    return Listing(equilibria_of_one(game), True, "comparison")


def _in_floats(pair: tuple[Sequence[Any], Sequence[Any]]) -> tuple[list[float], list[float]]:
    return list(map(float, pair[0])), list(map(float, pair[1]))


def _all_certified(game: Game, pairs: Sequence[tuple[Sequence[Any], Sequence[Any]]]) -> list[Profile]:
    """The certified profiles of pairs of mixed strategies, exact if the pairs are rational."""
    if not pairs:
        return []
    rational = [isinstance(defender[0], Fraction) for defender, _ in pairs]
    if any(rational):
        charge(len(pairs) * game.defender_payoffs.size * PER_EXACT_PRODUCT)
    if all(rational):
        return exactly_certified_profiles(game, [(tuple(x), tuple(y)) for x, y in pairs])
    if any(rational):
        return [_profile(game, *pair) for pair in pairs]
    return certified_profiles(game, *(np.array(strategies, float) for strategies in zip(*pairs, strict=True)))


def _profile(game: Game, defender: Sequence[Any], attacker: Sequence[Any]) -> Profile:
    if isinstance(defender[0], Fraction):
        return exactly_certified_profile(game, tuple(defender), tuple(attacker))
    return certified_profile(game, np.array(defender, float), np.array(attacker, float))


def _without_repeats(profiles: Iterable[Profile], exact: bool) -> list[Profile]:
    """The distinct profiles; in exact mode, profiles with equal floats are kept apart."""
    distinct: dict[Hashable, Profile] = {}
    for profile in profiles:
        in_floats = profile.defender.tobytes(), profile.attacker.tobytes()
        distinct.setdefault(profile.exact_mixes if exact else in_floats, profile)
    return list(distinct.values())
