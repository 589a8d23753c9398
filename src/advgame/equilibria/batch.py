"""Many games of one shape at once: compiled, on all cores, with the same answers as one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from advgame.catalogue import Catalogue
from advgame.equilibria.batch_commitment import commitments, pure_commitments
from advgame.equilibria.batch_nash import nash_equilibria
from advgame.equilibria.batch_one import one_nash_equilibrium
from advgame.equilibria.found import SLOTS, Found, Status
from advgame.errors import GameError
from advgame.games.game import FloatArray

CHUNK_BYTES = 1 << 27  # of the room for equilibria at any one time

Method = Callable[[FloatArray, FloatArray, NDArray[np.uint8]], Found]  # (k, m, n) payoffs; writes statuses

METHODS: Catalogue[Method] = Catalogue(
    "concept solved in batches",
    {
        "nash": nash_equilibria,
        "nash_one": one_nash_equilibrium,
        "commitment": commitments,
        "pure_commitment": pure_commitments,
    },
)

Progress = Callable[[int, int], object]  # games done, games in all


@dataclass(frozen=True, eq=False)
class BatchSolution:
    """The equilibria of k games, those of one game next to each other."""

    concept: str
    game_index: NDArray[np.int64]  # (s,) which game each equilibrium belongs to, rising
    defender: FloatArray  # (s, defences)
    attacker: FloatArray  # (s, attacks)
    regret: FloatArray  # (s, 2) of defender and attacker, relative to their payoff ranges in the game
    complete: NDArray[np.bool_]  # (k,) whether all equilibria are proven listed
    status: NDArray[np.uint8]  # (k,) a Status

    def of_game(self, game: int) -> slice:
        """Where the equilibria of one game stand."""
        first, after = np.searchsorted(self.game_index, [game, game + 1])
        return slice(int(first), int(after))


def solve_batch(
    defender_payoffs: ArrayLike,
    attacker_payoffs: ArrayLike,
    concept: str = "nash",
    *,
    progress: Progress | None = None,
) -> BatchSolution:
    """All Nash equilibria of k games of one shape.

    2 × 2 games are read off the signs of four differences; adversary–defender games of any size are
    walked along their intensity of attack; other games up to about 12 × 12 are decided by the signs of
    their minors. What no kernel can prove (ties, larger games) is answered by the single-game solver,
    so nothing is guessed. ``nash_one`` stops at one equilibrium, whatever the size.

    >>> both = solve_batch([[[3, 0], [2, 1]]] * 2, [[[0, 2], [1, 0]]] * 2)
    >>> both.game_index.tolist(), both.attacker[0].tolist(), both.complete.tolist()
    ([0, 1], [0.5, 0.5], [True, True])

    Args:
        defender_payoffs: (k, m, n) float64.
        attacker_payoffs: (k, m, n) float64.
        concept: a name in ``METHODS``.
        progress: called after each chunk with the games done and the games in all.

    Raises:
        GameError: for arrays that are not (k, m, n), of different shapes, or not finite.
        UnknownName: for a concept that is not solved in batches.
    """
    METHODS[concept]  # an unknown name is answered before any work
    a, b = _checked("defender_payoffs", defender_payoffs), _checked("attacker_payoffs", attacker_payoffs)
    if a.shape != b.shape:
        raise GameError(
            f"defender_payoffs is {a.shape} and attacker_payoffs {b.shape}; both need one shape (k, m, n)."
        )
    games, defences, attacks = a.shape
    status = np.full(games, Status.COMPILED, np.uint8)
    parts: list[Found] = [Found.nothing(defences, attacks)]
    for first, last in _chunks(a.shape):
        parts.append(METHODS[concept](a[first:last], b[first:last], status[first:last]).moved(first))
        if progress is not None:
            progress(last, games)
    found = Found.joined(parts)
    return BatchSolution(
        concept, found.game, found.defender, found.attacker, found.regret, status < Status.PARTIAL, status
    )


def _chunks(shape: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """First and last games of chunks whose equilibria fit into the room allowed."""
    games, defences, attacks = shape
    size = max(1, CHUNK_BYTES // (8 * SLOTS * (defences + attacks + 2)))
    for first in range(0, games, size):
        yield first, min(first + size, games)


def _checked(name: str, given: ArrayLike) -> FloatArray:
    try:
        payoffs = np.ascontiguousarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise GameError(f"{name} is no array of numbers; give floats of shape (k, m, n).") from None
    if payoffs.ndim != 3 or 0 in payoffs.shape:
        raise GameError(f"{name} has shape {payoffs.shape}; expected (k, m, n) with at least one of each.")
    if not np.isfinite(payoffs).all():
        place = tuple(int(each) for each in np.argwhere(~np.isfinite(payoffs))[0])
        raise GameError(f"{name}{list(place)} is {payoffs[place]}; every payoff must be a finite number.")
    return payoffs
