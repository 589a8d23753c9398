"""The short form of confidence against the normal approximation of two measured defences."""

from __future__ import annotations

from dataclasses import replace
from math import erf, exp, pi, sqrt

import numpy as np
import pytest

import advgame as ag
from advgame.decision import decide, situate
from advgame.measurements import Measurement, MeasurementTable
from advgame.wording.confidence_words import interval_in_words
from advgame.wording.money import money_of

RIGHT = {"d0": (900, 400), "d1": (905, 415)}  # of 1,000 inputs, benign and attacked


def scenario() -> ag.Scenario:
    rows = []
    for name, (clean, attacked) in RIGHT.items():
        facts = {"dataset": "made", "network": "net", "defence": name, "source": "by hand", "tested": 1000}
        rows.append(Measurement(**facts, attack="none", metric="clean", accuracy=clean / 1000, correct=clean))
        rows.append(Measurement(**facts, attack="pgd", accuracy=attacked / 1000, correct=attacked))
    table = MeasurementTable(tuple(rows))
    return ag.Scenario("two", table, largest_share=0.5, attacker_knows="network", undefended="d0")


def test_the_probability_and_the_interval_are_those_of_two_normal_values() -> None:
    """An attack costs nothing, so every defence is attacked and is worth half of both its accuracies."""
    result = ag.study("confidence", scenario(), draws=20_000)
    worth = {name: (clean + attacked) / 2000 for name, (clean, attacked) in RIGHT.items()}
    variance = {
        name: sum(share / 1000 * (1 - share / 1000) / 1000 for share in pair) / 4
        for name, pair in RIGHT.items()
    }
    score = (worth["d1"] - worth["d0"]) / sqrt(sum(variance.values()))
    assert result.chosen == "d1"
    assert result.probability_best == pytest.approx((1 + erf(score / sqrt(2))) / 2, abs=0.02)
    assert result.beats_undefended == result.probability_best
    assert (result.rival, result.verdict) == ("d0", "leaning")
    assert result.low == pytest.approx(worth["d1"] - 1.96 * sqrt(variance["d1"]), abs=2e-3)
    assert result.high == pytest.approx(worth["d1"] + 1.96 * sqrt(variance["d1"]), abs=2e-3)


def test_a_measurement_is_proposed_where_its_volume_pays_for_it_only() -> None:
    assert ag.study("confidence", scenario()).measurement is None
    assert ag.study("confidence", replace(scenario(), volume_per_month=10.0)).measurement is None
    measured = ag.study("confidence", replace(scenario(), volume_per_month=1e7)).measurement
    assert measured.worth > measured.cost
    assert measured.defence in RIGHT


def test_more_inputs_are_worth_what_they_tell_of_the_networks_trained_so_far() -> None:
    """The value of a normal mean whose variance is that of the test inputs, without that between the runs.

    An attack costs nothing: a defence is worth half of both its accuracies. All but one are known exactly.
    """
    rows, seeds, lead = [], (0.365, 0.415, 0.465), 0.005
    for name, clean in (("d0", 0.9 + 2 * lead), ("d1", 0.9)):
        for attack, accuracies in (("none", (clean,)), ("pgd", seeds if name == "d1" else (0.415,))):
            tested = 1000 if len(accuracies) > 1 else 10_000_000
            for seed, accuracy in enumerate(accuracies):
                rows.append(
                    Measurement(
                        "made",
                        "net",
                        name,
                        attack=attack,
                        metric="clean" if attack == "none" else "robust",
                        accuracy=accuracy,
                        correct=round(accuracy * tested),
                        tested=tested,
                        seed=seed,
                        source="by hand",
                    )
                )
    measured = replace(scenario(), measurements=MeasurementTable(tuple(rows)), volume_per_month=1e6)
    result = ag.study("confidence", measured, draws=20_000)
    best = result.measurement
    assert (best.defence, best.attack, best.inputs, best.runs) == ("d1", "pgd", 10_000, 3)
    assert best.cost == pytest.approx(3 * 10_000 * 0.001)
    deviation = sqrt(0.415 * 0.585 * (1 / 1000 - 1 / 11_000)) / 2
    score = lead / deviation
    loss = exp(-(score**2) / 2) / sqrt(2 * pi) - score * (1 - erf(score / sqrt(2))) / 2
    assert best.worth == pytest.approx(12e6 * deviation * loss, rel=0.1)
    of_more_inputs = ag.study("value_of_information", measured, draws=20_000, price_spread=0.0).measurements
    size = next(each for each in of_more_inputs if each.inputs == 10_000)
    assert size.evsi.value == pytest.approx(deviation * loss, rel=0.1)
    assert size.cost == best.cost


def test_amounts_with_an_interval_are_drawn_from_it_and_others_are_exact() -> None:
    scenario = ag.case("cifar10-two-defences")
    exact = ag.study("confidence", scenario, draws=800)
    narrow = ag.study(
        "confidence", replace(scenario, intervals={"largest_share": (0.3, 0.3000001)}), draws=800
    )
    assert narrow.probability_best == exact.probability_best
    assert narrow.low == pytest.approx(exact.low, rel=1e-5)
    assert "largest_share" in narrow.evidence
    assert (exact.drawn_amounts, narrow.drawn_amounts) == (False, True)
    said = [interval_in_words(result, result.as_measured, money_of(scenario)) for result in (exact, narrow)]
    assert said[0].startswith("Sampling error alone puts its value between ")
    assert said[1].startswith("Sampling error and the intervals stated for amounts put its value between ")


def test_drawn_amounts_move_the_value_as_games_at_these_amounts_do() -> None:
    scenario = ag.case("agentdojo-camel")
    wide = replace(scenario, intervals={"breach_loss": (0.0, 200.0)})
    found = ag.study("confidence", wide, draws=2000)
    assert "breach_loss" in found.evidence
    strategy = decide(situate(wide)).recommendation.profile.defender
    values = []
    for loss in np.random.default_rng(3).uniform(0, 200, 400):
        game = ag.build_game(ag.set_parameter(scenario, "breach_loss", float(loss)))
        reply = int((strategy @ game.attacker_payoffs).argmax())
        values.append(float(strategy @ game.defender_payoffs[:, reply]))
    exact = ag.study("confidence", scenario, draws=2000)
    assert np.ptp(values) > 0.1
    spread = exact.high - exact.low
    assert found.low == pytest.approx(np.quantile(values, 0.025), abs=2 * spread)
    assert found.low < exact.low - 0.02
    assert found.high > exact.high - 0.02
