"""The smallest joint change of all accuracies that changes which defences are deployed."""

from __future__ import annotations

from dataclasses import replace
from math import inf, sqrt

import numpy as np
import pytest

import advgame as ag
from advgame.decision import concept_in_bulk, decide, situate
from advgame.decision.recommendation import played
from advgame.errors import InputError
from advgame.scenarios import Scenario
from advgame.scenarios.evidence import standard_errors
from advgame.studies.nearest_flip import NearestFlip, _Moves

CASE = "cifar10-two-defences"
RIGHT = {"Standard": (9478, 0), "Rice2020Overfitting": (8534, 5342)}  # of 10,000, clean and attacked


def studied(scenario: Scenario, concept: str | None = None, **settings: object) -> NearestFlip:
    result = ag.study("nearest_flip", scenario, concept, **settings)
    assert isinstance(result, NearestFlip)
    return result


def variance(right: int, tested: int = 10_000) -> float:
    """Of Jeffreys' posterior, Beta(right + 1/2, wrong + 1/2)."""
    a, b = right + 0.5, tested - right + 0.5
    return a * b / ((a + b) ** 2 * (a + b + 1))


@pytest.mark.parametrize("share", [0.12, 0.2])
def test_two_defences_flip_where_the_break_even_share_is_the_largest_share(share: float) -> None:
    """p* = lost / (lost + won) equals the largest share s on the plane (1 − s) lost = s won.

    The nearest point of a plane is its foot: the distance is |g| / |∇g| in standard errors.
    """
    (clean_1, robust_1), (clean_2, robust_2) = RIGHT.values()
    lost, won = (clean_1 - clean_2) / 1e4, (robust_2 - robust_1) / 1e4
    slope = (1 - share) ** 2 * (variance(clean_1) + variance(clean_2))
    if share > lost / (lost + won):
        slope += share**2 * (variance(robust_1) + variance(robust_2))
    else:  # no accuracy falls below 0, where that of the undefended network is
        slope += share**2 * variance(robust_2)
    expected = abs((1 - share) * lost - share * won) / sqrt(slope)
    result = studied(ag.set_parameter(ag.case(CASE), "largest_share", share), "nash")
    assert result.distance == pytest.approx(expected, rel=1e-4)
    assert {result.deploy, result.deploy_changed} == {("Standard",), ("Standard", "Rice2020Overfitting")}


def test_at_a_large_share_they_flip_where_the_clean_accuracies_are_equal() -> None:
    (first, _), (second, _) = RIGHT.values()
    result = studied(ag.case(CASE), "nash")
    expected = (first - second) / 1e4 / sqrt(variance(first) + variance(second))
    assert result.distance == pytest.approx(expected, rel=1e-4)
    assert result.deploy_changed == ("Rice2020Overfitting",)
    assert result.single is not None
    assert (result.single.defence, result.single.attack) == ("Rice2020Overfitting", "none")
    assert result.single_distance == pytest.approx((first - second) / 1e4 / sqrt(variance(second)), rel=1e-4)


@pytest.mark.parametrize("case", ["cifar10-pruning", "mnist-invariance"])
def test_the_changed_table_solved_alone_deploys_other_defences_and_no_nearer_one_was_missed(
    case: str,
) -> None:
    scenario = ag.case(case)
    result = studied(scenario)
    assert deployed(moved(scenario, result, 1.001)) != set(result.deploy)
    assert deployed(moved(scenario, result, 0.999)) == set(result.deploy)
    points = np.random.default_rng(0).normal(size=(2000, len(result.figures)))
    points *= 0.97 * result.distance / np.linalg.norm(points, axis=1, keepdims=True)
    assert not flips(scenario, points).any()


def flips(scenario: Scenario, points: np.ndarray) -> np.ndarray:
    return _Moves(situate(scenario), standard_errors(scenario)).changes(points)


def moved(scenario: Scenario, result: NearestFlip, part: float) -> Scenario:
    """The scenario with all accuracies assumed to be a part of the way to the changed ones."""
    what_if = {
        f"clean_accuracy[{each.defence}]"
        if each.attack == "none"
        else f"attacked_accuracy[{each.defence}, {each.attack}]": each.accuracy
        + part * (each.changed - each.accuracy)
        for each in result.figures
    }
    return replace(scenario, what_if=what_if)


def deployed(scenario: Scenario) -> set[str]:
    game = ag.build_game(scenario)
    profile = ag.solve(game, concept_in_bulk(scenario)).recommended
    return {name for name, _ in played(game.defences, profile.defender)}


@pytest.mark.parametrize(
    "case", ["cifar10-pruned-and-defended", "imagenette-explanations", "mnist-invariance-measured"]
)
def test_it_answers_bundled_cases_of_every_kind(case: str) -> None:
    result = studied(ag.case(case), starts=1)
    assert result.deploy_changed not in (None, result.deploy)
    assert 0 < result.distance <= result.single_distance * (1 + 1e-9)
    assert result.distance == pytest.approx(
        float(np.linalg.norm(result.frame()["standard_errors"])), rel=1e-6
    )
    assert result.frame()["changed"].between(0, 1).all()


def test_without_a_change_in_reach_it_says_that_nothing_changes() -> None:
    result = studied(ag.case(CASE), reach=5.0)
    assert result.deploy_changed is None
    assert result.distance == inf
    assert "no joint change of up to 5 standard errors" in result.sentence


@pytest.mark.parametrize(
    ("settings", "message"), [({"reach": 0}, "reach is 0"), ({"starts": 0}, "at least 1 direction")]
)
def test_settings_that_do_not_fit_are_refused(settings: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        studied(ag.case(CASE), **settings)


def test_assumed_accuracies_alone_are_refused() -> None:
    scenario = ag.case(CASE)
    names = ("Standard", "Rice2020Overfitting")
    what_if = {f"clean_accuracy[{name}]": 0.9 for name in names}
    what_if |= {f"attacked_accuracy[{name}, autoattack]": 0.1 for name in names}
    with pytest.raises(InputError, match="All accuracies of the scenario are assumed"):
        studied(replace(scenario, what_if=what_if))


def test_the_sentence_names_the_policy_and_what_the_verdict_deploys_at_the_change() -> None:
    scenario = ag.case("cifar10-two-defences")
    found = ag.study("nearest_flip", scenario)
    assert "Every game is solved for an announced mixed strategy, with no margin" in found.sentence
    assert "the verdict deploys 0.8558 Rice2020Overfitting + 0.1442 Standard" in found.sentence
    for figure in found.figures:
        cell = f"attacked_accuracy[{figure.defence}, {figure.attack}]"
        address = f"clean_accuracy[{figure.defence}]" if figure.attack == "none" else cell
        scenario = ag.set_parameter(scenario, address, figure.changed)
    deployed = decide(scenario).recommendation.deploy
    assert set(found.verdict_changed) == {name for name, _ in deployed}


def test_without_a_margin_the_study_follows_the_verdict_itself() -> None:
    below = ag.set_parameter(ag.case("cifar10-two-defences"), "largest_share", 0.05)
    found = ag.study("nearest_flip", below, "nash")
    assert found.verdict_changed is None
    assert found.sentence.endswith("Every game is solved for a defence that is kept secret.")


def test_an_accuracy_of_zero_and_several_tries_leave_payoffs_finite() -> None:
    scenario = ag.set_parameter(ag.case(CASE), "tries", 2.0)
    found = studied(ag.set_parameter(scenario, "stopped_gain", 2.0), "nash", starts=2)
    assert np.isfinite(found.distance)
    assert all(0 <= figure.changed <= 1 for figure in found.figures)
