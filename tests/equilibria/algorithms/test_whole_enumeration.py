"""Compiled exact enumeration of small whole numbers, against brute force and unlimited whole numbers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from advgame.equilibria import Nash, solve
from advgame.equilibria.algorithms import whole_enumeration
from advgame.equilibria.algorithms.deadline import Deadline, WorkDone
from advgame.equilibria.algorithms.enumeration import extreme_equilibria
from advgame.equilibria.algorithms.whole_enumeration import compile_whole_search, extreme_equilibria_in_words
from advgame.games import Game
from tests.equilibria.brute_force import every_extreme_equilibrium


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    compile_whole_search()


def listed(game: Game) -> list[tuple[tuple[Fraction, ...], tuple[Fraction, ...]]]:
    pairs = extreme_equilibria_in_words(game, Deadline(60))
    assert pairs is not None
    return pairs


@pytest.mark.parametrize("most", [1, 2, 9])
def test_games_with_ties_have_the_extreme_equilibria_that_brute_force_finds(most: int) -> None:
    random = np.random.default_rng(most)
    for shape in ((3, 3), (3, 4), (4, 3)) * 12:
        game = Game(*random.integers(0, most + 1, (2, *shape)))
        pairs = listed(game)
        assert len(pairs) == len(set(pairs))
        assert set(pairs) == every_extreme_equilibrium(game)


def test_larger_games_agree_with_whole_numbers_of_any_size() -> None:
    random = np.random.default_rng(3)
    for shape in ((5, 6), (6, 6), (4, 8)):
        game = Game(*random.integers(0, 2, (2, *shape)))
        assert set(listed(game)) == set(extreme_equilibria(game, Deadline(60)))


def test_decimals_given_as_fractions_are_exact() -> None:
    random = np.random.default_rng(4)
    tenths = [
        [[Fraction(int(v), 10) for v in row] for row in each] for each in random.integers(-3, 4, (2, 4, 4))
    ]
    game = Game(*tenths)
    assert set(listed(game)) == every_extreme_equilibrium(game)


def test_what_does_not_fit_is_left_to_whole_numbers_of_any_size() -> None:
    random = np.random.default_rng(5)
    fine = Game(*random.normal(size=(2, 4, 4)))
    coarse = Game(*random.integers(0, 2**19, (2, 5, 5)))
    for game in (fine, coarse):
        assert extreme_equilibria_in_words(game, Deadline(60)) is None
        exact = solve(game, Nash(exact=True))
        assert exact.complete
        assert len(exact.profiles) == len(extreme_equilibria(game, Deadline(60)))


def test_a_limit_on_work_stops_it() -> None:
    game = Game(*np.random.default_rng(6).integers(0, 2, (2, 8, 8)))
    with pytest.raises(WorkDone):
        extreme_equilibria_in_words(game, Deadline(60, work=1e-9))


def test_without_compiled_code_another_method_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_enumeration, "is_ready", lambda *_: False)
    game = Game(*np.random.default_rng(7).integers(0, 3, (2, 4, 4)))
    assert extreme_equilibria_in_words(game, Deadline(60)) is None
    assert {each.exact_mixes for each in solve(game, Nash(exact=True)).profiles} == every_extreme_equilibrium(
        game
    )
