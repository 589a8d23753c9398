"""Extreme equilibria put together: the maximal Nash subsets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from advgame.equilibria.solution import Component
from advgame.games import Profile

MOST = 10_000  # subsets looked at before the rest is left out


def maximal_nash_subsets(profiles: Sequence[Profile]) -> tuple[Component, ...]:
    """The sets X × Y of extreme mixes all of whose pairs are equilibria, none inside another.

    Any mix of X against any mix of Y is then an equilibrium too (Heuer and Millham 1976). They are the
    closed sets of the relation "meets in equilibrium", found by intersecting neighbourhoods.
    """
    defender = {profile.defender.tobytes(): profile.defender for profile in profiles}
    attacker = {profile.attacker.tobytes(): profile.attacker for profile in profiles}
    meets: dict[bytes, set[bytes]] = {}
    for profile in profiles:
        meets.setdefault(profile.defender.tobytes(), set()).add(profile.attacker.tobytes())
    closed = _intersections([frozenset(replies) for replies in meets.values()])
    return tuple(
        Component(
            np.array([defender[mix] for mix, replies in meets.items() if replies >= common]),
            np.array([mix for key, mix in attacker.items() if key in common]),
        )
        for common in closed
    )


def _intersections(sets: Sequence[frozenset[bytes]]) -> list[frozenset[bytes]]:
    """All non-empty intersections of the sets, in the order they are met."""
    closed: dict[frozenset[bytes], None] = {}
    for each in sets:
        for known in list(closed):
            if len(closed) < MOST and known & each:
                closed[known & each] = None
        closed[each] = None
    return list(closed)
