"""Attacker types: Nash equilibria and commitments of a Bayesian game."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.concepts.bayesian_commitment import best_commitment
from advgame.equilibria.concepts.bayesian_solution import (
    BayesianProfile,
    BayesianSolution,
    bayesian_in_original_game,
    bayesian_profile,
)
from advgame.equilibria.concepts.nash import Nash
from advgame.equilibria.rank_one.bayesian_path import by_type, walk_types
from advgame.equilibria.rank_one.degenerate import WORK_FOR_TIES, all_of_types_in_rationals, ends_of_types
from advgame.equilibria.selection import RULES
from advgame.games.bayesian import BayesianGame
from advgame.games.bayesian_rank_one import StackedForm, stacked_form

Mixes = tuple[FloatArray, Sequence[FloatArray]]


@dataclass(frozen=True)
class AttackerTypes:
    """Nash equilibria of a Bayesian game, or the optimal commitment if ``announced``.

    If the game has the attacker–defender structure, equilibria are computed by one rank-1 path for all
    types, regardless of the number of combinations of attacks; other games are solved in normal form, if
    that is small. A commitment is computed by a mixed-integer program, which returns the best solution so
    far, a bound and a gap when its limit is reached.

    Args:
        announced: True for the optimal commitment, False for Nash equilibria.
        time_limit_seconds: wall-clock time after which the search stops: a safeguard above the work limit.
        work_limit: nominal seconds, counted from the number and the size of the steps; see ``Nash``.
    """

    announced: bool = False
    time_limit_seconds: float = 60.0
    work_limit: float = 10.0

    def solve(self, game: BayesianGame) -> BayesianSolution:
        """The certified solution, including every type's regret.

        >>> pennies, uncaring = [[1, -1], [-1, 1]], [[0, 0], [0, 0]]
        >>> game = BayesianGame([pennies, uncaring], [[[-1, 1], [1, -1]], [[1, 0], [1, 0]]], [0.5, 0.5])
        >>> AttackerTypes().solve(game).recommended.defender.round(9).tolist()
        [0.5, 0.5]

        Raises:
            GameError: when a game without the structure has a normal form that is too large.
        """
        centred = game.centred(announced=self.announced)
        if centred is not game:
            return bayesian_in_original_game(self.solve(centred), game)
        if self.announced:
            return best_commitment(game, self.time_limit_seconds, self.work_limit)
        form = stacked_form(game)
        return self._of_normal_form(game) if form is None else self._of_path(game, form)

    def _of_path(self, game: BayesianGame, form: StackedForm) -> BayesianSolution:
        """The solution by one path for all types or, for ties, by the path in rational numbers."""
        deadline = Deadline(self.time_limit_seconds, self.work_limit)
        path = walk_types(form, game, deadline)
        profiles, all_valid = _certified(game, path.profiles)
        if path.complete and all_valid:
            return _solution(game, profiles, True, "rank-1 path over all types", "")
        listing = all_of_types_in_rationals(game, form, path.walked, deadline.part(WORK_FOR_TIES))
        if listing is None:
            return _solution(game, profiles, False, "rank-1 path over all types", path.remark)
        if not listing.complete:
            ends = ends_of_types(game, form, listing.remark, deadline)
            if ends is None and not listing.pairs:
                return _solution(game, profiles, False, "rank-1 path over all types", listing.remark)
            listing = ends or listing
        profiles, all_valid = _certified(game, (_of_each_type(pair, form) for pair in listing.pairs))
        complete = listing.complete and all_valid
        return _solution(game, profiles, complete, listing.method, listing.remark)

    def _of_normal_form(self, game: BayesianGame) -> BayesianSolution:
        solution = Nash(self.time_limit_seconds, work_limit=self.work_limit).solve(game.normal_form())
        pairs = ((profile.defender, game.mixes_of(profile.attacker)) for profile in solution.profiles)
        profiles, _ = _certified(game, pairs)
        complete = solution.complete and len(profiles) > 0
        return _solution(game, profiles, complete, f"normal form: {solution.method}", solution.remark)


def _of_each_type(pair: tuple[Sequence[Any], Sequence[Any]], form: StackedForm) -> Mixes:
    """The mixed strategies of a pair in floats, split by type."""
    return np.array(pair[0], float), by_type(np.array(pair[1], float), form.type_of)


def _certified(game: BayesianGame, pairs: Iterable[Mixes]) -> tuple[tuple[BayesianProfile, ...], bool]:
    """The distinct profiles with valid certificates, and whether all certificates are valid."""
    distinct: dict[bytes, BayesianProfile] = {}
    all_valid = True
    for defender, attackers in pairs:
        profile = bayesian_profile(game, defender, attackers)
        key = b"".join((strategy + 0.0).round(9).tobytes() for strategy in (defender, *attackers))
        if profile.valid:
            distinct.setdefault(key, profile)
        else:
            all_valid = False
    return tuple(distinct.values()), all_valid


def _solution(
    game: BayesianGame, profiles: tuple[BayesianProfile, ...], complete: bool, method: str, remark: str
) -> BayesianSolution:
    rule = RULES["worst_for_defender"].words
    return BayesianSolution("adversary_types", game, profiles, complete, rule, method, remark)
