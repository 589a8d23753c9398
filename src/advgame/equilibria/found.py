"""Equilibria of many games while they are gathered."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from advgame.games.game import FloatArray

SLOTS = 4  # equilibria of one game the compiled walk has room for at first
MORE_SLOTS = 64  # and if there are more of them; still more are found one by one


class Status(IntEnum):
    """How a game of a batch was answered."""

    COMPILED = 0  # by a kernel, all equilibria proven
    SINGLE = 1  # by the single-game solver: a tie, a game too large, or very many equilibria
    PARTIAL = 2  # by the single-game solver, not proven complete
    ONE = 3  # by a kernel that looks for one equilibrium only; there may be more


class Found(NamedTuple):
    """Equilibria of some games: which game, both mixes, both regrets."""

    game: NDArray[np.int64]  # (s,)
    defender: FloatArray  # (s, defences)
    attacker: FloatArray  # (s, attacks)
    regret: FloatArray  # (s, 2)

    @staticmethod
    def nothing(defences: int, attacks: int) -> Found:
        """No equilibria, of games of one shape."""
        return Found(np.empty(0, np.int64), np.empty((0, defences)), np.empty((0, attacks)), np.empty((0, 2)))

    @staticmethod
    def joined(parts: Sequence[Found]) -> Found:
        """All parts, one after the other; a single one that holds something is not copied."""
        held = [part for part in parts if len(part.game)]
        if len(held) == 1:
            return held[0]
        index, defender, attacker, regret = (np.concatenate(each) for each in zip(*parts, strict=True))
        return Found(index, defender, attacker, regret)

    def moved(self, by: int) -> Found:
        """The same equilibria of games numbered from ``by`` on."""
        return self._replace(game=self.game + by) if by else self

    def kept(self, wanted: NDArray[Any]) -> Found:
        """The equilibria that are wanted, by truth or by place."""
        return Found(self.game[wanted], self.defender[wanted], self.attacker[wanted], self.regret[wanted])
