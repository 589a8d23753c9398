"""The timings run and say what they found; what they come to is not asserted."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.families import FAMILIES, draw
from benchmarks.results import Result
from benchmarks.rows import ALL, Row
from benchmarks.run import Run
from benchmarks.table import table
from benchmarks.worker import Taken

ROOT = Path(__file__).parents[1]
SMALLEST = ["--quick", "--ours-only", "--own-seconds", "600", "--rows", "5×5 random"]  # whatever the load


def result(solver: str, outcome: str = "measured", seconds: str = "", threads: int = 1) -> Result:
    name = "5×5 random, all equilibria" + (f", {threads} cores" if threads > 1 else "")
    return Result("table", name, "random", 5, 5, ALL, threads, solver, "1", outcome, seconds)


def run(*arguments: str) -> str:
    """What ``python -m benchmarks`` prints: its workers start from a main module of their own."""
    command = [sys.executable, "-m", "benchmarks", *SMALLEST, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_the_smallest_rows_are_measured_written_and_printed(tmp_path: Path) -> None:
    printed = run("--results", str(tmp_path))
    with (tmp_path / "quick.csv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert {line["outcome"] for line in lines} == {"measured"}
    assert {line["complete"] for line in lines} == {"1"}
    assert all(float(line["median_seconds"]) > 0 for line in lines)
    assert "| 5×5 random, all equilibria" in printed


def test_a_run_that_goes_on_keeps_what_it_has(tmp_path: Path) -> None:
    run("--results", str(tmp_path))
    before = (tmp_path / "quick.csv").read_text(encoding="utf-8").replace("measured", "kept")
    (tmp_path / "quick.csv").write_text(before, encoding="utf-8")
    run("--results", str(tmp_path), "--resume")
    assert (tmp_path / "quick.csv").read_text(encoding="utf-8") == before


def test_a_name_that_no_row_has_is_answered_with_the_rows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rows", "chess"]) == 2
    assert "10×8 attacker–defender, all equilibria" in capsys.readouterr().err


def test_the_table_shows_how_many_times_longer_a_peer_takes_and_where_it_stops() -> None:
    shown = table(
        [
            result("advgame", seconds="2e-6"),
            result("nashpy", seconds="3e-3"),
            result("Gambit", outcome="stopped after 30 s"),
            result("advgame", seconds="1e-6", threads=2),
        ]
    )
    assert "3 ms (1.5e+03×)" in shown
    assert "stopped after 30 s" in shown
    assert "| 2.00 " in shown


def test_a_peer_that_did_not_finish_a_game_is_not_tried_on_larger_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[int, int]] = []

    def measure(_self: object, row: Row, _games: int, _limit: float) -> Taken:
        asked.append(row.shape)
        return Taken(stopped=True) if row.shape[0] > 2 else Taken(seconds=[1.0])

    monkeypatch.setattr("benchmarks.worker.Worker.measure", measure)
    rows = [Row("random", (size, size), ALL, 10) for size in (2, 5, 9)]
    run = Run(quick=True, peer_seconds=1, own_seconds=1)
    found = {
        each.row: each.outcome for each in run.results(rows, [], lambda _: None) if each.solver == "nashpy"
    }
    assert list(found.values()) == ["measured", "stopped after 1 s", "stopped at 5×5"]
    assert asked.count((9, 9)) == 1  # ours


@pytest.mark.parametrize("family", FAMILIES)
def test_the_games_of_a_family_are_the_same_for_every_solver(family: str) -> None:
    a, b = draw(family, (7, 6), 5)
    again = draw(family, (7, 6), 5)
    assert a.shape == b.shape == (5, 7, 6)
    assert (a == again[0]).all()
    assert (b == again[1]).all()


@pytest.mark.parametrize("family", ["attacker–defender", "several equilibria"])
def test_games_of_attacker_and_defender_are_of_rank_one_and_mix_three_strategies(family: str) -> None:
    from advgame import solve_batch
    from advgame.games import Game
    from advgame.games.rank_one_form import rank_one_form

    a, b = draw(family, (10, 8), 20)
    assert all(rank_one_form(Game(one, other)) is not None for one, other in zip(a, b, strict=True))
    solution = solve_batch(a, b)
    assert ((solution.defender > 1e-9).sum(axis=1) >= 3).any()
    if family == "several equilibria":
        assert np.bincount(solution.game_index).mean() > 3
