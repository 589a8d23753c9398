"""An attacker of one of several types: what to play against the odds, at once or announced."""

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
    bayesian_profile,
    told_of_types,
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
    """Nash equilibria of a game against several types, or the mixed strategy best to be ``announced``.

    Equilibria are found by one walk for all types where the game has the structure of attacker and
    defender, however many combinations of attacks there are; other games are written out as the normal
    form, if that is small. The announced strategy is found by a mixed-integer program, which answers with
    the best it has, a bound and a gap when its limit is reached.

    Args:
        announced: whether the mixed strategy is announced; equilibria are found otherwise.
        time_limit_seconds: wall-clock time after which the search stops: a guard well above the work limit.
        work_limit: nominal seconds, counted from the number and the size of the steps; see ``Nash``.
    """

    announced: bool = False
    time_limit_seconds: float = 60.0
    work_limit: float = 10.0

    def solve(self, game: BayesianGame) -> BayesianSolution:
        """The certified answer, every type's regret included.

        >>> pennies, uncaring = [[1, -1], [-1, 1]], [[0, 0], [0, 0]]
        >>> game = BayesianGame([pennies, uncaring], [[[-1, 1], [1, -1]], [[1, 0], [1, 0]]], [0.5, 0.5])
        >>> AttackerTypes().solve(game).recommended.defender.round(9).tolist()
        [0.5, 0.5]

        Raises:
            GameError: when equilibria are asked for of a game without the structure, and its normal form
                is too large.
        """
        centred = game.centred(announced=self.announced)
        if centred is not game:
            return told_of_types(self.solve(centred), game)
        if self.announced:
            return best_commitment(game, self.time_limit_seconds, self.work_limit)
        form = stacked_form(game)
        return self._of_normal_form(game) if form is None else self._of_path(game, form)

    def _of_path(self, game: BayesianGame, form: StackedForm) -> BayesianSolution:
        """What one walk for all types finds or, where payoffs tie, the path in rational numbers."""
        deadline = Deadline(self.time_limit_seconds, self.work_limit)
        path = walk_types(form, game, deadline)
        profiles, all_valid = _certified(game, path.met)
        if path.complete and all_valid:
            return _solution(game, profiles, True, "rank-1 path over all types", "")
        listing = all_of_types_in_rationals(game, form, path.walked, deadline.part(WORK_FOR_TIES))
        if listing is None:
            return _solution(game, profiles, False, "rank-1 path over all types", path.remark)
        if not listing.complete:
            told = ends_of_types(game, form, listing.remark, deadline)
            if told is None and not listing.pairs:
                return _solution(game, profiles, False, "rank-1 path over all types", listing.remark)
            listing = told or listing
        profiles, all_valid = _certified(game, (_of_each_type(pair, form) for pair in listing.pairs))
        complete = listing.complete and all_valid
        return _solution(game, profiles, complete, listing.method, listing.remark)

    def _of_normal_form(self, game: BayesianGame) -> BayesianSolution:
        solution = Nash(self.time_limit_seconds, work_limit=self.work_limit).solve(game.normal_form())
        mixes = ((each.defender, game.mixes_of(each.attacker)) for each in solution.profiles)
        profiles, _ = _certified(game, mixes)
        complete = solution.complete and len(profiles) > 0
        return _solution(game, profiles, complete, f"normal form: {solution.method}", solution.remark)


def _of_each_type(pair: tuple[Sequence[Any], Sequence[Any]], form: StackedForm) -> Mixes:
    """The mixes of a pair in floats, those of the types apart."""
    return np.array(pair[0], float), by_type(np.array(pair[1], float), form.type_of)


def _certified(game: BayesianGame, mixes: Iterable[Mixes]) -> tuple[tuple[BayesianProfile, ...], bool]:
    """The profiles whose certificates hold, each once, and whether that is so for all."""
    distinct: dict[bytes, BayesianProfile] = {}
    all_valid = True
    for defender, attackers in mixes:
        profile = bayesian_profile(game, defender, attackers)
        key = b"".join((mix + 0.0).round(9).tobytes() for mix in (defender, *attackers))
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
