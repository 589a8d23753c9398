"""Single games timed side by side with another checkout: ``python -m benchmarks --against PATH``.

Each checkout solves the same games through ``ag.solve(Game(…))`` in a process of its own, one after the
other, on one core. Printed are the medians of CPU seconds, their ratio, and whether the answers are the same.
Both may use code that is compiled already: this one compiles before it is timed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import numpy as np

from benchmarks.families import draw
from benchmarks.worker import BLAS

ROOT = Path(__file__).parents[1]
REPEATS = 5  # of each game, of whose times the median counts: a pause of the machine is not the solver's
MANY = 100_000  # payoffs of a player, from which on a game is solved once
NEAR = 1e-7  # by which the probabilities of one equilibrium may differ
TITLES = ("game", "here", "there", "ratio", "goal", "same answers")


@dataclass(frozen=True)
class Single:
    """Games of one family and shape that are solved one by one."""

    family: str
    shape: tuple[int, int]
    games: int
    goal: float = 1.0  # how many times quicker than the other checkout

    @property
    def name(self) -> str:
        """What the row is called."""
        return f"{self.shape[0]}×{self.shape[1]} {self.family}"


SINGLES = (
    Single("attacker–defender", (10, 8), 40),
    Single("attacker–defender", (20, 15), 40),
    Single("attacker–defender", (60, 40), 30, goal=8.0),
    Single("attacker–defender", (200, 200), 10, goal=50.0),
    Single("attacker–defender", (1000, 1000), 2, goal=50.0),
    Single("several equilibria", (60, 40), 20),
    Single("several equilibria", (200, 200), 6),
    Single("zero-sum", (200, 200), 4),
    Single("zero-sum", (800, 800), 1),
)


def main(arguments: list[str] | None = None) -> int:
    """Prints the table; 1 where answers differ or a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.against", description=__doc__)
    parser.add_argument("checkout", type=Path, help="the folder of another checkout of advgame")
    parser.add_argument("--rows", default="", help="only rows whose names hold all these words")
    parser.add_argument("--solve", metavar="PLACE", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.solve is not None:
        print(json.dumps(solved(SINGLES[given.solve])))
        return 0
    print("|", " | ".join(TITLES), "|\n|" + "---|" * len(TITLES))
    missed = False
    for place, row in enumerate(SINGLES):
        if all(word in row.name for word in given.rows.split()):
            here, there = (_in_checkout(checkout, place) for checkout in (ROOT, given.checkout.resolve()))
            seconds = median(here["seconds"]), median(there["seconds"])
            ratio, same = seconds[1] / seconds[0], _same(here["answers"], there["answers"])
            missed = missed or ratio < row.goal or not same
            words = (
                row.name,
                *(f"{1e3 * duration:.3g} ms" for duration in seconds),
                f"{ratio:.3g}",
                f"{row.goal:g}",
            )
            print("|", " | ".join([*words, "yes" if same else "no"]), "|", flush=True)
    return int(missed)


def solved(row: Single) -> dict[str, Any]:
    """The CPU seconds of each game but the first, and the equilibria of all with their completeness."""
    import advgame as ag
    from advgame.games import Game

    if Path(ag.__file__).is_relative_to(ROOT):
        ag.solve_batch(*draw("attacker–defender", row.shape if np.prod(row.shape) < 6000 else (80, 80), 2))
    seconds, answers = [], []
    for a, b in zip(*draw(row.family, row.shape, row.games + 1), strict=True):
        taken = []
        for _ in range(REPEATS if a.size < MANY else 1):
            begin = process_time()
            solution = ag.solve(Game(a, b))
            taken.append(process_time() - begin)
        seconds.append(median(taken))
        played = [[*profile.defender, *profile.attacker] for profile in solution.profiles]
        answers.append({"complete": solution.complete, "played": sorted(played)})
    return {"seconds": seconds[1:], "answers": answers}


def _in_checkout(checkout: Path, place: int) -> dict[str, Any]:
    path = os.pathsep.join([str(checkout / "src"), str(ROOT)])
    settings = os.environ | dict.fromkeys(BLAS, "1") | {"PYTHONPATH": path, "NUMBA_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "benchmarks.against", str(checkout), "--solve", str(place)]
    process = subprocess.run(command, cwd=ROOT, env=settings, check=True, stdout=subprocess.PIPE, text=True)
    answer: dict[str, Any] = json.loads(process.stdout)
    return answer


def _same(here: list[dict[str, Any]], there: list[dict[str, Any]]) -> bool:
    """Whether all that the other checkout has proven complete is the same here."""
    return all(map(_holds, here, there))


def _holds(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if not other["complete"]:
        return True
    if not one["complete"] or np.shape(one["played"]) != np.shape(other["played"]):
        return False
    return bool(np.allclose(one["played"], other["played"], rtol=0, atol=NEAR))


if __name__ == "__main__":
    raise SystemExit(main())
