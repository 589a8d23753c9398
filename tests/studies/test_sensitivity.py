"""Which assumption matters, and where other defences are deployed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import advgame as ag
from advgame.decision import concept_in_bulk, situate
from advgame.errors import InputError
from advgame.scenarios import Scenario
from advgame.studies.price_box import PriceBox
from advgame.studies.sensitivity import Sensitivity
from tests.studies.structures import CASES

CASE = "cifar10-two-defences"


def studied(scenario: Scenario, concept: str | None = None, **settings: object) -> Sensitivity:
    result = ag.study("sensitivity", scenario, concept, **{"draws": 256, **settings})
    assert isinstance(result, Sensitivity)
    return result


@pytest.mark.parametrize("case", CASES)
def test_it_answers_every_bundled_case(case: str) -> None:
    result = studied(ag.case(case), draws=64)
    frame = result.frame()
    assert 0 <= result.flipped <= 1
    assert (frame["low"] < frame["high"]).all()
    assert np.abs(frame["value_at_high"] - frame["value_at_low"]).is_monotonic_decreasing
    assert len(result.indices_frame()) == len(result.quantities) * len(result.parameters)


def test_a_bar_ends_at_the_value_of_the_scenario_solved_alone() -> None:
    scenario = ag.case("mnist-pruning")
    result = studied(scenario, intervals={"attack_reward": [0.7, 1.4]})
    bar = next(bar for bar in result.bars if bar.parameter == "attack_reward")
    for end, value in ((0.7, bar.value_low), (1.4, bar.value_high)):
        game = ag.build_game(ag.set_parameter(scenario, "attack_reward", end))
        alone = ag.solve(game, concept_in_bulk(scenario)).recommended
        assert value == pytest.approx(alone.defender_payoff, abs=1e-9)


def test_games_in_the_box_are_those_of_the_scenario_with_these_amounts() -> None:
    scenario = ag.case("cifar10-many-attacks")  # tables of amounts, by factors
    box = PriceBox.of(situate(scenario), 0.3, {})
    point = box.even(4, seed=1)[3]
    moved = scenario
    for price, amount in zip(box.prices, point.tolist(), strict=True):
        if price.factor:
            entries = {**getattr(scenario.term(price.address), price.address)}
            scaled = {name: entry * amount for name, entry in entries.items()}
            moved = moved.with_term(replace(moved.term(price.address), **{price.address: scaled}))
        else:
            moved = ag.set_parameter(moved, price.address, amount)
    game = ag.build_game(moved)
    a, b = box.payoffs(point[None])
    np.testing.assert_allclose(a[0], game.defender_payoffs, atol=1e-12)
    np.testing.assert_allclose(b[0], game.attacker_payoffs, atol=1e-12)


def test_the_rule_states_where_the_attack_no_longer_pays() -> None:
    """The attack on the better defence pays while reward · (1 − accuracy under it) > cost."""
    scenario = ag.case(CASE)
    result = studied(
        scenario,
        "nash",
        draws=1024,
        price_spread=0.0,
        intervals={"attack_cost": [0.2, 0.8], "attack_reward": [1.0, 1.0]},
    )
    assert result.rule is not None
    ((name, above, at_most),) = result.rule.conditions
    assert (name, above) == ("attack_cost", -np.inf)
    assert at_most == pytest.approx(1 - 0.5342, abs=2e-3)
    assert result.flipped == pytest.approx((1 - 0.5342 - 0.2) / 0.6, abs=5e-3)
    assert result.rule.precision > 0.99
    assert result.rule.coverage > 0.99
    assert result.parameters == ("attack_cost",)
    np.testing.assert_allclose(result.indices.total[result.indices.total[:, 0] > 0], 1, atol=0.05)


def test_intervals_of_the_scenario_hold_and_those_given_go_before() -> None:
    scenario = replace(ag.case(CASE), intervals={"attack_cost": (0.5, 0.7), "attack_reward": (0.9, 1.2)})
    box = PriceBox.of(situate(scenario), 0.0, {"attack_cost": (0.1, 0.2)})
    assert {price.address: (price.low, price.high) for price in box.prices} == {
        "attack_cost": (0.1, 0.2),
        "attack_reward": (0.9, 1.2),
    }


def test_prices_of_attacks_do_not_count_where_nothing_is_attacked() -> None:
    assert set(studied(ag.case("imagenette-explanations")).parameters) == {
        "defence_cost",
        "explanation_value",
    }


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"price_spread": 0.0}, "No price of the scenario is uncertain"),
        ({"price_spread": 1.5}, "price_spread"),
        ({"intervals": {"attack_cost": [0.8, 0.4]}}, "runs from 0.8 down to 0.4"),
        ({"intervals": 0.4}, "expected address"),
        ({"draws": 1000}, "power of 2"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        studied(ag.case(CASE), **settings)
