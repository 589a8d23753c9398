"""What a report asks of the solvers: a scenario is built once, and its neighbours are solved together."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import advgame as ag
from advgame.decision import recommend, situate
from advgame.equilibria import Nash
from advgame.equilibria.algorithms.support_margin import support_margin
from advgame.equilibria.batch.recommended_profiles import recommended_without_compiling
from advgame.games import Game
from advgame.scenarios import case, scenario, set_parameter
from advgame.studies.parameter_line import Answers, Line, budget_for_neighbours, played
from advgame.studies.worth_along import values_alone

CASE = "cifar10-two-defences"


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts how often accuracies are built and single games solved."""
    counted: Counter[str] = Counter()
    accuracies_of, solve = scenario.accuracies_of, Nash.solve

    def counting_accuracies(*given, **settings):
        counted["accuracies"] += 1
        return accuracies_of(*given, **settings)

    def counting_solve(self, game):
        counted["games"] += 1
        return solve(self, game)

    monkeypatch.setattr(scenario, "accuracies_of", counting_accuracies)
    monkeypatch.setattr(Nash, "solve", counting_solve)
    return counted


def test_a_report_builds_the_accuracies_once_and_solves_few_single_games(calls: Counter[str]) -> None:
    ag.report(case(CASE))
    assert calls["accuracies"] <= 5
    assert 1 <= calls["games"] <= 60


def test_a_concept_that_is_asked_for_again_is_not_solved_again(calls: Counter[str]) -> None:
    here = situate(case(CASE), "commitment")
    first = here.answered_by("nash").solution
    assert here.answered_by("nash").solution is first
    assert calls["games"] == 1


def test_another_concept_shares_the_game(calls: Counter[str]) -> None:
    here = situate(case(CASE))
    assert here.answered_by("commitment").game is here.game
    assert recommend(here, "commitment").value > recommend(here).value
    assert calls["accuracies"] == 1


@pytest.mark.parametrize("name", [CASE, "cifar10-many-attacks", "mnist-invariance-measured"])
@pytest.mark.parametrize("address", ["largest_share", "attack_reward", "benign_gain"])
def test_along_a_line_games_are_played_as_each_is_on_its_own(name: str, address: str) -> None:
    here = situate(set_parameter(case(name), "attacker_knows", "nothing"))
    line, values = Line(here, address), [0.0, 0.11, 0.23, 0.61, 1.0]
    together = Answers([(line, values)], budget_for_neighbours())
    for place, value in enumerate(values):
        found = together.at(0, place)
        alone = recommend(set_parameter(here.scenario, address, value))
        assert found is not None
        assert set(found.deploy) == {defence for defence, _ in alone.deploy}
        assert found.defender == pytest.approx(alone.profile.defender, abs=1e-9)


def test_an_accuracy_moves_along_a_line_as_if_it_had_been_measured() -> None:
    here = situate(case(CASE))
    address = "attacked_accuracy[Standard, autoattack]"
    moved = ag.build_game(set_parameter(here.scenario, address, 0.35))
    line = Line(here, address)
    assert line.game(0.35).exact_payoffs == moved.exact_payoffs
    assert (line.payoffs([0.35])[0][0] == moved.defender_payoffs).all()
    assert played(here.concept, moved) is not None


def test_no_kernel_means_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = [threshold.below for threshold in ag.thresholds(case(CASE))]
    monkeypatch.setattr("advgame.studies.parameter_line.recommended_without_compiling", lambda *_: None)
    assert [threshold.below for threshold in ag.thresholds(case(CASE))] == pytest.approx(compiled, abs=1e-9)


@given(st.integers(0, 10**6))
def test_supports_carry_an_equilibrium_exactly_where_their_margin_is_positive(seed: int) -> None:
    a, b = np.random.default_rng(seed).normal(size=(2, 3, 3))
    listed = {
        (tuple(np.flatnonzero(each.defender > 1e-9)), tuple(np.flatnonzero(each.attacker > 1e-9)))
        for each in ag.solve(Game(a, b)).profiles
    }
    supports = [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]
    for rows in supports:
        for columns in supports:
            if len(rows) == len(columns):
                margin = support_margin(a, b, np.array(rows), np.array(columns))
                assert (margin > 0) == ((rows, columns) in listed)


def test_ties_among_replies_are_broken_as_the_concept_says() -> None:
    a, b = np.array([[[5.0, 1.0], [2.0, 3.0]]]), np.array([[[1.0, 1.0], [0.0, 1.0]]])
    assert values_alone(a, b, in_favour=True).tolist() == [[5.0, 3.0]]
    assert values_alone(a, b, in_favour=False).tolist() == [[1.0, 3.0]]


def test_games_near_a_tie_are_left_to_exact_arithmetic() -> None:
    tied = np.array([[[1.0, 0.0], [1.0, 1.0]]])
    answers = recommended_without_compiling(tied, -tied, "nash")
    assert answers is not None
    assert not answers.solved.any()
