"""The recommended profiles of many games by array operations or compiled code, without compiling any."""

from __future__ import annotations

from dataclasses import dataclass
from sys import modules

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.logit_branch import only_responses
from advgame.equilibria.batch.affine_games import worst_of_each
from advgame.equilibria.batch.all_equilibria import walked
from advgame.equilibria.batch.batch_commitment import commitments, pure_commitments
from advgame.equilibria.batch.commitments_of_two import commitments_of_two
from advgame.equilibria.batch.commitments_to_two_replies import LARGEST, commitments_to_two_replies
from advgame.equilibria.batch.gathered import BatchProfiles, Status
from advgame.equilibria.batch.support_enumeration import by_supports
from advgame.equilibria.concepts import CONCEPTS, batch_method_of
from advgame.equilibria.concepts.quantal_response import QuantalResponse
from advgame.equilibria.rank_one import compiled_path
from advgame.equilibria.solution import Concept
from advgame.games.tolerances import MAY_TIE

WORTH_LOADING = 50  # games: fewer are solved one by one before numba and compiled code are loaded
COMMITMENT_KERNELS = "advgame.equilibria.kernels.commitment_programs"
COMMITMENTS = {"commitment": commitments, "pure_commitment": pure_commitments}


@dataclass(frozen=True, eq=False)
class RecommendedProfiles:
    """Recommended profiles of k games, of those in which they are proven without doubt."""

    solved: NDArray[np.bool_]  # (k,)
    defender: FloatArray  # (k, defences); of unsolved games 0
    attacker: FloatArray  # (k, attacks)


def recommended_without_compiling(
    a: FloatArray, b: FloatArray, concept: str | Concept
) -> RecommendedProfiles | None:
    """The profile recommended by a concept in each game, where it can be computed for many games at once.

    Games near a tie, and games with two equilibria that are worth nearly the same to the defender, are left
    unsolved: they need exact payoffs.

    >>> a, b = np.array([[[3.0, 0], [2, 1]]]), np.array([[[0, 2.0], [1, 0]]])
    >>> answers = recommended_without_compiling(a, b, "worst_case")
    >>> answers is None  # no method for many games
    True

    Args:
        a: (k, defences, attacks), the defender's payoffs.
        b: (k, defences, attacks), the attacker's payoffs.
        concept: a concept, or its name.

    Returns:
        None where the concept has no method for many games, or one that would have to be compiled first, or
        whose compiled code takes longer to load than these games to solve one by one.
    """
    resolved = CONCEPTS.resolve(concept)
    if isinstance(resolved, QuantalResponse) and len(a):
        return RecommendedProfiles(*only_responses(_levelled(a), _levelled(b), resolved.rationality))
    method = batch_method_of(resolved)
    if len(a) == 0 or method is None:
        return None
    if method == "nash":
        return _nash(a, a - a.min(axis=1, keepdims=True), b - b.min(axis=2, keepdims=True))
    return _commitments(a, b, method) if method in COMMITMENTS else None


def _commitments(a: FloatArray, b: FloatArray, method: str) -> RecommendedProfiles | None:
    """Commitments by array operations, else by compiled code where that is worth loading."""
    by_arrays = _commitments_by_arrays(a, b) if method == "commitment" else None
    if by_arrays is not None:
        return by_arrays
    if "numba" not in modules and len(a) < WORTH_LOADING:
        return None
    if not _commitments_are_compiled((a.shape[1], a.shape[2]), method):
        return None
    a, b = a - a.min(axis=(1, 2), keepdims=True), b - b.min(axis=2, keepdims=True)
    return _committed(np.ascontiguousarray(a), np.ascontiguousarray(b), method)


def _commitments_by_arrays(a: FloatArray, b: FloatArray) -> RecommendedProfiles | None:
    """Mixed commitments of two defences, or against two replies; None for larger games."""
    defences, attacks = a.shape[1:]
    if defences == 2:
        solve = commitments_of_two
    elif attacks == 2 and len(a) * defences**2 <= LARGEST:
        solve = commitments_to_two_replies
    else:
        return None
    return RecommendedProfiles(*solve(a - a.min(axis=(1, 2), keepdims=True), _levelled(b)))


def _levelled(payoffs: FloatArray) -> FloatArray:
    """The payoffs of each game less the smallest of them."""
    return np.asarray(payoffs - payoffs.min(axis=(1, 2), keepdims=True))


def _commitments_are_compiled(shape: tuple[int, int], concept: str) -> bool:
    """Whether games of a shape are solved in batches without waiting for a compiler."""
    from advgame.equilibria.kernels.compiled import is_ready, may_be_on_disk

    if COMMITMENT_KERNELS not in modules and not may_be_on_disk("commitment_programs.solve_some"):
        return False
    from advgame.equilibria.kernels import commitment_programs

    kernel = (
        commitment_programs.solve_some if concept == "commitment" else commitment_programs.solve_some_single
    )
    games, room = np.zeros((1, *shape)), BatchProfiles.room(1, *shape)
    return is_ready(kernel, games, games, 0, 1, np.zeros(1, np.int64), *room[1:])


def _nash(given: FloatArray, a: FloatArray, b: FloatArray) -> RecommendedProfiles:
    """The equilibrium that is worst for the defender, in games that are proven to have no others.

    Args:
        given: (k, defences, attacks), the defender's payoffs, for the values of equilibria.
        a: the same without a constant in each column.
        b: the attacker's payoffs without a constant in each row.
    """
    profiles, proven, too_large = by_supports(a, b)
    many = "numba" in modules or too_large.sum() >= WORTH_LOADING
    if too_large.any() and many and compiled_path.is_compiled(a.shape[1:]):
        more, proven[too_large] = walked(a[too_large], b[too_large])
        profiles = BatchProfiles.joined([profiles, more._replace(game=np.flatnonzero(too_large)[more.game])])
    value = np.einsum("si,sij,sj->s", profiles.defender, given[profiles.game], profiles.attacker)
    worst, alike = worst_of_each(profiles, value, MAY_TIE * np.abs(given).max(axis=(1, 2)))
    proven[alike] = False
    return _spread(profiles.kept(worst), proven)


def _committed(a: FloatArray, b: FloatArray, concept: str) -> RecommendedProfiles:
    status = np.empty(len(a), np.uint8)
    profiles = COMMITMENTS[concept](a, b, status)
    return _spread(profiles, status == Status.ONE)


def _spread(profiles: BatchProfiles, proven: NDArray[np.bool_]) -> RecommendedProfiles:
    """The profiles at the places of their games."""
    games = len(proven)
    defender, attacker = (
        np.zeros((games, strategies.shape[1])) for strategies in (profiles.defender, profiles.attacker)
    )
    defender[profiles.game], attacker[profiles.game] = profiles.defender, profiles.attacker
    answered = np.zeros(games, np.bool_)
    answered[profiles.game] = True
    return RecommendedProfiles(proven & answered, defender, attacker)
