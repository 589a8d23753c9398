"""A commitment's program has the optimum that its dual proves, or the proof that nothing is feasible."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from advgame.equilibria.rank_one.penalised_program import only_optimum


@given(st.integers(0, 10**6), st.integers(2, 9), st.integers(1, 6), st.sampled_from([0.0, 0.6]))
def test_optima_are_feasible_and_no_mixed_strategy_is_worth_more(
    seed: int, defences: int, ways: int, shift: float
) -> None:
    random = np.random.default_rng(seed)
    worth, gains = random.normal(size=defences), random.normal(size=(defences, ways)) + shift
    optimum = only_optimum(worth, gains)
    if optimum is None:
        return
    assert optimum.prices.min() >= 0
    if optimum.mix is None:
        assert (gains @ optimum.prices).min() > 0  # every defence leaves a gain to some weighted way
        return
    assert (optimum.mix @ gains).max() <= 1e-9
    assert (worth - gains @ optimum.prices).max() - optimum.mix @ worth <= 1e-9 * np.ptp(worth)


def test_most_programs_without_ties_are_answered() -> None:
    random = np.random.default_rng(1)
    drawn = [(random.normal(size=6), random.normal(size=(6, 3))) for _ in range(50)]
    assert sum(only_optimum(*program) is not None for program in drawn) >= 45


def test_several_optima_and_large_programs_are_left_to_the_solver() -> None:
    assert only_optimum(np.array([1.0, 1.0]), np.array([[-1.0], [-1.0]])) is None
    assert only_optimum(np.arange(500.0), -np.ones((500, 1))) is None
