"""What became of a game: the codes that the rank-one kernels write."""

from __future__ import annotations

# What became of a game.
SOLVED = 0  # all equilibria, proven
TIED = 1  # near a tie: what was found holds, but there may be more
UNSTRUCTURED = 2  # not of rank 1
LOST = 3  # rounding hid the way
CROWDED = 4  # more equilibria than there was room for
