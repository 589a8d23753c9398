"""One Nash equilibrium of each of many games, of any shape."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from advgame.equilibria.found import Found, Status
from advgame.equilibria.nash import Nash
from advgame.games import Game
from advgame.games.game import FloatArray
from advgame.games.profile import Certificate


def one_nash_equilibrium(a: FloatArray, b: FloatArray, status: NDArray[np.uint8]) -> Found:
    """An equilibrium of every game of a chunk; where the kernel loses its way, the first found singly."""
    from numba import get_num_threads

    from advgame.equilibria.kernels import lemke_howson

    games, defences, attacks = a.shape
    found = Found(
        np.arange(games), np.empty((games, defences)), np.empty((games, attacks)), np.empty((games, 2))
    )
    state = np.empty(games, np.uint8)
    lemke_howson.solve_many(a, b, min(games, 8 * get_num_threads()), state, *found[1:])
    status[:] = Status.ONE
    lost = np.flatnonzero(state != lemke_howson.FOUND)
    if len(lost) == 0:
        return found
    singly = [_single(Game(a[game], b[game]), int(game), status) for game in lost]
    joined = Found.joined([found.kept(state == lemke_howson.FOUND), *singly])
    return joined.kept(np.argsort(joined.game, kind="stable"))


def _single(game: Game, index: int, status: NDArray[np.uint8]) -> Found:
    status[index] = Status.PARTIAL
    profiles = Nash().solve(game).profiles[:1]
    rows, columns = game.shape
    return Found(
        np.full(len(profiles), index, np.int64),
        np.array([each.defender for each in profiles]).reshape(-1, rows),
        np.array([each.attacker for each in profiles]).reshape(-1, columns),
        np.array([_regrets(each.certificate) for each in profiles]).reshape(-1, 2),
    )


def _regrets(certificate: Certificate) -> tuple[float, float]:
    return certificate.defender_regret, certificate.attacker_regret
