"""What is played over lines of 2 × 2 games in which one number rises: a map, a nanosecond or two a game."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.batch.affine_games import sums_of
from advgame.equilibria.batch.threads import on_all_cores, parts_for
from advgame.games.affine import AffineGames
from advgame.games.tolerances import PLAYED

LEFT = 9  # in place of what is played: near a tie, to be solved from the payoffs
LEAST_POINTS = 20_000  # of what one core does at a time


@dataclass(frozen=True, eq=False)
class PlayMap:
    """What is played in each game: 3 × the defender's kind + the attacker's.

    Kind 0 is the first strategy alone, 1 the second alone, 2 both.
    """

    kind: NDArray[np.uint8]  # (lines, length)
    second_defence: FloatArray  # (lines, length) its probability
    second_attack: FloatArray  # (lines, length) its probability


def map_lines(
    games: AffineGames, along: int, values: FloatArray, out: PlayMap | None = None
) -> tuple[PlayMap, NDArray[np.int64]]:
    """What is played over lines of games, and the flat places of those that are left to others.

    Games are written whose differences between strategies keep clear of 0, so that one equilibrium is
    left; every mixed strategy is certified as it is written.

    Args:
        games: the games at the beginning of the lines, of two defences and two attacks.
        along: the row of their values that changes along the lines,
        values: (length,) and takes these values; rising.
        out: where to write; by default new arrays.
    """
    from advgame.equilibria.kernels import affine_two_by_two as kernel

    shape, sums, numbers = (games.games, len(values)), sums_of(games), np.ascontiguousarray(games.values)
    map_of_play = out or PlayMap(np.empty(shape, np.uint8), np.empty(shape), np.empty(shape))
    room = map_of_play.kind, map_of_play.second_defence, map_of_play.second_attack
    parts = parts_for(games.games, 1 + LEAST_POINTS // len(values))
    ends, left = [part * games.games // parts for part in range(parts + 1)], np.zeros(parts, np.int64)

    def draw(part: int) -> None:
        left[part] = kernel.map_some(sums, numbers, values, along, ends[part], ends[part + 1], *room)

    on_all_cores(draw, parts)
    return map_of_play, np.flatnonzero(map_of_play.kind.ravel() == LEFT) if left.any() else np.empty(
        0, np.int64
    )


def kinds(defender: FloatArray, attacker: FloatArray) -> NDArray[np.uint8]:
    """What is played, as in `PlayMap`, from both mixed strategies (…, 2)."""
    codes = [
        np.where(mix[..., 1] <= PLAYED, 0, np.where(mix[..., 0] <= PLAYED, 1, 2))
        for mix in (defender, attacker)
    ]
    return np.asarray(3 * codes[0] + codes[1], dtype=np.uint8)
