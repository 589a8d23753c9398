"""Independent random values, uniform within ranges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from advgame.arrays import FloatArray
from advgame.jobs.designs.design import RangeDesign
from advgame.jobs.designs.seeded_blocks import in_blocks

MOST_CELLS = 10**15


@dataclass(frozen=True)
class UniformDesign(RangeDesign):
    """Independent random values, uniform within ranges.

    >>> design = UniformDesign({"largest_share": (0.1, 0.3)}, 1000, seed=1)
    >>> whole, part = design.columns(0, 1000), design.columns(500, 502)
    >>> (part["largest_share"] == whole["largest_share"][500:502]).tolist()
    [True, True]

    Args:
        ranges: address → least and greatest value.
        size: number of cells.
        seed: of the random numbers.

    Raises:
        ScenarioError: for an invalid range, size or seed.
    """

    name: ClassVar[str] = "random"
    most: ClassVar[int] = MOST_CELLS

    def _points(self, first: int, last: int) -> FloatArray:
        shape = len(self.ranges)
        return in_blocks(first, last, (self.seed,), lambda random, rows: random.random((rows, shape)))
