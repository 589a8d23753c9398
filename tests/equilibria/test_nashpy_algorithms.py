import numpy as np
import pytest
from hypothesis import given, settings

from advgame.equilibria import ALGORITHMS, Nashpy, solve
from advgame.equilibria.time_limit import TimeUp, within
from advgame.errors import UnknownName
from advgame.games import Game
from tests.equilibria.games import games


@pytest.mark.parametrize("algorithm", list(ALGORITHMS))
def test_each_algorithm_solves_matching_pennies(algorithm: str) -> None:
    solution = solve(Game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]), f"nashpy_{algorithm}")
    assert [profile.defender.tolist() for profile in solution.profiles] == [[0.5, 0.5]]
    assert not solution.complete


@given(games(most=3))
@settings(max_examples=25, deadline=None)
def test_nashpy_finds_nothing_that_nash_lacks_in_the_extreme(game: Game) -> None:
    ours = solve(game)
    for profile in solve(game, "nashpy_vertex_enumeration").profiles:
        assert any(
            np.allclose(profile.defender, mine.defender, atol=1e-7)
            and np.allclose(profile.attacker, mine.attacker, atol=1e-7)
            for mine in ours.profiles
        )


def test_scaled_payoffs_are_no_obstacle() -> None:
    game = Game(1e-9 * np.array([[3.0, 0], [2, 1]]), 1e9 * np.array([[0.0, 2], [1, 0]]))
    assert solve(game, "nashpy_vertex_enumeration").profiles[0].defender == pytest.approx([1 / 3, 2 / 3])


def test_an_unknown_algorithm_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'lemke_howson'"):
        Nashpy("lemke_howsen").solve(Game([[1, 0], [0, 1]], [[0, 1], [1, 0]]))


def test_a_loop_that_never_ends_is_broken() -> None:
    def for_ever() -> None:
        while True:
            pass

    with pytest.raises(TimeUp):
        within(0.05, for_ever)
