"""The check against exact enumeration, and the sweeps that are timed."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from advgame import build_game
from advgame.games import Game
from benchmarks import correctness
from benchmarks.rows import ROWS
from benchmarks.sweeps import ALIKE, EACH, narrowed, sweep
from tests.equilibria.brute_force import every_extreme_equilibrium

TOLD = """*lrsnash:lrslib
2  1/2  1/2  3/2
1  1/3  2/3  2/3
1  0  1  1

2  0  1  1
"""


def test_every_mix_of_a_block_is_paired_with_every_other() -> None:
    assert list(correctness._read(TOLD, 2, 2)) == [
        (Fraction(1, 3), Fraction(2, 3), Fraction(1, 2), Fraction(1, 2)),
        (0, 1, Fraction(1, 2), Fraction(1, 2)),
    ]


def test_lists_are_equal_in_any_order_but_only_with_every_item_once() -> None:
    exact = [(Fraction(1), Fraction(0)), (Fraction(1, 2), Fraction(1, 2))]
    assert correctness.same(np.array([[0.5, 0.5], [1.0, 0.0]]), exact)
    assert not correctness.same(np.array([[1.0, 0.0], [1.0, 0.0]]), exact)
    assert not correctness.same(np.array([[0.5, 0.5]]), exact)
    assert not correctness.same(np.array([[0.5, 0.5], [1.0, 0.0], [1.0, 0.0]]), exact)


@pytest.mark.parametrize("family", correctness.FAMILIES)
def test_games_to_be_checked_are_whole_numbers_that_floats_hold(family: str) -> None:
    draw, _ = correctness.FAMILIES[family]
    a, b = draw(np.random.default_rng(1), 20, 4, 3)
    assert a.shape == b.shape == (20, 4, 3)
    assert a.dtype.kind == b.dtype.kind == "i"
    assert max(abs(a).max(), abs(b).max()) < 2**20


def by_brute_force(a: np.ndarray, b: np.ndarray) -> correctness.Mixes:
    return [(*x, *y) for x, y in every_extreme_equilibrium(Game(a.tolist(), b.tolist()))]


@pytest.mark.parametrize("family", correctness.FAMILIES)
def test_a_few_games_of_each_family_are_answered_as_by_exact_enumeration(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(correctness, "enumerated", by_brute_force)
    told = correctness.tally(family, (3, 4), 10, seed=7)
    assert (told.same, told.partial, told.different) == (10, 0, 0)


def test_an_equilibrium_left_out_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correctness, "enumerated", lambda a, b: [*by_brute_force(a, b), (Fraction(1),) * 7])
    assert correctness.tally("random", (3, 4), 5, seed=7).different == 5


def test_lrsnash_is_given_the_payoffs_from_0_on_and_its_list_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in for the program, which keeps what it is given and answers with a list of its own."""
    program = tmp_path / "lrsnash"
    program.write_text(f"#!/bin/sh\ncat \"$1\" > {tmp_path}/given\ncat <<'END'\n{TOLD}END\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    found = correctness.enumerated(np.array([[-1, 2], [0, 1]]), np.array([[5, 7], [6, 5]]))
    assert (tmp_path / "given").read_text() == "2 2\n\n0 3\n1 2\n\n0 2\n1 0\n"
    assert found == list(correctness._read(TOLD, 2, 2))


@pytest.mark.parametrize("alike", [True, False])
def test_a_swept_scenario_has_the_shape_its_row_says(alike: bool) -> None:
    assert build_game(narrowed(10, 8, alike=alike)).shape == (10, 8)


def test_sweeps_answer_every_cell() -> None:
    answers = sweep(EACH, (4, 3), 25)()
    assert answers.complete.all()  # type: ignore[attr-defined]
    assert len(answers.complete) == 25  # type: ignore[attr-defined]
    plays = sweep(ALIKE, (2, 2), 25)()
    assert plays.kind.shape == (5, 5)  # type: ignore[attr-defined]


def test_no_two_rows_have_one_name() -> None:
    names = [row.name for row in ROWS]
    assert len(names) == len(set(names))
