"""Games of a batch that are too near a tie for floating point: solved from their rational payoffs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.batch.all_equilibria import walked
from advgame.equilibria.batch.batch_answers import BatchAnswers
from advgame.equilibria.batch.batch_dominance import surviving
from advgame.equilibria.batch.gathered import Status
from advgame.equilibria.batch.tied_small import SmallAnswers, is_small, small_answers
from advgame.equilibria.concepts.nash import Nash
from advgame.equilibria.solution import Solution
from advgame.errors import SolverError
from advgame.games import Game
from advgame.games.game import APART
from advgame.games.tolerances import MAY_TIE
from advgame.games.whole_payoffs import ExactPayoffs


def clear_of_ties(a: FloatArray, b: FloatArray, *, walk: bool = True) -> NDArray[np.bool_]:
    """Which games (k, m, n) have the same equilibria, however their payoffs were rounded.

    Without ``walk``, of games larger than 2 × 2 none is said to be: where a kernel has given them up already.

    >>> clear_of_ties(np.array([[[3.0, 0], [2, 1]]]), np.array([[[0, 2.0], [1, 0]]])).tolist()
    [True]

    Args:
        a: (games, defences, attacks), the defender's payoffs.
        b: (games, defences, attacks), the attacker's payoffs.
        walk: whether games larger than 2 × 2 are walked to find out.
    """
    shape = a.shape[1:]
    near = [MAY_TIE * np.abs(matrices).max(axis=(1, 2)) for matrices in (a, b)]
    if 1 in shape:
        pays, limit = (a[:, :, 0], near[0]) if shape[1] == 1 else (b[:, 0, :], near[1])
        ranked = np.sort(pays, axis=1)
        return np.asarray(ranked[:, -1] - ranked[:, -2:-1].max(axis=1, initial=-np.inf) > limit)
    if shape == (2, 2):
        differences = np.abs(a[:, 0] - a[:, 1]).min(axis=1), np.abs(b[:, :, 0] - b[:, :, 1]).min(axis=1)
        return np.asarray((differences[0] > near[0]) & (differences[1] > near[1]))
    if not walk:
        return np.zeros(len(a), np.bool_)
    return walked(a, b)[1]


def write_exactly(
    chosen: NDArray[np.int64], a: FloatArray, b: FloatArray, exactly: ExactPayoffs, answers: BatchAnswers
) -> None:
    """Writes the answers of some games from their rational payoffs; games that are equal are solved once.

    Strategies that floats show to be strictly dominated are not compared exactly.

    Args:
        chosen: (k,) where the games stand among all.
        a: (k, m, n) what the defender is paid in them, in floats.
        b: (k, m, n) what the attacker is paid.
        exactly: gives the rational payoffs of games by where they stand.
        answers: of all games.

    Raises:
        SolverError: when no profile of a game could be certified.
    """
    near = [
        np.maximum(MAY_TIE * np.abs(matrices).max(axis=(1, 2)), APART * rounding)
        for matrices, rounding in zip((a, b), exactly.rounding, strict=True)
    ]
    for some, defences, attacks in _alike(*surviving(a, b, (near[0], near[1]))):
        firsts, which = exactly.distinct(chosen[some], defences, attacks)
        games, sources = chosen[some[firsts]], chosen[some[firsts[which]]]
        if is_small((len(defences), len(attacks))):
            whole = exactly.payoffs(games, defences, attacks)
            equal = MAY_TIE * np.ptp(a[some[firsts]], axis=(1, 2))
            _write_small(answers, games, small_answers(whole, equal), defences, attacks)
        else:
            _write_singly(answers, games, (a[some[firsts]], b[some[firsts]]), exactly, defences, attacks)
        if len(firsts) < len(some):
            _copy(answers, sources, chosen[some])


def _write_singly(
    answers: BatchAnswers,
    games: NDArray[np.int64],
    floats: tuple[FloatArray, FloatArray],
    exactly: ExactPayoffs,
    defences: NDArray[np.intp],
    attacks: NDArray[np.intp],
) -> None:
    """Writes the answers of games by the method for single games, of those that are equal once.

    Args:
        answers: of all games.
        games: (k,) which are answered.
        floats: their payoffs (k, m, n).
        exactly: gives the rational payoffs.
        defences: which are not dominated.
        attacks: which are not dominated.
    """
    whole = exactly.payoffs(games, defences, attacks)
    known: dict[tuple[Any, ...], int] = {}
    for place, (game, a, b) in enumerate(zip(games.tolist(), *floats, strict=True)):
        both = whole.to_defender[place], whole.to_attacker[place]
        key = (*chain(*(matrix.ravel().tolist() for matrix in both)), float(np.ptp(a)), float(np.ptp(b)))
        first = known.setdefault(key, game)
        if first == game:
            _write(answers, game, _solved(a, b, game, exactly))
        else:
            _copy(answers, first, game)


def _alike(
    rows: NDArray[np.bool_], columns: NDArray[np.bool_]
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]]:
    """The games in which the same strategies are left: which games, which defences, which attacks."""
    patterns: dict[tuple[bytes, bytes], list[int]] = {}
    for game, (row, column) in enumerate(zip(rows, columns, strict=True)):
        patterns.setdefault((row.tobytes(), column.tobytes()), []).append(game)
    for some in patterns.values():
        yield np.array(some), np.flatnonzero(rows[some[0]]), np.flatnonzero(columns[some[0]])


def _write_small(
    answers: BatchAnswers,
    games: NDArray[np.int64],
    small: SmallAnswers,
    defences: NDArray[np.intp],
    attacks: NDArray[np.intp],
) -> None:
    """Writes the answers of games of which few strategies are left.

    Args:
        answers: of all games.
        games: (k,) which are answered.
        small: their answers.
        defences: which are left.
        attacks: which are left.
    """
    answers.defender[games], answers.attacker[games] = 0.0, 0.0
    answers.defender[np.ix_(games, defences)] = small.defender
    answers.attacker[np.ix_(games, attacks)] = small.attacker
    answers.value[games], answers.regret[games] = small.value, 0.0
    answers.equilibria[games], answers.complete[games] = small.equilibria, True
    answers.status[games] = Status.SINGLE


def _solved(a: FloatArray, b: FloatArray, game: int, exactly: ExactPayoffs) -> Solution:
    """The solution of a game by the method for single games."""

    def in_fractions(
        defences: NDArray[np.intp], attacks: NDArray[np.intp]
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        return exactly.payoffs(np.array([game]), defences, attacks).fractions(0)

    solution = Nash().solve(Game.rounded(a, b, in_fractions, exactly.rounding))
    if not solution.profiles:
        raise SolverError(f"No profile of game {game} could be certified. {solution.remark}".strip())
    return solution


def _write(answers: BatchAnswers, game: int, solution: Solution) -> None:
    profile = solution.recommended
    answers.defender[game], answers.attacker[game] = profile.defender, profile.attacker
    answers.value[game] = profile.defender_payoff, profile.attacker_payoff
    answers.regret[game] = profile.certificate.defender_regret, profile.certificate.attacker_regret
    answers.equilibria[game] = len(solution.profiles)
    answers.complete[game] = solution.complete
    answers.status[game] = Status.SINGLE if solution.complete else Status.PARTIAL


def _copy(answers: BatchAnswers, source: Any, game: Any) -> None:
    """Writes the answers of some games as those of others, by index."""
    for array in (
        *(answers.defender, answers.attacker, answers.value, answers.regret),
        *(answers.equilibria, answers.complete, answers.status),
    ):
        array[game] = array[source]
