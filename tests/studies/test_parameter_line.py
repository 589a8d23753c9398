"""A number moved along a line: payoffs in between, answers in batches, and the work that they may take."""

from __future__ import annotations

import numpy as np
import pytest

import advgame as ag
from advgame.decision.situation import situate
from advgame.equilibria import Concept
from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.batch.recommended_profiles import recommended_without_compiling
from advgame.scenarios import case, set_parameter
from advgame.studies import parameter_line, thresholds
from advgame.studies.parameter_line import Answers, Line, budget_for_neighbours

CASE = "cifar10-two-defences"


@pytest.mark.parametrize(
    "address", ["attack_cost", "largest_share", "clean_accuracy[Standard]", "defence_cost[Standard]"]
)
def test_payoffs_on_a_straight_line_are_those_of_each_game(address: str) -> None:
    line = Line(situate(case(CASE)), address)
    values = np.linspace(0.05, 0.95, 16).tolist()
    assert line.straight(0.05, 0.95) is not None
    for value, *payoffs in zip(values, *line.payoffs(values), strict=True):
        game = ag.build_game(set_parameter(case(CASE), address, value))
        assert payoffs[0] == pytest.approx(game.defender_payoffs, abs=1e-14)
        assert payoffs[1] == pytest.approx(game.attacker_payoffs, abs=1e-14)


def test_payoffs_that_bend_along_a_line_are_not_treated_as_affine() -> None:
    capped = set_parameter(case(CASE), "adversarial_share[autoattack]", 0.4)
    line = Line(situate(capped), "largest_share")
    assert line.straight(0.1, 0.9) is None
    values = np.linspace(0.1, 0.9, 9).tolist()
    for value, payoffs in zip(values, line.payoffs(values)[0], strict=True):
        game = ag.build_game(set_parameter(capped, "largest_share", value))
        assert (payoffs == game.defender_payoffs).all()


def test_quantal_responses_of_many_games_are_those_of_each() -> None:
    random = np.random.default_rng(5)
    a, b = random.random((2, 12, 4, 3)) * random.choice([0.1, 2.0], (1, 12, 1, 1)) + 1e3
    answers = recommended_without_compiling(a, b, "quantal_response")
    assert answers is not None
    assert 0 < answers.solved.sum() < 12  # with large payoffs the branch must be followed
    for game in np.flatnonzero(answers.solved):
        alone = ag.solve(ag.Game(a[game], b[game]), "quantal_response").recommended
        assert answers.defender[game] == pytest.approx(alone.defender, abs=1e-10)
        assert answers.attacker[game] == pytest.approx(alone.attacker, abs=1e-10)


def test_games_beyond_the_budget_are_not_solved_and_said_to_be_cut() -> None:
    line = Line(situate(case(CASE), "worst_case"), "attack_cost")
    found = Answers([(line, [0.1, 0.9])], Deadline(60, work=1e-9))
    assert found.at(0, 0) is None
    assert found.was_cut(0, 0)
    whole = Answers([(line, [0.1, 0.9])], budget_for_neighbours())
    assert whole.at(0, 0) is not None
    assert not whole.was_cut(0, 0)


@pytest.mark.parametrize(("address", "games"), [("attack_cost", 1), ("benign_gain", 9)])
def test_values_at_which_the_payoffs_are_the_same_are_solved_once(
    address: str, games: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    solved: list[ag.Game] = []
    alone = parameter_line.played

    def counted(concept: Concept, game: ag.Game) -> parameter_line.Played | None:
        solved.append(game)
        return alone(concept, game)

    monkeypatch.setattr(parameter_line, "played", counted)
    line = Line(situate(set_parameter(case(CASE), "largest_share", 0.0), "worst_case"), address)
    values = np.linspace(0.1, 0.9, 9).tolist()
    found = Answers([(line, values)], budget_for_neighbours())
    answers = [found.at(0, place) for place in range(9)]
    assert len(solved) == games
    for value, answer in zip(values, answers, strict=True):
        expected = ag.solve(line.game(value), "worst_case").recommended
        assert answer is not None
        assert answer.defender.tolist() == expected.defender.tolist()


def test_a_search_that_was_cut_short_is_reported_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parameter_line, "WORK", 0.0)
    found = thresholds(case(CASE), "worst_case")
    assert all(each.cut_short and not each.decides for each in found)
    text = " ".join(ag.report(case(CASE), "worst_case").render("text").split())
    assert "The search was cut short" in text
    assert "change nothing" not in text
    assert "Some shares are omitted" in text


def test_work_for_neighbours_is_the_same_whatever_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parameter_line, "WORK", 0.02)
    scenario = set_parameter(case("mnist-invariance"), "benign_gain", 0.0)
    first = thresholds(scenario, "weak_commitment", ["largest_share", "attack_cost[invariance]"])
    monkeypatch.setattr("advgame.equilibria.algorithms.deadline.monotonic", lambda: 0.0)
    assert thresholds(scenario, "weak_commitment", ["largest_share", "attack_cost[invariance]"]) == first
