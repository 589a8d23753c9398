"""Degenerate games of rank 1: all equilibria in rational arithmetic, or else the worst and the best."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import Deadline, TimeUp, WorkDone
from advgame.equilibria.algorithms.equilibrium_list import Listing
from advgame.equilibria.algorithms.exact_tableau import fractions, whole
from advgame.equilibria.algorithms.indifference import sharpened
from advgame.equilibria.algorithms.maximin import maximin
from advgame.equilibria.rank_one.cost_line import simplified
from advgame.equilibria.rank_one.exact_faces import Pair, equilibria_of_indifferent
from advgame.equilibria.rank_one.exact_path import TiedGame, tied_equilibria
from advgame.equilibria.rank_one.parametric_simplex import Walked
from advgame.equilibria.rank_one.path import as_stacked
from advgame.equilibria.rank_one.worst_and_best import worst_and_best
from advgame.games import BayesianGame, Game
from advgame.games.bayesian_rank_one import StackedForm
from advgame.games.rank_one_form import RankOneForm

# Nominal seconds for listing a continuum; if that is too little, its endpoints are returned.
WORK_FOR_TIES = 2.0
MOST_LISTED = 2_000  # extreme equilibria
IN_RATIONALS = "rank-1 path in rational numbers"
BY_PROGRAMS = "linear programs for the worst and the best (HiGHS)"
UNLISTED = f"Payoffs tie: there are more than {MOST_LISTED:,} extreme equilibria, too many to list."
OUT_OF_WORK = "Not all equilibria could be listed within the work limit."
OUT_OF_TIME = "Not all equilibria could be listed within the time limit."
ENDS = " One that is worst for the defender and one that is best are given."


def all_in_rationals(
    game: Game, form: RankOneForm | None, walked: Walked | None, deadline: Deadline
) -> Listing | None:
    """Every extreme equilibrium of a game of rank 1, with any ties; None for a game without the structure.

    If there are too many, or the work limit is reached, some are listed and the remark gives the reason.

    Args:
        game: a game without dominated strategies.
        form: its rank-1 form; None also if the attacker or the defender is nearly indifferent.
        walked: the equilibria of the path in floating point, as a starting point.
        deadline: the limit of the search.
    """
    return _listing(_pairs(game, form, walked, deadline))


def all_of_types_in_rationals(
    game: BayesianGame, form: StackedForm, walked: Walked, deadline: Deadline
) -> Listing | None:
    """Like ``all_in_rationals``, against several attacker types, whose mixed strategies are concatenated.

    Args:
        game: the game against several attacker types.
        form: its rank-1 form, all types stacked.
        walked: the float path, whose supports are the first guess of the exact one.
        deadline: the limit of the search.
    """
    odds = [Fraction(prior) for prior in game.priors.tolist()]
    given = [type_game.payoffs_as_given for type_game in game.types]
    unit = Fraction(max(float(np.ptp(payoffs)) for payoffs in game.defender_payoffs))  # of the form
    values = [form.attack_value[:, form.type_of == number] for number in range(len(odds))]
    ratios = [
        likely * simplified(unit / likely * _per_range(value, payoffs))
        for likely, value, payoffs in zip(odds, values, game.attacker_payoffs, strict=True)
    ]
    tied = TiedGame(
        np.hstack([likely * fractions(payoffs[0]) for likely, payoffs in zip(odds, given, strict=True)]),
        np.hstack([fractions(payoffs[1]) for payoffs in given]),
        form.type_of,
        ratios,
    )
    guess = walked.defences.tolist(), walked.attacks.tolist()
    return _listing(tied_equilibria(tied, deadline, *guess))


def ends(game: Game, form: RankOneForm | None, remark: str, deadline: Deadline) -> Listing | None:
    """The equilibria that earn the defender least and most; None where they are not found.

    Args:
        game: the game.
        form: its rank-1 form; None where it has none.
        remark: what is said of the equilibria so far; the rule of these two is appended.
        deadline: the limit of the search.
    """
    if form is None and not is_indifferent(game):
        return None
    try:
        pairs = _ends_of_indifferent(game) if form is None else _ends_of_path(game, form, deadline)
    except TimeUp:
        return None
    sharp = [sharpened(game, *pair) for pair in pairs]
    listed = [(defender.tolist(), attacker.tolist()) for defender, attacker in sharp]
    return Listing(listed, False, BY_PROGRAMS, remark + ENDS) if listed else None


def ends_of_types(game: BayesianGame, form: StackedForm, remark: str, deadline: Deadline) -> Listing | None:
    """As ``ends`` against several types of attacker, whose mixes stand side by side.

    Args:
        game: the game against several attacker types.
        form: its rank-1 form, all types stacked.
        remark: what is said of the equilibria so far; the rule of these two is appended.
        deadline: the limit of the search.
    """
    weighted = [odds * matrix for odds, matrix in zip(game.priors, game.defender_payoffs, strict=True)]
    try:
        pairs = worst_and_best(form, np.hstack(weighted), deadline)
    except TimeUp:
        return None
    listed = [(defender.tolist(), attackers.tolist()) for defender, attackers in pairs]
    return Listing(listed, False, BY_PROGRAMS, remark + ENDS) if listed else None


def is_indifferent(game: Game) -> bool:
    """Whether the attacker earns the same with every attack, whatever the defence."""
    floats = game.attacker_payoffs
    if game.exact_pending and np.abs(floats - floats[:, :1]).max() > game.near[1]:
        return False
    _, to_attacker = game.payoffs_as_given
    return bool(np.all(to_attacker == to_attacker[:, :1]))


def _listing(pairs: Iterator[Pair] | None) -> Listing | None:
    """What an iterator gives, up to ``MOST_LISTED`` and until it may not go on."""
    if pairs is None:
        return None
    equilibria: list[Pair] = []
    try:
        for pair in pairs:
            if len(equilibria) == MOST_LISTED:
                return Listing(equilibria, False, IN_RATIONALS, UNLISTED)
            equilibria.append(pair)
    except WorkDone:
        return Listing(equilibria, False, IN_RATIONALS, OUT_OF_WORK)
    except TimeUp:
        return Listing(equilibria, False, IN_RATIONALS, OUT_OF_TIME)
    return Listing(equilibria, True, IN_RATIONALS)


def _per_range(attack_value: FloatArray, attacker: FloatArray) -> Fraction:
    """What a form has multiplied an attacker's payoffs by."""
    return Fraction(float(np.ptp(attack_value))) / Fraction(float(np.ptp(attacker)) or 1.0)


def _pairs(
    game: Game, form: RankOneForm | None, walked: Walked | None, deadline: Deadline
) -> Iterator[Pair] | None:
    if is_indifferent(game):
        to_defender, _ = whole(game.payoffs_as_given[0])
        return equilibria_of_indifferent(to_defender, deadline)
    # Without a form, τ = 0 is left: the defender's payoffs alone may be of rank 1 (no breach costs anything).
    ratio = Fraction(0)
    if form is not None:
        unit = Fraction(float(np.ptp(game.defender_payoffs)))  # of the form
        ratio = simplified(unit * _per_range(form.attack_value, game.attacker_payoffs))
    tied = TiedGame(*game.payoffs_as_given, np.zeros(game.shape[1], np.int64), [ratio])
    guess = () if walked is None else (walked.defences.tolist(), walked.attacks.tolist())
    return tied_equilibria(tied, deadline, *guess)


def _ends_of_path(game: Game, form: RankOneForm, deadline: Deadline) -> list[tuple[FloatArray, FloatArray]]:
    return worst_and_best(as_stacked(form), game.defender_payoffs, deadline)


def _ends_of_indifferent(game: Game) -> list[tuple[FloatArray, FloatArray]]:
    """The attacker may play any mix: the one that harms most, and the attack that harms least."""
    secured = maximin(game)
    row, column = np.unravel_index(int(game.defender_payoffs.argmax()), game.shape)
    best = np.eye(game.shape[0])[row], np.eye(game.shape[1])[column]
    return [(secured.defender, secured.attacker), best]
