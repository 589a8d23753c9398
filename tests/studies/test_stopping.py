"""A service that may be stopped: not running it, worth 0, is compared wherever single policies are."""

from __future__ import annotations

from dataclasses import replace
from math import erf, sqrt

import numpy as np
import pytest

import advgame as ag
from advgame.decision import Kind, decide, situate
from advgame.scenarios import Scenario, case, set_parameter
from advgame.scenarios.knowledge import KNOWLEDGE
from advgame.studies import Threshold, thresholds
from advgame.studies.candidates import NOT_RUN, candidates
from advgame.studies.policy_thresholds import policy_thresholds

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
    (threshold,) = policy_thresholds(decision, ["largest_share"])
    if decision.stops:
        assert threshold.deploy == ()
        assert (threshold.below, threshold.deploy_below) == (
            pytest.approx(NO_WORTH, abs=2e-6),
            ("Rice2020Overfitting",),
        )
        assert threshold.above is None
    else:
        assert (threshold.above, threshold.deploy_above) == (pytest.approx(NO_WORTH, abs=2e-6), ())


@pytest.mark.parametrize("share", [0.15, 0.3])
def test_games_solved_again_give_the_same_share(share: float) -> None:
    (threshold,) = thresholds(costly(share, "nothing"), parameters=["largest_share"])
    found, deploy = (
        (threshold.above, threshold.deploy_above)
        if share < NO_WORTH
        else (threshold.below, threshold.deploy_below)
    )
    assert found == pytest.approx(NO_WORTH, abs=1e-8)
    assert deploy == (() if share < NO_WORTH else ("Rice2020Overfitting",))
    frame = ag.study("thresholds", costly(share, "nothing"), parameters=("largest_share",)).frame()
    assert NOT_RUN in (frame["deploy_above"][0], frame["deploy"][0])


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


@pytest.mark.parametrize("share", [0.15, 0.3])
@pytest.mark.parametrize("knows", ["mixture", "network"])
def test_beyond_a_threshold_the_verdict_is_to_stop_or_to_run(share: float, knows: str) -> None:
    scenario = costly(share, knows)
    decision = decide(scenario)
    tried = 0
    for threshold in policy_thresholds(decision):
        for edge, deploy in sides(threshold):
            if threshold.parameter.startswith(("clean", "attacked")) or (deploy and not decision.stops):
                continue
            step = 1e-4 * (threshold.high - threshold.low) * (1 if edge > threshold.value else -1)
            assert decide(set_parameter(scenario, threshold.parameter, edge - step)).stops == decision.stops
            assert decide(set_parameter(scenario, threshold.parameter, edge + step)).stops != decision.stops
            tried += 1
    assert tried >= 3


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


@pytest.mark.parametrize("name", ["regions", "sweep", "portfolio", "nearest_flip"])
def test_a_study_of_many_games_says_that_it_leaves_stopping_out(name: str) -> None:
    scenario = costly(0.15)
    said = "Not running the service is not among the answers."
    assert said in ag.study(name, scenario).sentence
    assert said not in ag.study(name, replace(scenario, may_stop=False)).sentence
