"""Many games of one shape at once: compiled, on all cores, with the same answers as one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from advgame.equilibria.nash import Nash
from advgame.errors import GameError, UnknownName
from advgame.games import Game
from advgame.games.game import FloatArray
from advgame.games.profile import TOLERANCE

SLOTS = 4  # equilibria of one game the compiled walk has room for; more are found one by one
CHUNK_BYTES = 1 << 27  # of the room for equilibria at any one time

Progress = Callable[[int, int], object]  # games done, games in all


class Status(IntEnum):
    """How a game of a batch was answered."""

    COMPILED = 0  # by a kernel, all equilibria proven
    SINGLE = 1  # by the single-game solver: a tie, no adversary–defender structure, or very many equilibria
    PARTIAL = 2  # by the single-game solver, not proven complete


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
    walked along their intensity of attack. What a kernel cannot prove (ties, other games) is answered
    by the single-game solver, so nothing is guessed.

    >>> both = solve_batch([[[3, 0], [2, 1]]] * 2, [[[0, 2], [1, 0]]] * 2)
    >>> both.game_index.tolist(), both.attacker[0].tolist(), both.complete.tolist()
    ([0, 1], [0.5, 0.5], [True, True])

    Args:
        defender_payoffs: (k, m, n) float64.
        attacker_payoffs: (k, m, n) float64.
        concept: ``nash``.
        progress: called after each chunk with the games done and the games in all.

    Raises:
        GameError: for arrays that are not (k, m, n), of different shapes, or not finite.
        UnknownName: for a concept that is not solved in batches.
    """
    if concept != "nash":
        raise UnknownName("concept solved in batches", concept, ["nash"])
    a, b = _checked("defender_payoffs", defender_payoffs), _checked("attacker_payoffs", attacker_payoffs)
    if a.shape != b.shape:
        raise GameError(
            f"defender_payoffs is {a.shape} and attacker_payoffs {b.shape}; both need one shape (k, m, n)."
        )
    games, defences, attacks = a.shape
    status = np.full(games, Status.COMPILED, np.uint8)
    parts: list[Found] = [Found.nothing(defences, attacks)]
    for first, last in _chunks(a.shape):
        parts.append(_solved(a[first:last], b[first:last], status[first:last]).moved(first))
        if progress is not None:
            progress(last, games)
    found = Found.joined(parts)
    return BatchSolution(
        concept, found.game, found.defender, found.attacker, found.regret, status != Status.PARTIAL, status
    )


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


def _solved(a: FloatArray, b: FloatArray, status: NDArray[np.uint8]) -> Found:
    """The equilibria of a chunk; games no kernel can prove are solved singly, and ``status`` says so."""
    if 1 in a.shape[1:]:
        found = _compared(a, b)
    elif a.shape[1:] == (2, 2):
        found = _two_by_two(a, b, status)
    else:
        found = _walked(a, b, status)
    rest = np.flatnonzero(status != Status.COMPILED)
    if len(rest) == 0:
        return found
    proven = found.kept(status[found.game] == Status.COMPILED)
    joined = Found.joined([proven, *(_single(Game(a[game], b[game]), int(game), status) for game in rest)])
    return joined.kept(np.argsort(joined.game, kind="stable"))


def _compared(a: FloatArray, b: FloatArray) -> Found:
    """Games in which one player has a single strategy: the best replies of the other, each extreme."""
    defences, attacks = a.shape[1:]
    best = a == a.max(axis=1, keepdims=True) if attacks == 1 else b == b.max(axis=2, keepdims=True)
    index, rows, columns = np.nonzero(best)
    return Found(index, np.eye(defences)[rows], np.eye(attacks)[columns], np.zeros((len(index), 2)))


def _two_by_two(a: FloatArray, b: FloatArray, status: NDArray[np.uint8]) -> Found:
    from advgame.equilibria.kernels import two_by_two

    codes, counts = np.empty(len(a), np.uint8), np.empty(len(a), np.uint8)
    two_by_two.count(a, b, codes, counts)
    ends = np.cumsum(counts, dtype=np.int64)
    found = Found(
        np.empty(ends[-1], np.int64),
        np.empty((ends[-1], 2)),
        np.empty((ends[-1], 2)),
        np.empty((ends[-1], 2)),
    )
    two_by_two.fill(a, b, codes, ends - counts, *found)
    uncertain = found.regret.max(axis=1) > TOLERANCE
    if uncertain.any():
        status[found.game[uncertain]] = Status.SINGLE
    return found


def _walked(a: FloatArray, b: FloatArray, status: NDArray[np.uint8]) -> Found:
    from numba import get_num_threads

    from advgame.equilibria.kernels import rank_one

    games, defences, attacks = a.shape
    counts, state = np.empty(games, np.int64), np.empty(games, np.int64)
    room = np.empty((games, SLOTS, defences)), np.empty((games, SLOTS, attacks)), np.empty((games, SLOTS, 2))
    rank_one.solve_many(a, b, min(games, 8 * get_num_threads()), counts, state, *room)
    status[state != rank_one.SOLVED] = Status.SINGLE
    filled = np.arange(SLOTS)[None, :] < counts[:, None]
    index = np.repeat(np.arange(games), counts)
    return Found(index, room[0][filled], room[1][filled], room[2][filled])


def _single(game: Game, index: int, status: NDArray[np.uint8]) -> Found:
    solution = Nash().solve(game)
    status[index] = Status.SINGLE if solution.complete else Status.PARTIAL
    rows, columns = game.shape
    profiles = solution.profiles
    regrets = [(each.certificate.defender_regret, each.certificate.attacker_regret) for each in profiles]
    return Found(
        np.full(len(profiles), index, np.int64),
        np.array([each.defender for each in profiles]).reshape(-1, rows),
        np.array([each.attacker for each in profiles]).reshape(-1, columns),
        np.array(regrets).reshape(-1, 2),
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
