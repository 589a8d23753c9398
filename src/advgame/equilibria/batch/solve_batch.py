"""Solves many games of one shape: compiled, on all cores, with the same results as one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from numbers import Real
from time import monotonic
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from advgame.arrays import FloatArray
from advgame.catalogue import Catalogue
from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.batch.all_equilibria import nash_equilibria
from advgame.equilibria.batch.batch_centring import Centred
from advgame.equilibria.batch.batch_commitment import commitments, pure_commitments
from advgame.equilibria.batch.buffers import BatchBuffers
from advgame.equilibria.batch.gathered import SLOTS, BatchProfiles, Gathered, Status
from advgame.equilibria.batch.inputs import floats, payoff_array, refuse_infinite
from advgame.equilibria.batch.memory import free_bytes, in_words
from advgame.equilibria.batch.one_equilibrium import one_nash_equilibrium
from advgame.equilibria.concepts import CONCEPTS
from advgame.errors import GameError

CHUNK_BYTES = 1 << 27  # of the room for equilibria at any one time
FIRST_CHUNK = 64  # games, where time is limited and it is not yet known how long they take
SECONDS_OF_A_CHUNK = 0.1  # where time is limited

Progress = Callable[[int, int], object]  # games done, games in all


class Method(Protocol):
    """What solves a chunk of games."""

    def __call__(
        self, a: FloatArray, b: FloatArray, status: NDArray[np.uint8], gathered: Gathered | None = None, /
    ) -> BatchProfiles:
        """The profiles of games (k, m, n), numbered from 0; writes how each was answered into ``status``.

        Those that stand at the free end of ``gathered`` need not be copied; its deadline is kept to.
        """


METHODS: Catalogue[Method] = Catalogue(
    "concept solved in batches",
    {
        "nash": nash_equilibria,
        "nash_one": Centred(one_nash_equilibrium),
        "commitment": Centred(commitments, announced=True),
        "pure_commitment": Centred(pure_commitments, announced=True),
    },
)


def method_named(concept: str) -> str:
    """The name in ``METHODS`` of a method, or of a concept that has one.

    >>> method_named("stackelberg"), method_named("nash-one")
    ('commitment', 'nash_one')

    Raises:
        UnknownName: for anything else.
    """
    known = concept not in METHODS and concept in CONCEPTS
    return METHODS.name_of((CONCEPTS[concept].batch_method if known else None) or concept)


@dataclass(frozen=True, eq=False)
class BatchSolution:
    """The equilibria of k games, those of one game next to each other."""

    concept: str
    game_index: NDArray[np.int64]  # (s,) which game each equilibrium belongs to, rising
    defender: FloatArray  # (s, defences)
    attacker: FloatArray  # (s, attacks)
    regret: FloatArray  # (s, 2) of defender and attacker, relative to their payoff ranges in the game
    complete: NDArray[np.bool_]  # (k,) whether all equilibria are proven listed
    status: NDArray[np.uint8]  # (k,) codes of `Status`

    def of_game(self, game: int) -> slice:
        """Where the equilibria of one game stand."""
        first, after = np.searchsorted(self.game_index, [game, game + 1])
        return slice(int(first), int(after))

    @property
    def remark(self) -> str:
        """What is missing, and what to do about it; empty where nothing is.

        >>> solve_batch([[[3, 0], [2, 1]]], [[[0, 2], [1, 0]]]).remark
        ''
        """
        words = []
        partial = int((self.status == Status.PARTIAL).sum())
        if partial and self.concept == "nash":
            words.append(
                f"Of {partial:,} games of {self.defender.shape[1]} × {self.attacker.shape[1]} not all "
                "equilibria could be listed; concept='nash_one' answers games of any size with one."
            )
        unsolved = int((self.status == Status.UNSOLVED).sum())
        if unsolved:
            words.append(
                f"For {unsolved:,} of {len(self.status):,} games nothing is listed: the time was up, or "
                "nothing could be certified."
            )
        return " ".join(words)


def solve_batch(
    defender_payoffs: ArrayLike,
    attacker_payoffs: ArrayLike,
    concept: str = "nash",
    *,
    out: BatchBuffers | None = None,
    time_limit_seconds: float | None = None,
    progress: Progress | None = None,
) -> BatchSolution:
    """All Nash equilibria of k games of one shape.

    2 × 2 games are read off the signs of four differences; attacker–defender games of any size are
    walked along their intensity of attack; other games up to about 12 × 12, with ties or without, are
    decided by the signs of their minors. What no kernel can prove is answered by the single-game solver,
    so nothing is guessed. ``nash_one`` stops at one equilibrium, whatever the size.

    >>> both = solve_batch([[[3, 0], [2, 1]]] * 2, [[[0, 2], [1, 0]]] * 2)
    >>> both.game_index.tolist(), both.attacker[0].round(9).tolist(), both.complete.tolist()
    ([0, 1], [0.5, 0.5], [True, True])

    Args:
        defender_payoffs: (k, m, n) numbers that a float64 holds; k may be 0.
        attacker_payoffs: (k, m, n).
        concept: a name in ``METHODS``, or a concept of ``CONCEPTS`` that has a method there.
        out: arrays to write into, for at least k games of this shape; by default new ones.
        time_limit_seconds: after which the games not yet solved are given up: their status is
            ``Status.UNSOLVED`` and nothing is listed for them. What is listed is certified all the same.
        progress: called after each chunk with the games done and the games in all.

    Raises:
        GameError: for arrays that are not (k, m, n), of different shapes, of something else than numbers, or
            not finite; for more games than there is memory for; for buffers that do not fit.
        UnknownName: for a concept that is not solved in batches.
    """
    concept = method_named(concept)  # an unknown name is answered before any work
    method = METHODS[concept]
    a, b = (
        payoff_array("defender_payoffs", defender_payoffs),
        payoff_array("attacker_payoffs", attacker_payoffs),
    )
    if a.shape != b.shape:
        raise GameError(
            f"defender_payoffs is {a.shape} and attacker_payoffs {b.shape}; both need one shape (k, m, n)."
        )
    deadline = Deadline(_limit(time_limit_seconds))
    status, arrays = _place(a, b, out)
    games = len(a)
    if a.shape[1:] != (2, 2) or concept != "nash" or {a.dtype.kind, b.dtype.kind} != {"f"}:
        refuse_infinite(a, b)  # for 2 × 2 games the kernel itself detects infinite payoffs
    gathered = Gathered(a.shape[1:], arrays, deadline)
    status[:] = Status.UNSOLVED
    first, size = 0, _chunk(a.shape) if deadline.seconds == inf else min(FIRST_CHUNK, _chunk(a.shape))
    while first < games and not deadline.over:
        begun, last = monotonic(), min(first + size, games)
        gathered.game, gathered.ahead = first, (games - first) / (last - first)
        status[first:last] = Status.COMPILED
        gathered.add(method(floats(a[first:last]), floats(b[first:last]), status[first:last], gathered))
        if progress is not None:
            progress(last, games)
        first = last
        if deadline.seconds < inf:
            size = min(_next_chunk(size, monotonic() - begun), _chunk(a.shape))
    profiles = gathered.all
    complete = np.empty(games, np.bool_) if out is None else out.complete[:games]
    np.less(status, Status.PARTIAL, out=complete)
    return BatchSolution(concept, *profiles, complete, status)


def _chunk(shape: tuple[int, ...]) -> int:
    """How many games have room for their equilibria in the memory allowed."""
    _, defences, attacks = shape
    return max(1, CHUNK_BYTES // (8 * SLOTS * (defences + attacks + 2)))


def _next_chunk(size: int, seconds: float) -> int:
    """A chunk that takes about as long as it should, at most four times the last one."""
    return max(1, int(size * min(4.0, SECONDS_OF_A_CHUNK / max(seconds, 1e-9))))


def _limit(seconds: float | None) -> float:
    if seconds is None:
        return inf
    if not isinstance(seconds, Real) or isinstance(seconds, bool) or not seconds >= 0:
        raise GameError(f"time_limit_seconds is {seconds!r}; give a number of seconds from 0 on, or None.")
    return float(seconds)


def _place(
    a: NDArray[Any], b: NDArray[Any], out: BatchBuffers | None
) -> tuple[NDArray[np.uint8], BatchProfiles | None]:
    """The statuses, and the rows for equilibria: parts of ``out``, or what there is memory for."""
    games, *shape = a.shape
    if out is None:
        bytes_needed = games * (8 * (sum(shape) + 3) + 2)  # for one equilibrium of each
        free = free_bytes()
        if free is not None and bytes_needed > free:
            raise GameError(
                f"{games:,} games of {shape[0]} × {shape[1]} need {in_words(bytes_needed)} or more for their "
                f"answers, and {in_words(free)} are free; solve them in parts, about "
                f"{free * games // bytes_needed:,} games at a time, and keep only what you need of each."
            )
        return np.empty(games, np.uint8), None
    if not isinstance(out, BatchBuffers):
        raise GameError(
            f"out is a {type(out).__name__}; expected BatchBuffers, as `BatchBuffers.for_shape` makes."
        )
    room = len(out.status), out.defender.shape[1], out.attacker.shape[1]
    if room[0] < games or list(room[1:]) != shape:
        raise GameError(
            f"out has room for {room[0]:,} games of {room[1]} × {room[2]}; expected at least {games:,} of "
            f"{shape[0]} × {shape[1]}."
        )
    for name, payoffs in (("defender_payoffs", a), ("attacker_payoffs", b)):
        for array in (out.game_index, out.defender, out.attacker, out.regret, out.complete, out.status):
            if np.may_share_memory(array, payoffs):
                raise GameError(
                    f"out shares memory with {name}; answers would overwrite games not yet solved."
                )
    return out.status[:games], BatchProfiles(out.game_index, out.defender, out.attacker, out.regret)
