"""Best commitments of a chunk of games: compiled, and one by one where the kernel cannot prove them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.batch.gathered import BatchProfiles, Gathered, Status
from advgame.equilibria.batch.threads import on_all_cores, parts_for
from advgame.equilibria.concepts.commitment import Commitment
from advgame.games import Game


def commitments(
    a: FloatArray, b: FloatArray, status: NDArray[np.uint8], gathered: Gathered | None = None
) -> BatchProfiles:
    """The mixed strategy best to be committed to, one per game; ``status`` says how it was found.

    Args:
        a: (games, defences, attacks) float64, the defender's payoffs.
        b: (games, defences, attacks) float64, the attacker's payoffs.
        status: (games,) uint8 codes of `Status`, written in place.
        gathered: buffers and deadline that chunks share; None for buffers of its own.
    """
    from advgame.equilibria.kernels import commitment_programs

    return _committed(a, b, status, gathered, commitment_programs.solve_some, Commitment())


def pure_commitments(
    a: FloatArray, b: FloatArray, status: NDArray[np.uint8], gathered: Gathered | None = None
) -> BatchProfiles:
    """The single defence best to be committed to, one per game; ``status`` says how it was found.

    Args:
        a: (games, defences, attacks) float64, the defender's payoffs.
        b: (games, defences, attacks) float64, the attacker's payoffs.
        status: (games,) uint8 codes of `Status`, written in place.
        gathered: buffers and deadline that chunks share; None for buffers of its own.
    """
    from advgame.equilibria.kernels import commitment_programs

    return _committed(a, b, status, gathered, commitment_programs.solve_some_single, Commitment(pure=True))


def _committed(
    a: FloatArray,
    b: FloatArray,
    status: NDArray[np.uint8],
    gathered: Gathered | None,
    kernel: Callable[..., None],
    singly: Commitment,
) -> BatchProfiles:
    from advgame.equilibria.kernels import states

    games, gathered = len(a), gathered or Gathered(a.shape[1:])
    profiles = gathered.free(games).begin(games)
    profiles.game[:] = np.arange(games)
    state = np.empty(games, np.int64)
    parts = parts_for(games)

    def solve(part: int) -> None:
        first, last = part * games // parts, (part + 1) * games // parts
        kernel(a, b, first, last, state, profiles.defender, profiles.attacker, profiles.regret)

    on_all_cores(solve, parts)
    unclear = np.flatnonzero(state != states.SOLVED)
    status[:] = Status.ONE  # others may be worth the same, so none is complete
    for game in unclear:
        answered = not gathered.deadline.over and _answered(
            singly, Game(a[game], b[game]), int(game), profiles
        )
        status[game] = Status.PARTIAL if answered else Status.UNSOLVED
    missing = status == Status.UNSOLVED
    return profiles if not missing.any() else profiles.kept(~missing)


def _answered(singly: Commitment, game: Game, index: int, profiles_of_batch: BatchProfiles) -> bool:
    """Writes the single-game solver's answer in its place; False if it has none that it can certify."""
    profiles = singly.solve(game).profiles
    if not profiles:
        return False
    certificate = profiles[0].certificate
    profiles_of_batch.defender[index], profiles_of_batch.attacker[index] = (
        profiles[0].defender,
        profiles[0].attacker,
    )
    profiles_of_batch.regret[index] = certificate.defender_regret, certificate.attacker_regret
    return True
