"""Small games with ties: what many are answered with at once is what each is answered with alone."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from advgame.equilibria.batch.batch_dominance import surviving
from advgame.equilibria.batch.tied_small import small_answers
from advgame.equilibria.concepts.nash import Nash
from advgame.games import Game
from advgame.games.reduction import reduce_game
from advgame.games.whole_payoffs import WholePayoffs


@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (3, 1), (2, 2)])
def test_small_games_with_ties_are_answered_as_one_by_one(shape: tuple[int, int]) -> None:
    random = np.random.default_rng(7)
    a, b = random.integers(-1, 2, (2, 150, *shape)).astype(object)
    b[:30] = 0  # the attacker is indifferent
    near = 1e-9 * np.ptp(a.astype(float), axis=(1, 2)) / 10
    answers = small_answers(WholePayoffs(a, b, (10, 10**20)), near)
    for place in range(len(a)):
        solution = Nash().solve(Game(a[place] * Fraction(1, 10), b[place] * Fraction(1, 10**20)))
        profile = solution.recommended
        assert answers.equilibria[place] == len(solution.profiles)
        assert answers.defender[place].tolist() == profile.defender.tolist()
        assert answers.attacker[place].tolist() == profile.attacker.tolist()
        expected = [profile.defender_payoff, profile.attacker_payoff]
        assert answers.value[place].tolist() == pytest.approx(expected, rel=1e-12, abs=0)


def test_whole_numbers_beyond_floats_decide() -> None:
    large = 10**30
    a = np.array([[[large + 1, large], [large, large + 1]]], dtype=object)
    b = np.array([[[0, 0], [1, 0]]], dtype=object)
    answers = small_answers(WholePayoffs(a, b, (1, 1)), np.zeros(1))
    assert answers.equilibria.tolist() == [2]  # (first, first), and the first against an even mix
    assert answers.attacker.tolist() == [[1.0, 0.0]]  # both are worth 1e30 in floats: the fewest strategies


def test_strategies_survive_as_in_each_game_alone() -> None:
    random = np.random.default_rng(3)
    a, b = random.integers(0, 6, (2, 60, 4, 3)).astype(float)
    rows, columns = surviving(a, b, (np.zeros(60), np.zeros(60)))
    for place in range(60):
        reduction = reduce_game(Game(a[place], b[place]))
        assert np.flatnonzero(rows[place]).tolist() == sorted(sum(reduction.defences, ()))
        assert np.flatnonzero(columns[place]).tolist() == sorted(sum(reduction.attacks, ()))


def test_what_is_nearly_dominated_survives() -> None:
    a, b = np.array([[[1.0 + 1e-12], [1.0]]]), np.zeros((1, 2, 1))
    assert surviving(a, b, (np.full(1, 1e-9), np.zeros(1)))[0].all()
    assert surviving(a, b, (np.zeros(1), np.zeros(1)))[0].tolist() == [[True, False]]
