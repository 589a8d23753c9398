"""How uncertain each number of a scenario is."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import pytest

import advgame as ag
from advgame.studies.standard_deviations import standard_deviations

CASE = "cifar10-two-defences"


def test_an_accuracy_has_the_deviation_of_its_posterior_and_a_price_that_of_its_interval() -> None:
    scenario = replace(ag.case(CASE), intervals={"attack_reward": (0.5, 2.0), "clean_accuracy": (0.0, 1.0)})
    found = standard_deviations(scenario, 0.1, 1000)
    a, b = 8534.5, 1466.5
    expected = sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
    assert found["clean_accuracy[Rice2020Overfitting]"] == pytest.approx(expected)
    assert found["attack_cost"] == pytest.approx(0.12 / sqrt(12))
    assert found["attack_reward"] == pytest.approx(1.5 / sqrt(12))


def test_entries_of_a_table_are_uncertain_in_proportion_and_amounts_of_0_are_exact() -> None:
    scenario = ag.case("cifar10-many-attacks")
    found = standard_deviations(scenario, 0.2, 1000)
    name = "Madaan2021Learning_MNG-AC-RST"
    amount = ag.get_parameter(scenario, f"defence_cost[{name}]")
    assert found[f"defence_cost[{name}]"] == pytest.approx(0.4 * amount / sqrt(12))
    assert "breach_loss" not in found
    assert "benign_gain" not in found  # the unit of money


def test_an_assumed_accuracy_is_exact() -> None:
    scenario = ag.set_parameter(ag.case(CASE), "clean_accuracy[Standard]", 0.95)
    assert "clean_accuracy[Standard]" not in standard_deviations(scenario, 0.2, 1000)
