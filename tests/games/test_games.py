from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings

from advgame.equilibria.solution import certified
from advgame.errors import GameError
from advgame.games import (
    Game,
    attacker_best_responses,
    certified_profile,
    defender_best_responses,
)
from advgame.games.rank_one_form import rank_one_form
from advgame.games.reduction import reduce_game
from tests.equilibria.games import attacker_games, fine_numbers, games

GAME = Game([[3, 0], [2, 1]], [[0, 2], [1, 0]])


@pytest.mark.parametrize(
    ("defender", "attacker", "complaint"),
    [
        ([[1, float("nan")]], [[1, 2]], r"defender_payoffs\[0, 1\] is nan; every payoff must be a finite"),
        ([[1, 2]], [[1, float("inf")]], r"attacker_payoffs\[0, 1\] is inf"),
        ([[1, 2]], [[1], [2]], "1 × 2 and attacker_payoffs 2 × 1"),
        ([], [], "at least one of each"),
        ([[]], [[]], "at least one of each"),
        ([1, 2], [1, 2], "expected"),
        ([[1, 2], [3]], [[1, 2], [3, 4]], "rows of different lengths"),
        ([["a"]], [["b"]], "give floats"),
        ([[1j]], [[1]], "give floats"),
        ([[10**400]], [[1]], "too large"),
    ],
)
def test_payoffs_that_make_no_game_are_refused(defender: object, attacker: object, complaint: str) -> None:
    with pytest.raises(GameError, match=complaint):
        Game(defender, attacker)  # type: ignore[arg-type]


def test_names_must_be_as_many_as_strategies_and_different() -> None:
    with pytest.raises(GameError, match=r"3 names \(3 distinct\) for 2"):
        Game([[1], [2]], [[1], [2]], defences=["a", "b", "c"])
    with pytest.raises(GameError, match=r"2 names \(1 distinct\) for 2"):
        Game([[1, 2]], [[1, 2]], attacks=["a", "a"])


def test_fractions_are_kept_exactly() -> None:
    assert Game([[Fraction(1, 3)]], [[0]]).exact_payoffs[0] == ((Fraction(1, 3),),)


def test_best_responses_are_all_that_pay_best() -> None:
    assert defender_best_responses(GAME, [0.5, 0.5]) == (0, 1)
    assert defender_best_responses(GAME, [1, 0]) == (0,)
    assert attacker_best_responses(GAME, [1 / 3, 2 / 3]) == (0, 1)


@pytest.mark.parametrize("mix", [[0.5], [0.5, 0.6], [1.5, -0.5], [float("nan"), 1], "ab"])
def test_vectors_that_are_not_mixed_strategies_are_refused(mix: object) -> None:
    with pytest.raises(GameError, match="mix"):
        defender_best_responses(GAME, mix)  # type: ignore[arg-type]


def test_a_certificate_states_what_each_player_could_still_gain() -> None:
    profile = certified_profile(GAME, np.array([1.0, 0.0]), np.array([1.0, 0.0]))
    # the defender earns 3 and can earn no more; the attacker earns 0 and could earn 2, all its range
    assert profile.certificate.defender_regret == 0
    assert profile.certificate.attacker_regret == 1
    assert not profile.certificate.valid


@pytest.mark.parametrize(("given_up", "valid"), [(1e-9, True), (4e-9, False)])
def test_a_regret_of_more_than_two_billionths_of_the_range_is_not_certified(
    given_up: float, valid: bool
) -> None:
    game = Game([[0.0], [5.0]], [[0.0], [0.0]])
    nearly = np.array([given_up, 1 - given_up])
    assert certified_profile(game, nearly, np.array([1.0])).certificate.valid is valid


def test_no_certificate_no_profile() -> None:
    game = Game([[0.0], [5.0]], [[0.0], [0.0]])
    best, worst = (certified_profile(game, np.array(mix), np.array([1.0])) for mix in ([0.0, 1], [1.0, 0]))
    assert certified([worst, best]) == (best,)


def test_replies_a_millionth_worse_are_no_best_responses() -> None:
    assert defender_best_responses(Game([[1.0], [1 - 1e-6]], [[0], [0]]), [1.0]) == (0,)


def test_payoffs_too_far_apart_for_a_float_are_refused() -> None:
    with pytest.raises(GameError, match="differ by more than a float64 can hold"):
        Game([[1e308, -1e308]], [[0, 0]])


def test_dominated_strategies_go_again_and_again_and_duplicates_are_merged() -> None:
    game = Game([[3, 3, 0], [3, 3, 0], [1, 1, 9]], [[2, 2, 1], [2, 2, 1], [5, 5, 4]])
    reduction = reduce_game(game)  # the third column is dominated, then the third row
    assert reduction.defences == ((0, 1),)
    assert reduction.attacks == ((0, 1),)
    assert len(list(reduction.put_back([1.0], [1.0]))) == 4


@given(attacker_games())
@settings(deadline=None)
def test_games_of_attacker_and_defender_are_of_rank_one(game: Game) -> None:
    form = rank_one_form(game)
    if form is None:  # too few different attacks for the structure to show
        return
    # the attacker's and the defender's payoffs differ from the form by neutral terms only
    own = _centred(game.attacker_payoffs)
    assert _parallel(own, _centred(form.attack_value))
    cost = form.attack_value + form.idle_cost[:, None] + np.outer(form.cost_per_intensity, form.intensity)
    scale = np.abs(game.defender_payoffs).max() or 1.0
    by_column = lambda matrix: matrix - matrix.mean(axis=0, keepdims=True)  # noqa: E731
    assert _parallel(by_column(game.defender_payoffs / scale), -by_column(cost))
    assert form.intensity.min() == pytest.approx(0, abs=1e-12)


@given(games(most=4, entries=fine_numbers))
@settings(deadline=None)
def test_a_form_is_only_given_to_games_it_describes(game: Game) -> None:
    form = rank_one_form(game)
    if form is not None:
        cost = form.attack_value + form.idle_cost[:, None] + np.outer(form.cost_per_intensity, form.intensity)
        by_column = cost - cost.mean(axis=0, keepdims=True)
        defender = game.defender_payoffs - game.defender_payoffs.mean(axis=0, keepdims=True)
        assert _parallel(defender, -by_column)


def _centred(matrix: np.ndarray) -> np.ndarray:
    by_row = matrix - matrix.mean(axis=1, keepdims=True)
    return by_row - by_row.mean(axis=0, keepdims=True)


def _parallel(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether one matrix is a positive multiple of the other, within rounding."""
    size = np.abs(one).max(), np.abs(other).max()
    if min(size) == 0:
        return max(size) < 1e-9
    return bool(np.allclose(one / size[0], other / size[1], atol=1e-6))
