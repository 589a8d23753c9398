"""Sentences of studies hold at the edges: one of something, nothing to gain, a share never reached."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import advgame as ag
from advgame.errors import InputError
from advgame.measurements import Measurement, MeasurementTable
from advgame.payoffs.field_success import Judge
from advgame.scenarios.attacker_type import AttackerType
from advgame.studies import Deterrence, Threshold, ValueOfInformation
from advgame.studies.thresholds import Thresholds

CASE = "cifar10-two-defences"


def said(name: str, scenario: ag.Scenario, **settings: object) -> str:
    return ag.study(name, scenario, **settings).sentence


def table(accuracies: dict[str, tuple[float, ...]], attacks: tuple[str, ...], **row: object) -> ag.Scenario:
    """By defence: the clean accuracy and that under each attack."""
    rows = [
        Measurement(
            "digits", "cnn", defence, attack, metric="clean" if attack == "none" else "robust",
            accuracy=accuracy, source="by hand", **row,
        )
        for defence, values in accuracies.items()
        for attack, accuracy in zip(("none", *attacks), values, strict=True)
    ]  # fmt: skip
    return ag.Scenario("by hand", MeasurementTable(tuple(rows)), largest_share=0.3, attacker_margin=0.0)


def test_a_mixed_strategy_does_not_deter_an_attacker_who_sees_the_network() -> None:
    """Each network stops one attack; an attack on the mixture succeeds half the time, and costs 0.6."""
    each_stops_one = table({"first": (0.9, 1.0, 0.0), "second": (0.9, 0.0, 1.0)}, ("left", "right"))
    scenario = ag.set_parameter(each_stops_one, "attack_cost", 0.6)
    seen = ag.study("deterrence", replace(scenario, attacker_knows="network"))
    assert isinstance(seen, Deterrence)
    assert seen.mixed is not None
    assert seen.chosen is None
    assert seen.missing_cost == pytest.approx(1 - 0.6, abs=1e-5)
    assert seen.sentence.startswith("No single defence of the scenario deters the attacker: under each")
    assert "cost the attacker 0.4 more" in seen.sentence
    assert said("deterrence", replace(scenario, attacker_knows="mixture")).startswith("The least defence")


def test_a_single_defence_that_deters_is_named_and_may_cost_nothing() -> None:
    scenario = ag.set_parameter(table({"only": (0.9, 0.9)}, ("pgd",)), "attack_cost", 0.6)
    sentence = said("deterrence", replace(scenario, attacker_knows="network"))
    assert "The least defence that deters is only, announced: worth 0.9 per input, as much as" in sentence


def test_a_break_even_share_that_may_never_be_reached_has_no_infinite_end() -> None:
    few = table({"plain": (0.9, 0.2), "robust": (0.85, 0.3)}, ("pgd",), std=0.1, runs=4)
    sentence = said("break_even", few)
    assert "to never, whatever the share)" in sentence
    assert not re.search(r"\binf\b", sentence)


def test_one_of_something_is_in_the_singular() -> None:
    scenario = ag.case(CASE)
    assert "of 1 type (active 100 %" in said(
        "attacker_types", replace(scenario, attacker_types={"active": AttackerType(1.0)})
    )
    assert "are different combinations" not in said("sweep", scenario, grid={"attack_cost": [0.6]})
    assert "is played at the only point." in said("sweep", scenario, grid={"attack_cost": [0.6]})
    assert "1 of 1 learning process (fictitious_play) has deployed" in said(
        "dynamics", scenario, processes=("fictitious_play",), seeds=1, rounds=5000
    )
    one_price = {"price_spread": 0.0, "intervals": {"attack_cost": (0.5, 0.7)}, "points": 16, "draws": 800}
    assert "Wherever attack_cost lies in its interval" in said("robust_decision", scenario, **one_price)
    assert "1 of 1 defence, only, suffices" in said("portfolio", table({"only": (0.9, 0.2)}, ("pgd",)))


def test_defences_that_earn_no_more_than_one_alone_are_called_so() -> None:
    better_anyhow = table({"plain": (0.9, 0.6), "worse": (0.8, 0.5)}, ("pgd",))
    sentence = said("portfolio", replace(better_anyhow, undefended="plain"))
    assert "1 of 2 defences, plain, suffices" in sentence
    assert "no more than plain alone" in sentence
    assert "100 %" not in sentence


def test_measuring_up_to_a_tolerance_proves_no_more_than_that() -> None:
    scenario = ag.case(CASE)
    assert "of the whole table to within 0.5 per input" in said("measurement_plan", scenario, tolerance=0.5)
    assert "to within" not in said("measurement_plan", scenario)


def test_the_value_of_information_keeps_to_the_intervals_that_the_scenario_states() -> None:
    scenario = replace(ag.case(CASE), intervals={"attack_cost": (0.6, 0.6)})
    found = ag.study("value_of_information", scenario, draws=1000)
    assert isinstance(found, ValueOfInformation)
    assert "attack_cost" not in {figure.figure for figure in found.figures}  # it is exact
    assert "except in the intervals given for attack_cost" in found.assumed


@pytest.mark.parametrize("name", ["simulation", "measurement_plan"])
@pytest.mark.parametrize(
    ("changes", "cause"), [({"judge": {"*": Judge(0.9, 0.9)}}, "its judge"), ({"tries": 3.0}, "tries = 3")]
)
def test_a_study_that_cannot_bend_names_what_bends_the_payoffs(
    name: str, changes: dict[str, object], cause: str
) -> None:
    with pytest.raises(InputError, match=f"because of {cause}"):
        ag.study(name, replace(ag.case("prompt-defences"), **changes))


def test_distances_have_no_exponent() -> None:
    far = Threshold("attack_cost", 0.9, 0.1, None, 0.0, 1.0, ("a",), ("b",), None)
    assert ", 400 standard deviations away." in Thresholds((far,), {"attack_cost": 0.002}).sentence
    near = ag.set_parameter(ag.case(CASE), "largest_share", 0.0944 / 0.6286 + 1e-9)
    found = ag.study("nearest_flip", near, "nash", starts=1).sentence
    assert "is less than 0.001 standard errors away" in found
