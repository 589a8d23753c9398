"""Nash equilibria of a chunk of games: by the kernel that fits, and one by one where none can prove them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from advgame.equilibria.found import SLOTS, Found, Status
from advgame.equilibria.nash import Nash
from advgame.games import Game
from advgame.games.game import FloatArray
from advgame.games.profile import TOLERANCE


def nash_equilibria(a: FloatArray, b: FloatArray, status: NDArray[np.uint8]) -> Found:
    """The equilibria of a chunk; games no kernel can prove are solved singly, and ``status`` says so."""
    if 1 in a.shape[1:]:
        found = _compared(a, b)
    elif a.shape[1:] == (2, 2):
        found = _two_by_two(a, b, status)
    else:
        found = _walked(a, b, status)
    rest = np.flatnonzero(status != Status.COMPILED)
    if len(rest) == 0:
        return found
    proven = found.kept(status[found.game] == Status.COMPILED)
    joined = Found.joined([proven, *(_single(Game(a[game], b[game]), int(game), status) for game in rest)])
    return joined.kept(np.argsort(joined.game, kind="stable"))


def _compared(a: FloatArray, b: FloatArray) -> Found:
    """Games in which one player has a single strategy: the best replies of the other, each extreme."""
    defences, attacks = a.shape[1:]
    best = a == a.max(axis=1, keepdims=True) if attacks == 1 else b == b.max(axis=2, keepdims=True)
    index, rows, columns = np.nonzero(best)
    return Found(index, np.eye(defences)[rows], np.eye(attacks)[columns], np.zeros((len(index), 2)))


def _two_by_two(a: FloatArray, b: FloatArray, status: NDArray[np.uint8]) -> Found:
    from advgame.equilibria.kernels import two_by_two

    codes, counts = np.empty(len(a), np.uint8), np.empty(len(a), np.uint8)
    two_by_two.count(a, b, codes, counts)
    ends = np.cumsum(counts, dtype=np.int64)
    found = Found(
        np.empty(ends[-1], np.int64),
        np.empty((ends[-1], 2)),
        np.empty((ends[-1], 2)),
        np.empty((ends[-1], 2)),
    )
    two_by_two.fill(a, b, codes, ends - counts, *found)
    uncertain = found.regret.max(axis=1) > TOLERANCE
    if uncertain.any():
        status[found.game[uncertain]] = Status.SINGLE
    return found


def _walked(a: FloatArray, b: FloatArray, status: NDArray[np.uint8]) -> Found:
    from numba import get_num_threads

    from advgame.equilibria.kernels import rank_one

    games, defences, attacks = a.shape
    counts, state = np.empty(games, np.int64), np.empty(games, np.int64)
    room = np.empty((games, SLOTS, defences)), np.empty((games, SLOTS, attacks)), np.empty((games, SLOTS, 2))
    rank_one.solve_many(a, b, min(games, 8 * get_num_threads()), counts, state, *room)
    status[state != rank_one.SOLVED] = Status.SINGLE
    filled = np.arange(SLOTS)[None, :] < counts[:, None]
    index = np.repeat(np.arange(games), counts)
    return Found(index, room[0][filled], room[1][filled], room[2][filled])


def _single(game: Game, index: int, status: NDArray[np.uint8]) -> Found:
    solution = Nash().solve(game)
    status[index] = Status.SINGLE if solution.complete else Status.PARTIAL
    rows, columns = game.shape
    profiles = solution.profiles
    regrets = [(each.certificate.defender_regret, each.certificate.attacker_regret) for each in profiles]
    return Found(
        np.full(len(profiles), index, np.int64),
        np.array([each.defender for each in profiles]).reshape(-1, rows),
        np.array([each.attacker for each in profiles]).reshape(-1, columns),
        np.array(regrets).reshape(-1, 2),
    )
