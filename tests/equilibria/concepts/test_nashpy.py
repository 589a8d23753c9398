from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings

from advgame import build_game, case, cases
from advgame.equilibria import ALGORITHMS, Nashpy, solve
from advgame.equilibria.algorithms.deadline import TimeUp, within
from advgame.equilibria.concepts.nashpy import Pair
from advgame.errors import UnknownName
from advgame.games import Game
from tests.equilibria.games import games


@pytest.mark.parametrize("algorithm", list(ALGORITHMS))
def test_each_algorithm_solves_matching_pennies(algorithm: str) -> None:
    solution = solve(Game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]), f"nashpy_{algorithm}")
    assert [profile.defender.tolist() for profile in solution.profiles] == [pytest.approx([0.5, 0.5])]
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


@pytest.mark.parametrize("algorithm", list(ALGORITHMS))
def test_the_prisoners_dilemma_is_answered_though_dominance_leaves_one_cell(algorithm: str) -> None:
    solution = solve(Game([[3, 0], [5, 1]], [[3, 5], [0, 1]]), f"nashpy_{algorithm}")
    assert [(p.defender.tolist(), p.attacker.tolist()) for p in solution.profiles] == [([0, 1], [0, 1])]


@pytest.mark.parametrize("algorithm", list(ALGORITHMS))
def test_a_player_without_a_choice_leaves_every_best_response_of_the_other(algorithm: str) -> None:
    row = solve(Game([[1, 2, 3]], [[0, 4, 4]]), f"nashpy_{algorithm}")
    column = solve(Game([[2], [2], [1]], [[0], [5], [9]]), f"nashpy_{algorithm}")
    assert {tuple(profile.attacker) for profile in row.profiles} == {(0, 1, 0), (0, 0, 1)}
    assert {tuple(profile.defender) for profile in column.profiles} == {(1, 0, 0), (0, 1, 0)}


@pytest.mark.parametrize("algorithm", list(ALGORITHMS))
def test_a_player_who_is_indifferent_does_not_stop_the_algorithms(algorithm: str) -> None:
    solution = solve(Game([[1, 0, 2], [0, 2, 1], [2, 1, 0]], np.zeros((3, 3))), f"nashpy_{algorithm}")
    assert all(profile.certificate.valid for profile in solution.profiles)


@pytest.mark.parametrize("name", [each.name for each in cases()])
def test_vertex_enumeration_answers_every_bundled_case(name: str) -> None:
    assert solve(build_game(case(name)), "nashpy_vertex_enumeration").profiles


def test_where_nothing_was_found_nothing_is_said_of_more(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> Iterator[Pair]:
        raise ValueError

    monkeypatch.setitem(ALGORITHMS._parts, "lemke_howson", broken)
    solution = solve(Game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]), "nashpy_lemke_howson")
    assert solution.profiles == ()
    assert "ValueError" in solution.remark
    assert "more" not in solution.remark


def test_an_unknown_algorithm_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'lemke_howson'"):
        Nashpy("lemke_howsen").solve(Game([[1, 0], [0, 1]], [[0, 1], [1, 0]]))


def test_a_loop_that_never_ends_is_broken() -> None:
    def for_ever() -> None:
        while True:
            pass

    with pytest.raises(TimeUp):
        within(0.05, for_ever)
