"""All equilibria of many general games: supports from the signs of minors, then certified mixes."""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.batch.gathered import BatchProfiles, Gathered
from advgame.equilibria.batch.threads import on_all_cores, parts_for
from advgame.games.tolerances import LARGEST_REGRET

MOST_MINORS = 3_000_000  # of one player's payoffs: up to 12 × 12
MOST_STRATEGIES = 20  # of one player
ROOM = 8, 256, 4096  # for equilibria of a game on average; where it is too little, they are found again
FEW = 6  # strategies, up to which the least room nearly always suffices


def fits(shape: tuple[int, ...]) -> bool:
    """Whether (m, n) games are small enough for their minors to be listed."""
    defences, attacks = shape
    return max(defences, attacks) <= MOST_STRATEGIES and comb(defences + attacks, defences) <= MOST_MINORS


def general_equilibria(
    a: FloatArray, b: FloatArray, gathered: Gathered | None = None, room: tuple[int, ...] | None = None
) -> tuple[BatchProfiles, NDArray[np.bool_]]:
    """The equilibria of the games that could be proven, and which games these are.

    Signs that rounding hides are computed in whole numbers, for the games that need them.

    Args:
        a, b: payoffs (k, m, n) of a shape (m, n) that ``fits``.
        gathered: whose free end is used, if there is one.
        room: for how many equilibria of one game, in turn until it suffices.
    """
    from advgame.equilibria.kernels import states

    room = room or (ROOM if min(a.shape[1:]) <= FEW else ROOM[1:])
    profiles, state = _by_signs(a, b, room, False, gathered)
    tied = np.flatnonzero(state == states.TIED)
    if len(tied) == 0:
        return profiles, state == states.SOLVED
    more, state[tied] = _by_signs(a[tied], b[tied], room, True)
    return BatchProfiles.joined([profiles, more._replace(game=tied[more.game])]), state == states.SOLVED


def _by_signs(
    a: FloatArray, b: FloatArray, room: tuple[int, ...], thorough: bool, gathered: Gathered | None = None
) -> tuple[BatchProfiles, NDArray[np.uint8]]:
    """The equilibria of solved games and the state of every game, with more memory where needed."""
    from advgame.equilibria.kernels import profiles, states, support_pairs, supports

    games, defences, attacks = a.shape
    sets = supports.supports(attacks, defences), supports.supports(defences, attacks)
    parts = parts_for(-(-games // support_pairs.GAMES))
    ends = [
        min(games, support_pairs.GAMES * (part * -(-games // support_pairs.GAMES) // parts))
        for part in range(parts + 1)
    ]
    pairs = np.empty((room[0] * games, 4), np.int32)
    places, counts, state = np.empty(games, np.int64), np.empty(games, np.int64), np.empty(games, np.uint8)

    def find(part: int) -> None:
        first, last = ends[part], ends[part + 1]
        begin, end = room[0] * first, room[0] * last
        support_pairs.find_some(a, b, first, last, *sets, thorough, pairs, begin, end, places, counts, state)

    on_all_cores(find, parts)
    starts = np.cumsum(counts) - counts
    rows = int(counts.sum())
    rows_of_profiles = (gathered or Gathered(a.shape[1:])).free(rows).begin(rows)

    def fill(part: int) -> None:
        profiles.fill(
            a, b, ends[part], ends[part + 1], *sets, pairs, places, starts, counts, *rows_of_profiles
        )

    on_all_cores(fill, parts)
    if rows and not rows_of_profiles.regret.max() <= LARGEST_REGRET:
        certified = (rows_of_profiles.regret <= LARGEST_REGRET).all(axis=1)
        state[rows_of_profiles.game[~certified]] = states.UNCERTIFIED
        rows_of_profiles = rows_of_profiles.kept(state[rows_of_profiles.game] == states.SOLVED)
    crowded = np.flatnonzero(state == states.CROWDED)
    if len(crowded) == 0 or len(room) == 1:
        return rows_of_profiles, state
    more, state[crowded] = _by_signs(a[crowded], b[crowded], room[1:], thorough)
    return BatchProfiles.joined([rows_of_profiles, more._replace(game=crowded[more.game])]), state
