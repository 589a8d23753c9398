"""Best commitments of a chunk of games: compiled, and one by one where the kernel cannot prove them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from advgame.equilibria.commitment import Commitment
from advgame.equilibria.found import Found, Status
from advgame.games import Game
from advgame.games.game import FloatArray


def commitments(a: FloatArray, b: FloatArray, status: NDArray[np.uint8]) -> Found:
    """The lottery over defences best to be committed to, one per game; ``status`` says how it was found."""
    from advgame.equilibria.kernels import commitment

    return _committed(a, b, status, commitment.solve_many, Commitment())


def pure_commitments(a: FloatArray, b: FloatArray, status: NDArray[np.uint8]) -> Found:
    """The single defence best to be committed to, one per game; ``status`` says how it was found."""
    from advgame.equilibria.kernels import commitment

    return _committed(a, b, status, commitment.solve_many_single, Commitment(pure=True))


def _committed(
    a: FloatArray, b: FloatArray, status: NDArray[np.uint8], kernel: Callable[..., None], singly: Commitment
) -> Found:
    from numba import get_num_threads

    games, defences, attacks = a.shape
    found = Found(
        np.arange(games), np.empty((games, defences)), np.empty((games, attacks)), np.empty((games, 2))
    )
    state = np.empty(games, np.int64)
    kernel(a, b, min(games, 8 * get_num_threads()), state, found.defender, found.attacker, found.regret)
    unclear = np.flatnonzero(state)
    status[:] = Status.ONE  # others may be worth the same, so none is complete
    status[unclear] = Status.PARTIAL
    missing = [game for game in unclear if not _answered(singly, Game(a[game], b[game]), int(game), found)]
    return found if not missing else found.kept(np.delete(np.arange(games), missing))


def _answered(singly: Commitment, game: Game, index: int, found: Found) -> bool:
    """Writes the single-game solver's answer in its place; False if it has none that it can certify."""
    profiles = singly.solve(game).profiles
    if not profiles:
        return False
    certificate = profiles[0].certificate
    found.defender[index], found.attacker[index] = profiles[0].defender, profiles[0].attacker
    found.regret[index] = certificate.defender_regret, certificate.attacker_regret
    return True
