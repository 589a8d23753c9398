"""Extreme equilibria put together: the maximal Nash subsets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from advgame.arrays import FloatArray
from advgame.equilibria.solution import Component
from advgame.games import Profile

MOST = 5_000  # subsets that are still put together


def maximal_nash_subsets(profiles: Sequence[Profile], isolated: bool = False) -> tuple[Component, ...]:
    """The sets X × Y of extreme mixed strategies all of whose pairs are equilibria, none inside another.

    Any mix of X against any mix of Y is then an equilibrium too (Heuer and Millham 1976). They are the
    closed sets of the relation "meets in equilibrium", found by intersecting neighbourhoods.

    Args:
        profiles: the extreme equilibria.
        isolated: whether it is known that no mix is part of two of them.

    Returns:
        All of them; none where there are more than ``MOST``.
    """
    if len(profiles) == 1 or isolated:
        return tuple(Component(each.defender[None], each.attacker[None]) for each in profiles)
    defenders, row_of = _distinct(profile.defender for profile in profiles)
    attackers, column_of = _distinct(profile.attacker for profile in profiles)
    if len(defenders) == len(attackers) == len(profiles):  # nobody meets two
        return tuple(Component(each.defender[None], each.attacker[None]) for each in profiles)
    meets = [0] * len(defenders)  # of each mix of the defender, the attacker's that it meets, as bits
    for row, column in zip(row_of, column_of, strict=True):
        meets[row] |= 1 << column
    closed = _intersections(meets)
    return tuple(
        Component(
            np.array(
                [mix for mix, replies in zip(defenders, meets, strict=True) if replies & common == common]
            ),
            np.array([mix for place, mix in enumerate(attackers) if common >> place & 1]),
        )
        for common in closed
    )


def _distinct(mixes: Iterable[FloatArray]) -> tuple[list[FloatArray], list[int]]:
    """Each mixed strategy once, and where each of those given stands among them."""
    places: dict[bytes, int] = {}
    distinct: list[FloatArray] = []
    order = []
    for mix in mixes:
        place = places.setdefault(mix.tobytes(), len(distinct))
        if place == len(distinct):
            distinct.append(mix)
        order.append(place)
    return distinct, order


def _intersections(sets: Sequence[int]) -> list[int]:
    """All non-empty intersections of sets of bits, in the order they are met; none if there are too many."""
    closed: dict[int, None] = {}
    for each in sets:
        for known in list(closed):
            if known & each:
                closed[known & each] = None
        closed[each] = None
        if len(closed) > MOST:
            return []
    return list(closed)
