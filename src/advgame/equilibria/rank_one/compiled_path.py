"""The rank-1 path of a single game by the batch kernel, if its compiled code is available."""

from __future__ import annotations

from contextlib import nullcontext
from sys import modules
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.algorithms.stop import stopped_by
from advgame.equilibria.kernels.compiled import as_writable, is_cached, may_be_on_disk
from advgame.games import Certificate, Game, Profile

KERNELS = "advgame.equilibria.kernels.rank_one_solver"
NAMES = f"{KERNELS.rpartition('.')[2]}.solve_some"  # how the names of the compiled files begin
# Payoffs of a player, from which on loading numba and compiled code pays within a few games
WORTH_LOADING = 1500
WORTH_A_TIMER = 100_000  # smaller games end before any time limit one would set
ROOM = 64  # equilibria; games with more are walked in Python


def compiled_equilibria(game: Game, deadline: Deadline) -> tuple[Profile, ...]:
    """All equilibria of a game of rank 1 in which nothing ties, with the certificates of the compiled walk.

    None for any other game, and if no compiled code is available: this function never compiles.

    Args:
        game: in floats, dominated strategies and all, and without large constants.
        deadline: when to give up.
    """
    defences, attacks = game.shape
    size = defences * attacks
    if min(defences, attacks) <= 2 or deadline.left <= 0:
        return ()
    if any(game.rounding) and not game.sharp:
        return ()
    if size < WORTH_LOADING and KERNELS not in modules:
        return ()
    if not is_compiled(game.shape):
        return ()
    from advgame.equilibria.kernels import rank_one_solver, states

    room = _Room.of(game.shape)
    a, b = as_writable(game.defender_payoffs)[None], as_writable(game.attacker_payoffs)[None]
    if size < rank_one_solver.LARGE:
        rank_one_solver.solve_some(a, b, *room.inputs, *room.outputs)
    else:
        with stopped_by(deadline) if size >= WORTH_A_TIMER else nullcontext(room.stop) as stop:
            rank_one_solver.solve_some_large(a, b, *room.inputs, stop, *room.outputs)
    if room.state[0] != states.SOLVED:
        return ()
    return tuple(_profile(game, room, place) for place in range(room.counts[0]))


def is_compiled(shape: tuple[int, int]) -> bool:
    """Whether games of a shape can be walked without waiting for a compiler."""
    if KERNELS not in modules and not may_be_on_disk(NAMES):
        return False
    from advgame.equilibria.kernels import rank_one_solver

    large = shape[0] * shape[1] >= rank_one_solver.LARGE
    kernel = rank_one_solver.solve_some_large if large else rank_one_solver.solve_some
    return is_cached(kernel, lambda: _arguments(shape, large))


def compile_walks() -> None:
    """Compiles the walks, once per machine; ``solve`` itself never waits for a compiler."""
    from advgame.equilibria.kernels import rank_one_solver

    rank_one_solver.solve_some(*_arguments((3, 3), False))
    rank_one_solver.solve_some_large(*_arguments((3, 3), True))


def _arguments(shape: tuple[int, int], large: bool) -> tuple[Any, ...]:
    """Arguments of the types that the kernel is called with."""
    room, payoffs = _Room.of(shape), np.zeros((1, *shape))
    return payoffs, payoffs, *room.inputs, *([room.stop] if large else []), *room.outputs


def _profile(game: Game, room: _Room, place: int) -> Profile:
    """The profile at a place; what both earn is added up over what is played."""
    x, y = room.x[place], room.y[place]
    rows, columns = np.flatnonzero(x), np.flatnonzero(y)
    inside = np.ix_(rows, columns)
    to_defender, to_attacker = (
        float(x[rows] @ payoffs[inside] @ y[columns])
        for payoffs in (game.defender_payoffs, game.attacker_payoffs)
    )
    return Profile(x, y, to_defender, to_attacker, Certificate(*room.regret[place].tolist()))


class _Room(NamedTuple):
    """The arguments of the kernels apart from the payoffs of one game."""

    inputs: tuple[Any, ...]  # unknown structure, all equilibria, of game 0
    stop: NDArray[np.uint8]
    counts: NDArray[np.int64]
    state: NDArray[np.int64]
    x: FloatArray
    y: FloatArray
    regret: FloatArray

    @staticmethod
    def of(shape: tuple[int, int]) -> _Room:
        defences, attacks = shape
        return _Room(
            (np.empty(0), np.empty((0, attacks)), False, 0, 1),
            np.zeros(1, np.uint8),
            np.zeros(1, np.int64),
            np.zeros(1, np.int64),
            *(np.empty((ROOM, width)) for width in (defences, attacks, 2)),
        )

    @property
    def outputs(self) -> tuple[Any, ...]:
        return self.counts, self.state, self.x, self.y, self.regret
