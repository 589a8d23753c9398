"""Pivots of the compiled tableaus, run by Python, against exact arithmetic."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from advgame.equilibria.kernels import commitment_programs, exchange, lemke_howson_pivots

OWN, REPLIES = 4, 5


@pytest.fixture(autouse=True)
def _by_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is compiled: the source of each function is called instead."""
    for module, name in (
        (lemke_howson_pivots, "first_of"),
        (lemke_howson_pivots, "exchange"),
        (commitment_programs, "exchange"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name).py_func)


@pytest.mark.parametrize("seed", range(20))
def test_an_exchange_keeps_the_solutions_of_the_equations(seed: int) -> None:
    """Any x with x_basic + table x_nonbasic = 0 still fulfils them once two variables have changed places."""
    random = np.random.default_rng(seed)
    table = random.uniform(-1, 1, (REPLIES, OWN)) * (random.random((REPLIES, OWN)) < 0.8)
    row, column = (int(place[0]) for place in np.nonzero(table))
    outside = random.uniform(-1, 1, OWN)
    inside = -table @ outside
    exchange.exchange.py_func(table, np.empty(OWN), row, column)
    inside[row], outside[column] = outside[column], inside[row]
    assert inside == pytest.approx(-table @ outside, abs=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_a_pivot_of_a_commitment_keeps_the_solutions_of_the_equations(seed: int) -> None:
    random = np.random.default_rng(seed)
    table, right = random.uniform(0.5, 1, (REPLIES, OWN)), random.uniform(0, 1, REPLIES)
    outside = random.uniform(0, 1, OWN)
    inside = right - table @ outside
    basic, nonbasic = np.arange(REPLIES), REPLIES + np.arange(OWN)
    commitment_programs.pivot.py_func(table, right, basic, nonbasic, np.empty(OWN), 2, 1)
    inside[2], outside[1] = outside[1], inside[2]
    assert inside == pytest.approx(right - table @ outside, abs=1e-9)
    assert (basic[2], nonbasic[1]) == (REPLIES + 1, 2)


@pytest.mark.parametrize("seed", range(40))
def test_of_rows_that_tie_the_lexicographically_least_leaves(seed: int) -> None:
    """Payoffs of 0 to 2 tie often; the rows of (B⁻¹ 1, B⁻¹), over the pivot, are compared in fractions."""
    random = np.random.default_rng(seed)
    payoffs = random.integers(0, 3, (OWN, REPLIES)).astype(float)
    table, home = np.empty((REPLIES, OWN + 2)), np.empty(OWN + REPLIES, np.int64)
    basic, nonbasic = np.empty(REPLIES, np.int64), np.empty(OWN, np.int64)
    lemke_howson_pivots.start.py_func(payoffs, 0.0, 1.0, 0, REPLIES, 0.0, table, basic, nonbasic, home)
    columns = np.hstack([np.eye(REPLIES), 1 + payoffs.T])  # (replies, labels), slacks first
    for _ in range(6):
        entering = int(random.integers(OWN))
        row = lemke_howson_pivots.leaving_row.py_func(table, home, entering, 0, np.empty(REPLIES, np.int64))
        inverse = _inverse(columns[:, basic])
        entries = [sum(map(_product, line, columns[:, nonbasic[entering]])) for line in inverse]
        assert table[:, entering] == pytest.approx([float(entry) for entry in entries], abs=1e-9)
        ratios = {
            place: [value / entry for value in (sum(line), *line)]
            for place, (line, entry) in enumerate(zip(inverse, entries, strict=True))
            if entry > 0
        }
        if not ratios:
            assert row == -1
            continue
        assert row == min(ratios, key=ratios.__getitem__)
        lemke_howson_pivots.pivot.py_func(table, basic, nonbasic, home, row, entering, np.empty(OWN + 2))


def _product(one: Fraction, other: float) -> Fraction:
    return one * Fraction(other)


def _inverse(matrix: np.ndarray) -> list[list[Fraction]]:
    """The inverse of a regular matrix of whole numbers, by Gauss and Jordan's elimination."""
    size = len(matrix)
    rows = [
        [*map(Fraction, line), *(Fraction(place == number) for place in range(size))]
        for number, line in enumerate(matrix.tolist())
    ]
    for step in range(size):
        pivot = next(place for place in range(step, size) if rows[place][step])
        rows[step], rows[pivot] = rows[pivot], rows[step]
        rows[step] = [entry / rows[step][step] for entry in rows[step]]
        for place in range(size):
            if place != step and (factor := rows[place][step]):
                rows[place] = [
                    one - factor * other for one, other in zip(rows[place], rows[step], strict=True)
                ]
    return [line[size:] for line in rows]
