import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advgame.equilibria import least_regret, solve
from advgame.errors import GameError
from advgame.games import Game
from tests.equilibria.games import attacker_game, games, whole_numbers


def regret(games_: list[Game], mixed_strategy: np.ndarray) -> float:
    """The worst regret of a mixed strategy, written out cell by cell."""
    return max(
        max(game.defender_payoffs[:, j]) - sum(mixed_strategy * game.defender_payoffs[:, j])
        for game in games_
        for j in range(game.shape[1])
    )


@st.composite
def corners(draw: st.DrawFn) -> list[Game]:
    rows, columns, count = draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    row = st.lists(whole_numbers, min_size=columns, max_size=columns)
    matrix = st.lists(row, min_size=rows, max_size=rows)
    return [Game(draw(matrix), np.zeros((rows, columns))) for _ in range(count)]


def test_savages_example_is_answered_as_by_hand() -> None:
    # Regrets (0, 3) of the first defence, (1, 0) of the second: 1 − x = 3x at x = 1/4.
    least = least_regret([Game([[4, 0], [3, 3]], [[0, 0], [0, 0]])])
    assert least.defender == pytest.approx([0.25, 0.75])
    assert least.regret == pytest.approx(0.75)
    assert least.felt == pytest.approx(np.array([[0.75, 0.25]]))


def test_one_defence_per_game_is_regretted_in_the_other() -> None:
    # Defence 1 wins 1 in the first game, defence 2 wins 3 in the second: x·3 = (1 − x)·1.
    first, second = Game([[1], [0]], [[0], [0]]), Game([[0], [3]], [[0], [0]])
    least = least_regret([first, second])
    assert least.defender == pytest.approx([0.25, 0.75])
    assert least.regret == pytest.approx(0.75)
    assert least.regrets == pytest.approx(np.array([[0.75], [0.75]]))


@given(corners(), st.integers(0, 1_000_000))
@settings(max_examples=80, deadline=None)
def test_no_mixed_strategy_has_less_regret_and_the_bound_is_held_by_where_it_is_felt(
    many: list[Game], seed: int
) -> None:
    least = least_regret(many)
    assert least.certificate.valid
    assert least.regret == pytest.approx(regret(many, least.defender), abs=1e-9)
    rows = many[0].shape[0]
    for mixed_strategy in [*np.eye(rows), *np.random.default_rng(seed).dirichlet(np.ones(rows), size=40)]:
        assert regret(many, mixed_strategy) >= least.regret - 1e-9
    loss = np.array([game.defender_payoffs.max(axis=0) - game.defender_payoffs for game in many])
    assert np.einsum("gij,gj->i", loss, least.felt).min() == pytest.approx(least.regret, abs=1e-7)


@given(corners())
@settings(max_examples=40, deadline=None)
def test_what_an_attack_adds_for_every_defence_and_repeated_games_change_nothing(many: list[Game]) -> None:
    shifted = [Game(game.defender_payoffs + np.arange(game.shape[1]), game.attacker_payoffs) for game in many]
    assert least_regret([*shifted, *many]).regret == pytest.approx(least_regret(many).regret, abs=1e-9)


def test_the_corners_of_a_box_of_parameters_answer_for_its_inside() -> None:
    def at(cost: float, share: float) -> Game:
        errors = [[0.05, 1.0], [0.15, 0.45]]
        return attacker_game([0.05, 0.15], errors, [0, share], [0, 0.1], defence_cost=[0, cost])

    least = least_regret([at(cost, share) for cost in (0.0, 0.2) for share in (0.05, 0.4)])
    inside = [at(cost, share) for cost in (0.03, 0.11, 0.19) for share in (0.07, 0.2, 0.33)]
    assert regret(inside, least.defender) <= least.regret + 1e-12


@given(games(most=4))
@settings(max_examples=40, deadline=None)
def test_the_concept_for_one_game_is_the_function_for_a_list_of_one(game: Game) -> None:
    profile = solve(game, "minimax_regret").recommended
    assert regret([game], profile.defender) == pytest.approx(least_regret([game]).regret, abs=1e-9)


def test_no_games_and_games_with_other_strategies_are_refused() -> None:
    with pytest.raises(GameError, match="at least one"):
        least_regret([])
    with pytest.raises(GameError, match="Game 1 has different strategies"):
        least_regret([Game([[1]], [[1]]), Game([[1, 2]], [[1, 2]])])
