"""Games told by coefficients, and the structure that all of them share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from advgame.games.affine import NOWHERE, AffineGames
from advgame.games.affine_rank_one import NOT_ALIGNED, AffineStructure, affine_structure
from tests.equilibria.affine import attacked


def put_together(games: AffineGames, found: AffineStructure) -> tuple[np.ndarray, np.ndarray]:
    """Both players' payoffs in all games, by the formula that `AffineStructure` promises."""
    features = np.vstack([np.ones(games.games), games.values[games.price_rows]])
    p = games.intensities(np.arange(games.games))[:, None, :]
    both = []
    for player, sign in ((0, -1.0), (1, 1.0)):
        rows = features.T @ found.row_still[player], features.T @ found.row_shared[player]
        columns = [
            features.T @ each[player]
            for each in (found.column_still, found.column_shared, found.column_entered)
        ]
        crossed = sign * (features.T @ found.swing[player])[:, None, None] * found.table
        per_share = rows[1][:, :, None] + columns[1][:, None, :] + crossed
        both.append(
            rows[0][:, :, None] + columns[0][:, None, :] + p * per_share + (p > 0) * columns[2][:, None, :]
        )
    return both[0], both[1]


def test_payoffs_are_the_sums_the_formula_says() -> None:
    still = np.array([[[[1.0, 2.0]], [[3.0, 4.0]]], [[[0.0, 0.0]], [[0.0, 0.0]]]])
    shared = np.array([[[[10.0, 20.0]], [[0.0, 0.0]]], [[[1.0, 1.0]], [[0.0, -1.0]]]])
    entered = np.array([[[[0.0, 0.0]], [[0.0, 0.0]]], [[[0.0, 100.0]], [[0.0, 0.0]]]])
    values = np.array([[2.0, 2.0], [0.5, 0.0]])  # a price, and the largest share
    games = AffineGames(
        values, np.array([0]), still, shared, entered, 1.0, 1, np.array([0.0, 0.4]), np.array([NOWHERE] * 2)
    )
    assert games.intensities(np.arange(2)).tolist() == [[0.0, 0.4], [0.0, 0.0]]
    a, b = games.payoffs(np.arange(2))
    assert a[:, 0].tolist() == [[7.0, 10.0 + 0.4 * 20.0], [7.0, 10.0]]
    assert b[:, 0, 1] == pytest.approx([0.4 * (1 - 2) + 100, 0.0])


@pytest.mark.parametrize("shape", [(3, 2), (2, 3), (3, 3), (5, 4)])
@pytest.mark.parametrize("caused", [False, True])
def test_the_structure_put_together_again_is_the_games(shape: tuple[int, int], caused: bool) -> None:
    games = attacked(*shape, caused=caused)
    found = affine_structure(games)
    assert found is not None
    assert np.abs(found.table).max() <= 1
    for told, paid in zip(put_together(games, found), games.payoffs(np.arange(games.games)), strict=True):
        assert np.allclose(told, paid, rtol=0, atol=1e-13)


def aligned(games: AffineGames) -> int:
    found = affine_structure(games)
    assert found is not None
    return found.aligned


def test_equal_costs_of_the_defences_leave_one_vector_and_different_ones_do_not() -> None:
    assert aligned(attacked(4, 3)) > 0
    assert aligned(attacked(4, 3, caused=True)) > 0
    assert aligned(attacked(4, 3, dear=True)) == NOT_ALIGNED


def test_costs_may_differ_where_the_game_is_zero_sum_but_for_constants() -> None:
    # paid for caused errors, with as much at stake per benign input as per adversarial one
    assert aligned(attacked(4, 3, caused=True, dear=True)) > 0


def test_with_one_real_attack_the_split_that_proves_uniqueness_is_found() -> None:
    assert aligned(attacked(4, 2)) > 0
    assert aligned(attacked(4, 2, dear=True)) == NOT_ALIGNED


def test_defences_that_are_equally_accurate_leave_nothing_to_align() -> None:
    games = attacked(3, 3)
    flat = games.still.copy()
    flat[0] = flat[0, :, :1]
    shared = games.shared - games.shared[:, :, :, :1]  # what benign inputs pay is all in column 0
    assert aligned(replace(games, still=flat, shared=shared)) == 0


def test_games_without_structure_have_none() -> None:
    games = attacked(3, 3)
    random = np.random.default_rng(5)
    odd = games.shared + random.normal(size=games.shared.shape)
    assert affine_structure(replace(games, shared=odd)) is None
    once = games.entered.copy()
    once[1, 0, 0, 1] = 0.1  # a set-up cost of one attack against one defence
    assert affine_structure(replace(games, entered=once)) is None
    crossed = games.still.copy()
    crossed[0, 0, 0, 0] += 0.1
    assert affine_structure(replace(games, still=crossed)) is None


def test_a_price_that_is_always_zero_does_not_matter() -> None:
    games = attacked(3, 3)
    nothing = games.values.copy()
    nothing[0] = 0.0
    random = np.random.default_rng(6)
    odd = games.shared.copy()
    odd[:, 1] = random.normal(size=odd[:, 1].shape)
    found = affine_structure(replace(games, values=nothing, shared=odd))
    assert found is not None
