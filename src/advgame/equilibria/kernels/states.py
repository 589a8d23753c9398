"""The state of a game after a kernel: the codes that kernels write and their meaning."""

from __future__ import annotations

SOLVED = 0  # all that was asked for, proven: of ``nash`` all equilibria, of other concepts the one wanted
TIED = 1  # near a tie: what was found holds, but there may be more
UNSTRUCTURED = 2  # not of rank 1
LOST = 3  # rounding hid the way, or the walk was stopped
CROWDED = 4  # more equilibria than there was room for
DISTANT = 5  # payoffs far from zero: to be solved without the constants in them
ONE = 6  # an equilibrium; there may be more
LEFT = 7  # near a tie, without structure, or lost: to be solved from its payoffs
UNCERTIFIED = 8  # some profile has too much regret
