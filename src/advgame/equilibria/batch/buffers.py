"""Reusable result arrays of batches: allocating memory costs more than solving a small game."""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.errors import GameError


@dataclass(frozen=True, eq=False)
class BatchBuffers:
    """What `solve_batch(..., out=buffers)` writes into.

    The arrays of its answer are then parts of these, until they are written again. There must be room for
    all games; where there are more equilibria than rows, the answer is given in new arrays.

    >>> buffers = BatchBuffers.for_shape(games=1000, defences=2, attacks=3, rows=3000)
    >>> buffers.defender.shape, buffers.status.shape
    ((3000, 2), (1000,))

    Raises:
        GameError: for arrays of other shapes or kinds, that cannot be written, or that share memory.
    """

    game_index: NDArray[np.int64]  # (rows,)
    defender: FloatArray  # (rows, defences)
    attacker: FloatArray  # (rows, attacks)
    regret: FloatArray  # (rows, 2)
    complete: NDArray[np.bool_]  # (games,)
    status: NDArray[np.uint8]  # (games,)

    @staticmethod
    def for_shape(games: int, defences: int, attacks: int, rows: int | None = None) -> BatchBuffers:
        """Arrays for a number of games of a shape, by default with rows for two equilibria of each.

        Args:
            games: number of games.
            defences: number of defences.
            attacks: number of attacks.
            rows: number of profiles; by default two for each game.
        """
        rows = 2 * games if rows is None else rows
        shape = (defences, attacks)
        made: list[Any] = [np.empty(size, kind) for size, kind in _needed(games, rows, shape).values()]
        return BatchBuffers(*made)

    def __post_init__(self) -> None:
        for name in (field.name for field in fields(self)):
            given = getattr(self, name)
            if not isinstance(given, np.ndarray):
                raise GameError(
                    f"The buffer {name} is a {type(given).__name__}; expected an array. "
                    "`BatchBuffers.for_shape` makes all of them."
                )
        shape = tuple(
            strategies.shape[-1] if strategies.ndim == 2 else -1
            for strategies in (self.defender, self.attacker)
        )
        needed = _needed(self.status.size, self.game_index.size, shape)
        for name, (size, kind) in needed.items():
            given = getattr(self, name)
            if given.shape != size or given.dtype != kind:
                raise GameError(
                    f"The buffer {name} is {given.dtype} {given.shape}; expected {np.dtype(kind)} {size} "
                    "beside the others. `BatchBuffers.for_shape` makes arrays that fit."
                )
            if not (given.flags.c_contiguous and given.flags.writeable):
                raise GameError(f"The buffer {name} cannot be written row by row; give a contiguous array.")
        for one, other in combinations(needed, 2):
            if np.may_share_memory(getattr(self, one), getattr(self, other)):
                raise GameError(f"The buffers {one} and {other} share memory; give each its own.")


def _needed(games: int, rows: int, shape: tuple[int, ...]) -> dict[str, tuple[tuple[int, ...], type]]:
    defences, attacks = shape
    return {
        "game_index": ((rows,), np.int64),
        "defender": ((rows, defences), np.float64),
        "attacker": ((rows, attacks), np.float64),
        "regret": ((rows, 2), np.float64),
        "complete": ((games,), np.bool_),
        "status": ((games,), np.uint8),
    }
