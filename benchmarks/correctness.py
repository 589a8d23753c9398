"""Every equilibrium against exact enumeration: ``python -m benchmarks.correctness``.

Games of whole numbers are solved together by ours and one by one by lrsnash, which reckons in fractions.
What ours calls complete must be the same set of extreme equilibria; a difference is printed with its game.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import advgame as ag
from benchmarks.machine import machine

Whole = NDArray[np.int64]
Games = tuple[Whole, Whole]  # of defender and attacker, each (games, defences, attacks)
Mixes = list[tuple[Fraction, ...]]  # the defender's shares, then the attacker's
SMALL = tuple((defences, attacks) for defences in range(2, 6) for attacks in range(2, 6))
LARGE = ((6, 6), (7, 5), (8, 8), (10, 6), (10, 8), (10, 10))
GAMES_OF_LARGE = 100
NEAR = 1e-7  # between a share in floats and the fraction
HERE = Path(__file__).parent / "results"


def random_games(random: np.random.Generator, *shape: int) -> Games:
    """Independent payoffs from −1000 to 1000: ties are rare."""
    a, b = random.integers(-1000, 1001, (2, *shape))
    return a, b


def tied_games(random: np.random.Generator, *shape: int) -> Games:
    """Independent payoffs from −2 to 2: ties are the rule, infinitely many equilibria are common."""
    a, b = random.integers(-2, 3, (2, *shape))
    return a, b


def attacker_games(random: np.random.Generator, *shape: int) -> Games:
    """Classifiers attacked; errors in thousandths, shares in tenths, prices in thousandths."""
    return _attacked(random, shape, steps=1000)


def tied_attacker_games(random: np.random.Generator, *shape: int) -> Games:
    """The same with errors and prices in quarters, as counts over few inputs would give: full of ties."""
    return _attacked(random, shape, steps=4)


def _attacked(random: np.random.Generator, shape: tuple[int, ...], steps: int) -> Games:
    """What is kept of honest and attacked traffic, in units of 1/(10 · steps): whole numbers."""
    games, defences, attacks = shape
    clean = random.integers(0, steps // 2 + 1, (games, defences, 1))
    error = random.integers(0, steps + 1, (games, defences, attacks))
    share = random.integers(1, 11, (games, 1, attacks))
    share[::2] = share[::2, :, :1]
    share[:, :, 0], error[:, :, :1] = 0, clean
    cost = random.integers(0, steps // 2 + 1, (games, 1, attacks))
    price = random.integers(0, steps // 4 + 1, (games, defences, 1))
    return -((10 - share) * clean + share * error + 10 * price), share * (error - cost)


FAMILIES: dict[str, tuple[Callable[..., Games], int]] = {  # and how many games of each small shape
    "random": (random_games, 10_000),
    "random, tied": (tied_games, 2_500),
    "attacker–defender": (attacker_games, 2_500),
    "attacker–defender, tied": (tied_attacker_games, 2_500),
}


@dataclass
class Tally:
    """What came of the games of a family and shape."""

    family: str
    shape: tuple[int, int]
    games: int
    same: int = 0
    partial: int = 0  # ours said that some are missing
    different: int = 0
    equilibria: int = 0

    @property
    def line(self) -> str:
        """One row of the table."""
        size = f"{self.shape[0]}×{self.shape[1]}"
        return (
            f"| {self.family:24} | {size:5} | {self.games:6,} | {self.equilibria:8,} | {self.same:6,} "
            f"| {self.partial:7,} | {self.different:9,} |"
        )


HEAD = "| family                   | shape | games  | equilibria | the same | partial | different |"


def tally(family: str, shape: tuple[int, int], games: int, seed: int) -> Tally:
    """Solves the games both ways and counts."""
    a, b = FAMILIES[family][0](np.random.default_rng([seed, *shape]), games, *shape)
    solution = ag.solve_batch(a, b)
    counts = Tally(family, shape, games)
    for game in range(games):
        if not solution.complete[game]:
            counts.partial += 1
            continue
        mine = solution.of_game(game)
        profiles = np.hstack([solution.defender[mine], solution.attacker[mine]])
        exact = enumerated(a[game], b[game])
        counts.equilibria += len(exact)
        if same(profiles, exact):
            counts.same += 1
        else:
            counts.different += 1
            print(f"different: {a[game].tolist()} {b[game].tolist()}", file=sys.stderr)
    return counts


def enumerated(a: Whole, b: Whole) -> Mixes:
    """All extreme equilibria of one game by lrsnash."""
    defences, attacks = a.shape
    payoffs = "\n\n".join(
        "\n".join(" ".join(map(str, row)) for row in matrix - matrix.min()) for matrix in (a, b)
    )
    done = subprocess.run(
        ["lrsnash", "/dev/stdin"],
        input=f"{defences} {attacks}\n\n{payoffs}\n",
        text=True,
        check=True,
        capture_output=True,
        close_fds=False,
    )
    return list(_read(done.stdout, defences, attacks))


def _read(output: str, defences: int, attacks: int) -> Iterator[tuple[Fraction, ...]]:
    """Each block lists mixes of the attacker, then those of the defender: every pair is an equilibrium."""
    for block in output.split("\n\n"):
        lines = [line.split() for line in block.splitlines()]
        mixes = {
            player: [
                [*map(Fraction, line[1:-1])] for line in lines if len(line) == size + 2 and line[0] == player
            ]
            for player, size in (("1", defences), ("2", attacks))
        }
        yield from ((*x, *y) for x in mixes["1"] for y in mixes["2"])


def same(profiles: NDArray[np.float64], exact: Mixes) -> bool:
    """Whether two lists hold the same profiles, each once."""
    if len(profiles) != len(exact):
        return False
    apart = np.abs(profiles[:, None] - np.array(exact, dtype=float)[None]).max(axis=2)
    return bool(apart.min(axis=0).max() < NEAR and apart.min(axis=1).max() < NEAR)


def main(arguments: list[str] | None = None) -> int:
    """Checks all families and shapes, prints and saves the table; 1 if anything differs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.correctness", description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the games, for a shorter check (1)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--results", type=Path, default=HERE, help="the folder of results")
    given = parser.parse_args(arguments)
    lines = [machine(), f"seed {given.seed}; exact: lrsnash", "", HEAD, "|".join(["", *["---"] * 7, ""])]
    print(*lines, sep="\n", flush=True)
    wrong = 0
    for family, (_, games) in FAMILIES.items():
        for shape in (*SMALL, *LARGE):
            many = round(given.share * (games if shape in SMALL else GAMES_OF_LARGE))
            counts = tally(family, shape, max(1, many), given.seed)
            wrong += counts.different
            lines.append(counts.line)
            print(counts.line, flush=True)
    given.results.mkdir(parents=True, exist_ok=True)
    (given.results / "correctness.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
