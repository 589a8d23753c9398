"""Collects the equilibria of many games."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import ALWAYS, Deadline
from advgame.errors import GameError

SLOTS = 4  # equilibria of one game the compiled walk has room for at first
MORE_SLOTS = 64  # and if there are more of them; still more are found one by one


class Status(IntEnum):
    """How a game of a batch was solved; ``text`` says it in a sentence.

    >>> Status(3).text
    'One profile is listed; there may be more, which were not looked for.'
    """

    text: str

    COMPILED = 0, "All profiles are listed; compiled code proves it."
    SINGLE = 1, "All profiles are listed; the solver for single games proves it."
    PARTIAL = 2, "Profiles are listed, but there may be more: listing all takes too much work."
    ONE = 3, "One profile is listed; there may be more, which were not looked for."
    UNSOLVED = 4, "No profile is listed: the time was up, or none could be certified."

    def __new__(cls, code: int, text: str) -> Status:
        """The member of a code."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.text = text
        return member


class BatchProfiles(NamedTuple):
    """Equilibria of some games: which game, both mixed strategies, both regrets."""

    game: NDArray[np.int64]  # (s,)
    defender: FloatArray  # (s, defences)
    attacker: FloatArray  # (s, attacks)
    regret: FloatArray  # (s, 2)

    @staticmethod
    def nothing(defences: int, attacks: int) -> BatchProfiles:
        """No equilibria, of games of one shape."""
        return BatchProfiles.room(0, defences, attacks)

    @staticmethod
    def room(rows: int, defences: int, attacks: int) -> BatchProfiles:
        """Rows for equilibria of games of one shape, to be filled.

        Args:
            rows: number of profiles.
            defences: number of defences.
            attacks: number of attacks.
        """
        sizes = (rows, defences), (rows, attacks), (rows, 2)
        return BatchProfiles(np.empty(rows, np.int64), *(np.empty(size) for size in sizes))

    @staticmethod
    def joined(parts: Sequence[BatchProfiles]) -> BatchProfiles:
        """All parts, games in order, as in each; a single one that holds something is not copied."""
        held = [part for part in parts if len(part.game)]
        if len(held) == 1:
            return held[0]
        whole = BatchProfiles(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))
        if (np.diff(whole.game) >= 0).all():
            return whole
        return whole.kept(np.argsort(whole.game, kind="stable"))

    def after(self, count: int) -> BatchProfiles:
        """All but the first equilibria, in the same memory."""
        return BatchProfiles(
            self.game[count:], self.defender[count:], self.attacker[count:], self.regret[count:]
        )

    def begin(self, count: int) -> BatchProfiles:
        """The first equilibria, in the same memory."""
        return BatchProfiles(
            self.game[:count], self.defender[:count], self.attacker[:count], self.regret[:count]
        )

    def kept(self, wanted: NDArray[Any]) -> BatchProfiles:
        """The equilibria that are wanted, by truth or by place."""
        return BatchProfiles(
            self.game[wanted], self.defender[wanted], self.attacker[wanted], self.regret[wanted]
        )


class Gathered:
    """Where the equilibria of a batch are gathered, games in order: in the caller's arrays, or in new ones.

    A kernel that writes into the free end avoids a copy. Arrays that turn out too short are replaced by
    longer ones.
    """

    def __init__(
        self, shape: tuple[int, ...], arrays: BatchProfiles | None = None, deadline: Deadline = ALWAYS
    ) -> None:
        self.given = arrays is not None
        self.arrays = arrays or BatchProfiles.nothing(*shape)
        self.shape = shape
        self.deadline = deadline
        self.count = 0
        self.game = 0  # the number of the first game of the chunk that is being solved
        self.ahead = 1.0  # how many times the games of this chunk are still to come, this chunk included

    def free(self, least: int) -> BatchProfiles:
        """What is not yet filled: at least so many rows.

        Raises:
            GameError: when there is no memory for them.
        """
        if self.count + least > len(self.arrays.game):
            rows = self.count + int(np.ceil(least * max(self.ahead, 1.0)))
            try:
                longer = BatchProfiles.room(rows, *self.shape)
            except MemoryError:
                raise GameError(
                    f"There is no memory for {rows:,} equilibria of {self.shape[0]} × {self.shape[1]} games; "
                    "solve fewer games at a time."
                ) from None
            for new, old in zip(longer, self.arrays, strict=True):
                new[: self.count] = old[: self.count]
            self.arrays = longer
        return self.arrays.after(self.count)

    def add(self, profiles: BatchProfiles) -> None:
        """Takes in the equilibria of games numbered within the chunk; those at the free end stay there."""
        count = len(profiles.game)
        destination = self.free(count).begin(count)
        if not np.shares_memory(profiles.game, destination.game):
            for place, array in zip(destination, profiles, strict=True):
                place[:] = array
        if self.game:
            destination.game[:] += self.game
        self.count += count

    @property
    def all(self) -> BatchProfiles:
        """What has been taken in."""
        return self.arrays.begin(self.count)
