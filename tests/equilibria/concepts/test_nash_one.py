"""One equilibrium of a single game: pure where there is one, certified, and never said to be all."""

from __future__ import annotations

import numpy as np
import pytest

import advgame as ag
from advgame.equilibria import CONCEPTS, NashOne, solve
from advgame.equilibria.algorithms import lemke_howson
from advgame.equilibria.algorithms.lemke_howson import compile_path, pure_equilibrium
from advgame.games import Game
from benchmarks.game_classes import CLASSES

SHAPES = {"sgc": (11, 11), "tournament": (6, 15), "Blotto": (15, 15)}


@pytest.fixture(autouse=True, scope="module", name="compiled")
def _compiled() -> None:
    compile_path()


def regrets(game: Game, defender: np.ndarray, attacker: np.ndarray) -> tuple[float, float]:
    """Recomputed here, relative to the ranges of the payoffs."""
    to_defender, to_attacker = game.defender_payoffs @ attacker, defender @ game.attacker_payoffs
    return (
        float((to_defender.max() - defender @ to_defender) / np.ptp(game.defender_payoffs)),
        float((to_attacker.max() - to_attacker @ attacker) / np.ptp(game.attacker_payoffs)),
    )


@pytest.mark.parametrize("python", [False, True], ids=["compiled", "in Python"])
@pytest.mark.parametrize("name", CLASSES)
def test_one_certified_equilibrium_of_every_class_is_not_called_all(
    name: str, python: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if python:
        monkeypatch.setattr(lemke_howson, "is_cached", lambda *_: False)
    payoffs = CLASSES[name](np.random.default_rng(4), 4, *SHAPES.get(name, (10, 10)))
    for a, b in zip(*payoffs, strict=True):
        game = Game(a, b)
        solution = solve(game, "nash_one")
        (profile,) = solution.profiles
        assert not solution.complete
        assert solution.recommended is profile
        assert profile.certificate.valid
        assert max(regrets(game, profile.defender, profile.attacker)) <= 2e-9
        assert profile.defender_payoff == pytest.approx(profile.defender @ a @ profile.attacker, abs=1e-12)
        assert profile.attacker_payoff == pytest.approx(profile.defender @ b @ profile.attacker, abs=1e-12)


def test_pure_equilibria_are_found_alike_with_compiled_code_and_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    random = np.random.default_rng(5)
    games = [Game(*random.integers(-3, 4, (2, *random.integers(1, 8, 2))).astype(float)) for _ in range(300)]
    found = [pure_equilibrium(game) for game in games]
    for game, pair in zip(games, found, strict=True):
        a, b = game.defender_payoffs, game.attacker_payoffs
        best = [
            (i, j)
            for j in range(a.shape[1])
            for i in range(a.shape[0])
            if a[i, j] == max(a[:, j]) and b[i, j] == max(b[i])
        ]
        assert pair == (best[0] if best else None)
    assert {pair is None for pair in found} == {True, False}
    monkeypatch.setattr(lemke_howson, "is_cached", lambda *_: False)
    assert [pure_equilibrium(game) for game in games] == found


def test_a_large_constant_changes_nothing_and_payoffs_in_rows_of_fortran_are_read_rightly() -> None:
    random = np.random.default_rng(6)
    a, b = random.integers(-9, 10, (2, 7, 6)).astype(float)
    near, far = Game(a, b), Game(np.asfortranarray(a + 1e13), b - 1e13)
    one, other = (solve(game, "nash_one").recommended for game in (near, far))
    assert other.certificate.valid
    assert np.allclose(one.defender, other.defender, atol=1e-12)
    assert np.allclose(one.attacker, other.attacker, atol=1e-12)
    assert other.defender_payoff == pytest.approx(one.defender_payoff + 1e13)


def test_without_time_there_is_a_remark_and_no_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lemke_howson, "is_cached", lambda *_: False)
    pennies = Game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    solution = NashOne(time_limit_seconds=0.0).solve(pennies)
    assert not solution.profiles
    assert "work_limit" in solution.remark


@pytest.mark.parametrize("seed", range(12))
def test_the_equilibrium_is_one_of_all(seed: int) -> None:
    random = np.random.default_rng(seed)
    game = ag.Game(*random.integers(-9, 10, (2, 4, 3)))
    one, listed = ag.solve(game, "lemke_howson"), ag.solve(game)
    profile = one.recommended
    assert profile.certificate.valid
    assert not one.complete
    together = [np.concatenate([each.defender, each.attacker]) for each in listed.profiles]
    mine = np.concatenate([profile.defender, profile.attacker])
    if listed.complete and len(listed.profiles) == 1:
        assert np.abs(together[0] - mine).max() < 1e-9


def test_a_game_of_a_hundred_strategies_each_is_answered() -> None:
    random = np.random.default_rng(3)
    game = ag.Game(*random.normal(size=(2, 100, 100)))
    assert ag.solve(game, "nash_one").recommended.certificate.valid


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("stackelberg", "commitment"),
        ("pure-stackelberg", "pure_commitment"),
        ("maximin", "worst_case"),
        ("qre", "quantal_response"),
        ("lemke-howson", "nash_one"),
    ],
)
def test_the_names_of_the_literature_work_everywhere(alias: str, name: str) -> None:
    scenario = ag.case("cifar10-two-defences")
    game = ag.build_game(scenario)
    assert ag.solve(game, alias).concept == name
    assert ag.report(scenario, alias).recommendation.solution.concept == name
    assert ag.sweep(scenario, {"largest_share": [0.1]}, concept=alias)["complete"].tolist() == [False]
    if CONCEPTS[alias].batch_method is not None:
        a, b = game.defender_payoffs[None], game.attacker_payoffs[None]
        assert ag.solve_batch(a, b, alias).concept == name
        assert ag.solve_many(scenario, {"largest_share": [0.1]}, alias).concept == name


def test_degenerate_games_end_in_a_certified_equilibrium_however_their_payoffs_tie() -> None:
    random = np.random.default_rng(21)
    for _ in range(200):
        shape = random.integers(2, 9, 2)
        a, b = random.integers(0, 3, (2, *shape)).astype(float)
        (profile,) = solve(Game(a, b), "nash_one").profiles
        x, y = profile.defender, profile.attacker
        assert abs(x.sum() - 1) < 1e-12
        assert abs(y.sum() - 1) < 1e-12
        assert (a @ y).max() - x @ a @ y < 1e-8
        assert (x @ b).max() - x @ b @ y < 1e-8


def test_a_game_with_long_paths_from_most_labels_ends_at_its_only_equilibrium() -> None:
    a, b = (each[0] for each in CLASSES["dual cyclic"](np.random.default_rng(2), 1, 12, 12))
    (profile,) = solve(Game(a, b), "nash_one").profiles
    assert (profile.defender > 1e-9).all()
    assert (profile.attacker > 1e-9).all()
