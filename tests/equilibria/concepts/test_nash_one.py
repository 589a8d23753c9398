"""One equilibrium: certified, among those that are listed, and also of games too large to be listed."""

from __future__ import annotations

import numpy as np
import pytest

import advgame as ag
from advgame.equilibria import CONCEPTS, NashOne


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


def test_a_limit_that_is_too_low_is_named_in_the_remark() -> None:
    random = np.random.default_rng(3)
    game = ag.Game(*random.normal(size=(2, 30, 30)))
    solution = NashOne(time_limit_seconds=0.0).solve(game)
    if not solution.profiles:  # compiled code answers at once
        assert "work_limit" in solution.remark


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
