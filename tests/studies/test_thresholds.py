import numpy as np
import pytest

import advgame as ag
from advgame.decision import recommend
from advgame.measurements import Measurement, MeasurementTable
from advgame.scenarios import Scenario, case, set_parameter
from advgame.studies import thresholds

CASE = "cifar10-two-defences"  # Δa = .0944, Δr = .5342, cost .6, share .3


def only(address: str, concept: str = "nash"):
    (found,) = thresholds(case(CASE), concept, [address])
    return found


@pytest.mark.parametrize(
    ("concept", "share"),
    [
        ("nash", 0.0944 / 0.6286),
        ("pure_commitment", 0.0944 / 0.9478),
        ("commitment", 0.4 / 0.5342 * 0.0944 / 0.9478),
    ],
)
def test_the_largest_share_decides_at_the_closed_form(concept: str, share: float) -> None:
    found = only("largest_share", concept)
    assert found.below == pytest.approx(share, abs=1e-8)
    assert found.deploy_below == ("Standard",)
    assert found.above is None


def test_the_cost_of_the_attack_decides_where_each_network_stops_being_worth_attacking() -> None:
    found = only("attack_cost")
    assert (found.below, found.above) == (pytest.approx(0.4658, abs=1e-8), pytest.approx(1.0, abs=1e-8))
    assert (found.deploy_below, found.deploy_above) == (("Rice2020Overfitting",), ("Standard",))


def test_the_price_of_defending_decides_where_the_break_even_share_reaches_the_largest() -> None:
    # (Δa + C) / (Δr + Δa) = .3; the other network's cost mirrors it
    found = only("defence_cost[Rice2020Overfitting]")
    assert found.above == pytest.approx(0.3 * (0.5342 + 0.0944) - 0.0944, abs=1e-8)
    assert only("defence_cost[Standard]").below == pytest.approx(-found.above, abs=1e-8)


def test_accuracies_decide_too() -> None:
    # p* = Δa / (Δr + Δa) = .3 at Δa = .3/.7 Δr
    found = only("clean_accuracy[Rice2020Overfitting]")
    assert found.below == pytest.approx(0.9478 - 0.3 / 0.7 * 0.5342, abs=1e-8)
    assert only("attacked_accuracy[Standard, autoattack]").above == pytest.approx(
        0.5342 - 0.7 / 0.3 * 0.0944, abs=1e-8
    )


def test_on_each_side_of_a_threshold_the_recommendation_is_what_it_says() -> None:
    scenario = case(CASE)
    for found in thresholds(scenario):
        for edge, deploy, step in (
            (found.below, found.deploy_below, -1),
            (found.above, found.deploy_above, 1),
        ):
            if edge is None or edge + step * 1e-6 < min(found.low, 0):
                continue
            beyond = recommend(set_parameter(scenario, found.parameter, edge + step * 1e-6))
            assert {name for name, _ in beyond.deploy} == set(deploy or ())
            within = recommend(set_parameter(scenario, found.parameter, edge - step * 1e-6))
            assert {name for name, _ in within.deploy} == set(found.deploy)


def test_every_cost_and_accuracy_of_the_case_is_asked_about() -> None:
    asked = {found.parameter for found in thresholds(case(CASE))}
    assert {"largest_share", "attack_cost", "attack_setup", "defence_cost[Standard]"} <= asked
    assert {"clean_accuracy[Standard]", "attacked_accuracy[Rice2020Overfitting, autoattack]"} <= asked


def test_a_small_share_is_never_worth_defending_against_whatever_the_attack_costs() -> None:
    scenario = set_parameter(case(CASE), "largest_share", 0.15)
    for cost in (0.0, 0.2, 0.4658, 0.6, 0.8, 0.999, 1.5):
        assert not recommend(set_parameter(scenario, "attack_cost", cost)).defends
    announced = recommend(set_parameter(scenario, "announced", True))
    assert announced.defends
    assert announced.value > recommend(scenario).value


def test_a_regime_thinner_than_the_grid_is_named_when_it_is_next_to_where_we_stand() -> None:
    rows = [
        Measurement(
            "d", "n", name, attack, metric="clean" if attack == "none" else "robust", accuracy=accuracy
        )
        for name, clean, attacked in (("plain", 0.9, 0.0), ("trained", 0.899, 0.01))
        for attack, accuracy in (("none", clean), ("pgd", attacked))
    ]
    scenario = Scenario("thin", MeasurementTable(tuple(rows)), largest_share=0.3)
    (found,) = thresholds(set_parameter(scenario, "attack_cost", 0.95), parameters=["attack_cost"])
    # trained is attacked while it costs less than its error .99, plain while it costs less than 1
    assert found.above == pytest.approx(0.99, abs=1e-6)
    assert found.deploy_above == ("plain", "trained")


def test_the_study_ranks_thresholds_by_standard_deviations() -> None:
    frame = ag.study("thresholds", ag.case("cifar10-two-defences")).frame()
    distances = frame["standard_deviations"].to_numpy()
    assert (np.diff(distances[np.isfinite(distances)]) >= 0).all()
    first = frame.iloc[0]
    assert first["parameter"] == "attack_cost"
    # the attack on the better defence pays below 1 − 0.5342; ±20 % of 0.6, evenly, is 0.24 / √12
    assert first["standard_deviations"] == pytest.approx((0.6 - 0.4658) / (0.24 / 12**0.5), rel=1e-4)
    assert first["relative_distance"] == pytest.approx((0.6 - 0.4658) / 0.6, rel=1e-4)


def test_a_share_of_spread_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ag.InputError, match="price_spread"):
        ag.study("thresholds", ag.case("cifar10-two-defences"), price_spread=2.0)
