"""Constants taken out of payoffs: exactly, and only where payoffs are far from zero."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advgame.games import Game, certified_profile
from advgame.games.centring import all_centred, columns_centred, rows_centred

COLUMN = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=4)


@given(
    st.lists(st.floats(-1, 1), min_size=6, max_size=6),
    st.lists(st.floats(-1e13, 1e13), min_size=3, max_size=3),
)
def test_differences_within_a_column_are_kept_exactly(values: list[float], constants: list[float]) -> None:
    payoffs = np.reshape(values, (2, 3)) + constants
    centred = columns_centred(payoffs)
    for column, same in zip(payoffs.T.tolist(), centred.T.tolist(), strict=True):
        assert Fraction(same[0]) - Fraction(same[1]) == Fraction(column[0]) - Fraction(column[1])


@pytest.mark.parametrize("kind", [int, Fraction, float, np.float32])
def test_numbers_of_any_kind_are_centred(kind: type) -> None:
    payoffs = np.array([[kind(2**20 + 3), kind(1)], [kind(2**20), kind(0)]])
    assert columns_centred(payoffs).tolist() == [[3, 1], [0, 0]]
    assert rows_centred(payoffs.T).tolist() == [[3, 0], [1, 0]]
    assert all_centred(payoffs[:, :1]).tolist() == [[3], [0]]


def test_large_whole_numbers_do_not_wrap_around() -> None:
    payoffs = np.array([[-(2**63), 0], [-(2**63) + 1, 1]])
    assert columns_centred(payoffs).tolist() == [[0, 0], [1, 1]]


def test_a_column_whose_differences_would_be_rounded_is_left_alone() -> None:
    payoffs = np.array([[1e9, 0.1], [1e9, 0.7]])
    assert columns_centred(payoffs).tolist() == [[0, 0.1], [0, 0.7]]


def test_a_game_of_payoffs_near_zero_is_its_own_centre() -> None:
    game = Game([[3, 0], [2, 1]], [[0, 2], [1, 0]])
    assert game.centred is game.levelled is game.centred_for_commitment is game


def test_the_centre_of_a_centred_game_is_itself() -> None:
    game = Game([[1e9 + 1, 5], [1e9, 7]], [[-1e9, 2 - 1e9], [1.0, 0.0]])
    assert game.centred is not game
    assert game.centred.centred is game.centred


def test_what_commits_keeps_its_columns_apart() -> None:
    game = Game([[1e9 + 1, 5], [1e9, 7]], [[-1e9, 2 - 1e9], [1.0, 0.0]])
    assert game.centred_for_commitment.defender_payoffs.tolist() == game.defender_payoffs.tolist()
    assert game.centred_for_commitment.attacker_payoffs.tolist() == [[0, 2], [1, 0]]


@pytest.mark.parametrize("constant", [0, 1e8, -1e12])
def test_a_large_constant_does_not_hide_the_regret_in_a_certificate(constant: float) -> None:
    game = Game(np.array([[1, 0], [0, 1]]) + constant, np.array([[0, 1], [1, 0]]) - constant)
    certificate = certified_profile(game, np.array([0.5, 0.5]), np.array([0.75, 0.25])).certificate
    assert (certificate.defender_regret, certificate.attacker_regret) == (0.25, 0)
