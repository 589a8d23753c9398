"""What to deploy where only intervals of the prices are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import advgame as ag
from advgame.decision import situate
from advgame.errors import InputError
from advgame.games import Game
from advgame.scenarios import Scenario
from advgame.studies.candidates import Option
from advgame.studies.price_box import PriceBox
from advgame.studies.robust_decision import RobustDecision, affine_in_each, corners_of, guaranteed
from tests.studies.structures import CASES

CASE = "cifar10-two-defences"


def studied(scenario: Scenario, **settings: object) -> RobustDecision:
    result = ag.study("robust_decision", scenario, **{"points": 64, "draws": 800, **settings})
    assert isinstance(result, RobustDecision)
    return result


@pytest.mark.parametrize("case", [case for case in CASES if "measured" not in case])
def test_no_value_seen_is_below_the_guarantee_in_any_case(case: str) -> None:
    result = studied(ag.case(case))
    assert result.proven
    for each in result.options:
        assert each.guaranteed <= each.least + 1e-9
        assert each.stated >= each.guaranteed - 1e-9
        assert each.regret >= -1e-9
    assert result.minimax_regret.regret <= result.maximin.regret
    assert result.price_of_ambiguity >= 0
    assert result.regret.low >= 0


def test_two_defences_are_worth_at_the_corners_what_is_counted_by_hand() -> None:
    """Alone, a known network is worth g₀(1 − s) a₀ + g₁ s a₁ while the attack pays; g₁ = 1 in the case.

    The attack on Rice2020Overfitting pays where attack_cost is below 1 − 0.5342.
    """
    intervals = {"largest_share": [0.2, 0.4], "attack_cost": [0.4, 0.8]}
    result = studied(ag.case(CASE), price_spread=0.0, intervals=intervals)
    options = {each.option: each for each in result.options}
    plain, robust = options["Standard"], options["Rice2020Overfitting"]
    assert plain.guaranteed == pytest.approx(0.6 * 0.9478)
    assert robust.guaranteed == pytest.approx(0.6 * 0.8534 + 0.4 * 0.5342)
    assert robust.guaranteed == pytest.approx(robust.least)
    assert result.maximin.guaranteed >= robust.guaranteed
    assert result.best_as_stated.stated - result.maximin.stated == pytest.approx(result.price_of_ambiguity)


def test_a_guarantee_holds_at_every_point_between_the_corners_of_random_games() -> None:
    random = np.random.default_rng(3)
    for _ in range(40):
        a, b = random.normal(size=(2, 4, 3, 3))  # corners (2²), defences, attacks
        options = tuple(Option(str(row), row) for row in random.dirichlet(np.ones(3), 5))
        bounds = guaranteed(options, a, b)
        parts = random.uniform(size=(50, 2))
        weights = np.stack([(1 - parts).prod(1), (1 - parts[:, 0]) * parts[:, 1],
                            parts[:, 0] * (1 - parts[:, 1]), parts.prod(1)], axis=1)  # fmt: skip
        for weight in weights:
            game = Game(np.tensordot(weight, a, 1), np.tensordot(weight, b, 1))
            for option, bound in zip(options, bounds, strict=True):
                reply = (option.mixed_strategy @ game.attacker_payoffs).argmax()
                assert (option.mixed_strategy @ game.defender_payoffs)[reply] >= bound - 1e-12


def test_a_cap_within_the_interval_of_the_largest_share_proves_nothing() -> None:
    scenario = replace(ag.case(CASE), adversarial_share={"autoattack": 0.3})
    box = PriceBox.of(situate(scenario), 0.2, {})
    assert not affine_in_each(box, corners_of(box.low, box.high), box.even(4, 0))
    result = studied(scenario)
    assert not result.proven
    assert all(each.guaranteed == each.least for each in result.options)
    assert "at all points tried" in result.sentence


def test_the_recommendation_has_no_regret_where_one_defence_is_always_best() -> None:
    result = studied(ag.case("imagenette-explanations"))
    assert result.recommended == "magnitude-local x2"
    assert (result.regret.high, result.probability_best) == (0, 1)
    assert result.maximin == result.minimax_regret


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"draws": 10}, "at least 800 draws"),
        ({"points": 0}, "points is 0"),
        ({"price_spread": 0.0}, "No price of the scenario is uncertain"),
        ({"intervals": {f"defence_cost[{number}]": [0, 1] for number in range(2)}}, "No defence"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        studied(ag.case(CASE), **settings)


def test_too_many_uncertain_amounts_are_refused() -> None:
    scenario = ag.case("cifar10-many-attacks")
    intervals = {f"defence_cost[{name}]": [0.0, 0.1] for name in scenario.accuracies.defences[:14]}
    with pytest.raises(InputError, match="too many corners"):
        studied(scenario, intervals=intervals)


def test_where_the_attacker_sees_the_network_no_mixture_is_compared_and_none_gives_regret() -> None:
    scenario = ag.case("backdoor-repairs")
    assert scenario.knowledge == "network"
    result = studied(scenario)
    assert {each.option for each in result.options} == set(scenario.accuracies.defences)
    assert result.recommended == "anp (prunes)"
    assert result.regret.mean == 0
    assert "it also has the least regret, none at any point tried" in result.sentence
    assert "what is recommended (anp (prunes)) is the best option in each of them." in result.sentence
