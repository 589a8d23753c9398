"""The values at which another known policy is surely worth more, by hand and by valuing the policies anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import advgame as ag
from advgame.decision import decide, situate
from advgame.decision.attacker_amounts import attacker_amounts
from advgame.equilibria.algorithms.uncertain_attacker import UncertainAmounts, worst_reply
from advgame.scenarios import Scenario, build_game, case, set_parameter
from advgame.studies.policy_thresholds import policy_thresholds


def test_the_thresholds_of_two_defences_by_hand() -> None:
    """q = .48 / (1.05 × .5342) deters from a cost of 1 − .5342 q = .54286 on, whatever the share.

    It pays from the share q p_S on, with p_S = .0944 / .9478; Standard is not attacked, whatever the margin,
    where .95 of the cost exceeds 1.05.
    """
    found = {each.parameter: each for each in policy_thresholds(decide(case("cifar10-two-defences")))}
    q = 0.48 / (1.05 * 0.5342)
    assert found["largest_share"].below == pytest.approx(q * 0.0944 / 0.9478, abs=2e-6)
    assert found["largest_share"].deploy_below == ("Standard",)
    assert found["attack_cost"].below == pytest.approx(1 - 0.5342 * q, abs=2e-6)
    assert found["attack_cost"].deploy_below == ("Rice2020Overfitting",)
    assert found["attack_cost"].above == pytest.approx(1.05 / 0.95, abs=2e-6)
    assert found["attack_cost"].deploy_above == ("Standard",)


def lead(scenario: Scenario, strategy: np.ndarray) -> tuple[float, str]:
    """The recommended strategy against its best response less the best guaranteed single defence."""
    game, amounts = build_game(scenario), attacker_amounts(scenario)
    others = {
        name: worst_reply(game, amounts, row)[1]
        for name, row in zip(game.defences, np.eye(len(strategy)), strict=True)
        if abs(row - strategy).max() > 1e-9
    }
    best = max(others, key=others.__getitem__)
    return worst_reply(game, UncertainAmounts.certain(game), strategy)[1] - others[best], best


@pytest.mark.parametrize("name", ["cifar10-robustbench", "mnist-pruning", "mnist-invariance"])
@pytest.mark.parametrize("capped", [False, True])
def test_beyond_a_threshold_the_policy_named_is_worth_more_and_before_it_none_is(
    name: str, capped: bool
) -> None:
    scenario = case(name)
    if capped:
        attack = build_game(scenario).attacks[1]
        scenario = replace(
            scenario,
            adversarial_share={attack: 0.6 * scenario.largest_share},
            intervals={"attack_reward": (0.9, 1.2)},
        )
    decision = decide(scenario)
    strategy = decision.strategy
    tried = 0
    for each in policy_thresholds(decision):
        for edge, named, side in ((each.below, each.deploy_below, -1), (each.above, each.deploy_above, 1)):
            if edge is None or abs(edge - each.value) < 1e-4:
                continue
            step = 1e-5 * (each.high - each.low) * side
            if not each.low <= edge + step <= each.high:
                continue
            tried += 1
            ahead, rival = lead(set_parameter(scenario, each.parameter, edge + step), strategy)
            assert ahead < 0, each
            assert (rival,) == named
            assert lead(set_parameter(scenario, each.parameter, edge - step), strategy)[0] > -1e-6, each
    assert tried


def test_a_report_against_an_informed_attacker_lists_policy_thresholds() -> None:
    report = ag.report(case("mnist-pruning"))
    assert [each.below for each in report.thresholds] == [
        each.below for each in policy_thresholds(decide(situate(case("mnist-pruning"))))
    ]
    assert "guaranteed to be worth more" in " ".join(report.render("text").split())


def test_the_price_of_a_term_that_the_scenario_does_not_name_has_its_thresholds() -> None:
    named = case("cifar10-two-defences")  # with defence_cost 0, which is what an absent term costs
    unnamed = replace(named, terms=tuple(term for term in named.terms if term.name != "defence_cost"))
    assert len(unnamed.terms) == len(named.terms) - 1
    found, expected = (
        policy_thresholds(decide(each), parameters=["defence_cost[Standard]"]) for each in (unnamed, named)
    )
    assert [(each.below, each.above) for each in found] == [(each.below, each.above) for each in expected]
    assert found[0].decides
