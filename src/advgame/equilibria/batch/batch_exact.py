"""Games of a batch whose floats are too near a tie to decide it: solved from their rational payoffs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.batch.all_equilibria import walked
from advgame.equilibria.batch.batch_answers import BatchAnswers
from advgame.equilibria.batch.gathered import Status
from advgame.equilibria.concepts.nash import Nash
from advgame.equilibria.solution import Solution
from advgame.errors import SolverError
from advgame.games import Game
from advgame.games.tolerances import MAY_TIE

Exactly = Callable[[NDArray[np.int64]], tuple[NDArray[Any], NDArray[Any]]]  # payoffs of games in Fractions


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
    near = [MAY_TIE * np.abs(each).max(axis=(1, 2)) for each in (a, b)]
    if 1 in shape:
        pays, limit = (a[:, :, 0], near[0]) if shape[1] == 1 else (b[:, 0, :], near[1])
        ranked = np.sort(pays, axis=1)
        return np.asarray(ranked[:, -1] - ranked[:, -2:-1].max(axis=1, initial=-np.inf) > limit)
    if shape == (2, 2):
        differences = np.abs(a[:, 0] - a[:, 1]).min(axis=1), np.abs(b[:, :, 0] - b[:, :, 1]).min(axis=1)
        return np.asarray((differences[0] > near[0]) & (differences[1] > near[1]))
    if not walk:
        return np.zeros(len(a), np.bool_)
    return walked(np.ascontiguousarray(a), np.ascontiguousarray(b))[1]


def write_exactly(chosen: NDArray[np.int64], exactly: Exactly, answers: BatchAnswers) -> None:
    """Writes the answers of some games from their rational payoffs; games that are equal are solved once.

    Args:
        chosen: (k,) where the games stand among all.
        exactly: gives the rational payoffs of games by where they stand.
        answers: of all games.

    Raises:
        SolverError: when no profile of a game could be certified.
    """
    known: dict[tuple[Any, ...], int] = {}
    for place, (game, to_defender, to_attacker) in enumerate(
        zip(chosen.tolist(), *exactly(chosen), strict=True)
    ):
        key = (*to_defender.ravel().tolist(), *to_attacker.ravel().tolist())
        first = known.setdefault(key, place)
        if first == place:
            _write(answers, game, _solved(to_defender, to_attacker, game))
        else:
            _copy(answers, int(chosen[first]), game)


def _solved(to_defender: NDArray[Any], to_attacker: NDArray[Any], game: int) -> Solution:
    solution = Nash().solve(Game(to_defender, to_attacker))
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


def _copy(answers: BatchAnswers, source: int, game: int) -> None:
    for each in (
        *(answers.defender, answers.attacker, answers.value, answers.regret),
        *(answers.equilibria, answers.complete, answers.status),
    ):
        each[game] = each[source]
