"""The equilibria of a tied game of any size: proven on the part that the line of costs intersects.

What is left out of the part is priced in floats at every corner and against every mix that is found: nothing
of it comes near to being a best response, or it is taken into the part and the search restarts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.algorithms.exact_tableau import Corner, ExactMix, members, whole
from advgame.equilibria.algorithms.optimal_vertices import Goal, span
from advgame.equilibria.rank_one.cost_line import cost_line, exact_goal
from advgame.equilibria.rank_one.exact_faces import Pair, WholeGame, equilibria_on_faces

SMALL = 1600  # cells of a game of which nothing is left out
CLEARLY_WORSE = 1e-7  # of the payoffs: what is left out stays farther from being a best response than this
AT_ONCE = 10  # strategies taken in together at least, those that come nearest

Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class TiedGame:
    """A game of rank 1, the attacks of several types of attacker side by side."""

    to_defender: NDArray[Any]  # A as given, (defences, attacks of all types), weighted by the types' odds
    to_attacker: NDArray[Any]  # B as given, (defences, attacks of all types)
    type_of: NDArray[np.intp]  # which type each attack belongs to: 0, 1, …
    ratios: Sequence[Fraction]  # τ of each type, at least 0: A + τB is of rank 1, but for rounding


def tied_equilibria(
    game: TiedGame, deadline: Deadline, defences: Iterable[int] = (), attacks: Iterable[int] = ()
) -> Iterator[Pair] | None:
    """Every extreme equilibrium in rational numbers, once; None where payoffs are too far from rank 1.

    >>> pennies = np.array([[1, -1], [-1, 1]])
    >>> game = TiedGame(pennies, -pennies, np.array([0, 0]), [Fraction(1)])
    >>> [[str(share) for mix in pair for share in mix] for pair in tied_equilibria(game, Deadline(5))]
    [['1/2', '1/2', '1/2', '1/2']]

    Args:
        game: payoffs in any kind of numbers; a float is taken for the number it stores.
        deadline: when the iterator raises TimeUp.
        defences: that are thought to matter; good guesses save time and change nothing else.
        attacks: that are thought to matter.
    """
    floats = _in_units(game)
    types = game.type_of.tolist()
    line = cost_line(floats.to_defender, floats.to_attacker, types, [float(ratio) for ratio in floats.ratios])
    if not line.sharp(floats.to_attacker, types):
        return None
    if game.to_defender.size <= SMALL:
        rows, columns = (np.arange(count) for count in game.to_defender.shape)
    else:
        # The part is never without what the line of costs is measured from and where it ends.
        rows = np.unique([0, line.pivot[0], *defences])
        ends = [
            place
            for group in members(types)
            for place in (group[0], min(group, key=line.intensity.item), max(group, key=line.intensity.item))
        ]
        columns = np.unique([line.pivot[1], *ends, *attacks])
    return _of_growing_part(game, floats, line.pivot, (rows, columns), deadline)


def _in_units(game: TiedGame) -> TiedGame:
    """The game in floats, each player's payoffs in units of their range."""
    a, b = game.to_defender.astype(np.float64), game.to_attacker.astype(np.float64)
    unit_a, unit_b = (float(np.ptp(matrix)) or 1.0 for matrix in (a, b))
    ratios = [ratio * Fraction(unit_b) / Fraction(unit_a) for ratio in game.ratios]
    return TiedGame(a / unit_a, b / unit_b, game.type_of, ratios)


def _of_growing_part(
    game: TiedGame, floats: TiedGame, pivot: tuple[int, int], start: tuple[Places, Places], deadline: Deadline
) -> Iterator[Pair]:
    rows, columns = start
    known: set[Pair] = set()
    while True:
        part = _Part.of(game, rows, columns, pivot)
        all_of_it = len(rows) * len(columns) == game.to_defender.size
        try:
            for pair in part.equilibria(deadline, None if all_of_it else _Prices(floats, part, pivot)):
                if pair not in known:
                    known.add(pair)
                    yield pair
            return
        except _Missing as missing:
            rows, columns = np.union1d(rows, missing.defences), np.union1d(columns, missing.attacks)


class _Missing(Exception):
    """Strategies that a part lacks."""

    def __init__(self, defences: Places | None = None, attacks: Places | None = None) -> None:
        super().__init__()
        self.defences = np.array([], np.intp) if defences is None else defences
        self.attacks = np.array([], np.intp) if attacks is None else attacks


@dataclass(frozen=True, eq=False)
class _Part:
    """Some strategies of a game, in whole numbers."""

    game: TiedGame
    rows: Places  # rising
    columns: Places  # rising, at least one of each type
    inside: WholeGame
    goal: Goal

    @staticmethod
    def of(game: TiedGame, rows: Places, columns: Places, pivot: tuple[int, int]) -> _Part:
        """A part with the line of costs in it."""
        cut = np.ix_(rows, columns)
        (a, unit_a), (b, unit_b) = whole(game.to_defender[cut]), whole(game.to_attacker[cut])
        inside = WholeGame(a, b, game.type_of[columns].tolist())
        ratios = [ratio * unit_a / unit_b for ratio in game.ratios]
        place = _place(rows, pivot[0]), _place(columns, pivot[1])
        return _Part(game, rows, columns, inside, exact_goal(a, b, inside.type_of, ratios, place))

    def equilibria(self, deadline: Deadline, prices: _Prices | None) -> Iterator[Pair]:
        """All that is found with these strategies."""
        for defender, attacker in equilibria_on_faces(self.inside, self.goal, deadline, prices):
            yield self._spread(defender, 0), self._spread(attacker, 1)

    def _spread(self, mix: ExactMix, player: int) -> ExactMix:
        """A mixed strategy of the part's strategies as one of all strategies."""
        places = (self.rows, self.columns)[player].tolist()
        count = self.game.to_defender.shape[player]
        if len(places) == count:
            return mix
        shares = dict(zip(places, mix, strict=True))
        return tuple(shares.get(place, Fraction(0)) for place in range(count))


class _Prices:
    """What strategies left out of a part would earn, in floats; raises _Missing if that is near the best."""

    def __init__(self, game: TiedGame, part: _Part, pivot: tuple[int, int]) -> None:
        rows, columns = part.rows, part.columns
        self.part, self.type_of = part, game.type_of
        self.left_out = np.ones(len(game.to_defender), bool), np.ones(len(game.type_of), bool)
        self.left_out[0][rows], self.left_out[1][columns] = False, False
        self.to_defender = game.to_defender[:, columns]  # (defences, attacks of the part)
        self.to_attacker = game.to_attacker[rows]  # (defences of the part, attacks)
        self.accuracies = game.to_attacker[:, columns]  # (defences, attacks of the part)
        types, ratios = game.type_of[columns].tolist(), [float(ratio) for ratio in game.ratios]
        self.line = cost_line(
            self.to_defender, self.accuracies, types, ratios, (pivot[0], _place(columns, pivot[1]))
        )
        self.range_of_cost = self.line.range(self.accuracies, types) or 1.0
        ranges = [float(np.ptp(game.to_attacker[:, game.type_of == number])) for number in range(len(ratios))]
        self.range_of_attack = np.array([width or 1.0 for width in ranges])[game.type_of]

    def corner(self, corner: Corner) -> None:
        """Attacks against the mix of a corner, then defences wherever on the line it is optimal."""
        pays = np.array(corner.mix(), float) @ self.to_attacker
        best = np.full(len(self.line.weight), -np.inf)
        inside = ~self.left_out[1]
        np.maximum.at(best, self.type_of[inside], pays[inside])
        short = (best[self.type_of] - pays) / self.range_of_attack
        self._refuse(1, short)
        for place in set(span(corner, self.part.goal) or ()):
            cost = self._cost(corner, place)
            self._refuse(0, (cost - cost[~self.left_out[0]].min()) / self.range_of_cost)

    def mix(self, attacker: ExactMix) -> None:
        """Defences against a mixed strategy of the attacks of the part."""
        pays = self.to_defender @ np.array(attacker, float)
        best = pays[~self.left_out[0]].max()
        self._refuse(0, (best - pays) / (float(np.ptp(self.to_defender)) or 1.0))

    def _cost(self, corner: Corner, place: Fraction) -> FloatArray:
        """What each defence costs at μ against the mixed strategy that belongs to a basis."""
        own, goal = len(self.part.rows), self.part.goal
        weights = np.zeros(len(self.part.columns))
        reduced = corner.body[-2, :-1] * place.denominator + corner.body[-1, :-1] * place.numerator
        whole_weight = corner.unit * place.denominator  # the reduced costs of one type sum to that
        for label, cost in zip(corner.nonbasic, reduced, strict=True):
            if label >= own:
                kind = self.type_of[self.part.columns[label - own]]
                total = goal.weight[kind] * whole_weight
                weights[label - own] = cost / total * self.line.weight[kind] if total else 0.0
        intensity = float(place / goal.high) * self.line.length if goal.high else 0.0
        return np.asarray(self.accuracies @ weights + self.line.cost + intensity * self.line.slope)

    def _refuse(self, player: int, short: FloatArray) -> None:
        """Asks for strategies left out if one of them falls short of the best by next to nothing."""
        left_out = np.flatnonzero(self.left_out[player])
        if len(left_out) and short[left_out].min() <= CLEARLY_WORSE:
            count = max(AT_ONCE, (len(short) - len(left_out)) // 4)
            nearest = left_out[np.argsort(short[left_out])][:count]
            raise _Missing(*((nearest, None) if player == 0 else (None, nearest)))


def _place(places: Places, wanted: int) -> int:
    return int(np.searchsorted(places, wanted))
