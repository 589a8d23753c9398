from fractions import Fraction

import nashpy
import numpy as np
import pytest
from hypothesis import given

from advgame.errors import GameError
from advgame.games import Game, from_array, from_nashpy, to_array, to_nashpy
from tests.equilibria.games import games


@given(games())
def test_a_game_comes_back_the_same_from_nashpy_and_from_an_array(game: Game) -> None:
    for back in (from_nashpy(to_nashpy(game)), from_array(to_array(game))):
        assert np.array_equal(back.defender_payoffs, game.defender_payoffs)
        assert np.array_equal(back.attacker_payoffs, game.attacker_payoffs)


def test_the_defender_chooses_the_row_in_nashpy() -> None:
    players = to_nashpy(Game([[3, 0], [2, 1]], [[0, 2], [1, 0]]))
    assert players[[1, 0], [0, 1]].tolist() == [0, 2]  # payoffs of row 1 against column 2
    (mixes,) = players.support_enumeration()
    assert mixes[0] == pytest.approx([1 / 3, 2 / 3])


def test_a_single_matrix_in_nashpy_is_a_zero_sum_game() -> None:
    game = from_nashpy(nashpy.Game([[1, 2, 3]]))
    assert game.attacker_payoffs.tolist() == [[-1, -2, -3]]


def test_fractions_stay_exact_in_an_array_of_them() -> None:
    third = np.array([[[Fraction(1, 3)]], [[Fraction(2, 3)]]], dtype=object)
    assert from_array(third).exact_payoffs == (((Fraction(1, 3),),), ((Fraction(2, 3),),))


def test_changing_the_nashpy_game_leaves_ours_alone() -> None:
    game = Game([[1, 0]], [[0, 2]])
    to_nashpy(game).payoff_matrices[0][0, 0] = 7
    assert game.defender_payoffs[0, 0] == 1


@pytest.mark.parametrize("wrong", [[[1, 2]], np.zeros((3, 2, 2)), np.zeros((2, 2)), [[[1]], [[1, 2]]]])
def test_an_array_of_another_shape_is_refused(wrong: object) -> None:
    with pytest.raises(GameError, match=r"\(2, m, n\)"):
        from_array(wrong)


def test_objects_that_are_not_nashpy_games_are_refused() -> None:
    with pytest.raises(GameError, match=r"nashpy\.Game"):
        from_nashpy([[1, 2]])
    with pytest.raises(GameError, match="finite"):
        from_nashpy(nashpy.Game([[1.0, np.nan]]))
