from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from advgame.equilibria import Nash, Solution, solve
from advgame.equilibria.algorithms.deadline import Deadline, TimeUp
from advgame.equilibria.algorithms.enumeration import extreme_equilibria
from advgame.equilibria.algorithms.exact_tableau import Corner
from advgame.equilibria.algorithms.optimal_vertices import everything, optimal_corners
from advgame.equilibria.rank_one import degenerate, exact_path
from advgame.equilibria.rank_one.exact_path import TiedGame, tied_equilibria
from advgame.games import Game
from tests.equilibria.brute_force import Mix, coordination_game, every_extreme_equilibrium
from tests.equilibria.games import attacker_game

seeds = st.integers(0, 1_000_000)


def on_faces(game: Game, ratio: Fraction, seconds: float = 60) -> set[tuple[Mix, Mix]]:
    """What the path in rational numbers finds, strategies that cannot matter included."""
    types = np.zeros(game.shape[1], np.int64)
    found = tied_equilibria(TiedGame(*game.payoffs_as_given, types, [ratio]), Deadline(seconds))
    assert found is not None
    listed = list(found)
    assert len(listed) == len(set(listed))
    return set(listed)


def variants(game: Game) -> list[tuple[Game, Fraction]]:
    """A game in whole numbers, in rational ones, and in floats whose rounding breaks some of its ties."""
    a, b = game.defender_payoffs.tolist(), game.attacker_payoffs.tolist()
    sevenths = Game(
        [[Fraction(v) / 7 for v in row] for row in a], [[Fraction(v) / 3 for v in row] for row in b]
    )
    tenths = Game(game.defender_payoffs * 0.1, game.attacker_payoffs * 0.3)
    return [(game, Fraction(1)), (sevenths, Fraction(3, 7)), (tenths, Fraction(1, 3))]


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_the_faces_hold_every_extreme_equilibrium_of_a_tied_game(seed: int) -> None:
    random = np.random.default_rng(seed)
    defences, attacks = random.integers(2, 5, 2)
    for game, ratio in variants(coordination_game(random, defences, attacks)):
        assert on_faces(game, ratio) == every_extreme_equilibrium(game)


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_any_ratio_that_leaves_rank_one_gives_the_same_equilibria(seed: int) -> None:
    random = np.random.default_rng(seed)
    game = coordination_game(random, *random.integers(2, 6, 2))
    # scaled by another power of two than the defender, and not by the ratio a search would begin with
    scaled = Game(game.defender_payoffs * 2.0**-30, game.attacker_payoffs * 8.0)
    assert on_faces(scaled, Fraction(1, 2**33)) == on_faces(game, Fraction(1))


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_no_basis_on_the_way_leaves_the_perturbed_polyhedron(seed: int) -> None:
    random = np.random.default_rng(seed)
    replies, own = (int(count) for count in random.integers(2, 6, 2))
    payoffs = np.array(random.integers(0, 3, (replies, own)).tolist(), dtype=object)
    for corner in optimal_corners(payoffs, [0] * own, [0] * replies, everything(own, 1), Deadline(60)):
        for row, value in enumerate(corner.values):
            # with 1, ε, ε², … beside the values at the start, every basic variable is still positive
            full = [value, *(entry_of(corner, row, label) for label in corner.first)]
            assert next(entry for entry in full if entry != 0) > 0


def entry_of(corner: Corner, row: int, label: int) -> int:
    if label in corner.basic:
        return corner.unit if corner.basic[row] == label else 0
    return int(corner.body[row, corner.nonbasic.index(label)])


@given(seeds)
@example(505)  # the equilibrium of the highest intensity plays nothing that matters elsewhere
@settings(max_examples=25, deadline=None)
def test_a_part_that_grows_finds_what_the_whole_holds(seed: int) -> None:
    random = np.random.default_rng(seed)
    for game, ratio in variants(coordination_game(random, *random.integers(3, 8, 2))):
        expected = on_faces(game, ratio)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(exact_path, "SMALL", 0)
            patch.setattr(exact_path, "AT_ONCE", 1)
            assert on_faces(game, ratio) == expected


def test_a_game_that_is_not_of_rank_one_has_no_faces_to_follow() -> None:
    random = np.random.default_rng(1)
    game = Game(random.integers(-9, 9, (5, 5)), random.integers(-9, 9, (5, 5)))
    types = np.zeros(5, np.int64)
    assert tied_equilibria(TiedGame(*game.payoffs_as_given, types, [Fraction(1)]), Deadline(5)) is None


def test_the_search_ends_with_its_time() -> None:
    game = coordination_game(np.random.default_rng(4), 30, 30)
    with pytest.raises(TimeUp):
        on_faces(game, Fraction(1), seconds=0.0)


@given(seeds)
@settings(max_examples=40, deadline=None)
def test_tied_games_are_solved_completely_and_exactly(seed: int) -> None:
    random = np.random.default_rng(seed)
    for game, _ in variants(coordination_game(random, *random.integers(2, 7, 2))):
        solution, exact = solve(game), solve(game, Nash(exact=True))
        assert solution.complete
        assert exact.complete
        enumerated = set(extreme_equilibria(game, Deadline(60)))
        assert {profile.exact_mixes for profile in exact.profiles} == enumerated
        assert values(solution) == values(exact)


def values(solution: Solution) -> set[tuple[float, ...]]:
    return {
        tuple((np.concatenate([each.defender, each.attacker]) + 0.0).round(9)) for each in solution.profiles
    }


def test_a_tied_game_of_forty_defences_is_complete() -> None:
    random = np.random.default_rng(4)
    value = random.integers(-2, 3, (40, 30))
    common = (
        np.outer(random.integers(0, 3, 40), random.integers(0, 3, 30)) - random.integers(0, 3, 40)[:, None]
    )
    game = Game((common - value) * 0.1, value * 0.3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exact_path, "SMALL", 0)  # proven on the part of it that matters
        solution = solve(game)
    assert solution.complete
    assert values(solution) == values(solve(game, Nash(exact=True)))


def test_ties_too_many_to_list_leave_the_worst_and_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(12):
        game = coordination_game(np.random.default_rng(seed), 6, 6)
        every = solve(game)
        monkeypatch.setattr(degenerate, "MOST_LISTED", 1)
        solution = solve(game)
        monkeypatch.undo()
        if every.method != degenerate.IN_RATIONALS or len(every.profiles) == 1:
            continue
        assert not solution.complete
        assert "more than" in solution.remark
        earned = [profile.defender_payoff for profile in every.profiles]
        assert solution.recommended.defender_payoff == pytest.approx(min(earned), abs=1e-8)
        best = max(profile.defender_payoff for profile in solution.profiles)
        assert best == pytest.approx(max(earned), abs=1e-8)


def test_without_time_for_ties_the_answer_is_marked_partial() -> None:
    game = coordination_game(np.random.default_rng(4), 8, 8)
    solution = solve(game, Nash(time_limit_seconds=0.0))
    assert not solution.complete
    assert "limit" in solution.remark
    assert all(profile.certificate.valid for profile in solution.profiles)
    assert solve(game, Nash(time_limit_seconds=0.0, exact=True)).profiles == ()


def test_an_attacker_who_earns_the_same_everywhere_leaves_a_continuum_that_is_listed() -> None:
    game = twenty_defences(reward=0.0)
    solution = solve(game)
    assert solution.complete
    assert len(solution.profiles) > 50
    secured = solve(game, "worst_case").recommended.defender_payoff
    assert solution.recommended.defender_payoff == pytest.approx(secured, abs=1e-9)
    best = max(profile.defender_payoff for profile in solution.profiles)
    assert best == pytest.approx(game.defender_payoffs.max())


def test_the_ends_of_a_continuum_are_those_of_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    game = twenty_defences(reward=0.0)
    earned = [profile.defender_payoff for profile in solve(game).profiles]
    monkeypatch.setattr(degenerate, "MOST_LISTED", 50)
    solution = solve(game)
    assert not solution.complete
    told = [profile.defender_payoff for profile in solution.profiles]
    assert told == pytest.approx([min(earned), max(earned)], abs=1e-9)


def twenty_defences(reward: float) -> Game:
    """Against ten attacks that cost nothing."""
    random = np.random.default_rng(1)
    clean = random.uniform(0.02, 0.3, 20)
    attacked = np.maximum(clean[:, None], random.uniform(0.1, 0.95, (20, 10)))
    share = [0.0, *random.uniform(0.05, 0.5, 10)]
    errors = np.column_stack([clean, attacked])
    return attacker_game(clean, errors, share, np.zeros(11), random.uniform(0, 0.1, 20), reward=reward)
