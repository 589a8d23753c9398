"""A Latin hypercube: each parameter takes one value in each of equally many equal intervals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from advgame.arrays import FloatArray
from advgame.jobs.designs.design import RangeDesign

MOST_CELLS = 1_000_000  # the permutations of a hypercube are kept in memory; Sobol points need none


@dataclass(frozen=True)
class LatinHypercubeDesign(RangeDesign):
    """A random Latin hypercube, by `scipy.stats.qmc.LatinHypercube`.

    >>> columns = LatinHypercubeDesign({"largest_share": (0, 1)}, 4, seed=1).columns(0, 4)
    >>> sorted((4 * columns["largest_share"]).astype(int).tolist())
    [0, 1, 2, 3]

    Args:
        ranges: address → least and greatest value.
        size: number of cells, at most a million.
        seed: of the random numbers.

    Raises:
        ScenarioError: for an invalid range, size or seed.
    """

    name: ClassVar[str] = "latin_hypercube"
    aliases: ClassVar[tuple[str, ...]] = ("lhs",)
    most: ClassVar[int] = MOST_CELLS

    def _points(self, first: int, last: int) -> FloatArray:
        return _hypercube(len(self.ranges), self.size, self.seed)[first:last]


@lru_cache(maxsize=2)
def _hypercube(parameters: int, size: int, seed: int) -> FloatArray:
    from scipy.stats.qmc import LatinHypercube

    points: FloatArray = LatinHypercube(parameters, rng=np.random.default_rng(seed)).random(size)
    points.flags.writeable = False
    return points
