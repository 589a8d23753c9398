"""One Nash equilibrium of each of many games, of any shape."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.batch.all_equilibria import singly
from advgame.equilibria.batch.gathered import BatchProfiles, Gathered, Status
from advgame.equilibria.batch.threads import on_all_cores, parts_for


def one_nash_equilibrium(
    a: FloatArray, b: FloatArray, status: NDArray[np.uint8], gathered: Gathered | None = None
) -> BatchProfiles:
    """An equilibrium of every game of a chunk; where the kernel loses its way, the first found singly.

    Args:
        a: (games, defences, attacks) float64, the defender's payoffs.
        b: (games, defences, attacks) float64, the attacker's payoffs.
        status: (games,) uint8 codes of `Status`, written in place.
        gathered: buffers and deadline that chunks share; None for buffers of its own.
    """
    from advgame.equilibria.kernels import lemke_howson_pivots, states

    games, gathered = len(a), gathered or Gathered(a.shape[1:])
    profiles = gathered.free(games).begin(games)
    profiles.game[:] = np.arange(games)
    state = np.empty(games, np.uint8)
    parts = parts_for(games)

    def solve(part: int) -> None:
        first, last = part * games // parts, (part + 1) * games // parts
        lemke_howson_pivots.solve_some(a, b, first, last, state, *profiles[1:])

    on_all_cores(solve, parts)
    status[:] = Status.ONE
    lost = np.flatnonzero(state != states.SOLVED)
    if len(lost) == 0:
        return profiles
    alone = [batch.begin(1) for batch in singly(a, b, lost, status, gathered.deadline)]
    status[lost[status[lost] == Status.SINGLE]] = Status.PARTIAL  # one of the equilibria found is reported
    return BatchProfiles.joined([profiles.kept(state == states.SOLVED), *alone])
