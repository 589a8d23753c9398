"""How few defences suffice."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

import advgame as ag
from advgame.decision import concept_in_bulk
from advgame.errors import InputError
from advgame.games import Game
from advgame.scenarios import Scenario
from advgame.studies.portfolio import Portfolio
from tests.studies.structures import CASES


def studied(case: str, concept: str | None = None, **settings: object) -> Portfolio:
    result = ag.study("portfolio", ag.case(case), concept, **settings)
    assert isinstance(result, Portfolio)
    return result


def value(scenario: Scenario, defences: tuple[str, ...]) -> float:
    """Of the game in which only some defences are left, solved alone."""
    game = ag.build_game(scenario)
    rows = [game.defences.index(name) for name in defences]
    part = Game(game.defender_payoffs[rows], game.attacker_payoffs[rows])
    return float(ag.solve(part, concept_in_bulk(scenario)).recommended.defender_payoff)


@pytest.mark.parametrize("case", ["mnist-invariance", "cifar10-pruning", "cifar10-two-defences"])
def test_the_best_set_of_each_size_is_the_best_of_all_sets_solved_alone(case: str) -> None:
    scenario = ag.case(case)
    result = studied(case, concept_in_bulk(scenario), within=0.0)
    names = scenario.accuracies.defences
    assert result.value == pytest.approx(value(scenario, names), abs=1e-9)
    for each in result.sets:
        values = [value(scenario, some) for some in combinations(names, each.size)]
        assert each.value == pytest.approx(max(values), abs=1e-9)
        assert each.value == pytest.approx(value(scenario, each.defences), abs=1e-9)
        assert each.exact
    assert result.smallest.value >= result.value - 1e-9


@pytest.mark.parametrize("case", CASES)
def test_what_an_announced_mixture_plays_suffices_in_every_case(case: str) -> None:
    scenario = ag.case(case)
    result = studied(case, concept_in_bulk(scenario))
    profile = ag.solve(ag.build_game(scenario), concept_in_bulk(scenario)).recommended
    assert result.smallest.size <= int((profile.defender > 1e-9).sum())
    assert result.smallest.kept >= 0.99
    assert all(each.kept < 0.99 for each in result.sets[:-1])
    assert [each.size for each in result.sets] == list(range(1, result.smallest.size + 1))


def test_too_many_sets_are_built_up_step_by_step_with_a_remark() -> None:
    exact, greedy = (studied("cifar10-many-attacks", most_sets=most) for most in (20_000, 30))
    assert exact.exact
    assert [each.exact for each in greedy.sets[:2]] == [True, False]
    assert not greedy.exact
    assert greedy.smallest.kept >= 0.99
    assert all(one.value <= other.value + 1e-9 for one, other in zip(greedy.sets, exact.sets, strict=False))
    assert "built up one defence at a time" in greedy.sentence


def test_a_larger_loss_allows_fewer_defences() -> None:
    sizes = [studied("cifar10-many-attacks", within=within).smallest.size for within in (0.0, 0.01, 0.2)]
    assert sizes == [4, 3, 2]


def test_under_simultaneous_play_fewer_defences_can_be_worth_more() -> None:
    result = studied("cifar10-two-defences", "nash")
    # Rice2020Overfitting draws no attack: its clean accuracy
    assert result.smallest.value == pytest.approx(0.8534)
    assert result.smallest.kept > 1
    assert "as the attacker adapts" in result.sentence


@pytest.mark.parametrize(
    ("settings", "message"), [({"within": 2.0}, "within is 2.0"), ({"most_sets": 0}, "most_sets is 0")]
)
def test_settings_that_do_not_fit_are_refused(settings: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        studied("mnist-invariance", **settings)


def test_a_set_is_a_game_in_which_the_attacker_adapts() -> None:
    frame = studied("mnist-invariance").frame()
    assert np.all(np.diff(frame["value"]) >= 0)
    assert frame["size"].tolist() == [1, 2]
