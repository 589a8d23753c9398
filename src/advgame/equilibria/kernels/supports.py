"""The supports of mixed strategies as bit sets, numbered and nested by size."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from math import comb, floor, log2
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from advgame.equilibria.kernels.compiling import part
from advgame.equilibria.kernels.simd32 import WIDTH

EVERY = np.uint64(2**64 - 1)
NONE = np.uint64(0)
ONE = np.uint64(1)


class Supports(NamedTuple):
    """The sets of rows and of columns of a matrix, numbered; sets are bits."""

    depth: NDArray[np.int64]  # (row sets,) sizes, in an order in which a set follows itself without its last
    last: NDArray[np.int64]  # (row sets,) the last member, -1 of none
    base: NDArray[np.int64]  # (row sets,) where the words of a row set start
    place: NDArray[np.int64]  # (2**rows,) base by the row set's bits, -1 where it is too large
    first: NDArray[np.int64]  # (sizes + 1,) the first number of the column sets of a size, 0 for size 0
    columns: NDArray[np.int64]  # (column sets,) bits, by size
    size: NDArray[np.int64]  # (column sets,) how many members
    members: NDArray[np.int64]  # (column sets, columns) the t-th member
    others: NDArray[np.int64]  # (column sets, columns) the t-th column that is no member
    terms: NDArray[np.int64]  # (column sets, columns, 2) the members from the last on: their lanes of a row
    #                           of the matrix, and the lanes of the F of the columns without them
    joined: NDArray[np.uint64]  # (column sets, columns) rank of the set with the t-th other column
    turned: NDArray[np.uint64]  # (column sets, columns) all bits where Cramer's rule turns that sign
    tolerance: NDArray[np.float64]  # (depths,) bounds of the rounding error of F by the number of rows
    whole: float  # a range of whole numbers up to this leaves every F without rounding
    widest: int  # the most column sets of one size
    words: int  # in all


@lru_cache(maxsize=64)
def supports(rows: int, columns: int) -> Supports:
    """The sets of rows and columns that minors of a matrix of this shape are made of."""
    deepest = min(rows, columns - 1)
    ordered = _nested(rows, deepest)
    sizes = [comb(columns, len(chosen) + 1) for chosen in ordered]
    base = np.concatenate([[0], np.cumsum(sizes)])
    place = np.full(1 << rows, -1, np.int64)
    for chosen, start in zip(ordered, base, strict=False):
        place[_bits(chosen)] = start
    widest = min(columns, rows + 1)
    sets = [chosen for size in range(1, widest + 1) for chosen in combinations(range(columns), size)]
    first = np.concatenate([[0, 0], np.cumsum([comb(columns, size) for size in range(1, widest + 1)])])
    rank = {chosen: number - int(first[len(chosen)]) for number, chosen in enumerate(sets)}
    members, others = np.zeros((2, len(sets), columns), np.int64)
    terms = np.zeros((len(sets), columns, 2), np.int64)
    joined, turned = np.zeros((2, len(sets), columns), np.uint64)
    for number, chosen in enumerate(sets):
        members[number, : len(chosen)] = chosen
        for t, member in enumerate(reversed(chosen)):
            less = tuple(column for column in chosen if column != member)
            terms[number, t] = WIDTH * member, WIDTH * rank.get(less, 0)
        outside = [column for column in range(columns) if column not in chosen]
        others[number, : len(outside)] = outside
        for t, other in enumerate(outside if len(chosen) < widest else []):
            more = tuple(sorted((*chosen, other)))
            joined[number, t] = rank[more]
            turned[number, t] = EVERY if (len(chosen) - more.index(other)) % 2 == 0 else NONE
    return Supports(
        np.array([len(chosen) for chosen in ordered]),
        np.array([chosen[-1] if chosen else -1 for chosen in ordered]),
        base[:-1],
        place,
        first,
        np.array([_bits(chosen) for chosen in sets]),
        np.array([len(chosen) for chosen in sets]),
        members,
        others,
        terms,
        joined,
        turned,
        _tolerances(deepest),
        _whole(deepest),
        int(np.diff(first).max()),
        int(base[-1]),
    )


def _nested(rows: int, deepest: int) -> list[tuple[int, ...]]:
    """All sets of rows up to a size, each right after those that begin like it."""
    return sorted(chosen for size in range(deepest + 1) for chosen in combinations(range(rows), size))


def _bits(chosen: tuple[int, ...]) -> int:
    return sum(1 << member for member in chosen)


def _tolerances(deepest: int) -> NDArray[np.float64]:
    """Bounds of the rounding error of F with 0, 1, … rows, for entries of at most 1/2, twice over.

    By induction along the expansion: k + 1 products of an entry (off by 4 units of rounding at most)
    and a smaller F (off by its bound, and at most (k − 1 + 1)!/2^(k−1) in size), then their sum.
    """
    unit = 2.0**-53
    size, error, bounds = 1.0, 0.0, [0.0]
    for k in range(1, deepest + 1):
        error = (k + 1) * (0.5 * error + 4 * unit * size + 0.5 * size * (k + 3) * unit)
        size *= (k + 1) / 2
        bounds.append(2 * error)
    return np.array(bounds)


def _whole(deepest: int) -> float:
    """The power of two up to which rows of whole numbers may range while no F is rounded, 0 if none.

    Rows scaled to sizes of at most 1/2 are multiples of a unit u, and F with k rows one of uᵏ. By
    Hadamard's inequality |F| ≤ √(k+1)^(k+1) / 2ᵏ; what is summed up to make it stays below
    (k + 1)/2 times the bound for k − 1, which must be below 2⁵³ uᵏ.
    """
    most = 50.0
    for k in range(1, deepest + 1):
        sums = log2((k + 1) / 2) + k / 2 * log2(k) - (k - 1)
        most = min(most, (53 - sums) / k)
    return 2.0 ** floor(most - 1e-9) if most >= 1 else 0.0


@part()
def sizes(sets, others):
    """One more than the largest size of a pair of supports."""
    return min(len(sets.first), len(others.first)) - 1


@part()
def pairs_of_supports(sets, others):
    """How many pairs of supports of one size there are."""
    total = 0
    for size in range(1, sizes(sets, others)):
        total += (sets.first[size + 1] - sets.first[size]) * (others.first[size + 1] - others.first[size])
    return total
