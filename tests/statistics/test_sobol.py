"""Sobol indices beside closed forms."""

import numpy as np
import pytest

from advgame.errors import InputError
from advgame.statistics.sobol import sobol


def test_the_indices_of_the_ishigami_function_are_those_in_closed_form() -> None:
    """sin x₁ + a sin² x₂ + b x₃⁴ sin x₁ over (−π, π)³ (Ishigami and Homma 1990)."""
    a, b, pi = 7.0, 0.1, np.pi

    def ishigami(points: np.ndarray) -> np.ndarray:
        x, y, z = points.T
        return (np.sin(x) + a * np.sin(y) ** 2 + b * z**4 * np.sin(x))[:, None]

    alone = np.array([(1 + b * pi**4 / 5) ** 2 / 2, a**2 / 8, 0.0])
    both = b**2 * pi**8 * (1 / 18 - 1 / 50)
    variance = alone.sum() + both
    found = sobol(ishigami, np.full(3, -pi), np.full(3, pi), draws=4096, seed=0)
    np.testing.assert_allclose(found.first[0], alone / variance, atol=0.01)
    np.testing.assert_allclose(found.total[0], (alone + np.array([both, 0, both])) / variance, atol=0.01)


def test_a_quantity_that_does_not_vary_has_indices_of_0() -> None:
    found = sobol(
        lambda points: np.column_stack([points[:, 0], 0.1 + 0 * points[:, 0]]),
        np.zeros(2),
        np.ones(2),
        draws=256,
        seed=0,
    )
    np.testing.assert_allclose(found.total[0], [1, 0], atol=0.01)
    assert not found.first[1].any()
    assert not found.total[1].any()


@pytest.mark.parametrize("draws", [1000, 1, 64.0])
def test_draws_that_are_no_power_of_two_are_refused(draws: object) -> None:
    with pytest.raises(InputError, match="power of 2"):
        sobol(lambda points: points, np.zeros(1), np.ones(1), draws, 0)  # type: ignore[arg-type]
