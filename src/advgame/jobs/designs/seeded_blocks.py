"""Random rows of which any part can be drawn without the others: each block has its own generator."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from advgame.arrays import FloatArray

ROWS_OF_A_BLOCK = 1 << 14

Draw = Callable[[np.random.Generator, int], FloatArray]  # generator, number of rows → (rows, …)


def in_blocks(
    first: int, last: int, seeds: tuple[int, ...], draw: Draw, size: int = ROWS_OF_A_BLOCK
) -> FloatArray:
    """The rows ``first`` to ``last`` of an endless random table.

    >>> some = in_blocks(0, 40_000, (7,), lambda random, rows: random.random((rows, 2)))
    >>> part = in_blocks(30_000, 30_002, (7,), lambda random, rows: random.random((rows, 2)))
    >>> bool((some[30_000:30_002] == part).all())
    True

    Args:
        first: number of the first row.
        last: one more than the number of the last row.
        seeds: the seed of the table.
        draw: draws the rows of a block.
        size: rows of a block.
    """
    blocks = []
    for block in range(first // size, (last - 1) // size + 1):
        rows = draw(np.random.default_rng((*seeds, block)), size)
        begin = block * size
        blocks.append(rows[max(0, first - begin) : last - begin])
    return np.concatenate(blocks)
