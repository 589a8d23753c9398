"""nashpy's algorithms by name: with scaled payoffs, a time limit, and certified results.

nashpy (https://nashpy.readthedocs.io) is the reference of this field in Python. Its algorithms are
sensitive to the scale of payoffs, may not terminate and may return profiles that are not equilibria. Both
matrices are therefore mapped to [1, 2], which changes no equilibrium, and every result is checked. A game in
which a player has a single undominated strategy is solved by comparing payoffs, because nashpy's polytopes
need two dimensions.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from advgame.arrays import FloatArray
from advgame.catalogue import Catalogue
from advgame.equilibria.algorithms.components import maximal_nash_subsets
from advgame.equilibria.algorithms.deadline import TimeUp, within
from advgame.equilibria.algorithms.one_strategy import equilibria_of_one
from advgame.equilibria.solution import Concept, Solution, Timing, certified, in_original_game
from advgame.games import Game, certified_profile
from advgame.games.reduction import reduce_game

Pair = tuple[FloatArray, FloatArray]


def _support_enumeration(game: Any) -> Iterator[Pair]:
    yield from game.support_enumeration(tol=1e-12)


def _vertex_enumeration(game: Any) -> Iterator[Pair]:
    yield from game.vertex_enumeration()


def _lemke_howson(game: Any) -> Iterator[Pair]:
    for label in range(sum(game.payoff_matrices[0].shape)):
        yield game.lemke_howson(initial_dropped_label=label)


ALGORITHMS = Catalogue(
    "nashpy algorithm",
    {
        "support_enumeration": _support_enumeration,
        "vertex_enumeration": _vertex_enumeration,
        "lemke_howson": _lemke_howson,
    },
)


@dataclass(frozen=True)
class Nashpy(Concept):
    """The verified result of one of nashpy's algorithms; never marked complete."""

    situation: ClassVar[str] = "Both sides choose simultaneously"
    timing: ClassVar[Timing] = Timing.SIMULTANEOUS
    may_not_end: ClassVar[bool] = True
    algorithm: str = "support_enumeration"
    time_limit_seconds: float = 10.0

    @property
    def name(self) -> str:
        """``nashpy_`` followed by the algorithm."""
        return f"nashpy_{self.algorithm}"

    def solve(self, game: Game) -> Solution:
        """The certified equilibria that the algorithm found within the limit.

        Raises:
            UnknownName: when no algorithm has that name.
        """
        if game.levelled is not game:
            return in_original_game(self.solve(game.levelled), game)
        if game.centred is not game:
            return in_original_game(self.solve(game.centred), game)
        reduction = reduce_game(game)
        pairs, problem = _equilibria(reduction.game, self.algorithm, self.time_limit_seconds)
        whole = (
            pair
            for reduced in pairs
            for pair in reduction.put_back(*(strategy.tolist() for strategy in reduced))
        )
        checked = certified(certified_profile(game, np.array(x), np.array(y)) for x, y in whole)
        profiles = tuple(
            {(p.defender.round(9).tobytes(), p.attacker.round(9).tobytes()): p for p in checked}.values()
        )
        return Solution(
            self.name,
            game,
            profiles,
            maximal_nash_subsets(profiles),
            complete=False,
            rule="the listed equilibrium that is worst for the defender",
            method=f"nashpy: {self.algorithm.replace('_', ' ')}",
            remark=_remark(problem, len(profiles)),
        )


def _remark(problem: str, count: int) -> str:
    """What stopped the algorithm, and whether it found an equilibrium."""
    if count == 0:
        return f"{problem} The algorithm found no equilibrium; the concept 'nash' lists them.".strip()
    return f"{problem} There may be more equilibria." if problem else ""


def _equilibria(game: Game, algorithm: str, seconds: float) -> tuple[list[Pair], str]:
    """The certified pairs of the algorithm, and what stopped it, if anything."""
    run = ALGORITHMS[algorithm]
    if min(game.shape) == 1:
        return [(np.array(x), np.array(y)) for x, y in equilibria_of_one(game)], ""
    pairs: list[Pair] = []

    def work() -> None:
        import nashpy

        players = nashpy.Game(
            _between_one_and_two(game.defender_payoffs), _between_one_and_two(game.attacker_payoffs)
        )
        for pair in _quietly(run(players)):
            if _is_equilibrium(game, pair):
                pairs.append(pair)

    try:
        within(seconds, work)
    except TimeUp:
        return pairs, f"Stopped after {seconds:g} seconds."
    except Exception as problem:  # on some degenerate games nashpy raises various exceptions
        return pairs, f"nashpy raised {type(problem).__name__}."
    return pairs, ""


def _quietly(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """The pairs, with nashpy's warnings suppressed, because every result is checked."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield from pairs


def _is_equilibrium(game: Game, pair: Pair) -> bool:
    defender, attacker = (np.asarray(strategy, dtype=float) for strategy in pair)
    if (defender.size, attacker.size) != game.shape or not np.all(np.isfinite([*defender, *attacker])):
        return False
    if min(defender.min(), attacker.min()) < -1e-9 or min(defender.sum(), attacker.sum()) <= 0.5:
        return False
    return certified_profile(game, defender, attacker).certificate.valid


def _between_one_and_two(payoffs: FloatArray) -> FloatArray:
    span = float(np.ptp(payoffs))
    return np.asarray(1.0 + (payoffs - payoffs.min()) / span) if span > 0 else np.ones_like(payoffs)
