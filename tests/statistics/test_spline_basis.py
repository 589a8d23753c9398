"""B-splines against SciPy's."""

import numpy as np
import pytest
from scipy.interpolate import BSpline

from advgame.statistics.spline_basis import b_splines


@pytest.mark.parametrize("inner", [[0.0, 1.0], [0.0, 0.2, 0.7, 1.0], [-3.0, -2.9, 0.1, 0.15, 8.0]])
def test_b_splines_are_those_of_scipy_with_both_ends(inner: list[float]) -> None:
    knots = np.concatenate([[inner[0]] * 3, inner, [inner[-1]] * 3])
    values = np.concatenate([np.random.default_rng(2).uniform(inner[0], inner[-1], 200), inner])
    expected = BSpline.design_matrix(values, knots, 3).toarray()
    assert b_splines(values, knots) == pytest.approx(expected, abs=1e-12)
