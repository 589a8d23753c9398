"""Equilibria listed by a method, before certification."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

from advgame.arrays import FloatArray
from advgame.games import Profile

Pair = tuple[Any, Any]  # mixed strategies of defender and attacker, as sequences of numbers


@dataclass(frozen=True, eq=False)
class FloatPairs(Sequence[Pair]):
    """Pairs of mixed strategies as two arrays, so that thousands are certified at once."""

    defenders: FloatArray  # (pairs, defences)
    attackers: FloatArray  # (pairs, attacks)

    def __len__(self) -> int:
        """The number of pairs."""
        return len(self.defenders)

    def __iter__(self) -> Iterator[Pair]:
        """Iterates over the pairs."""
        return zip(self.defenders, self.attackers, strict=True)

    @overload
    def __getitem__(self, place: int) -> Pair: ...
    @overload
    def __getitem__(self, place: slice) -> FloatPairs: ...
    def __getitem__(self, place: int | slice) -> Pair | FloatPairs:
        """One pair, or a slice of pairs."""
        if isinstance(place, slice):
            return FloatPairs(self.defenders[place], self.attackers[place])
        return self.defenders[place], self.attackers[place]


@dataclass(frozen=True)
class Listing:
    """Pairs of mixed strategies, whether the list is proven complete, and the method."""

    pairs: Sequence[Pair]
    complete: bool
    method: str
    remark: str = ""
    isolated: bool = False  # proven: no mixed strategy is part of two equilibria, and no pair is listed twice
    profiles: tuple[Profile, ...] = ()  # the pairs in the game that was listed, where they are certified
