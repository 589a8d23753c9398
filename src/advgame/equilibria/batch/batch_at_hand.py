"""The recommended profiles of many games, by compiled code that is at hand: nobody waits for a compiler."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.logit_branch import only_responses
from advgame.equilibria.batch.affine_games import worst_of_each
from advgame.equilibria.batch.all_equilibria import compared, walked
from advgame.equilibria.batch.batch_commitment import commitments, pure_commitments
from advgame.equilibria.batch.batch_exact import clear_of_ties
from advgame.equilibria.batch.gathered import Found, Status
from advgame.equilibria.concepts import CONCEPTS, batch_method_of
from advgame.equilibria.concepts.quantal_response import QuantalResponse
from advgame.equilibria.rank_one import compiled_path
from advgame.equilibria.solution import Concept
from advgame.games.tolerances import MAY_TIE

COMMITMENTS = {"commitment": commitments, "pure_commitment": pure_commitments}


@dataclass(frozen=True, eq=False)
class AtHand:
    """Recommended profiles of k games, of those that the kernels could prove without doubt."""

    solved: NDArray[np.bool_]  # (k,)
    defender: FloatArray  # (k, defences); of unsolved games 0
    attacker: FloatArray  # (k, attacks)


def recommended_at_hand(a: FloatArray, b: FloatArray, concept: str | Concept) -> AtHand | None:
    """The profile recommended by a concept in each game, if its kernels are compiled already.

    Games near a tie, and games with two equilibria that are worth nearly the same to the defender, are left
    unsolved: they need exact payoffs.

    >>> a, b = np.array([[[3.0, 0], [2, 1]]]), np.array([[[0, 2.0], [1, 0]]])
    >>> answers = recommended_at_hand(a, b, "worst_case")
    >>> answers is None  # no batch kernel
    True

    Args:
        a: (k, defences, attacks), the defender's payoffs.
        b: (k, defences, attacks), the attacker's payoffs.
        concept: a concept, or its name.

    Returns:
        None where the concept has no kernel, or where it would have to be compiled first.
    """
    resolved = CONCEPTS.resolve(concept)
    if isinstance(resolved, QuantalResponse) and len(a):
        return AtHand(*only_responses(_levelled(a), _levelled(b), resolved.rationality))
    method = batch_method_of(resolved)
    if len(a) == 0 or method is None or not at_hand((a.shape[1], a.shape[2]), method):
        return None
    if method in COMMITMENTS:
        a, b = a - a.min(axis=(1, 2), keepdims=True), b - b.min(axis=2, keepdims=True)
        return _committed(np.ascontiguousarray(a), np.ascontiguousarray(b), method)
    without = np.ascontiguousarray(a - a.min(axis=1, keepdims=True)), b - b.min(axis=2, keepdims=True)
    return _nash(a, *map(np.ascontiguousarray, without))


def _levelled(payoffs: FloatArray) -> FloatArray:
    """The payoffs of each game less the smallest of them."""
    return np.asarray(payoffs - payoffs.min(axis=(1, 2), keepdims=True))


def at_hand(shape: tuple[int, int], concept: str) -> bool:
    """Whether games of a shape are solved in batches without waiting for a compiler."""
    if concept in COMMITMENTS:
        return _commitments_at_hand(shape, concept)
    if concept != "nash":
        return False
    return 1 in shape or shape == (2, 2) or compiled_path.at_hand(shape)


def _commitments_at_hand(shape: tuple[int, int], concept: str) -> bool:
    from advgame.equilibria.kernels import commitment_programs
    from advgame.equilibria.kernels.compiled import is_ready

    kernel = (
        commitment_programs.solve_some if concept == "commitment" else commitment_programs.solve_some_single
    )
    games, room = np.zeros((1, *shape)), Found.room(1, *shape)
    return is_ready(kernel, games, games, 0, 1, np.zeros(1, np.int64), *room[1:])


def _nash(given: FloatArray, a: FloatArray, b: FloatArray) -> AtHand:
    shape = a.shape[1:]
    if shape == (2, 2):
        found, proven = generic_two_by_two(a, b), clear_of_ties(a, b)
    elif 1 in shape:
        found, proven = compared(a, b, None)[0], clear_of_ties(a, b)
    else:
        found, proven = walked(a, b)
    value = np.einsum("si,sij,sj->s", found.defender, given[found.game], found.attacker)
    worst, alike = worst_of_each(found, value, MAY_TIE * np.abs(given).max(axis=(1, 2)))
    proven[alike] = False
    return _spread(found.kept(worst), proven)


def generic_two_by_two(a: FloatArray, b: FloatArray) -> Found:
    """All equilibria of 2 × 2 games in which nothing ties, without a kernel.

    A pure profile is an equilibrium if both players prefer it to their other strategy. A mixed one exists if
    each player's preference depends on what the other plays: its probabilities make the other indifferent.

    >>> found = generic_two_by_two(np.array([[[3.0, 0], [2, 1]]]), np.array([[[0, 2.0], [1, 0]]]))
    >>> found.defender.round(3).tolist(), found.attacker.tolist()
    ([[0.333, 0.667]], [[0.5, 0.5]])

    Args:
        a: (k, 2, 2), the defender's payoffs.
        b: (k, 2, 2), the attacker's payoffs.
    """
    first_row = a[:, 0] - a[:, 1]  # (k, columns): what row 0 pays more than row 1
    first_column = b[:, :, 0] - b[:, :, 1]  # (k, rows): what column 0 pays more than column 1
    games, defender, attacker = [], [], []
    for row, column in product((0, 1), (0, 1)):
        sign_row, sign_column = 1 - 2 * row, 1 - 2 * column
        chosen = np.flatnonzero(
            (sign_row * first_row[:, column] > 0) & (sign_column * first_column[:, row] > 0)
        )
        games.append(chosen)
        defender.append(np.tile(np.eye(2)[row], (len(chosen), 1)))
        attacker.append(np.tile(np.eye(2)[column], (len(chosen), 1)))
    chosen = np.flatnonzero((first_row.prod(axis=1) < 0) & (first_column.prod(axis=1) < 0))
    for mixed, differences in ((defender, first_column[chosen]), (attacker, first_row[chosen])):
        share = differences[:, 1] / (differences[:, 1] - differences[:, 0])
        mixed.append(np.column_stack([share, 1 - share]))
    games.append(chosen)
    index = np.concatenate(games)
    order = np.argsort(index, kind="stable")
    room = np.zeros((len(index), 2))
    return Found(index[order], np.concatenate(defender)[order], np.concatenate(attacker)[order], room)


def _committed(a: FloatArray, b: FloatArray, concept: str) -> AtHand:
    status = np.empty(len(a), np.uint8)
    found = COMMITMENTS[concept](a, b, status)
    return _spread(found, status == Status.ONE)


def _spread(found: Found, proven: NDArray[np.bool_]) -> AtHand:
    """The profiles at the places of their games."""
    games = len(proven)
    defender, attacker = (np.zeros((games, each.shape[1])) for each in (found.defender, found.attacker))
    defender[found.game], attacker[found.game] = found.defender, found.attacker
    answered = np.zeros(games, np.bool_)
    answered[found.game] = True
    return AtHand(proven & answered, defender, attacker)
