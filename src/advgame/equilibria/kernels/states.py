"""What became of a game: the codes that kernels write, and what each of them means."""

from __future__ import annotations

SOLVED = 0  # all equilibria, proven
TIED = 1  # near a tie: what was found holds, but there may be more
UNSTRUCTURED = 2  # not of rank 1
LOST = 3  # rounding hid the way, or the walk was stopped
CROWDED = 4  # more equilibria than there was room for
