"""The recommended equilibrium of each of many games that are given by prices and shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import ALWAYS
from advgame.equilibria.batch.all_equilibria import singly
from advgame.equilibria.batch.batch_answers import BatchAnswers
from advgame.equilibria.batch.batch_exact import clear_of_ties, write_exactly
from advgame.equilibria.batch.gathered import BatchProfiles, Status
from advgame.equilibria.batch.memory import free_bytes, in_words
from advgame.equilibria.batch.solve_batch import METHODS, Progress, method_named
from advgame.equilibria.batch.threads import on_all_cores, parts_for
from advgame.equilibria.concepts.nash import Nash
from advgame.equilibria.rank_one.compiled_path import is_compiled
from advgame.errors import GameError, SolverError
from advgame.games import Game
from advgame.games.affine import AffineGames
from advgame.games.affine_rank_one import NOT_ALIGNED, affine_structure
from advgame.games.tolerances import MAY_TIE
from advgame.games.whole_payoffs import ExactPayoffs

if TYPE_CHECKING:
    from advgame.equilibria.kernels import affine_two_by_two

PAYOFFS_AT_ONCE = 1 << 23  # of both players, where they have to be stored
FUSED = ("nash", "nash_one")  # concepts that are solved without storing payoffs
FEW = 256  # games that are sooner solved singly than a kernel is compiled

Payoffs = Callable[[NDArray[np.int64]], tuple[FloatArray, FloatArray]]  # of some games, to their last bit


def solve_affine(
    games: AffineGames | None,
    payoffs: Payoffs,
    shape: tuple[int, int, int],
    concept: str = "nash",
    *,
    exactly: ExactPayoffs | None = None,
    order: NDArray[np.int64] | None = None,
    out: BatchAnswers | None = None,
    progress: Progress | None = None,
) -> BatchAnswers:
    """The recommended profile of every game, with its certificate.

    Attacker–defender games are solved from their coefficients. Games near a tie, and all games if
    ``games`` is None or lacks that structure, are solved from their payoffs.
    Where the payoffs are floats that stand for rational numbers, a tie is decided by those.

    Args:
        games: all k games, by coefficients.
        payoffs: gives both players' payoffs of those games that need them.
        shape: how many games, defences and attacks.
        concept: a name in ``METHODS``, or of a concept that has a method there. ``nash_one`` takes the
            first equilibrium found.
        exactly: gives the payoffs of the games that tie as rational numbers; None where floats are exact.
        order: the order in which the games are visited, (k,); each is tried first with what the last ones
            played, so that neighbours should be alike. By default as they are.
        out: where to write; by default new arrays.
        progress: called after each part with the games done and the games in all.

    Raises:
        UnknownName: for a concept that is not solved in batches.
        GameError: for an ``out`` that does not fit.
        SolverError: when no profile of a game could be certified.
    """
    concept = method_named(concept)  # an unknown name is answered before any work
    answers = _checked(out, concept, shape)
    solver = _solver(games, concept)
    order = None if shape[1:] == (2, 2) else order  # 2 × 2 games are solved from signs alone
    walk = solver is None or _is_left_for_its_size(shape)
    size = max(1, PAYOFFS_AT_ONCE // (2 * shape[1] * shape[2]))
    for first in range(0, shape[0], size):
        last = min(first + size, shape[0])
        visited = np.arange(first, last) if order is None else order[first:last]
        left = visited if solver is None else solver(visited, answers)
        if len(left):
            _from_payoffs(left, payoffs, exactly, answers, walk=walk)
        if progress is not None:
            progress(last, shape[0])
    return answers


def _checked(out: BatchAnswers | None, concept: str, shape: tuple[int, int, int]) -> BatchAnswers:
    wanted = BatchAnswers.room(concept, 0, shape[1:])
    if out is None:
        needed, free = shape[0] * _bytes_of_a_game(wanted), free_bytes()
        if free is not None and needed > free:
            raise GameError(
                f"The answers to {shape[0]:,} games need {in_words(needed)}, and {in_words(free)} are free; "
                "solve them in parts, with the same `out` for each, and keep only what you need."
            )
        return BatchAnswers.room(concept, shape[0], shape[1:])
    for field in fields(BatchAnswers)[1:]:
        given, like = getattr(out, field.name), getattr(wanted, field.name)
        shape_needed = (shape[0], *like.shape[1:])
        if not isinstance(given, np.ndarray) or given.shape != shape_needed or given.dtype != like.dtype:
            description = (
                f"{given.dtype} {given.shape}" if isinstance(given, np.ndarray) else type(given).__name__
            )
            raise GameError(
                f"out.{field.name} is {description}; expected an array of {like.dtype} {shape_needed}."
            )
        if not (given.flags.c_contiguous and given.flags.writeable):
            raise GameError(f"out.{field.name} cannot be written row by row; give a contiguous array.")
    return BatchAnswers(concept, *(getattr(out, field.name) for field in fields(BatchAnswers)[1:]))


# Writes the answers of games, in the order they are given; returns those that are left to others.
def _bytes_of_a_game(room: BatchAnswers) -> int:
    arrays = [getattr(room, field.name) for field in fields(BatchAnswers)[1:]]
    return sum(array.itemsize * int(np.prod(array.shape[1:])) for array in arrays)


Solver = Callable[[NDArray[np.int64], BatchAnswers], NDArray[np.int64]]


def _solver(games: AffineGames | None, concept: str) -> Solver | None:
    """What solves the games without their payoffs; None where nothing does."""
    if games is None or concept not in FUSED:
        return None
    if games.shape == (2, 2):
        return _of_two(games)
    return _of_many(games, any_will_do=concept == "nash_one")


def _is_left_for_its_size(shape: tuple[int, int, int]) -> bool:
    """Whether the games are so large that they are solved faster from stored payoffs."""
    from advgame.equilibria.kernels.rank_one_solver import LARGE

    return shape[1] * shape[2] >= LARGE


def _of_many(games: AffineGames, *, any_will_do: bool) -> Solver | None:
    structure = affine_structure(games)
    if structure is None:
        return None
    from advgame.equilibria.kernels import affine_tile, fused, states, support_trial

    structure = replace(structure, swing=structure.swing.T)
    known = _in_rows(
        *(games.price_rows, games.largest, games.largest_row, games.caps, games.cap_rows),
        *(getattr(structure, field.name) for field in fields(structure)),
    )
    tries_supports = any_will_do or structure.aligned != NOT_ALIGNED

    def solve(visited: NDArray[np.int64], answers: BatchAnswers) -> NDArray[np.int64]:
        form = affine_tile.Form(np.ascontiguousarray(games.values[:, visited]), visited, *known)
        room = fused.Answers(
            *(answers.defender, answers.attacker, answers.value, answers.regret),
            *(answers.equilibria, answers.status),
        )
        parts, count = parts_for(len(visited), affine_tile.TILE), len(visited)

        def solve_part(part: int) -> None:
            first, last = _part(part, parts, count)
            space = affine_tile.new_tile(*games.shape), fused.new_walk_space(*games.shape)
            if tries_supports:
                trial = support_trial.new_trial_space(*games.shape), support_trial.no_supports()
                fused.solve_some(form, any_will_do, first, last, room, *space, *trial)
            else:  # a kernel without trials compiles in half the time
                fused.walk_some(form, first, last, room, *space)

        on_all_cores(solve_part, parts)
        state = answers.status[visited]
        answers.status[visited] = np.where(state == states.ONE, Status.ONE, Status.COMPILED)
        answers.complete[visited] = state == states.SOLVED
        return np.asarray(visited[state == states.LEFT])

    return solve


def _part(part: int, parts: int, count: int, first: int = 0) -> tuple[int, int]:
    """Where one of equal parts of ``count`` numbers from ``first`` on begins, and where it ends."""
    return first + part * count // parts, first + (part + 1) * count // parts


def _in_rows(*given: Any) -> tuple[Any, ...]:
    """The same, with arrays that lie row by row and can be written: kernels are compiled for these alone."""
    return tuple(
        np.require(argument, requirements=["C", "W"]) if isinstance(argument, np.ndarray) else argument
        for argument in given
    )


def _of_two(games: AffineGames) -> Solver:
    from advgame.equilibria.kernels import affine_two_by_two as kernel

    sums, (values,) = sums_of(games), _in_rows(games.values)

    def solve(visited: NDArray[np.int64], answers: BatchAnswers) -> NDArray[np.int64]:
        first, last, code = int(visited[0]), int(visited[-1]) + 1, answers.status
        room = code, answers.defender, answers.attacker, answers.value, answers.regret
        parts, count = parts_for(len(visited), kernel.TILE), len(visited)
        on_all_cores(
            lambda part: kernel.solve_some(sums, values, *_part(part, parts, count, first), *room), parts
        )
        left: NDArray[np.int64] = visited[code[first:last] == kernel.LEFT]
        code[first:last] = Status.COMPILED
        answers.complete[first:last] = True
        answers.equilibria[first:last] = 1
        return left

    return solve


def sums_of(games: AffineGames) -> affine_two_by_two.Sums:
    """The sums that decide games of two strategies each."""
    from advgame.equilibria.kernels import affine_two_by_two

    still, shared = games.still.copy(), games.shared.copy()
    still[..., 1] += games.entered[..., 1]
    shared[..., 0] = 0.0  # of strategy 0 the intensity is 0
    return affine_two_by_two.Sums(
        games.price_rows,
        games.largest,
        games.largest_row,
        float(games.caps[1]),
        int(games.cap_rows[1]),
        _eight(still),
        _eight(shared),
        MAY_TIE * np.array([games.size(0), games.size(1)]),
    )


def _eight(parts: FloatArray) -> FloatArray:
    """Both players' differences between strategies, and what the second ones pay, (8, features)."""
    a, b = parts
    differences = [*(a[:, 0] - a[:, 1]).T, *(b[:, :, 0] - b[:, :, 1]).T]
    return np.ascontiguousarray([*differences, *a[:, 1].T, *b[:, :, 1].T])


def _from_payoffs(
    chosen: NDArray[np.int64],
    payoffs: Payoffs,
    exactly: ExactPayoffs | None,
    answers: BatchAnswers,
    *,
    walk: bool,
) -> None:
    """Writes the answers of some games from their payoffs; games that are equal are solved once.

    With ``walk``, games that may tie are tried by a kernel before they are solved exactly.
    """
    a, b = payoffs(chosen)
    if exactly is not None and answers.concept == Nash.name:
        clear = clear_of_ties(a, b, walk=walk)
        if not clear.all():
            write_exactly(chosen[~clear], a[~clear], b[~clear], exactly, answers)
            chosen, a, b = chosen[clear], a[clear], b[clear]
        if len(chosen) == 0:
            return
    flat = np.hstack([a.reshape(len(a), -1), b.reshape(len(b), -1)])
    keys = np.ascontiguousarray(flat).view(np.dtype((np.void, flat.itemsize * flat.shape[1]))).ravel()
    _, firsts, place = np.unique(keys, return_index=True, return_inverse=True)
    a, b = np.ascontiguousarray(a[firsts]), np.ascontiguousarray(b[firsts])
    status = np.full(len(a), Status.COMPILED, np.uint8)
    if answers.concept == Nash.name and len(a) <= FEW and not is_compiled(a.shape[1:]):
        profiles = BatchProfiles.joined(list(singly(a, b, np.arange(len(a)), status, ALWAYS)))
    else:
        profiles = METHODS[answers.concept](a, b, status)
    value = np.column_stack(
        [
            np.einsum("si,sij,sj->s", profiles.defender, payoffs_of[profiles.game], profiles.attacker)
            for payoffs_of in (a, b)
        ]
    )
    best, alike = worst_of_each(profiles, value[:, 0], MAY_TIE * np.abs(a).max(axis=(1, 2)))
    if len(best) < len(a):
        missing = np.setdiff1d(np.arange(len(a)), profiles.game)[0]
        raise SolverError(f"No profile of game {chosen[firsts[missing]]} could be certified.")
    recommended, values = profiles.kept(best), value[best]
    for game in alike if answers.concept == Nash.name else ():
        _choose_singly(a[game], b[game], game, recommended, values)
    answers.defender[chosen], answers.attacker[chosen] = (
        recommended.defender[place],
        recommended.attacker[place],
    )
    answers.value[chosen], answers.regret[chosen] = values[place], recommended.regret[place]
    answers.equilibria[chosen] = np.bincount(profiles.game, minlength=len(a))[place]
    answers.status[chosen] = status[place]
    answers.complete[chosen] = answers.status[chosen] < Status.PARTIAL


def worst_of_each(
    profiles: BatchProfiles, value: FloatArray, near: FloatArray
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The place of each game's profile worth least to the defender, and the games with two nearly such.

    Args:
        profiles: profiles of many games, each game's rows anywhere.
        value: (profiles,) payoffs of the defender.
        near: (games,) differences of value up to which two profiles count as equal.
    """
    order = np.lexsort((np.arange(len(value)), value, profiles.game))
    game, value = profiles.game[order], value[order]
    firsts = np.flatnonzero(np.diff(game, prepend=-1))
    seconds = firsts[:-1][np.diff(firsts) > 1] + 1
    if len(firsts) and firsts[-1] + 1 < len(game):
        seconds = np.append(seconds, firsts[-1] + 1)
    alike = value[seconds] - value[seconds - 1] <= near[game[seconds]]
    return order[firsts], game[seconds[alike]]


def _choose_singly(
    a: FloatArray, b: FloatArray, game: int, recommended: BatchProfiles, value: FloatArray
) -> None:
    """Chooses as for a single game, whose payoffs may be exact, where rounding would decide what is worst."""
    chosen = Nash().solve(Game(a, b)).recommended
    recommended.defender[game], recommended.attacker[game] = chosen.defender, chosen.attacker
    value[game] = chosen.defender_payoff, chosen.attacker_payoff
    recommended.regret[game] = chosen.certificate.defender_regret, chosen.certificate.attacker_regret
