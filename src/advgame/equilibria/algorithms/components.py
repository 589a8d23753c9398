"""Equilibrium components: the maximal Nash subsets spanned by extreme equilibria."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from advgame.arrays import FloatArray
from advgame.equilibria.solution import Component
from advgame.games import Profile

MOST = 5_000  # the most subsets that are assembled


def maximal_nash_subsets(profiles: Sequence[Profile], isolated: bool = False) -> tuple[Component, ...]:
    """The maximal sets X × Y of extreme mixed strategies all of whose pairs are equilibria.

    Every convex combination of X with every one of Y is then an equilibrium (Heuer and Millham 1976).
    They are the closed sets of the relation "is in equilibrium with", computed by intersecting
    neighbourhoods.

    Args:
        profiles: the extreme equilibria.
        isolated: whether it is known that no mixed strategy is part of two equilibria.

    Returns:
        All components; an empty tuple if there are more than ``MOST``.
    """
    if len(profiles) == 1 or isolated:
        return tuple(
            Component(equilibrium.defender[None], equilibrium.attacker[None]) for equilibrium in profiles
        )
    defenders, row_of = _distinct(profile.defender for profile in profiles)
    attackers, column_of = _distinct(profile.attacker for profile in profiles)
    if len(defenders) == len(attackers) == len(profiles):  # no strategy is in two equilibria
        return tuple(
            Component(equilibrium.defender[None], equilibrium.attacker[None]) for equilibrium in profiles
        )
    # For each defender strategy, the attacker strategies in equilibrium with it, as bits
    meets = [0] * len(defenders)
    for row, column in zip(row_of, column_of, strict=True):
        meets[row] |= 1 << column
    closed = _intersections(meets)
    return tuple(
        Component(
            np.array(
                [
                    strategy
                    for strategy, replies in zip(defenders, meets, strict=True)
                    if replies & common == common
                ]
            ),
            np.array([strategy for place, strategy in enumerate(attackers) if common >> place & 1]),
        )
        for common in closed
    )


def _distinct(mixed_strategies: Iterable[FloatArray]) -> tuple[list[FloatArray], list[int]]:
    """The distinct mixed strategies, and the index of each given one among them."""
    places: dict[bytes, int] = {}
    distinct: list[FloatArray] = []
    order = []
    for strategy in mixed_strategies:
        place = places.setdefault(strategy.tobytes(), len(distinct))
        if place == len(distinct):
            distinct.append(strategy)
        order.append(place)
    return distinct, order


def _intersections(sets: Sequence[int]) -> list[int]:
    """All non-empty intersections of sets of bits, in order of discovery; none if there are too many."""
    closed: dict[int, None] = {}
    for bits in sets:
        for known in list(closed):
            if known & bits:
                closed[known & bits] = None
        closed[bits] = None
        if len(closed) > MOST:
            return []
    return list(closed)
