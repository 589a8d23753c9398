from __future__ import annotations

import pytest

from advgame.errors import UnknownName
from advgame.scenarios import (
    apply_preset,
    axis,
    case,
    cases,
    dials,
    get_parameter,
    preset,
    presets,
    set_parameter,
)

TWO = case("cifar10-two-defences")


def test_a_share_of_ordinary_size_ranges_over_all_of_the_traffic() -> None:
    here = axis(TWO, "largest_share")
    assert (here.low, here.high, here.is_share) == (0.0, 1.0, True)


def test_a_rare_share_gets_a_range_of_its_own() -> None:
    assert axis(set_parameter(TWO, "largest_share", 0.001), "largest_share").high == 0.02


def test_only_what_may_be_saved_runs_below_zero() -> None:
    assert axis(TWO, "defence_cost[Standard]").low == -0.5
    assert axis(TWO, "attack_cost").low == 0


def test_a_large_amount_is_inside_its_range() -> None:
    assert axis(set_parameter(TWO, "breach_loss", 18_900.0), "breach_loss").high == 50_000


def test_a_price_of_nothing_runs_as_far_as_prices_of_that_trade_go() -> None:
    spam = apply_preset(TWO, preset("spam"))  # an honest message is worth 0.001
    assert axis(spam, "stopped_gain").high == pytest.approx(0.002)


def test_an_accuracy_runs_from_nothing_to_all() -> None:
    here = axis(TWO, "attacked_accuracy[Standard, autoattack]")
    assert (here.low, here.high) == (0.0, 1.0)


def test_a_number_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownName, match="attack_cost"):
        axis(TWO, "atack_cost")


@pytest.mark.parametrize("name", [each.name for each in cases()])
@pytest.mark.parametrize("trade", [None, *[each.name for each in presets()]])
def test_every_scenario_stands_inside_every_one_of_its_ranges(name: str, trade: str | None) -> None:
    scenario = case(name) if trade is None else apply_preset(case(name), preset(trade))
    for address in (address for dial in dials(scenario) for address in dial.addresses):
        here = axis(scenario, address)
        assert here.low <= get_parameter(scenario, address) <= here.high
        assert here.low < here.high
