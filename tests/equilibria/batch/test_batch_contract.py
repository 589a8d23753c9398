"""What every concept that is solved in batches promises, whatever the shape of the games."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from functools import cache

import numpy as np
import pytest
from numba import get_num_threads, set_num_threads

from advgame.equilibria import BatchSolution, solve_batch
from advgame.equilibria.batch.all_equilibria import walked
from advgame.equilibria.batch.buffers import BatchBuffers
from advgame.equilibria.batch.gathered import Status
from advgame.equilibria.batch.inputs import floats
from advgame.equilibria.batch.solve_batch import METHODS
from advgame.equilibria.kernels import rank_one_solver
from advgame.games.tolerances import LARGEST_REGRET
from tests.equilibria.games import DEAR_AND_CHEAP, attacker_game

Numbers = np.ndarray
Shape = tuple[int, int]

SHAPES: tuple[Shape, ...] = ((1, 6), (6, 1), (2, 2), (3, 3), (5, 5), (10, 8))
KINDS = ("attacker", "general", "ties")
GAMES = 70  # more than are solved side by side in one word, and no multiple of them

every_concept = pytest.mark.parametrize("concept", METHODS)
every_shape = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape[0]}x{shape[1]}")
every_kind = pytest.mark.parametrize("kind", KINDS)


@cache
def games(shape: Shape, kind: str, count: int = GAMES) -> tuple[Numbers, Numbers]:
    """Payoffs (count, m, n), whole multiples of 2^-20 that shifts and units of 2^k do not round."""
    random = np.random.default_rng([*shape, KINDS.index(kind)])
    if kind == "ties":
        count = count if max(shape) < 10 else 12  # of so large games, many are solved one by one
        a, b = random.integers(-2, 3, (2, count, *shape)).astype(float)
    elif kind == "general" or min(shape) == 1:
        count = count if max(shape) < 10 else 3
        a, b = np.round(random.normal(size=(2, count, *shape)) * 2.0**20) / 2.0**20
    else:
        a, b = (np.array(each) for each in zip(*(_told(random, shape) for _ in range(count)), strict=True))
    a.setflags(write=False)
    b.setflags(write=False)
    return a, b


def _told(random: np.random.Generator, shape: Shape) -> tuple[Numbers, Numbers]:
    """An attacker–defender game whose numbers have so few digits that no payoff is rounded."""

    def numbers(low: float, high: float, *size: int) -> Numbers:
        return np.round(random.uniform(low, high, size) * 2.0**10) / 2.0**10

    clean = numbers(0.0, 0.3, shape[0])
    attacked = np.column_stack([clean, numbers(0.2, 1.0, shape[0], shape[1] - 1)])
    share, cost = np.append(0, numbers(0.1, 0.9, shape[1] - 1)), np.append(0, numbers(0, 0.3, shape[1] - 1))
    game = attacker_game(clean, attacked, share, cost, numbers(0, 0.1, shape[0]))
    return game.defender_payoffs, game.attacker_payoffs


def same_bits(one: BatchSolution, other: BatchSolution) -> bool:
    """Whether two answers are the same to the last bit; regrets are relative, so that units do not matter."""
    names = [each.name for each in fields(BatchSolution)][1:]
    return all(getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in names)


def same_equilibria(one: BatchSolution, other: BatchSolution) -> bool:
    """Whether two answers list the same for each game, in any order and up to rounding."""

    def in_order(solution: BatchSolution) -> Numbers:
        rows = np.column_stack([solution.game_index, solution.defender, solution.attacker]).round(7) + 0.0
        return rows[np.lexsort(rows.T[::-1])]

    first, second = in_order(one), in_order(other)
    return first.shape == second.shape and bool(np.abs(first - second).max(initial=0.0) <= 2e-7)


@every_concept
@every_shape
@every_kind
def test_the_games_are_solved_in_order_with_certificates_that_the_payoffs_confirm(
    concept: str, shape: Shape, kind: str
) -> None:
    a, b = games(shape, kind)
    solution = solve_batch(a, b, concept)
    assert solution.concept == concept
    assert (np.diff(solution.game_index) >= 0).all()
    assert set(solution.game_index.tolist()) == set(range(len(a)))
    x, y, of = solution.defender, solution.attacker, solution.game_index
    assert min(x.min(), y.min()) >= 0
    assert max(np.abs(x.sum(axis=1) - 1).max(), np.abs(y.sum(axis=1) - 1).max()) < 1e-12
    pays_a, pays_b = np.einsum("sij,sj->si", a[of], y), np.einsum("sij,si->sj", b[of], x)
    lure = pays_b.max(axis=1) - (pays_b * y).sum(axis=1)
    size_a, size_b = (np.maximum(np.ptp(each[of], axis=(1, 2)), 1e-300) for each in (a, b))
    assert (lure / size_b).max() <= LARGEST_REGRET
    if concept.startswith("nash"):
        gain = pays_a.max(axis=1) - (pays_a * x).sum(axis=1)
        assert (gain / size_a).max() <= LARGEST_REGRET
        assert np.abs(solution.regret - np.column_stack([gain / size_a, lure / size_b])).max() <= 1e-14
    assert solution.regret.max() <= LARGEST_REGRET
    counts = np.bincount(of, minlength=len(a))
    assert (counts == 1).all() or concept == "nash"
    assert (solution.complete == (solution.status < Status.PARTIAL)).all()
    assert solution.complete.all() == (concept == "nash")
    for game in (0, len(a) // 2, len(a) - 1):
        assert (of[solution.of_game(game)] == game).all()
        assert solution.of_game(game).stop - solution.of_game(game).start == counts[game]


@every_concept
@every_shape
@every_kind
def test_buffers_of_the_caller_hold_the_same_answer(concept: str, shape: Shape, kind: str) -> None:
    a, b = games(shape, kind)
    plain = solve_batch(a, b, concept)
    for rows in (len(plain.game_index), len(plain.game_index) + 1000, 0):
        room = BatchBuffers.for_shape(len(a) + 5, *shape, rows)
        for each in fields(room):
            getattr(room, each.name).fill(1)  # what was there before must not matter
        given = solve_batch(a, b, concept, out=room)
        assert same_bits(plain, given)
        assert given.status.base is room.status
        assert given.complete.base is room.complete
        for name in ("game_index", "defender", "attacker", "regret"):
            stands_there = np.shares_memory(getattr(given, name), getattr(room, name))
            assert stands_there == (rows > 0)  # with too few rows, the answer has arrays of its own
        assert (room.status[len(a) :] == 1).all()  # of games that there are not


@every_concept
def test_buffers_are_filled_again_and_again(concept: str) -> None:
    room = BatchBuffers.for_shape(GAMES, 3, 3, 20 * GAMES)
    for kind in (*KINDS, *KINDS):
        a, b = games((3, 3), kind)
        assert same_bits(solve_batch(a, b, concept), solve_batch(a, b, concept, out=room))


@every_concept
@every_shape
def test_without_any_time_nothing_is_solved_and_nothing_listed(concept: str, shape: Shape) -> None:
    a, b = games(shape, "general")
    for room in (None, BatchBuffers.for_shape(len(a), *shape)):
        solution = solve_batch(a, b, concept, time_limit_seconds=0, out=room)
        assert solution.status.tolist() == [Status.UNSOLVED] * len(a)
        assert not solution.complete.any()
        assert solution.complete.shape == (len(a),)
        assert solution.defender.shape == (0, shape[0])
        assert solution.attacker.shape == (0, shape[1])
        assert len(solution.game_index) == len(solution.regret) == 0
        assert f"For {len(a):,} of {len(a):,} games nothing is listed: the time was up" in solution.remark


@every_concept
@every_shape
def test_with_time_enough_a_time_limit_changes_nothing(concept: str, shape: Shape) -> None:
    a, b = games(shape, "attacker")
    assert same_bits(solve_batch(a, b, concept), solve_batch(a, b, concept, time_limit_seconds=600))


@every_concept
def test_when_the_time_is_up_what_is_done_stands_and_the_rest_is_marked(
    concept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = games((3, 3), "attacker")
    part, done = solve_batch(a[:30], b[:30], concept), []
    monkeypatch.setattr(
        "advgame.equilibria.algorithms.deadline.Deadline.over", property(lambda _: bool(done))
    )
    monkeypatch.setattr("advgame.equilibria.batch.solve_batch.FIRST_CHUNK", 30)
    told = solve_batch(a, b, concept, time_limit_seconds=600, progress=lambda last, _: done.append(last))
    assert told.status.tolist() == [*part.status.tolist(), *[Status.UNSOLVED] * (GAMES - 30)]
    assert told.defender.tobytes() == part.defender.tobytes()
    assert not told.complete[30:].any()
    assert "For 40 of 70 games nothing is listed" in told.remark


@every_concept
@every_shape
@every_kind
def test_chunks_change_no_bit(concept: str, shape: Shape, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = games(shape, kind)
    whole = solve_batch(a, b, concept)
    for size in (6, 33):
        room = BatchBuffers.for_shape(len(a), *shape, len(whole.game_index))
        monkeypatch.setattr(
            "advgame.equilibria.batch.solve_batch.CHUNK_BYTES", 8 * 4 * (sum(shape) + 2) * size
        )
        told: list[int] = []
        parts = solve_batch(a, b, concept, progress=lambda done, _, told=told: told.append(done))
        assert told == [*range(size, len(a), size), len(a)]
        again = solve_batch(a, b, concept, out=room)
        assert same_bits(parts, again)
        # Which kernel is tried first depends on what games of this size a chunk holds, and so do last bits.
        assert same_bits(whole, parts) or (concept == "nash" and shape == (3, 3))
        assert same_equilibria(whole, parts)
        assert (whole.status == parts.status).all()


@every_concept
@every_shape
@every_kind
def test_powers_of_two_as_units_change_no_bit(concept: str, shape: Shape, kind: str) -> None:
    a, b = games(shape, kind)
    plain = solve_batch(a, b, concept)
    for one, other in ((-50, 50), (50, -50), (-17, 3)):
        changed = solve_batch(a * 2.0**one, b * 2.0**other, concept)
        assert same_bits(plain, changed)


@every_concept
@every_shape
@every_kind
def test_exactly_representable_shifts_change_no_mix(concept: str, shape: Shape, kind: str) -> None:
    a, b = games(shape, kind)
    plain = solve_batch(a, b, concept)
    for one, other in ((8.0, -(2.0**12)), (-3.0, 1024.5)):
        changed = solve_batch(a + one, b + other, concept)
        assert (plain.status == changed.status).all()
        assert (plain.game_index == changed.game_index).all()
        if kind == "ties" and "commitment" in concept:  # of several commitments worth the same, any is told
            values = [
                np.einsum("si,sij,sj->s", told.defender, a[told.game_index], told.attacker)
                for told in (plain, changed)
            ]
            np.testing.assert_allclose(values[1], values[0], rtol=0, atol=1e-12)
            continue
        # Large constants are subtracted before solving, in another way than they were added.
        np.testing.assert_allclose(changed.defender, plain.defender, rtol=0, atol=1e-12)
        np.testing.assert_allclose(changed.attacker, plain.attacker, rtol=0, atol=1e-12)


@pytest.fixture
def several_threads() -> Iterator[list[int]]:
    """One thread, two, and as many as there are."""
    before = get_num_threads()
    yield sorted({1, min(2, before), before})
    set_num_threads(before)


@every_concept
@every_shape
@every_kind
def test_any_number_of_threads_gives_the_same_bits(
    concept: str, shape: Shape, kind: str, several_threads: list[int]
) -> None:
    a, b = games(shape, kind)
    answers = []
    for threads in several_threads:
        set_num_threads(threads)
        answers.append(solve_batch(a, b, concept))
    assert all(same_bits(answers[0], each) for each in answers[1:])


@every_concept
@every_shape
def test_into_however_many_parts_games_are_divided_the_bits_are_the_same(
    concept: str, shape: Shape, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = games(shape, "attacker")
    whole = solve_batch(a, b, concept)
    for module in ("all_equilibria", "general_games", "one_equilibrium", "batch_commitment"):
        monkeypatch.setattr(f"advgame.equilibria.batch.{module}.parts_for", lambda games, *_: min(games, 7))
    assert same_bits(whole, solve_batch(a, b, concept))


def test_many_small_games_are_numbered_through_all_tiles_and_parts() -> None:
    # every third game has three equilibria, the others one: dominance, and matching pennies
    a, b = np.zeros((2, 3001, 2, 2))
    a[::3], b[::3] = DEAR_AND_CHEAP.defender_payoffs, DEAR_AND_CHEAP.attacker_payoffs
    a[1::3], b[1::3] = [[1, 1], [0, 0]], [[1, 0], [0, 1]]
    a[2::3], b[2::3] = [[1, -1], [-1, 1]], [[-1, 1], [1, -1]]
    solution = solve_batch(a, b)
    counts = np.where(np.arange(3001) % 3 == 0, 3, 1)
    assert solution.game_index.tolist() == np.repeat(np.arange(3001), counts).tolist()
    assert (solution.defender[np.isin(solution.game_index, np.arange(1, 3001, 3))] == [1, 0]).all()
    assert (solution.attacker[np.isin(solution.game_index, np.arange(2, 3001, 3))] == 0.5).all()
    room = BatchBuffers.for_shape(3001, 2, 2)
    assert same_bits(solution, solve_batch(a, b, out=room))


@every_concept
def test_payoffs_in_any_layout_are_read_alike(concept: str) -> None:
    a, b = games((3, 3), "general")
    plain = solve_batch(a, b, concept)
    by_column = np.asfortranarray(a), np.ascontiguousarray(b.transpose(2, 1, 0)).transpose(2, 1, 0)
    assert same_bits(plain, solve_batch(*by_column, concept))
    spaced = np.zeros((2 * GAMES, 3, 6))
    spaced[::2, :, ::2] = a
    assert same_bits(plain, solve_batch(spaced[::2, :, ::2], b, concept))
    assert same_bits(plain, solve_batch(a.tolist(), b.tolist(), concept))
    free = a.copy()
    assert same_bits(plain, solve_batch(free, b, concept))
    # What may be written is read where it stands; for what may not, kernels would be compiled once more.
    assert floats(free) is free
    assert floats(a).flags.writeable
    assert not a.flags.writeable


def test_the_walk_is_compiled_once_whatever_the_layout_of_the_payoffs() -> None:
    a, b = games((3, 3), "attacker")
    walked(a, b)
    walked(a[::2], b[::2])
    walked(np.asfortranarray(a), np.broadcast_to(b[0], a.shape))
    payoffs = [each for signature in rank_one_solver.solve_some.signatures for each in signature[:2]]
    assert {(each.layout, each.mutable) for each in payoffs} == {("C", True)}
