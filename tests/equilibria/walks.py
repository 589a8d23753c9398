"""The compiled walks as functions of arrays, and the games they are tried on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.algorithms.enumeration import extreme_equilibria
from advgame.equilibria.kernels import rank_one_solver
from advgame.games import Game

Numbers = NDArray[np.float64]
Games = tuple[Numbers, Numbers]  # (games, defences, attacks) of the defender and of the attacker
Family = Callable[[np.random.Generator, int, int, int], Games]


@dataclass(frozen=True, eq=False)
class Walks:
    """What became of each game, and its profiles: a row each, the defender's mix before the attacker's."""

    status: NDArray[np.int64]
    profiles: tuple[Numbers, ...]
    regret: Numbers


def walked(
    a: Numbers,
    b: Numbers,
    *,
    large: bool = False,
    room: int = 64,
    known: tuple[Numbers, Numbers] | None = None,
    first_only: bool = False,
) -> Walks:
    """All games as one block with room for so many equilibria of each."""
    games, defences, attacks = a.shape
    counts, status = np.empty(games, np.int64), np.empty(games, np.int64)
    x, y, regret = (np.empty((room * games, size)) for size in (defences, attacks, 2))
    ratios, shares = known if known is not None else (np.empty(0), np.empty((0, attacks)))
    # Copies as solve_batch makes them: for views, and for arrays that cannot be written, numba would compile
    # the largest of all kernels once more.
    a, b, ratios, shares = (np.array(given, order="C") for given in (a, b, ratios, shares))
    asked, told = (a, b, ratios, shares, first_only, 0, games), (counts, status, x, y, regret)
    if large:
        filled = rank_one_solver.solve_some_large(*asked, np.zeros(1, np.uint8), *told)
    else:
        filled = rank_one_solver.solve_some(*asked, *told)
    both, ends = np.concatenate([x, y], axis=1), np.cumsum(counts)
    assert filled == ends[-1]
    profiles = tuple(both[end - count : end] for end, count in zip(ends, counts, strict=True))
    return Walks(status, profiles, regret[:filled])


def exactly(a: Numbers, b: Numbers) -> Numbers:
    """The extreme equilibria of a game by enumeration in whole numbers; once for each game.

    Tests try the same games on both walks.
    """
    return _enumerated(a.tobytes(), b.tobytes(), a.shape)


@cache
def _enumerated(a: bytes, b: bytes, shape: tuple[int, ...]) -> Numbers:
    game = Game(*(np.frombuffer(payoffs).reshape(shape) for payoffs in (a, b)))
    pairs = extreme_equilibria(game, Deadline(60))
    return np.array([[*map(float, x), *map(float, y)] for x, y in pairs])


def same(one: Numbers, other: Numbers, within: float = 1e-7) -> bool:
    """Whether two lists of profiles hold the same ones, in any order."""
    if len(one) != len(other):
        return False
    apart = np.abs(one[:, None] - other[None]).max(axis=2)
    return bool(apart.min(axis=0).max() <= within and apart.min(axis=1).max() <= within)


def on_a_lattice(
    random: np.random.Generator, games: int, shape: tuple[int, int], steps: int, noise: float = 0.0
) -> Games:
    """Attacker–defender games of accuracies, shares and prices in multiples of 1/steps, but for noise."""

    def numbers(*size: int) -> Numbers:
        return random.integers(0, steps + 1, size) / steps + noise * random.uniform(-1, 1, size)

    clean, attacked = numbers(games, shape[0]) / 2, numbers(games, *shape)
    attacked[:, :, 0] = clean
    share, cost = random.integers(0, steps + 1, (games, shape[1])) / steps, numbers(games, shape[1])
    share[::2] = share[::2, -1:]
    share[:, 0] = 0.0
    p, e = share[:, None, :], clean[:, :, None]
    kept = (1 - p) * (1 - e) + p * (1 - attacked) - numbers(games, shape[0])[:, :, None] / 4
    return kept, p * (attacked - cost[:, None, :])
