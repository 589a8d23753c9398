"""All equilibria of many general games: supports from the signs of minors, then certified mixes."""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import NDArray

from advgame.equilibria.found import Found
from advgame.games.game import FloatArray
from advgame.games.profile import TOLERANCE

MOST_MINORS = 3_000_000  # of one player's payoffs: up to 12 × 12
MOST_STRATEGIES = 20  # of one player
ROOM = 16, 256, 4096  # for equilibria of a game; those of games with more are found again with more room
FEW = 6  # strategies, up to which the least room nearly always suffices


def fits(shape: tuple[int, ...]) -> bool:
    """Whether (m, n) games are small enough for their minors to be listed."""
    defences, attacks = shape
    return max(defences, attacks) <= MOST_STRATEGIES and comb(defences + attacks, defences) <= MOST_MINORS


def general_equilibria(
    a: FloatArray, b: FloatArray, room: tuple[int, ...] | None = None
) -> tuple[Found, NDArray[np.bool_]]:
    """The equilibria of the games that could be proven, and which games these are.

    Args:
        a, b: payoffs (k, m, n) of a shape (m, n) that ``fits``.
        room: for how many equilibria of one game, in turn until it suffices.
    """
    from numba import get_num_threads

    from advgame.equilibria.kernels import minors, profiles

    games, defences, attacks = a.shape
    room = room or (ROOM if min(defences, attacks) <= FEW else ROOM[1:])
    pairs = np.empty((games, room[0], 2), np.int32)
    counts, state = np.empty(games, np.int64), np.empty(games, np.uint8)
    sets = minors.supports(attacks, defences), minors.supports(defences, attacks)
    parts = 8 * get_num_threads()
    minors.find_many(a, b, *sets, min(-(-games // minors.LANES), parts), pairs, counts, state)
    counts[state != minors.SOLVED] = 0
    ends = np.cumsum(counts)
    found = Found(
        np.repeat(np.arange(games), counts),
        np.empty((ends[-1], defences)),
        np.empty((ends[-1], attacks)),
        np.empty((ends[-1], 2)),
    )
    profiles.fill(a, b, *sets, pairs, ends - counts, counts, min(games, parts), *found[1:])
    proven = state == minors.SOLVED
    certified = found.regret <= TOLERANCE
    if not certified.all():
        proven[found.game[~certified.all(axis=1)]] = False
        found = found.kept(proven[found.game])
    crowded = np.flatnonzero(state == minors.CROWDED)
    if len(crowded) == 0 or len(room) == 1:
        return found, proven
    more, proven[crowded] = general_equilibria(a[crowded], b[crowded], room[1:])
    return Found.joined([found, more._replace(game=crowded[more.game])]), proven
