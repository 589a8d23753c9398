"""All extreme equilibria of games with small integer payoffs, exactly, by compiled code.

Degenerate games are mostly of that kind, because payoffs with few digits tie. A game whose tableaus outgrow
64 bits is left to ``enumeration``, which gives the same result with integers of any size.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.algorithms.exact_tableau import ExactMix, whole
from advgame.equilibria.kernels.compiled import is_ready, worth_loading
from advgame.games import Game

MOST_LABELS = 63  # strategies of both players: labels are bits of one word
LARGEST = 2**20  # of the whole payoffs
WAITING = 20_000  # tableaus that may wait
PER_BASIS, PER_ENTRY, PER_PAIR = 2e-6, 4e-8, 1e-9  # nominal seconds, as measured
MOST_PAIRS = 100_000

# Labels that are positive as bits; multiples of mixed strategies
Vertices = tuple[NDArray[np.uint64], NDArray[np.int64]]


def extreme_equilibria_in_words(game: Game, deadline: Deadline) -> list[tuple[ExactMix, ExactMix]] | None:
    """Every extreme equilibrium in rational numbers; None if another method is needed.

    Raises:
        WorkDone: when the work limit is reached.
    """
    rows, columns = game.shape
    if rows + columns > MOST_LABELS or not worth_loading(rows + columns):
        return None
    matrices = [_positive(matrix) for matrix in game.payoffs_as_given]
    if matrices[0] is None or matrices[1] is None:
        return None
    of_attacker = _vertices(matrices[0], rows, 0, deadline)
    of_defender = None if of_attacker is None else _vertices(matrices[1].T.copy(), 0, rows, deadline)
    if of_attacker is None or of_defender is None:
        return None
    return _pairs(of_defender, of_attacker, deadline)


def compile_whole_search() -> None:
    """Compiles the search, once per machine; ``solve`` never waits for a compiler."""
    from advgame.equilibria.kernels import whole_vertices

    arguments = _arguments(np.array([[1, 2], [2, 1]]), 0, 2, 9)
    whole_vertices.search(*arguments)
    whole_vertices.meet(np.zeros(1, np.uint64), np.zeros(1, np.uint64), np.empty((1, 2), np.int64))


def _positive(payoffs: NDArray[Any]) -> NDArray[np.int64] | None:
    """Payoffs as integers from 1, with the same best responses; None if they are too large."""
    numbers, _ = whole(payoffs)
    low = int(numbers.min())
    if int(numbers.max()) - low >= LARGEST:
        return None
    return np.ascontiguousarray((numbers - low + 1).astype(np.int64))


def _arguments(matrix: NDArray[np.int64], first_own: int, first_slack: int, room: int) -> tuple[Any, ...]:
    replies, own = matrix.shape
    return (
        matrix,
        first_own,
        first_slack,
        np.empty((min(room, WAITING), replies, own + 1), np.int64),
        np.empty((min(room, WAITING), replies + own + 1), np.int64),
        np.empty(room, np.uint64),
        np.empty((room, own), np.int64),
    )


def _vertices(
    matrix: NDArray[np.int64], first_own: int, first_slack: int, deadline: Deadline
) -> Vertices | None:
    """The distinct vertices, without the artificial one at the origin."""
    from advgame.equilibria.kernels import whole_vertices

    work = PER_BASIS + matrix.size * PER_ENTRY
    room = max(1, min(int(min(deadline.work_left, deadline.left) / work), 4_000_000 // matrix.shape[1]))
    arguments = _arguments(matrix, first_own, first_slack, room)
    if not is_ready(whole_vertices.search, *arguments):
        return None
    count, state = whole_vertices.search(*arguments)
    deadline.spend(count * work)
    if state != whole_vertices.DONE:
        return None
    positive, first = np.unique(arguments[-2][:count], return_index=True)
    values = arguments[-1][first]
    played = values.any(axis=1)
    return positive[played], values[played]


def _pairs(
    of_defender: Vertices, of_attacker: Vertices, deadline: Deadline
) -> list[tuple[ExactMix, ExactMix]] | None:
    from advgame.equilibria.kernels import whole_vertices

    deadline.spend(len(of_defender[0]) * len(of_attacker[0]) * PER_PAIR)
    places = np.empty((MOST_PAIRS, 2), np.int64)
    if not is_ready(whole_vertices.meet, of_defender[0], of_attacker[0], places):
        return None
    count = whole_vertices.meet(of_defender[0], of_attacker[0], places)
    if count > MOST_PAIRS:
        return None
    x = {place: _mix(of_defender[1][place]) for place in np.unique(places[:count, 0]).tolist()}
    y = {place: _mix(of_attacker[1][place]) for place in np.unique(places[:count, 1]).tolist()}
    return [(x[i], y[j]) for i, j in places[:count].tolist()]


def _mix(values: NDArray[np.int64]) -> ExactMix:
    numbers = values.tolist()
    total = sum(numbers)
    return tuple(Fraction(number, total) for number in numbers)
