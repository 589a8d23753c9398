"""The least defence that makes the attacker stay away, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

import advgame as ag
from advgame.errors import InputError
from advgame.measurements import Measurement, MeasurementTable
from advgame.studies import Deterrence
from tests.studies.structures import CASES

CASE = "cifar10-two-defences"
PLAIN, ROBUST = "Standard", "Rice2020Overfitting"


def deterred(scenario: ag.Scenario | str, **changes: Any) -> Deterrence:
    scenario = ag.case(scenario) if isinstance(scenario, str) else scenario
    result = ag.study("deterrence", replace(scenario, **changes))
    assert isinstance(result, Deterrence)
    return result


@pytest.mark.parametrize(
    ("margin", "reward", "cost"), [(0.0, 1.0, 0.6), (0.05, 1.05, 0.57), (0.1, 1.1, 0.54)]
)
def test_two_defences_deter_from_the_probability_in_closed_form(
    margin: float, reward: float, cost: float
) -> None:
    """An attack pays reward × (1 − 0.5342 q) − cost at the amounts that favour the attacker most."""
    result = deterred(CASE, attacker_margin=margin)
    assert result.mixed is not None
    share = (1 - cost / reward) / 0.5342
    assert dict(result.mixed.deploy)[ROBUST] == pytest.approx(share, abs=2e-5)
    assert result.mixed.value == pytest.approx(0.9478 - share * (0.9478 - 0.8534), abs=2e-6)
    assert result.mixed.barely == ("autoattack",)
    assert result.without_attacker == 0.9478
    assert result.single is not None
    assert result.single.deploy == ((ROBUST, 1.0),)
    assert result.missing_cost == 0


def test_a_known_network_deters_alone() -> None:
    result = deterred(CASE, attacker_knows="network")
    assert result.chosen is result.single
    assert result.chosen is not result.mixed


def test_where_no_defence_deters_the_costs_must_rise() -> None:
    """At a cost of 0.3 an attack on the robust network still earns 0.4658 − 0.3."""
    scenario = ag.set_parameter(ag.case(CASE), "attack_cost", 0.3)
    result = deterred(scenario, attacker_margin=0.0)
    assert result.chosen is None
    assert result.missing_cost == pytest.approx(0.4658 - 0.3, abs=1e-5)
    assert "No defence" in result.sentence
    assert deterred(ag.set_parameter(scenario, "attack_cost", 0.466), attacker_margin=0.0).chosen is not None


@pytest.mark.parametrize("case", CASES)
def test_it_answers_every_bundled_case(case: str) -> None:
    scenario = ag.case(case)
    if not scenario.accuracies.adversarial_share.any():
        with pytest.raises(InputError, match="nothing to deter"):
            deterred(scenario)
        return
    result = deterred(scenario)
    assert result.sentence.endswith(".")
    assert len(result.frame()) >= 3
    assert (result.chosen is None) == (result.missing_cost > 0)
    if result.mixed is not None:
        assert result.mixed.value <= result.without_attacker + 1e-9
        assert result.at_exact_amounts is not None
        assert result.at_exact_amounts.value >= result.mixed.value - 1e-6
        assert result.single is None or result.mixed.value >= result.single.value - 1e-6


@pytest.mark.parametrize("case", [CASE, "imagenette-pruning", "cifar10-robustbench"])
def test_no_attack_pays_at_any_corner_of_the_margin(case: str) -> None:
    scenario = ag.case(case)
    result = deterred(scenario)
    assert result.mixed is not None
    (attack,) = scenario.accuracies.attacks[1:]
    reward, cost = (ag.get_parameter(scenario, name) for name in ("attack_reward", f"attack_cost[{attack}]"))
    for up, down in product((0.95, 1.05), repeat=2):
        moved = ag.set_parameter(scenario, "attack_reward", up * reward)
        game = ag.build_game(ag.set_parameter(moved, f"attack_cost[{attack}]", down * cost))
        x = np.array([dict(result.mixed.deploy).get(name, 0.0) for name in game.defences])
        pays = x @ game.attacker_payoffs
        assert pays[1] <= pays[0] + 1e-9


def test_no_mixture_on_a_grid_deters_for_less() -> None:
    scenario = ag.set_parameter(ag.case("mnist-invariance"), "attack_cost", 0.55)
    result = deterred(scenario, attacker_margin=0.0)
    assert result.mixed is not None
    game = ag.build_game(scenario)
    x = np.random.default_rng(1).dirichlet(0.4 * np.ones(game.shape[0]), 20_000)
    pays = x @ game.attacker_payoffs
    staying = (pays[:, 1:] <= pays[:, :1]).all(axis=1)
    assert staying.any()
    best = (x @ game.defender_payoffs[:, 0])[staying].max()
    assert best <= result.mixed.value + 1e-5
    assert best > result.mixed.value - 0.02


def test_the_comparison_with_enduring_adds_up() -> None:
    result = deterred(CASE)
    assert result.endured is not None
    assert result.chosen is not None
    assert result.cost_against_enduring == pytest.approx(result.endured.worth - result.chosen.value)
    assert result.cost_against_enduring == pytest.approx(0.805464 - 0.867017, abs=1e-5)


def test_an_attack_without_traffic_does_not_keep_a_defence_from_deterring() -> None:
    """It pays what staying away pays, whatever is deployed; only ``pgd`` is left to deter."""
    rows = [
        Measurement("mnist", "cnn", name, attack, metric="clean" if attack == "none" else "robust",
                    accuracy=accuracy)
        for name, accuracies in {"plain": (0.95, 0.0, 0.0), "robust": (0.85, 0.53, 0.2)}.items()
        for attack, accuracy in zip(("none", "pgd", "square"), accuracies, strict=True)
    ]  # fmt: skip
    scenario = ag.set_parameter(ag.Scenario("test", MeasurementTable(tuple(rows))), "attack_cost", 0.6)
    result = deterred(scenario, adversarial_share={"square": 0.0}, attacker_margin=0.0)
    assert result.mixed is not None
    assert dict(result.mixed.deploy)["robust"] == pytest.approx(0.4 / 0.53, abs=1e-5)
    assert result.single is not None
    assert result.single.deploy == (("robust", 1.0),)
    assert result.missing_cost == 0


@pytest.mark.parametrize("margin", [0.05, 0.2])
@pytest.mark.parametrize("knows", ["mixture", "network"])
def test_the_missing_cost_deters_within_the_margin_of_the_risen_cost(margin: float, knows: str) -> None:
    """The attack on the robust network earns at most (1 + m) 0.4658 − (1 − m) cost."""
    scenario = replace(ag.case(CASE), attacker_margin=margin, attacker_knows=knows)
    scenario = ag.set_parameter(scenario, "attack_cost", 0.3)
    missing = deterred(scenario).missing_cost
    assert missing == pytest.approx((1 + margin) / (1 - margin) * 0.4658 - 0.3, abs=1e-5)
    assert deterred(ag.set_parameter(scenario, "attack_cost", 0.3 + missing + 1e-6)).chosen is not None
