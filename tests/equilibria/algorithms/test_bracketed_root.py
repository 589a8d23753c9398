"""A bracketed root is found to the precision asked for, whatever the function's shape."""

from __future__ import annotations

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advgame.equilibria.algorithms.bracketed_root import bracketed_root

WITHIN = 1e-11
SHAPES = {
    "a line": lambda x, steep: steep * x,
    "a cubic": lambda x, steep: x + steep * x**3,
    "an exponential": lambda x, steep: exp(steep * x) - 1,
    "a corner": lambda x, steep: min(x, steep * x),
    "flat at its root": lambda x, steep: steep * x**5,
}


@given(st.sampled_from(sorted(SHAPES)), st.floats(0, 1), st.floats(0.1, 30), st.booleans())
def test_the_root_is_found(shape: str, root: float, steep: float, rising: bool) -> None:
    calls = []

    def function(x: float) -> float:
        calls.append(x)
        return (1 if rising else -1) * SHAPES[shape](x - root, steep)

    found = bracketed_root(function, 0.0, 1.0, within=WITHIN)
    assert abs(found - root) <= WITHIN or function(found) == 0
    assert len(calls) <= 120


def test_a_bracket_without_a_change_of_sign_is_refused() -> None:
    with pytest.raises(ValueError, match="signs must differ"):
        bracketed_root(lambda x: x + 1, 0.0, 1.0, within=1e-9)
