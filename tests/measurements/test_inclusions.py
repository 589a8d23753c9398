"""Balls of one norm within balls of another, against maximisation by hand and by corners."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from scipy.optimize import linprog

from advgame.measurements.inclusions import NORMS, contains, largest


@pytest.mark.parametrize(
    ("norm", "within", "radius", "expected"),
    [
        ("L1", "L0", 3, 3.0),
        ("L2", "L0", 4, 2.0),
        ("Linf", "L0", 1, 1.0),
        ("L2", "L1", 0.5, 0.5),  # all in one value
        ("L2", "L1", 1.5, sqrt(1.25)),  # one value moves by 1, one by the rest
        ("Linf", "L1", 0.3, 0.3),
        ("L1", "L2", 0.5, 2.0),  # 16 values move by .125 each
        ("L1", "Linf", 0.25, 4.0),
        ("L2", "Linf", 0.25, 1.0),
        ("Linf", "L2", 7.0, 1.0),
        ("L0", "L2", 0.01, 16.0),
        ("L0", "L0", 2, 2.0),
        ("L1", "L1", 40, 16.0),  # there are no more than 16 values
    ],
)
def test_the_largest_value_of_a_norm_is_known_by_hand(
    norm: str, within: str, radius: float, expected: float
) -> None:
    assert largest(norm, within, radius, values=16) == pytest.approx(expected, abs=1e-12)


def test_the_largest_l1_norm_within_an_linf_ball_agrees_with_a_linear_programme() -> None:
    found = linprog(-np.ones(5), bounds=[(0, 0.4)] * 5)
    assert largest("L1", "Linf", 0.4, values=5) == pytest.approx(-found.fun)


@pytest.mark.parametrize("outer", NORMS)
@pytest.mark.parametrize("inner", NORMS)
def test_no_random_change_of_a_contained_ball_leaves_the_other(outer: str, inner: str) -> None:
    draws = np.random.default_rng(0)
    sizes = {
        "L0": np.count_nonzero,
        "L1": lambda change: np.abs(change).sum(),
        "L2": np.linalg.norm,
        "Linf": lambda change: np.abs(change).max(),
    }
    for _ in range(200):
        change = draws.uniform(-1, 1, 6) * (draws.random(6) < draws.random()) * draws.random()
        radius = float(sizes[inner](change))
        assert sizes[outer](change) <= largest(outer, inner, radius, values=6) * (1 + 1e-9)


def test_nested_balls_are_distinguished_from_others() -> None:
    assert contains("L1", 1.0, "L0", 1, values=64)
    assert not contains("L1", 1.0, "L0", 2, values=64)
    assert contains("L2", sqrt(3), "L0", 3, values=64)
    assert contains("L2", round(sqrt(3), 10), "L0", 3, values=64)
    assert contains("Linf", 1.0, "L2", 9.0, values=64)
    assert not contains("Linf", 0.9, "L0", 1, values=64)
    assert not contains("L3", 9.0, "L0", 1, values=64)
