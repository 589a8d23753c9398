"""Every number of a scenario has an address, under which it is read and set."""

from __future__ import annotations

import pytest

from advgame.errors import ScenarioError, UnknownName
from advgame.scenarios import addresses, case, cases, get_parameter, set_parameter

SCENARIO = case("cifar10-many-attacks")


@pytest.mark.parametrize("name", [each.name for each in cases()])
def test_every_address_of_a_case_can_be_read_or_says_what_to_ask_for(name: str) -> None:
    scenario = case(name)
    for address in addresses(scenario):
        try:
            assert isinstance(get_parameter(scenario, address), float)
        except ScenarioError as mistake:
            assert f"name an entry, such as {address}[" in str(mistake)  # noqa: PT017 (both outcomes are right)


@pytest.mark.parametrize("address", addresses(case("cifar10-two-defences")))
def test_a_number_that_was_set_is_read_and_the_scenario_it_was_set_in_is_unchanged(address: str) -> None:
    scenario = case("cifar10-two-defences")
    before = get_parameter(scenario, address)
    changed = set_parameter(scenario, address, 0.125)
    assert get_parameter(changed, address) == 0.125
    assert get_parameter(scenario, address) == before != 0.125


def test_one_entry_is_set_alone_and_the_bare_name_sets_all() -> None:
    one = set_parameter(SCENARIO, "attack_cost[stadv]", 0.9)
    assert get_parameter(one, "attack_cost[stadv]") == 0.9
    assert get_parameter(one, "attack_cost[recolor]") == 0.5
    every = set_parameter(one, "attack_cost", 0.7)
    assert get_parameter(every, "attack_cost") == get_parameter(every, "attack_cost[stadv]") == 0.7


def test_one_entry_of_an_amount_for_all_leaves_the_others() -> None:
    changed = set_parameter(set_parameter(SCENARIO, "attack_setup", 0.3), "attack_setup[fog]", 0.2)
    assert get_parameter(changed, "attack_setup[fog]") == 0.2
    assert get_parameter(changed, "attack_setup[stadv]") == 0.3


def test_a_cap_lowers_the_share_of_its_attack_only() -> None:
    accuracies = set_parameter(SCENARIO, "adversarial_share[stadv]", 0.1).accuracies
    shares = dict(zip(accuracies.attacks, accuracies.adversarial_share.tolist(), strict=True))
    assert (shares["none"], shares["stadv"], shares["fog"]) == (0.0, 0.1, 0.3)


def test_an_assumed_accuracy_replaces_the_measured_one_however_it_is_spelt() -> None:
    first = set_parameter(SCENARIO, "attacked_accuracy[Jin2020Manifold,stadv]", 0.5)
    second = set_parameter(first, "attacked_accuracy[Jin2020Manifold, stadv]", 0.6)
    assert get_parameter(second, "attacked_accuracy[Jin2020Manifold, stadv]") == 0.6
    assert len(second.what_if) == 1


def test_an_assumed_clean_accuracy_is_used_for_benign_traffic() -> None:
    accuracies = set_parameter(SCENARIO, "clean_accuracy[Jin2020Manifold]", 0.99).accuracies
    assert accuracies.clean_accuracy[accuracies.defences.index("Jin2020Manifold")] == 0.99


def test_rule_order_and_volume_are_set_too() -> None:
    assert set_parameter(SCENARIO, "success", "caused errors").success == "caused errors"
    assert set_parameter(SCENARIO, "announced", True).announced is True
    assert get_parameter(set_parameter(SCENARIO, "volume_per_month", 5.0), "volume_per_month") == 5.0


@pytest.mark.parametrize(
    ("address", "value", "named"),
    [
        ("largest_share", 1.5, "0..1"),
        ("largest_share", float("nan"), "finite"),
        ("largest_share", "much", "finite number"),
        ("attack_cost", -1, "at least 0"),
        ("attack_cost[stadv]", float("inf"), "finite"),
        ("attack_reward[stadv]", 1, "a single amount"),
        ("attack_cost[", 1, "incomplete"),
        ("attack_cost[]", 1, "incomplete"),
        ("clean_accuracy[Jin2020Manifold]", 1.2, "0..1"),
        ("attacked_accuracy[Jin2020Manifold, rain]", 0.5, "does not name a defence and attack"),
        ("announced", 1, "true or false"),
        ("volume_per_month", 0, "positive"),
    ],
)
def test_a_value_that_is_not_allowed_is_refused(address: str, value: object, named: str) -> None:
    with pytest.raises(ScenarioError, match=named):
        set_parameter(SCENARIO, address, value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("address", "nearest"),
    [
        ("larges_share", "largest_share"),
        ("attackcost", "attack_cost"),
        ("attack_cost[stav]", "stadv"),
        ("defence_cost[Jin2020]", "Jin2020Manifold"),
        ("clean_accuracy[Jin2020Manifolds]", "Jin2020Manifold"),
        ("adversarial_share[stav]", "stadv"),
    ],
)
def test_an_unknown_address_is_answered_with_the_nearest(address: str, nearest: str) -> None:
    with pytest.raises(UnknownName, match=f"did you mean '{nearest}'"):
        set_parameter(SCENARIO, address, 0.1)
    with pytest.raises(UnknownName, match=f"did you mean '{nearest}'"):
        get_parameter(SCENARIO, address)


def test_an_unknown_success_rule_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'caused errors'"):
        set_parameter(SCENARIO, "success", "caused error")
