"""Small games enumerated by their supports list what exact enumeration lists, or are left to it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import advgame as ag
from advgame.equilibria.batch.support_enumeration import by_supports
from advgame.games import Game

SHAPES = [(1, 3), (2, 2), (3, 2), (2, 4), (3, 3), (4, 4), (5, 2)]


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.sampled_from(SHAPES), st.sampled_from([1, 2, 5, None]))
def test_what_is_proven_is_what_exact_enumeration_lists(
    seed: int, shape: tuple[int, int], levels: int | None
) -> None:
    """``levels`` whole numbers as payoffs plant ties; None gives payoffs without any."""
    random = np.random.default_rng(seed)
    a, b = random.normal(size=(2, 6, *shape))
    if levels is not None:
        a, b = (random.integers(-levels, levels + 1, size=(6, *shape)).astype(float) for _ in range(2))
    found, proven, too_large = by_supports(a, b)
    assert not too_large.any()
    assert proven.all() or levels is not None
    for game in np.flatnonzero(proven):
        expected = ag.solve(Game(a[game], b[game])).profiles
        wanted = sorted((*each.defender, *each.attacker) for each in expected)
        mine = found.game == game
        got = sorted((*x, *y) for x, y in zip(found.defender[mine], found.attacker[mine], strict=True))
        assert len(got) == len(wanted)
        assert np.allclose(got, wanted, atol=1e-9)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([[1, 1], [1, 0]], [[1, 0], [0, 1]]),  # row 2 is a further best response at the pure equilibrium
        ([[1, 1], [1, 1]], [[1, 0], [0, 1]]),  # the defender is always indifferent
        ([[0, 1, 2], [2, 1, 0]], [[0, 0, 0], [1, 1, 1]]),  # against (½, ½) every column pays the same
    ],
)
def test_games_with_a_tie_are_not_proven(a: list[list[float]], b: list[list[float]]) -> None:
    _, proven, _ = by_supports(np.array([a], float), np.array([b], float))
    assert not proven.any()


def test_a_tie_of_decimals_that_floats_break_is_not_proven() -> None:
    tenths = np.array([[0.1 + 0.2, 0.0], [0.3, 1.0]])
    assert Fraction(tenths[0, 0]) != Fraction(tenths[1, 0])
    assert not by_supports(tenths[None], -tenths[None]).proven.any()


def test_large_games_are_proven_where_dominance_leaves_few_strategies() -> None:
    inside = np.random.default_rng(3).normal(size=(2, 3, 3))
    a, b = np.full((2, 1, 30, 30), -9.0)
    a[0, :, :] -= np.arange(30)[:, None]
    b[0, :, :] -= np.arange(30)[None, :]
    a[0, :3, :3], b[0, :3, :3] = inside
    a[0, :3, 3:], b[0, 3:, :3] = 0.0, 0.0
    found, proven, too_large = by_supports(a, b)
    assert proven.all()
    assert not too_large.any()
    assert len(found.game) == len(by_supports(*inside[:, None]).profiles.game)
    assert by_supports(*np.random.default_rng(1).normal(size=(2, 1, 9, 9))).too_large.all()
