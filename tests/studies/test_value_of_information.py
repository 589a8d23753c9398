"""Which figure is worth knowing better, and which measurement pays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import advgame as ag
from advgame.errors import InputError, UnknownName
from advgame.measurements import MeasurementTable
from advgame.scenarios import Scenario
from advgame.scenarios.measuring_costs import seconds_per_input
from advgame.studies import SamplingError, ValueOfInformation
from tests.studies.structures import CASES

CASE = "mnist-pruning"


def studied(case: str | Scenario = CASE, **settings: object) -> ValueOfInformation:
    scenario = ag.case(case) if isinstance(case, str) else case
    result = ag.study("value_of_information", scenario, **{"draws": 2000, **settings})
    assert isinstance(result, ValueOfInformation)
    return result


def of_one_run(scenario: Scenario) -> Scenario:
    rows = tuple(replace(row, runs=None, std=None) for row in scenario.measurements)
    return replace(scenario, measurements=MeasurementTable(rows))


@pytest.mark.parametrize("case", CASES)
def test_it_answers_every_bundled_case(case: str) -> None:
    result = studied(case, draws=500)
    names = [each.figure for each in result.figures]
    assert len(set(names)) == len(names)
    assert all(0 <= each.evppi.value <= result.evpi.value for each in result.figures)
    assert "upper bound" in result.upper_bound
    hides_nothing = ag.case(case).attacker_knows == "network"  # then mixtures are not compared
    assert ("a mixture would hide nothing" if hides_nothing else "Stackelberg strategy") in result.compared


def test_a_group_is_worth_at_least_what_each_of_its_figures_is() -> None:
    worth = {each.figure: each.evppi.value for each in studied().figures}
    for defence in ag.case(CASE).accuracies.defences:
        members = [value for name, value in worth.items() if f"[{defence}" in name]
        assert worth["all accuracies"] >= worth[f"all of {defence}"] >= max(members)


def test_without_uncertain_prices_it_is_the_expected_loss_of_the_best_option() -> None:
    exact, sure = studied(price_spread=0.0), ag.study("sampling_error", ag.case(CASE), draws=2000, shares=2)
    assert isinstance(sure, SamplingError)
    assert exact.best == sure.best.option
    assert exact.evpi.value == pytest.approx(sure.best.expected_loss, abs=4 * exact.evpi.error)
    assert all(each.kind not in ("price", "prices") for each in exact.figures)


def test_more_inputs_are_never_worth_less_and_never_more_than_the_accuracy_itself() -> None:
    result = studied()
    known = {each.figure: each.evppi.value for each in result.figures}
    whole = 12 * 2_000_000
    assert result.inputs_in_horizon == whole
    for figure in {each.figure for each in result.measurements}:
        worth = [each.evsi.value for each in result.measurements if each.figure == figure]
        assert worth == sorted(worth)
        assert worth[-1] <= known[figure]
    for each in result.measurements:
        assert each.net_benefit == pytest.approx(each.evsi.value * whole - each.cost)
        assert each.cost == pytest.approx(each.inputs * each.runs * 1.0 * 0.001)


def test_the_best_number_of_inputs_is_smaller_the_more_a_second_costs_and_none_where_none_pays() -> None:
    single = of_one_run(ag.case(CASE))
    cheap, dear, never = (studied(single, price_per_second=price).measurement for price in (0.001, 1, 1e9))
    assert cheap is not None
    assert dear is not None
    assert cheap.inputs > dear.inputs
    assert never is None
    assert "No measurement of a single accuracy pays" in studied(single, price_per_second=1e9).sentence


def test_more_inputs_are_worth_less_where_several_runs_differ() -> None:
    """The same spread of each accuracy; with several runs a part of it is not that of the test inputs."""
    averaged, single = studied(draws=10_000), studied(of_one_run(ag.case(CASE)))
    assert {each.runs for each in averaged.measurements} == {5}
    assert {each.runs for each in single.measurements} == {1}
    figure = averaged.measurements[0].figure
    known = {each.figure: each.evppi.value for each in averaged.figures}
    most = max(each.evsi.value for each in averaged.measurements if each.figure == figure)
    assert most < known[figure] / 3
    most = max(each.evsi.value for each in single.measurements)
    assert most > 0.9 * max(each.evppi.value for each in single.figures if each.kind == "accuracy")
    assert "how further runs would differ" in averaged.assumed
    assert "further runs" not in single.assumed


def test_recorded_seconds_are_used_where_an_experiment_wrote_them() -> None:
    scenario = ag.case("mnist-invariance-measured")
    recorded = seconds_per_input(scenario)
    assert ("plain", "none") not in recorded
    first = studied(scenario).measurements[0]
    cell = tuple(first.figure.removeprefix("attacked_accuracy[").rstrip("]").split(", "))
    assert first.seconds_measured
    assert first.seconds == recorded[cell]
    assert studied(scenario, seconds_per_input=2.5).measurements[0].seconds == 2.5


def test_a_known_interval_narrows_what_a_price_is_worth_knowing() -> None:
    def worth_of_cost(**settings: object) -> float:
        figures = studied("cifar10-two-defences", **settings).figures
        return next(each.evppi.value for each in figures if each.figure == "attack_cost")

    assert worth_of_cost(intervals={"attack_cost": [0.599, 0.601]}) < worth_of_cost() / 5


def test_without_a_volume_amounts_are_per_input_and_nothing_is_recommended() -> None:
    result = studied(replace(ag.case(CASE), volume_per_month=None))
    assert result.measurement is None
    assert result.sentence.endswith("State volume_per_month to see which measurement pays.")
    assert np.isnan(result.frame()["value_in_horizon"]).all()


def test_nothing_is_worth_measuring_where_one_option_is_always_best() -> None:
    result = studied("imagenette-explanations")
    assert result.sentence.startswith("Nothing is worth measuring")
    assert result.measurements == ()


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"intervals": {"attack_cost": [0.8, 0.4]}}, InputError, "runs from 0.8 down to 0.4"),
        ({"intervals": {"attack_cost": [0.8]}}, InputError, "two numbers, low and high"),
        ({"intervals": {"attack_cost": 0.8}}, InputError, "two numbers, low and high"),
        ({"intervals": {"largest_share": [0.1, 1.8]}}, InputError, "shares in 0..1"),
        ({"intervals": {"clean_accuracy[Standard]": [0.1, 0.8]}}, InputError, "is no price"),
        ({"intervals": {"attack_cost[pgd]": [0.1, 0.8]}}, UnknownName, "pgd"),
        ({"intervals": [1, 2]}, InputError, r"address → \[low, high\]"),
        ({"draws": 100}, InputError, "at least 500"),
        ({"price_spread": 20}, InputError, "price_spread is 20"),
        ({"months": -1}, InputError, "months is -1"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict, error: type[InputError], message: str) -> None:
    with pytest.raises(error, match=message):
        studied("cifar10-two-defences", **settings)
