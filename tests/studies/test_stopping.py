"""A service that may be stopped: not running it, worth 0, is compared wherever single policies are."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import erf, sqrt

import numpy as np
import pytest

import advgame as ag
from advgame.decision import Kind, decide, situate
from advgame.decision.attacker_amounts import attacker_amounts
from advgame.decision.policies import NOT_RUN
from advgame.equilibria.algorithms.uncertain_attacker import worst_reply
from advgame.reports.facts import gather
from advgame.reports.sections.nearest_thresholds import alternatives
from advgame.scenarios import Scenario, build_game, case, set_parameter
from advgame.scenarios.knowledge import KNOWLEDGE
from advgame.studies import Threshold
from advgame.studies.candidates import candidates
from advgame.studies.verdict_thresholds import verdict_thresholds
from advgame.wording.attack_quality import adaptive_threshold

CLEAN, ROBUST = 0.8534, 0.5342  # of Rice2020Overfitting, 10,000 test inputs each
LOSS = 8.0
NO_WORTH = CLEAN / (CLEAN - ROBUST + (1 - ROBUST) * LOSS)  # the share at which that network earns nothing


def costly(share: float, knows: str = "mixture") -> Scenario:
    """Cheap attacks whose successes cost much: only the robust network is worth running, at small shares."""
    scenario = replace(case("cifar10-two-defences"), may_stop=True, attacker_knows=knows)
    for address, value in (("attack_cost", 0.1), ("breach_loss", LOSS), ("largest_share", share)):
        scenario = set_parameter(scenario, address, value)
    return scenario


@pytest.mark.parametrize("knows", KNOWLEDGE)
@pytest.mark.parametrize("share", [0.15, 0.3])
def test_the_service_pays_up_to_the_share_found_by_hand(share: float, knows: str) -> None:
    decision = decide(costly(share, knows))
    assert decision.stops == (share > NO_WORTH)
    (threshold,) = verdict_thresholds(decision, ["largest_share"])
    if decision.stops:
        assert threshold.deploy == ()
        assert (threshold.below, threshold.deploy_below) == (
            pytest.approx(NO_WORTH, abs=2e-6),
            ("Rice2020Overfitting",),
        )
        assert threshold.above is None
    else:
        assert (threshold.above, threshold.deploy_above) == (pytest.approx(NO_WORTH, abs=2e-6), ())


def second(pair: tuple[float, tuple[str, ...]]) -> tuple[str, ...]:
    return pair[1]


def sides(threshold: Threshold) -> list[tuple[float, tuple[str, ...]]]:
    """The thresholds of a parameter, and what is better beyond them."""
    return [
        (edge, deploy)
        for edge, deploy in (
            (threshold.below, threshold.deploy_below),
            (threshold.above, threshold.deploy_above),
        )
        if edge is not None and deploy is not None
    ]


def set_all(scenario: Scenario, **amounts: float) -> Scenario:
    for address, value in amounts.items():
        scenario = set_parameter(scenario, address, value)
    return scenario


@pytest.mark.parametrize("knows", KNOWLEDGE)
@pytest.mark.parametrize("seed", range(6))
def test_the_verdict_changes_between_running_and_stopping_at_the_thresholds(seed: int, knows: str) -> None:
    """A single policy, at amounts at which the margin matters; other values are decided anew."""
    random = np.random.default_rng([seed, 7])
    scenario = replace(costly(0.3, knows), attacker_margin=0.1)
    scenario = set_all(
        scenario,
        largest_share=float(random.uniform(0.1, 0.4)),
        breach_loss=float(random.uniform(3, 9)),
        attack_cost=float(random.uniform(0.3, 0.6)),
    )
    robust = replace(scenario.select, defences=("Rice2020Overfitting",))
    scenario = replace(scenario, select=robust, undefended=None)
    decision = decide(scenario)
    for threshold in verdict_thresholds(
        decision, ["largest_share", "breach_loss", "attack_cost", "benign_gain"]
    ):
        edges = {edge for edge, _ in sides(threshold)}
        assert all((deploy == ()) != decision.stops for _, deploy in sides(threshold))
        stops = [
            (value, decide(set_parameter(scenario, threshold.parameter, value)).stops)
            for value in np.linspace(threshold.low, threshold.high, 41).tolist()
        ]
        changes = [
            (before, after)
            for (before, stopped), (after, next_stopped) in pairwise(stops)
            if stopped != next_stopped
        ]
        below = [pair for pair in changes if pair[0] < threshold.value]
        above = [pair for pair in changes if pair[1] > threshold.value and pair not in below[-1:]]
        nearest = [*below[-1:], *above[:1]]
        assert all(any(low <= edge <= high for edge in edges) for low, high in nearest), (threshold, nearest)
        for edge, _ in sides(threshold):
            step = 1e-5 * (threshold.high - threshold.low) * (1 if edge > threshold.value else -1)
            if threshold.low <= edge + step <= threshold.high:
                beyond, before = (
                    decide(set_parameter(scenario, threshold.parameter, edge + side * step))
                    for side in (1, -1)
                )
                assert (before.stops, beyond.stops) == (decision.stops, not decision.stops)


def test_the_margin_counts_beside_not_running() -> None:
    """Within the margin the attack pays; at the amounts assumed it does not."""
    scenario = set_all(costly(0.1), breach_loss=6.0, attack_cost=0.5)
    assert not decide(scenario).stops
    share, gain = verdict_thresholds(decide(scenario), ["largest_share", "benign_gain"])
    assert share.deploy_above == gain.deploy_below == ()
    assert share.above is not None
    assert gain.below is not None
    for address, edge, side in (("largest_share", share.above, 1), ("benign_gain", gain.below, -1)):
        policy = decide(scenario).strategy
        at = set_parameter(scenario, address, edge)
        game, amounts = build_game(at), attacker_amounts(at)
        assert worst_reply(game, amounts, policy)[1] == pytest.approx(0, abs=1e-5)
        assert decide(set_parameter(scenario, address, edge + 0.05 * side)).value < decide(scenario).value


@pytest.mark.parametrize("cost", [0.1, 0.3, 0.5])
def test_a_secret_mixture_stops_where_its_game_loses_money(cost: float) -> None:
    scenario = set_all(costly(0.3, "nothing"), breach_loss=4.0, attack_cost=0.48)
    for defence in ("Standard", "Rice2020Overfitting"):
        scenario = set_parameter(scenario, f"defence_cost[{defence}]", cost)
    decision = decide(scenario)
    assert not decision.announces
    assert not decision.recommendation.pure
    edges = [
        (threshold.parameter, edge)
        for threshold in verdict_thresholds(decision, ["largest_share", "benign_gain", "benign_loss"])
        for edge, deploy in sides(threshold)
        if deploy == ()
    ]
    assert "benign_gain" in dict(edges)
    for address, edge in edges:
        solved = ag.solve(build_game(set_parameter(scenario, address, edge)), concept="nash")
        assert solved.recommended.defender_payoff == pytest.approx(0, abs=1e-5)


def test_the_nearer_of_another_defence_and_a_loss_is_the_threshold() -> None:
    """By hand: at a cost of 0.3958 the plain network earns as much, at 0.4488 the robust one nothing."""
    robust = 0.9 * CLEAN + 0.1 * (ROBUST - LOSS * (1 - ROBUST))
    plain = 0.9 * 0.9478 - 0.1 * LOSS
    address = "defence_cost[Rice2020Overfitting]"
    (cost,) = verdict_thresholds(decide(costly(0.1, "nothing")), [address])
    assert (cost.above, cost.deploy_above) == (pytest.approx(robust - plain, abs=1e-7), ("Standard",))
    assert robust - plain < robust
    worse = set_parameter(costly(0.15, "nothing"), "breach_loss", 6.0)
    robust = 0.85 * CLEAN + 0.15 * (ROBUST - 6 * (1 - ROBUST))
    plain = 0.85 * 0.9478 - 0.15 * 6
    (cost,) = verdict_thresholds(decide(worse), [address])
    assert (cost.above, cost.deploy_above) == (pytest.approx(robust, abs=2e-6), ())
    assert robust < robust - plain


def test_an_adaptive_attacker_may_make_stopping_better() -> None:
    factor = Threshold("adaptive_factor", 1.0, None, 1.4, 1.0, 4.0, ("robust",), None, ())
    words = adaptive_threshold(costly(0.15), factor, of_policies=True)
    assert words.endswith("1.4 times as often as measured, not running the service would be better.")


def test_stopping_counts_among_the_policies_that_a_single_defence_is_compared_with() -> None:
    robust = replace(case("cifar10-two-defences").select, defences=("Rice2020Overfitting",))
    scenario = replace(costly(0.15), select=robust, undefended=None)
    assert alternatives(gather(scenario, None)) == 2
    assert alternatives(gather(replace(scenario, may_stop=False), None)) == 1


def test_another_concept_leaves_stopping_out() -> None:
    report = ag.report(costly(0.3), concept="nash")
    assert report.verdict.startswith("Deploy")
    deployed = [deploy for item in report.thresholds for deploy in (item.deploy, *map(second, sides(item)))]
    assert len(deployed) > len(report.thresholds)
    assert all(deployed)
    frame = ag.study("thresholds", costly(0.3)).frame()
    assert (frame["deploy"] != "").all()


def test_a_verdict_that_allows_for_the_margin_says_that_the_draws_do_not() -> None:
    robust = replace(case("cifar10-two-defences").select, defences=("Rice2020Overfitting",))
    for knows in KNOWLEDGE:
        scenario = replace(costly(0.3, knows), select=robust, undefended=None)
        report = ag.report(set_parameter(scenario, "attack_cost", 0.48))
        assert report.verdict == "Do not run the service: no way of running it is sure to earn money"
        text = " ".join(report.render("text").split())
        assert "Too close to call" not in text
        assert "while the recommendation allows for the margin" in text


def test_how_often_stopping_is_better_is_the_normal_approximation_of_the_counts() -> None:
    share = 0.209  # just below the threshold
    sure = ag.study("confidence", costly(share), draws=20_000)
    worth = (1 - share) * CLEAN + share * (ROBUST - LOSS * (1 - ROBUST))
    deviation = sqrt(
        ((1 - share) ** 2 * CLEAN * (1 - CLEAN) + (share * (1 + LOSS)) ** 2 * ROBUST * (1 - ROBUST)) / 10_000
    )
    stops = (1 - erf(worth / deviation / sqrt(2))) / 2
    assert (sure.chosen, sure.rival) == ("Rice2020Overfitting", NOT_RUN)
    assert sure.rival_probability == pytest.approx(stops, abs=0.012)  # 4 standard errors of the draws
    assert sure.probability_best == pytest.approx(1 - sure.rival_probability)
    sampled = {option.option: option for option in ag.study("sampling_error", costly(share)).options}
    assert sampled[NOT_RUN].probability_best == pytest.approx(stops, abs=0.017)
    assert (sampled[NOT_RUN].value.low, sampled[NOT_RUN].value.high) == (0, 0)


def test_a_service_that_is_not_run_is_worth_0_in_every_draw() -> None:
    sure = ag.study("confidence", costly(0.3))
    assert (sure.chosen, sure.low, sure.high, sure.as_measured) == (NOT_RUN, 0, 0, 0)
    assert sure.probability_best == 1
    robust = ag.study("robust_decision", costly(0.3))
    assert robust.options[0].option == robust.recommended == NOT_RUN
    assert robust.options[0].guaranteed == 0


def test_a_cautious_owner_stops_earlier() -> None:
    risk = ag.study("risk", costly(0.209))
    assert (risk.neutral, risk.cautious) == ("Rice2020Overfitting", NOT_RUN)
    (change,) = risk.by_worst
    assert change.after == NOT_RUN


@pytest.mark.parametrize("knows", KNOWLEDGE)
def test_not_running_is_an_option_only_where_the_owner_allows_it(knows: str) -> None:
    scenario = costly(0.15, knows)
    labels = [option.label for option in candidates(situate(scenario))]
    assert labels.count(NOT_RUN) == 1
    running = replace(scenario, may_stop=False)
    assert NOT_RUN not in [option.label for option in candidates(situate(running))]
    assert decide(replace(costly(0.3, knows), may_stop=False)).strategy.sum() == pytest.approx(1)
    assert (decide(costly(0.3, knows)).strategy == np.zeros(2)).all()
    assert decide(costly(0.3, knows)).policies.verdict.kind is Kind.STOPPED


@pytest.mark.parametrize("name", ["regions", "sweep", "portfolio", "nearest_flip", "thresholds"])
def test_a_study_of_many_games_says_that_it_leaves_stopping_out(name: str) -> None:
    scenario = costly(0.15)
    said = "Not running the service is not among the answers."
    assert said in ag.study(name, scenario).sentence
    assert said not in ag.study(name, replace(scenario, may_stop=False)).sentence
