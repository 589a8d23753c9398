"""Games of floats that stand for fractions."""

from fractions import Fraction

import numpy as np
import pytest

from advgame.equilibria import Nash, solve
from advgame.equilibria.algorithms.near_ties import NEARLY_TIED
from advgame.games import Game
from advgame.games.nearest_rational import nearest_rational, simplest


@pytest.fixture(scope="module")
def thirds() -> Game:
    """A 9 × 8 game of sixths and thirds with 12 extreme equilibria, of which 11 survive as floats."""
    a, b = np.random.default_rng(2).integers(-4, 5, (2, 9, 8)).tolist()
    return Game([[Fraction(v, 6) for v in row] for row in a], [[Fraction(v, 3) for v in row] for row in b])


def test_floats_of_thirds_are_solved_as_thirds_where_that_is_asked_for(thirds: Game) -> None:
    floats = Game(thirds.defender_payoffs, thirds.attacker_payoffs)
    exact, as_stored = solve(thirds), solve(floats)
    assert (len(exact.profiles), len(as_stored.profiles)) == (12, 11)
    assert NEARLY_TIED in as_stored.remark
    assert NEARLY_TIED not in exact.remark
    rational = solve(floats, Nash(nearest_rational=True))
    assert rational.complete
    assert rational.remark == "Each payoff is replaced by the simplest fraction that rounds to it."
    mixes = [
        {np.concatenate((p.defender, p.attacker)).tobytes() for p in s.profiles} for s in (exact, rational)
    ]
    assert mixes[0] == mixes[1]


def test_two_strategies_that_nearly_tie_are_reported_too() -> None:
    a = np.array([[0.1 + 0.2, 1.0], [0.3, 0.7]])
    told = solve(Game(a, -a))
    assert NEARLY_TIED in told.remark
    assert len(told.profiles) == 1


@pytest.mark.parametrize(
    "payoffs",
    [[[0.25, 1.0], [0.25, 0.5]], [[0.31, 1.07], [0.3, 0.71]], [[1, 2], [1, 3]]],
    ids=["few binary digits", "no tie", "whole numbers"],
)
def test_nothing_is_said_where_nothing_can_hide(payoffs: list[list[float]]) -> None:
    a = np.array(payoffs)
    assert NEARLY_TIED not in solve(Game(a, -a)).remark


def test_a_float_that_no_simple_fraction_rounds_to_is_kept_and_counted() -> None:
    game = Game([[0.1, np.sqrt(0.5)]], [[1 / 7, -2.5]])
    rational, kept = nearest_rational(game)
    assert kept == 1
    assert rational.exact_payoffs == (
        ((Fraction(1, 10), Fraction(np.sqrt(0.5))),),
        ((Fraction(1, 7), Fraction(-5, 2)),),
    )
    assert "No simple fraction rounds to 1 of them" in solve(game, Nash(nearest_rational=True)).remark


@pytest.mark.parametrize("number", [0.1 + 0.2, np.pi, 1e-9])
def test_a_number_near_a_simple_fraction_is_not_that_fraction(number: float) -> None:
    assert simplest(number) is None


def test_fractions_and_whole_numbers_stay_what_they_are() -> None:
    third = Fraction(1, 3)
    rational, kept = nearest_rational(Game([[third, 2]], [[3, 4]]))
    assert (rational.exact_payoffs[0][0], kept) == ((third, 2), 0)
