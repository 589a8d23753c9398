"""From measured success rates to those in the field: judges, adaptive attackers, repeated tries."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import comb

import numpy as np
import pytest

from advgame.errors import ScenarioError, UnknownName
from advgame.measurements import Measurement, MeasurementTable
from advgame.payoffs import AttackStrength, Judge, accuracies_of, build
from advgame.payoffs.terms import AttackCost, AttackReward
from advgame.scenarios import Scenario, build_game, set_parameter


def table(adaptivity: str | None = "static") -> MeasurementTable:
    """Two defences; the attack succeeds on 20 and 5 of 100."""
    rows = []
    for defence, hit in (("open", 20), ("guarded", 5)):
        shared = {"dataset": "d", "network": "n", "defence": defence, "source": "by hand", "tested": 100}
        rows.append(Measurement(**shared, attack="none", metric="clean", accuracy=0.9, correct=90))
        rows.append(
            Measurement(
                **shared,
                attack="inject",
                accuracy=1 - hit / 100,
                correct=100 - hit,
                adaptivity=adaptivity,
            )
        )
    return MeasurementTable(tuple(rows))


def rates(strength: AttackStrength, adaptivity: str | None = "static") -> list[float]:
    accuracies = accuracies_of(table(adaptivity), largest_share=0.5, strength=strength)
    return accuracies.attacked_error[:, 1].tolist()


def test_the_rate_that_a_judge_reports_is_corrected_as_rogan_and_gladen_do() -> None:
    # true rate t: judged = .9 t + .05 (1 − t)
    judge = Judge(sensitivity=0.9, specificity=0.95)
    for true in (0.0, 0.3, 1.0):
        judged = 0.9 * true + 0.05 * (1 - true)
        assert float(judge.corrected(judged)) == pytest.approx(true)
    assert rates(AttackStrength(judges={"inject": judge})) == pytest.approx([0.15 / 0.85, 0.0])


def test_a_corrected_rate_below_0_is_cut_off_and_listed() -> None:
    judge = Judge(0.9, 0.9)
    accuracies = accuracies_of(table(), largest_share=0.5, strength=AttackStrength(judges={"*": judge}))
    assert accuracies.attacked_error[1, 1] == 0
    ((defence, attack, rate),) = accuracies.outside
    assert (defence, attack) == ("guarded", "inject")
    assert rate == pytest.approx((0.05 - 0.1) / 0.8)


@pytest.mark.parametrize(
    ("sensitivity", "specificity", "says"),
    [
        (0.4, 0.6, "sum to 1"),
        (0.3, 0.3, "inverted"),
        (1.2, 0.9, "sensitivity is 1.2"),
        (0.9, 0.0, "spec"),
    ],
)
def test_a_judge_no_better_than_chance_is_refused(sensitivity: float, specificity: float, says: str) -> None:
    with pytest.raises(ScenarioError, match=says):
        Judge(sensitivity, specificity)


def test_a_judge_of_an_attack_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownName, match="inject"):
        rates(AttackStrength(judges={"injekt": Judge(0.9, 0.9)}))


def test_only_static_attacks_get_stronger_with_an_adaptive_attacker_and_none_succeeds_more_than_always() -> (
    None
):
    assert rates(AttackStrength(adaptive_factor=3)) == pytest.approx([0.6, 0.15])
    assert rates(AttackStrength(adaptive_factor=10)) == pytest.approx([1.0, 0.5])
    assert rates(AttackStrength(adaptive_factor=3), "adaptive") == pytest.approx([0.2, 0.05])
    assert rates(AttackStrength(adaptive_factor=3), None) == pytest.approx([0.2, 0.05])
    assert rates(AttackStrength(adaptive_factor=3), "transferred") == pytest.approx([0.6, 0.15])


@pytest.mark.parametrize("tries", [1, 2, 7])
def test_several_tries_succeed_as_often_as_the_binomial_distribution_says(tries: int) -> None:
    by_count = [
        sum(comb(tries, hits) * s**hits * (1 - s) ** (tries - hits) for hits in range(1, tries + 1))
        for s in (0.2, 0.05)
    ]
    assert rates(AttackStrength(tries=tries)) == pytest.approx(by_count)


def test_the_attacker_pays_for_the_tries_that_it_makes_on_average() -> None:
    # three tries at .2: 1 with probability .2, 2 with .16, 3 with .64
    strength = AttackStrength(tries=3)
    assert strength.expected_tries(np.array([0.2, 0.0, 1.0])) == pytest.approx([0.2 + 0.32 + 1.92, 3, 1])
    accuracies = accuracies_of(table(), largest_share=0.5, strength=strength)
    game = build(accuracies, [AttackReward(attack_reward=2.0), AttackCost(attack_cost=0.1)])
    assert game.attacker_payoffs[0, 1] == pytest.approx(0.5 * (2 * (1 - 0.8**3) - 0.1 * 2.44))
    assert game.attacker_payoffs[:, 0].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("mean", [88.00611620795107, 158.31336405529953, 505.23595505617976])
def test_mean_attempts_before_the_first_success_come_back_out(mean: float) -> None:
    """LLMail-Inject prints these means by defence; a defence with success 1 / mean needs as many tries."""
    assert AttackStrength(tries=10_000).expected_tries(np.array([1 / mean]))[0] == pytest.approx(
        mean, rel=1e-6
    )


def test_a_rate_a_step_above_one_continues_that_of_one_for_studies_that_differentiate() -> None:
    rates = np.array([1 - 1e-7, 1.0, 1 + 1e-7])
    strength = AttackStrength(tries=100)
    with np.errstate(all="raise", under="ignore", divide="ignore"):
        assert strength.of_all_tries(np.array([[0.0, rate] for rate in rates]))[:, 1] == pytest.approx(
            [1] * 3
        )
        assert strength.expected_tries(rates) == pytest.approx([1] * 3, abs=1e-6)


@pytest.mark.parametrize(
    "strength", [{"tries": 3}, {"adaptive_factor": 2.5}, {"judge": {"*": Judge(0.9, 0.97)}}]
)
def test_the_exact_game_is_the_rounded_one(strength: dict[str, object]) -> None:
    scenario = Scenario("t", table(), largest_share=0.3, **strength)
    game = build_game(set_parameter(scenario, "attack_cost", 0.05))
    for floats, exact in zip((game.defender_payoffs, game.attacker_payoffs), game.exact_payoffs, strict=True):
        assert all(isinstance(value, Fraction) for row in exact for value in row)
        assert floats == pytest.approx(np.array(exact, float), rel=1e-14, abs=1e-15)


@pytest.mark.parametrize(
    ("key", "wrong"), [("tries", 0.5), ("tries", 0), ("adaptive_factor", 0.9), ("tries", 1e9)]
)
def test_fewer_than_one_try_or_a_weaker_adaptive_attacker_is_refused(key: str, wrong: float) -> None:
    with pytest.raises(ScenarioError, match=key):
        replace(Scenario("t", table()), **{key: wrong})
    with pytest.raises(ScenarioError, match=key):
        set_parameter(Scenario("t", table()), key, wrong)
