"""All equilibria of an attacker–defender game in exact integers, degenerate or not.

If (x, y) is an equilibrium with mean intensity μ = p·y, then x lies on the face of the attacker's
best-response polyhedron that is optimal for the defender's costs at μ (``cost_line``). So all corners of
these faces are visited, along the line of costs; at each corner, the attacker's mixed strategies that make
it an equilibrium are a polytope, a face of the defender's best-response polyhedron, whose corners are
listed too. Together they are all extreme equilibria (Vorob'ev 1958; Kuhn 1961; Mangasarian 1964), and
exactly those of the payoffs as they are stored: the rounding that makes payoffs only nearly of rank 1 is a
blur of the costs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import numpy as np

from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.algorithms.exact_tableau import Corner, ExactMix, Whole
from advgame.equilibria.algorithms.optimal_vertices import Goal, everything, optimal_corners

Pair = tuple[ExactMix, ExactMix]  # a mix of the defences, mixes of the attacks of all types side by side


@dataclass(frozen=True, eq=False)
class WholeGame:
    """A game in whole numbers; the attacks of several types of attacker stand side by side."""

    to_defender: Whole  # (defences, attacks of all types), weighted by how likely each type is
    to_attacker: Whole  # (defences, attacks of all types)
    type_of: Sequence[int]  # which type each attack belongs to: 0, 1, …


class Watch(Protocol):
    """Looks at everything that is found; may raise an error to stop the search."""

    def corner(self, corner: Corner) -> None:
        """A basis of the attacker's best-response polyhedron that is optimal somewhere on the line."""

    def mix(self, attacker: ExactMix) -> None:
        """The attacker's mixed strategy in an equilibrium."""


def equilibria_on_faces(
    game: WholeGame, goal: Goal, deadline: Deadline, watch: Watch | None = None
) -> Iterator[Pair]:
    """Every extreme equilibrium of a game whose defender minimises along a line of costs.

    Args:
        game: the game, its payoffs scaled to whole numbers.
        goal: which of the optimal corners are wanted; see `Goal`.
        deadline: the limit of the search.
        watch: called with every corner and every mixed strategy; None for no call.

    Raises:
        TimeUp: when the deadline passes first.
    """
    defences = len(game.to_defender)
    seen: set[frozenset[int]] = set()
    corners = optimal_corners(game.to_attacker.T, [0] * defences, game.type_of, goal, deadline)
    for corner in corners:
        if watch is not None:
            watch.corner(corner)
        zeros = corner.zeros()
        if zeros in seen:
            continue
        seen.add(zeros)
        played = [row for row in range(defences) if row not in zeros]
        allowed = [column for column in range(len(game.type_of)) if defences + column in zeros]
        defender = corner.mix()
        for attacker in _answers(game, played, allowed, deadline):
            if watch is not None:
                watch.mix(attacker)
            yield defender, attacker


def equilibria_of_indifferent(to_defender: Whole, deadline: Deadline) -> Iterator[Pair]:
    """Every extreme equilibrium where the attacker earns the same with every attack.

    The attacker may play any mixed strategy, the defender any best defence against it.

    >>> found = equilibria_of_indifferent(np.array([[1, 0], [0, 1]], dtype=object), Deadline(5))
    >>> sorted([str(share) for mix in pair for share in mix] for pair in found)
    [['0', '1', '0', '1'], ['0', '1', '1/2', '1/2'], ['1', '0', '1', '0'], ['1', '0', '1/2', '1/2']]

    Raises:
        TimeUp: when the deadline passes first.
    """
    defences, attacks = to_defender.shape
    seen: set[frozenset[int]] = set()
    for corner in optimal_corners(
        to_defender, [0] * attacks, [0] * defences, everything(attacks, 1), deadline
    ):
        zeros = corner.zeros()
        if zeros not in seen:
            seen.add(zeros)
            for best in (row for row in range(defences) if attacks + row in zeros):
                yield tuple(Fraction(int(row == best)) for row in range(defences)), corner.mix()


def _answers(
    game: WholeGame, played: Sequence[int], allowed: Sequence[int], deadline: Deadline
) -> Iterator[ExactMix]:
    """The extreme mixed strategies of some attacks against which all of some defences are best.

    They minimise by how much those defences fall short, in sum, and leave none of them short.
    """
    payoffs = game.to_defender[:, allowed]
    nothing = np.zeros(len(allowed), dtype=object)
    goal = Goal([len(played)], -payoffs[played].sum(axis=0), nothing, nothing)
    best = {len(allowed) + row for row in played}
    seen: set[frozenset[int]] = set()
    groups = [game.type_of[column] for column in allowed]
    for corner in optimal_corners(payoffs, groups, [0] * len(payoffs), goal, deadline):
        zeros = corner.zeros()
        if not best <= zeros:
            return  # even at the least, some fall short
        if zeros not in seen:
            seen.add(zeros)
            shares = dict(zip(allowed, corner.mix(), strict=True))
            yield tuple(shares.get(column, Fraction(0)) for column in range(len(game.type_of)))
