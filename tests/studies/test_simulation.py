"""Simulated traffic against predicted payoffs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import advgame as ag
from advgame.errors import InputError
from advgame.scenarios.evidence import evidence_of
from advgame.studies import Simulation
from advgame.studies.traffic import Kinds, Money, Stream, realised
from tests.studies.structures import CASES


def simulated(case: str, **settings: Any) -> Simulation:
    result = ag.study("simulation", ag.case(case), **settings)
    assert isinstance(result, Simulation)
    return result


# a breach that costs fifty tasks occurs once in a thousand requests: intervals need more of them
MORE = {"agentdojo-camel": 100_000}


@pytest.mark.parametrize("case", CASES)
def test_intervals_of_95_percent_hold_the_predicted_payoff_in_93_to_97_percent_of_1000_runs(
    case: str,
) -> None:
    inputs = MORE.get(case, 5000)
    result = simulated(case, inputs=inputs, runs=1000)
    assert 0.93 <= result.coverage <= 0.97
    assert sum(each.inputs for each in result.kinds) == inputs
    earned = sum(each.earned for each in result.kinds)
    assert result.worth.mean == pytest.approx(earned / inputs)
    assert "runs" in result.sentence


def test_other_levels_are_kept_too() -> None:
    for level, low, high in ((0.5, 0.45, 0.55), (0.8, 0.765, 0.835)):
        assert low <= simulated("cifar10-two-defences", level=level).coverage <= high


def test_money_by_hand() -> None:
    scenario = ag.case("cifar10-two-defences")
    for address, amount in {
        "benign_gain": 2.0,
        "benign_loss": 3.0,
        "stopped_gain": 5.0,
        "breach_loss": 7.0,
        "defence_cost[Rice2020Overfitting]": 0.25,
    }.items():
        scenario = ag.set_parameter(scenario, address, amount)
    money = Money.of(scenario)
    assert money.benign_right.tolist() == [2.0, 1.75]
    assert money.benign_wrong.tolist() == [-3.0, -3.25]
    assert money.attacked_right[:, 1].tolist() == [5.0, 4.75]
    assert money.attacked_wrong[:, 1].tolist() == [-7.0, -7.25]
    np.testing.assert_allclose(
        money.expected(scenario.accuracies), ag.build_game(scenario).defender_payoffs, atol=1e-12
    )


@pytest.mark.parametrize("case", ["pneumonia-measured", "digits-measured"])
def test_runs_input_by_input_have_the_distribution_of_counts(case: str) -> None:
    """Both ways to draw a run have the predicted mean, and the variance computed by hand."""
    scenario = ag.case(case)
    accuracies, money, evidence = scenario.accuracies, Money.of(scenario), evidence_of(scenario)
    assert evidence.paired
    defences, attacks = accuracies.attacked_accuracy.shape
    x, y = np.full(defences, 1 / defences), np.full(attacks, 1 / attacks)
    kinds = Kinds.of(accuracies, money, x, y)
    assert kinds.probability.sum() == pytest.approx(1)
    assert kinds.predicted == pytest.approx(x @ ag.build_game(scenario).defender_payoffs @ y)
    second = kinds.probability @ (kinds.accuracy * kinds.right**2 + (1 - kinds.accuracy) * kinds.wrong**2)
    error = float(np.sqrt(second - kinds.predicted**2))
    random = np.random.default_rng(2)
    mean, errors = realised(kinds, 400, 4000, random)
    assert mean.mean() == pytest.approx(kinds.predicted, abs=4 * error / np.sqrt(400 * 4000))
    assert mean.std() == pytest.approx(error / 20, rel=0.06)
    assert errors.mean() == pytest.approx(error / 20, rel=0.02)
    earned = Stream.drawn(evidence, 40_000, random).earned(kinds, evidence, random)[0]
    assert earned.mean() == pytest.approx(kinds.predicted, abs=4 * error / 200)
    assert earned.std() == pytest.approx(error, rel=0.05)


def test_an_assumed_accuracy_replaces_outcomes() -> None:
    scenario = ag.case("pneumonia-measured")
    sure = {f"clean_accuracy[{name}]": 1.0 for name in scenario.accuracies.defences}
    sure |= {
        f"attacked_accuracy[{name}, {attack}]": 1.0
        for name in scenario.accuracies.defences
        for attack in scenario.accuracies.attacks[1:]
    }
    result = ag.study("simulation", replace(scenario, what_if=sure), inputs=500, runs=10)
    assert isinstance(result, Simulation)
    assert all(each.right == each.inputs for each in result.kinds)
    assert result.worth.mean == pytest.approx(result.worth.predicted, abs=0.05)


def test_the_same_seed_draws_the_same_traffic() -> None:
    first, second = (simulated("mnist-pruning", inputs=500, runs=20, seed=9) for _ in range(2))
    assert first.kinds == second.kinds
    assert first.worth != simulated("mnist-pruning", inputs=500, runs=20, seed=10).worth


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"inputs": 10}, "inputs is 10; expected a whole number in 30"),
        ({"runs": 0}, "runs is 0"),
        ({"level": 1.5}, "level is 1.5; expected a number between"),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        simulated("cifar10-two-defences", **settings)


K = 10_000  # examples; those attacked have numbers from here on


def answering(clean_wrong: int, attacked_wrong: int) -> Any:
    """A network that errs on so many of the first examples; the right label of each is 0."""

    def network(inputs: np.ndarray) -> np.ndarray:
        wrong = np.where(inputs < K, clean_wrong, attacked_wrong)
        return (inputs % K < wrong).astype(int)

    return network


def live(**changes: Any) -> Simulation:
    settings: dict[str, Any] = {
        "networks": {"Standard": answering(522, K), "Rice2020Overfitting": answering(1466, 4658)},
        "attacks": {"autoattack": lambda _, inputs, __: inputs + K},
        "examples": np.arange(K),
        "labels": np.zeros(K, int),
        "runs": 400,
    }
    return simulated("cifar10-two-defences", **settings | changes)


def test_live_networks_that_are_as_the_table_says_earn_what_was_predicted() -> None:
    result = live()
    assert result.drawn == "answered by live networks"
    assert result.worth.holds
    assert result.coverage > 0.9
    for kind in result.kinds:
        assert kind.right / kind.inputs == pytest.approx(kind.accuracy, abs=0.03)


def test_live_networks_worse_than_the_table_earn_less_than_predicted() -> None:
    worse = {"Standard": answering(1522, K), "Rice2020Overfitting": answering(2466, 5658)}
    result = live(networks=worse)
    assert result.worth.high < result.worth.predicted
    # benign inputs alone: 14.4 % by Standard, the rest by Rice2020; both err on 10 points more
    assert result.worth.mean == pytest.approx(result.worth.predicted - 0.1, abs=0.02)
    assert result.coverage < 0.05


def test_an_attack_meets_the_network_that_answers() -> None:
    met = []

    def attack(network: Any, inputs: np.ndarray, labels: np.ndarray) -> np.ndarray:
        assert (labels == 0).all()
        met.append(network)
        return inputs + K

    networks = {"Standard": answering(522, K), "Rice2020Overfitting": answering(1466, 4658)}
    live(networks=networks, attacks={"autoattack": attack})
    assert networks["Standard"] in met


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"networks": {"Standard": answering(522, K)}}, "meets Rice2020Overfitting, which networks does not"),
        ({"networks": {"Standrad": answering(522, K)}}, "did you mean 'Standard'"),
        ({"networks": {"Standard": 3}}, "is 3; expected a function"),
        ({"networks": [1]}, "expected a mapping"),
        ({"attacks": {}}, "meets autoattack, which attacks does not have"),
        ({"labels": None}, "need examples"),
        ({"labels": np.zeros(5, int)}, "gave an array of shape"),
    ],
)
def test_live_networks_that_do_not_fit_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        live(**changes)
