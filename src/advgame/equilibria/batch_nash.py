"""Nash equilibria of a chunk of games: by the kernels that fit, and one by one where none can prove them."""

from __future__ import annotations

from collections.abc import Callable
from math import comb

import numpy as np
from numpy.typing import NDArray

from advgame.equilibria.batch_general import fits, general_equilibria
from advgame.equilibria.found import MORE_SLOTS, SLOTS, Found, Status
from advgame.equilibria.nash import Nash
from advgame.games import Game
from advgame.games.game import FloatArray
from advgame.games.profile import TOLERANCE

Kernel = Callable[[FloatArray, FloatArray], tuple[Found, NDArray[np.bool_]]]  # and which games are proven

FEW_MINORS = 1000  # where listing them is about as quick as looking for structure
PROBES = 16  # games of a batch that are looked at before the rest


def nash_equilibria(a: FloatArray, b: FloatArray, status: NDArray[np.uint8]) -> Found:
    """The equilibria of a chunk; games no kernel can prove are solved singly, and ``status`` says so."""
    games = len(a)
    rest = np.arange(games)
    parts: list[Found] = []
    for kernel in _kernels(a, b):
        found, proven = kernel(a[rest], b[rest]) if len(rest) < games else kernel(a, b)
        if not proven.all():
            found = found.kept(proven[found.game])
        parts.append(found if len(rest) == games else found._replace(game=rest[found.game]))
        rest = rest[~proven]
        if len(rest) == 0:
            break
    parts.extend(_single(Game(a[game], b[game]), int(game), status) for game in rest)
    joined = Found.joined(parts)
    return (
        joined if (np.diff(joined.game) >= 0).all() else joined.kept(np.argsort(joined.game, kind="stable"))
    )


def _kernels(a: FloatArray, b: FloatArray) -> tuple[Kernel, ...]:
    """The kernels that can prove games of this shape, the one that probably will first."""
    shape = a.shape[1:]
    if 1 in shape:
        return (_compared,)
    if shape == (2, 2):
        return (_two_by_two,)
    if not fits(shape):
        return (_walked,)
    if comb(sum(shape), shape[0]) > FEW_MINORS:
        return _walked, general_equilibria
    probe = slice(None, None, -(-len(a) // PROBES))
    structured = _walked(a[probe], b[probe])[1].mean() > 0.75  # by chance, every other 3 × 3 game is
    return (_walked, general_equilibria) if structured else (general_equilibria, _walked)


def _compared(a: FloatArray, b: FloatArray) -> tuple[Found, NDArray[np.bool_]]:
    """Games in which one player has a single strategy: the best replies of the other, each extreme."""
    defences, attacks = a.shape[1:]
    best = a == a.max(axis=1, keepdims=True) if attacks == 1 else b == b.max(axis=2, keepdims=True)
    index, rows, columns = np.nonzero(best)
    found = Found(index, np.eye(defences)[rows], np.eye(attacks)[columns], np.zeros((len(index), 2)))
    return found, np.ones(len(a), np.bool_)


def _two_by_two(a: FloatArray, b: FloatArray) -> tuple[Found, NDArray[np.bool_]]:
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
    proven = np.ones(len(a), np.bool_)
    proven[found.game[found.regret.max(axis=1) > TOLERANCE]] = False
    return found, proven


def _walked(a: FloatArray, b: FloatArray) -> tuple[Found, NDArray[np.bool_]]:
    """The walk along the intensity of attack; games with many equilibria once more, with more room."""
    from advgame.equilibria.kernels import rank_one

    found, state = _walked_with_room(a, b, SLOTS)
    crowded = np.flatnonzero(state == rank_one.CROWDED)
    if len(crowded):
        more, again = _walked_with_room(a[crowded], b[crowded], MORE_SLOTS)
        state[crowded] = again
        found = Found.joined([found, more._replace(game=crowded[more.game])])
    return found, state == rank_one.SOLVED


def _walked_with_room(a: FloatArray, b: FloatArray, slots: int) -> tuple[Found, NDArray[np.int64]]:
    from numba import get_num_threads

    from advgame.equilibria.kernels import rank_one

    games, defences, attacks = a.shape
    blocks = min(games, 8 * get_num_threads())
    each = max(slots * -(-games // blocks), MORE_SLOTS)  # equilibria that a block of games has room for
    counts, state, filled = np.empty(games, np.int64), np.empty(games, np.int64), np.empty(blocks, np.int64)
    room = tuple(np.empty((blocks, each, size)) for size in (defences, attacks, 2))
    large = defences * attacks >= rank_one.LARGE
    solve = rank_one.solve_many_large if large else rank_one.solve_many
    unknown = np.empty(0), np.empty((0, attacks))
    solve(a, b, *unknown, False, blocks, counts, state, filled, *room)
    index = np.repeat(np.arange(games), counts)
    parts = (np.concatenate([part[:used] for part, used in zip(whole, filled, strict=True)]) for whole in room)
    return Found(index, *parts), state


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
