"""Equilibria of games with large constants against rational enumeration: ``python -m benchmarks.constants``.

Constants of up to 1e13 times the range are added to games with and without ties: to all payoffs of a player,
to the columns of the defender's, to the rows of the attacker's, or before rounding to two decimals. A float
is taken for the number it stores, so each game has one right list of extreme equilibria. It is found here by
trying every set of conditions that can meet in a vertex, in whole numbers.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations, product
from math import lcm
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import advgame as ag
from benchmarks.correctness import Mixes, same
from benchmarks.machine import machine

Payoffs = NDArray[np.float64]
Pair = tuple[Payoffs, Payoffs]
Vertex = tuple[tuple[int, ...], frozenset[int], frozenset[int]]  # weights, unplayed, best responses
SHAPES = tuple((defences, attacks) for defences in range(2, 5) for attacks in range(2, 5))
LARGEST = 13  # decimal exponent of constant / range
HERE = Path(__file__).parent / "results"


def _small_integers(random: np.random.Generator, shape: tuple[int, int]) -> Pair:
    a, b = random.integers(-2, 3, (2, *shape)).astype(float)
    return a, b


def _real(random: np.random.Generator, shape: tuple[int, int]) -> Pair:
    a, b = random.random((2, *shape))
    return a, b


def _tied_zero_sum(random: np.random.Generator, shape: tuple[int, int]) -> Pair:
    a = random.integers(-3, 4, shape).astype(float)
    return a, -a


def _zero_sum(random: np.random.Generator, shape: tuple[int, int]) -> Pair:
    a = random.random(shape)
    return a, -a


def _tied_rank_one(random: np.random.Generator, shape: tuple[int, int]) -> Pair:
    value, cost = random.integers(-4, 5, shape) / 4, random.integers(-2, 3, (shape[0], 1)) / 4
    return np.outer(
        random.integers(-3, 4, shape[0]), random.integers(0, 4, shape[1])
    ) / 4 - value - cost, value


def _rank_one(random: np.random.Generator, shape: tuple[int, int]) -> Pair:
    value = random.random(shape)
    return np.outer(random.random(shape[0]), random.random(shape[1])) - value, value * random.integers(1, 4)


def _tenths(random: np.random.Generator, shape: tuple[int, int]) -> Pair:
    a, b = random.integers(-10, 11, (2, *shape)) / 10
    return a, b


def _thirds(random: np.random.Generator, shape: tuple[int, int]) -> Pair:
    a, b = random.integers(0, 4, (2, *shape)) / 3
    return a, b


FAMILIES: dict[str, Callable[[np.random.Generator, tuple[int, int]], Pair]] = {
    "whole numbers, tied": _small_integers,
    "random": _real,
    "zero-sum, tied": _tied_zero_sum,
    "zero-sum": _zero_sum,
    "rank 1, tied": _tied_rank_one,
    "rank 1": _rank_one,
    "tenths": _tenths,
    "thirds": _thirds,
}


def shifted(random: np.random.Generator, game: Pair, most: float = LARGEST) -> Pair:
    """A game with constants of up to 10^most added in one of four ways."""
    (a, b), sizes = game, 10.0 ** random.uniform(0, most, 2) * random.choice([-1, 1], 2)
    rows, columns = a.shape
    way = random.integers(4)
    if way == 0:
        return a + sizes[0], b - sizes[0]
    if way == 1:
        return a + sizes[0], b + sizes[1]
    if way == 2:
        return a + sizes[0] * random.random(columns), b + sizes[1] * random.random((rows, 1))
    return np.round(a + sizes[0], 2), np.round(b + sizes[1], 2)


def enumerated(a: Payoffs, b: Payoffs) -> Mixes:
    """All extreme equilibria of one game, defender's shares first, each float taken for what it stores."""
    rows, columns = a.shape
    of_defender, of_attacker = _vertices(_whole(b.T)), _vertices(_whole(a))
    return [
        (*(Fraction(w, sum(x)) for w in x), *(Fraction(w, sum(y)) for w in y))
        for x, unplayed_x, best_x in of_defender
        for y, unplayed_y, best_y in of_attacker
        if len(unplayed_x | best_y) == rows and len(unplayed_y | best_x) == columns
    ]


def _whole(payoffs: Payoffs) -> list[list[int]]:
    """The payoffs less the least of each column, times a common denominator."""
    exact = [[Fraction(value) for value in row] for row in payoffs.tolist()]
    least = [min(column) for column in zip(*exact, strict=True)]
    less = [[value - low for value, low in zip(row, least, strict=True)] for row in exact]
    unit = lcm(*(value.denominator for row in less for value in row))
    return [[int(value * unit) for value in row] for row in less]


def _vertices(payoffs: list[list[int]]) -> list[Vertex]:
    """Weights z of the own strategies with a level u no reply exceeds, where enough conditions are tight."""
    replies, own = len(payoffs), len(payoffs[0])
    conditions = [[int(k == place) for k in range(own + 1)] for place in range(own)]
    conditions += [[*(-value for value in row), 1] for row in payoffs]
    vertices = {}
    for tight in combinations(range(own + replies), own):
        point = _meeting([conditions[place] for place in tight])
        if point is None or sum(point[:-1]) == 0:
            continue
        sign = 1 if sum(point[:-1]) > 0 else -1
        slacks = [sign * sum(c * z for c, z in zip(row, point, strict=True)) for row in conditions]
        if min(slacks) >= 0:
            labels = [
                frozenset(place for place in span if slacks[place] == 0) for span in _spans(own, replies)
            ]
            best = frozenset(place - own for place in labels[1])
            vertices[labels[0], best] = tuple(sign * z for z in point[:-1])
    return [(weights, *key) for key, weights in vertices.items()]


def _spans(own: int, replies: int) -> tuple[range, range]:
    return range(own), range(own, own + replies)


def _meeting(rows: list[list[int]]) -> list[int] | None:
    """A vector that is normal to k vectors of k + 1 numbers; None if that leaves more than a line."""
    pivots: list[int] = []
    table, free, last = [row[:] for row in rows], None, 1
    for column in range(len(rows) + 1):
        place = len(pivots)
        chosen = next((r for r in range(place, len(table)) if table[r][column]), None)
        if chosen is None:
            if free is not None:
                return None
            free = column
            continue
        table[place], table[chosen] = table[chosen], table[place]
        pivot = table[place]
        for r, row in enumerate(table):
            if r != place:
                lead = row[column]
                table[r] = [(pivot[column] * v - lead * p) // last for v, p in zip(row, pivot, strict=True)]
        last = pivot[column]
        pivots.append(column)
    assert free is not None
    vector = [0] * (len(rows) + 1)
    vector[free] = last
    for row, column in zip(table, pivots, strict=True):
        vector[column] = -row[free] * last // row[column]
    return vector


def games(seed: int, shape: tuple[int, int], count: int) -> Iterator[tuple[str, Pair]]:
    """Games of one shape, of all families in turn, with constants."""
    random = np.random.default_rng([seed, *shape])
    for place in range(count):
        family = list(FAMILIES)[place % len(FAMILIES)]
        yield family, shifted(random, FAMILIES[family](random, shape))


def checked(seed: int, shape: tuple[int, int], count: int) -> Counter[tuple[str, str, str]]:
    """How many games of each solver and family had which outcome."""
    drawn = list(games(seed, shape, count))
    exact = [enumerated(*pair) for _, pair in drawn]
    a, b = (np.array([pair[player] for _, pair in drawn]) for player in (0, 1))
    batch, outcomes = ag.solve_batch(a, b), Counter[tuple[str, str, str]]()
    for place, (family, pair) in enumerate(drawn):
        mine = batch.of_game(place)
        profiles = np.hstack([batch.defender[mine], batch.attacker[mine]])
        outcomes["solve_batch", family, _outcome(profiles, bool(batch.complete[place]), exact[place])] += 1
        one = ag.solve(ag.Game(*pair))
        profiles = np.array([[*profile.defender, *profile.attacker] for profile in one.profiles])
        outcomes["solve", family, _outcome(profiles, one.complete, exact[place])] += 1
        for solver in ("solve", "solve_batch"):
            if outcomes[solver, family, "different"] and f"{solver}{family}" not in _TOLD:
                _TOLD.add(f"{solver}{family}")
                print(f"{solver}: {[profile.tolist() for profile in pair]}", file=sys.stderr)
    return outcomes


_TOLD: set[str] = set()


def _outcome(profiles: NDArray[np.float64], complete: bool, exact: Mixes) -> str:
    if len(profiles) == 0:
        return "none"
    # Two equilibria may be one in floats.
    distinct = list({tuple(map(float, profile)): profile for profile in exact}.values())
    profiles = np.unique(profiles, axis=0)
    return "partial" if not complete else "same" if same(profiles, distinct) else "different"


def main(arguments: list[str] | None = None) -> int:
    """Checks all families and shapes, prints and saves the table; 1 if any list called complete is wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.constants", description=__doc__)
    parser.add_argument("--games", type=int, default=3600, help="in all (3600)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--results", type=Path, default=HERE, help="the folder of results")
    given = parser.parse_args(arguments)
    outcomes = Counter[tuple[str, str, str]]()
    for shape in SHAPES:
        outcomes += checked(given.seed, shape, -(-given.games // len(SHAPES)))
    lines = [machine(), f"seed {given.seed}; constants up to 1e{LARGEST} × range; exact: enumeration", ""]
    lines += ["| solver | family | the same | partial | none | different |", "|---|---|---|---|---|---|"]
    for solver, family in product(("solve", "solve_batch"), FAMILIES):
        counts = [outcomes[solver, family, kind] for kind in ("same", "partial", "none", "different")]
        lines.append(f"| {solver} | {family} | " + " | ".join(f"{count:,}" for count in counts) + " |")
    print(*lines, sep="\n", flush=True)
    given.results.mkdir(parents=True, exist_ok=True)
    (given.results / "constants.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 1 if any(kind == "different" and count for (_, _, kind), count in outcomes.items()) else 0


if __name__ == "__main__":
    sys.exit(main())
