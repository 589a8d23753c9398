"""Single games are walked by compiled code where it is at hand, with the answers of the walk in Python."""

from __future__ import annotations

import os
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from advgame.equilibria import solve, solve_batch
from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.concepts import nash
from advgame.equilibria.kernels import rank_one_solver, states
from advgame.equilibria.rank_one.compiled_path import NAMES, compiled_equilibria
from advgame.equilibria.rank_one.matrix_game import only_equilibrium, solve_matrix_game
from advgame.equilibria.solution import Solution
from advgame.games import Game
from advgame.games.rank_one_form import rank_one_form
from benchmarks.families import draw

SMALL, LARGE = (13, 9), (81, 75)


@pytest.fixture(autouse=True, scope="module")
def compiled() -> None:
    """Both kernels, loaded or compiled."""
    for shape in (SMALL, LARGE):
        solve_batch(*draw("attacker–defender", shape, 1))


def played(solution: Solution) -> list[list[float]]:
    return sorted([*each.defender, *each.attacker] for each in solution.profiles)


@pytest.mark.parametrize("shape", [SMALL, LARGE])
@pytest.mark.parametrize("family", ["attacker–defender", "several equilibria", "zero-sum"])
def test_the_compiled_walk_finds_what_the_walk_in_python_finds(
    family: str, shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    games = [Game(a, b) for a, b in zip(*draw(family, shape, 3, seed=7), strict=True)]
    assert all(compiled_equilibria(game, Deadline(10)) for game in games)
    quick = [solve(game) for game in games]
    monkeypatch.setattr(nash, "compiled_equilibria", lambda *_: ())
    slow = [solve(game) for game in games]
    for one, other in zip(quick, slow, strict=True):
        assert one.complete
        assert other.complete
        assert np.allclose(played(one), played(other), rtol=0, atol=1e-8)
        assert one.method == other.method == "rank-1 path"
        assert all(each.certificate.valid for each in one.profiles)


@pytest.mark.parametrize("kernel", [rank_one_solver.solve_some, rank_one_solver.solve_some_large])
def test_code_on_disk_is_looked_for_under_the_name_that_numba_gives_it(kernel: Any) -> None:
    assert fnmatch(kernel._cache._cache_file._index_name, f"{NAMES}*.nbi")


def test_a_game_with_ties_is_left_to_exact_arithmetic() -> None:
    a, b = (each[0] for each in draw("attacker–defender", SMALL, 1, seed=7))
    row = int(solve(Game(a, b)).recommended.defender.argmax())
    twice = Game(np.vstack([a, a[row]]), np.vstack([b, b[row]]))  # what is played has a duplicate
    assert compiled_equilibria(twice, Deadline(10)) == ()
    solution = solve(twice)
    assert solution.complete
    assert len(solution.profiles) == 2


def test_general_games_are_left_to_others() -> None:
    a, b = (each[0] for each in draw("random", SMALL, 1))
    assert compiled_equilibria(Game(a, b), Deadline(10)) == ()


def test_solve_does_not_wait_for_a_compiler(tmp_path: Path) -> None:
    program = """
import advgame as ag
from advgame.games import Game
from benchmarks.families import draw

a, b = (each[0] for each in draw("attacker–defender", (60, 40), 1))
assert ag.solve(Game(a, b)).complete

from advgame.equilibria.kernels import rank_one_solver as rank_one

assert not rank_one.solve_some.overloads
"""
    root = Path(__file__).parents[3]
    settings = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": f"{root / 'src'}:{root}"}
    subprocess.run([sys.executable, "-c", program], env=settings, check=True, timeout=120)


def test_a_walk_that_is_stopped_is_lost() -> None:
    a, b = draw("zero-sum", LARGE, 1)
    counts, state = np.zeros(1, np.int64), np.zeros(1, np.int64)
    told = counts, state, np.empty((4, LARGE[0])), np.empty((4, LARGE[1])), np.empty((4, 2))
    asked = a, b, np.empty(0), np.empty((0, LARGE[1])), False, 0, 1
    for stop, outcome in ((0, states.SOLVED), (1, states.LOST)):
        rank_one_solver.solve_some_large(*asked, np.array([stop], np.uint8), *told)
        assert state[0] == outcome


def test_one_program_solves_a_zero_sum_game_as_the_walk_does() -> None:
    a, b = (each[0] for each in draw("zero-sum", LARGE, 1))
    game = Game(a, b)
    form = rank_one_form(game)
    assert form is not None
    walked = solve_matrix_game(form, game, Deadline(10))
    assert not walked.tied
    (profile,) = compiled_equilibria(game, Deadline(10))
    for one, other in zip(walked.pairs[0], (profile.defender, profile.attacker), strict=True):
        assert np.allclose(one, other, rtol=0, atol=1e-8)


def test_what_the_compiled_walk_certifies_is_what_the_payoffs_say() -> None:
    for family in ("attacker–defender", "several equilibria"):
        for a, b in zip(*draw(family, SMALL, 3), strict=True):
            for profile in compiled_equilibria(Game(a, b), Deadline(10)):
                x, y = profile.defender, profile.attacker
                assert np.isclose(profile.defender_payoff, x @ a @ y, rtol=0, atol=1e-12 * np.ptp(a))
                assert np.isclose(profile.attacker_payoff, x @ b @ y, rtol=0, atol=1e-12 * np.ptp(b))
                assert abs(x.sum() - 1) < 1e-12
                regret = (a @ y).max() - x @ a @ y
                assert abs(regret / np.ptp(a) - profile.certificate.defender_regret) < 1e-12


def test_a_zero_sum_game_with_a_duplicate_that_is_played_ties() -> None:
    a, b = (each[0] for each in draw("zero-sum", SMALL, 1))
    row = int(solve(Game(a, b)).recommended.defender.argmax())
    twice = Game(np.vstack([a, a[row]]), np.vstack([b, b[row]]))
    form = rank_one_form(twice)
    assert form is not None
    assert solve_matrix_game(form, twice, Deadline(10)).tied


def test_a_program_that_has_no_time_is_lost() -> None:
    game = Game(*(each[0] for each in draw("zero-sum", LARGE, 1)))
    form = rank_one_form(game)
    assert form is not None
    walked = solve_matrix_game(form, game, Deadline(0.0))
    assert walked.pairs == ()
    assert "0 seconds" in walked.lost


def test_a_very_large_zero_sum_game_is_solved_by_a_program_without_any_kernel() -> None:
    a = np.random.default_rng(2).random((300, 301))
    solution = solve(Game(a, -a))
    assert solution.complete
    assert "interior-point" in solution.method
    (profile,) = solution.profiles
    assert profile.certificate.regret < 1e-12
    assert (a.T @ profile.defender).min() == pytest.approx((a @ profile.attacker).max(), abs=1e-12)
    assert only_equilibrium(Game(np.vstack([a, a]), -np.vstack([a, a])), Deadline(60)) is None  # it ties
    assert only_equilibrium(Game(a, -a), Deadline(0.0)) is None
    assert only_equilibrium(Game(a, 1 - a**2), Deadline(60)) is None  # not zero-sum
