"""Scrambled Sobol points, which fill ranges of many parameters more evenly than random ones."""

from __future__ import annotations

import threading
import warnings
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from advgame.arrays import FloatArray
from advgame.jobs.designs.design import RangeDesign

MOST_CELLS = 1 << 30  # a sequence of 30 bits has no more points


@dataclass(frozen=True)
class SobolDesign(RangeDesign):
    """Scrambled Sobol points, by `scipy.stats.qmc.Sobol`; most even if their number is a power of two.

    >>> columns = SobolDesign({"largest_share": (0, 1), "attack_cost": (0, 1)}, 8, seed=1).columns(0, 8)
    >>> sorted((8 * columns["attack_cost"]).astype(int).tolist())
    [0, 1, 2, 3, 4, 5, 6, 7]

    Args:
        ranges: address → least and greatest value.
        size: number of cells, at most 2^30.
        seed: of the scrambling.

    Raises:
        ScenarioError: for an invalid range, size or seed.
    """

    name: ClassVar[str] = "sobol"
    most: ClassVar[int] = MOST_CELLS

    def _points(self, first: int, last: int) -> FloatArray:
        engine = _engine_at(first, len(self.ranges), self.seed)
        with warnings.catch_warnings():  # a part of the sequence is no power of two
            warnings.simplefilter("ignore", UserWarning)
            points: FloatArray = engine.random(last - first)
        return points


# A thread solves chunks in rising order, so it need not start from point 0 again
_engines = threading.local()


def _engine_at(first: int, parameters: int, seed: int) -> Any:
    """The generator of the sequence, positioned at a point."""
    from scipy.stats.qmc import Sobol

    engine: Any = getattr(_engines, "engine", None)
    if getattr(_engines, "key", None) != (parameters, seed) or engine.num_generated > first:
        _engines.key = parameters, seed
        engine = _engines.engine = Sobol(parameters, rng=np.random.default_rng(seed))
    if first > engine.num_generated:
        engine.fast_forward(first - engine.num_generated)
    return engine
