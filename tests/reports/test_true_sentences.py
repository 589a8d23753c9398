"""Sentences of a report hold in scenarios at the edge: one defence, no service, nearly on a threshold."""

from __future__ import annotations

from dataclasses import replace

import pytest

import advgame as ag
from advgame.measurements import Measurement, MeasurementTable
from advgame.number_text import significant
from advgame.payoffs.field_success import Judge
from advgame.reports.blocks import Figures, LineChart, Table
from advgame.reports.facts import gather
from advgame.reports.sections.nearest_thresholds import threshold_sentence
from advgame.scenarios.attacker_type import AttackerType
from advgame.scenarios.knowledge import KNOWLEDGE
from advgame.studies import Threshold
from advgame.studies.thresholds import Thresholds
from advgame.wording.threshold_words import by_distance, nearest_thresholds, no_threshold_in_words

from .conftest import table
from .test_sections import section, words

PLAIN, ROBUST = ("plain", 0.9, 0.1), ("robust", 0.8, 0.5)


def scenario_of(*accuracies: tuple[str, float, float], **changes: object) -> ag.Scenario:
    return replace(ag.Scenario("by hand", table(*accuracies), largest_share=0.3), **changes)


@pytest.mark.parametrize("knows", KNOWLEDGE)
def test_a_single_defence_has_a_report_whatever_the_attacker_knows(knows: str) -> None:
    text = words(ag.report(scenario_of(PLAIN, attacker_knows=knows)))
    assert "The scenario has a single defence, so no parameter changes what is deployed." in text


def test_a_service_that_is_not_run_has_no_factor_that_changes_the_answer() -> None:
    rows = [
        replace(row, adaptivity=None if row.attack == "none" else "static") for row in table(PLAIN, ROBUST)
    ]
    losing = ag.Scenario("losing", MeasurementTable(tuple(rows)), largest_share=0.3)
    losing = ag.set_parameter(ag.set_parameter(losing, "breach_loss", 10.0), "benign_gain", 0.0)
    text = words(ag.report(replace(losing, may_stop=True)))
    assert text.startswith("Do not run the service")
    assert "adaptive attacker succeeded" not in text
    assert "adaptive attacker succeeded" in words(ag.report(losing))


@pytest.mark.parametrize(
    ("cut_short", "defences", "of_policies", "said"),
    [
        (False, 2, False, "changes which defences are deployed"),
        (False, 2, True, "makes a single defence worth more than the recommended policy"),
        (True, 2, False, "cut short for some parameters"),
        (False, 1, True, "a single defence, so no parameter changes"),
    ],
)
def test_where_no_threshold_was_found_no_more_is_said_than_was_searched(
    *, cut_short: bool, defences: int, of_policies: bool, said: str
) -> None:
    searched = Threshold("attack_cost", 0.5, None, None, 0.0, 1.0, ("plain",), None, None, cut_short)
    assert said in no_threshold_in_words([searched], defences, of_policies=of_policies)


@pytest.mark.parametrize(("share", "side"), [(0.1502, "just above it"), (0.1501, "just below it")])
def test_a_share_printed_like_its_threshold_is_just_beside_it(
    two_defences: ag.Scenario, share: float, side: str
) -> None:
    # p* = 0.0944 / 0.6286 = 0.15017
    report = ag.report(ag.set_parameter(two_defences, "largest_share", share), "nash", only=())
    figures = next(block for block in report.blocks if isinstance(block, Figures))
    assert figures.items[-1].text == "15 %"
    assert figures.items[-1].note.endswith(f"the scenario is {side}")


def test_a_cost_that_would_have_to_be_negative_comes_last_and_is_not_near() -> None:
    """Dearer by 0.05 the robust network would be matched; the plain one would have to cost −0.02 or less."""
    below = Threshold("defence_cost[plain]", 0.01, -0.02, None, -1.0, 1.0, ("robust",), ("plain",), None)
    above = Threshold("defence_cost[robust]", 0.01, None, 0.06, -1.0, 1.0, ("robust",), None, ("plain",))
    saved = replace(below, parameter="defence_cost[pruned]", value=-0.01)
    share = Threshold("largest_share", 0.9, 0.1, None, 0.0, 1.0, ("robust",), ("plain",), None)
    assert sorted([below, above, saved, share], key=by_distance) == [share, saved, above, below]
    assert nearest_thresholds([below, above, share, saved]) == [share, saved, above]
    assert nearest_thresholds([below, above]) == [above]
    assert "threshold is defence_cost[robust] = 0.06;" in Thresholds((below, above)).sentence
    assert Thresholds((below,)).sentence.startswith("None of 1 ")


@pytest.mark.parametrize(
    ("parameter", "unit"),
    [("defence_cost[robust]", "EUR per classified input: "), ("attack_cost", "EUR: "), ("tries", ": ")],
)
def test_an_amount_beside_its_threshold_has_its_unit(parameter: str, unit: str) -> None:
    facts = gather(scenario_of(PLAIN, ROBUST, currency="EUR"), None)
    threshold = Threshold(parameter, 0.02, 0.01, None, 0.0, 1.0, ("robust",), ("plain",), None)
    sentence = threshold_sentence(facts, threshold)
    assert f" is 0.02 {unit}".replace(" : ", ": ") in sentence
    assert sentence.endswith("0.01 above the threshold 0.01, below which plain alone would be deployed.")


def test_a_parameter_printed_like_its_threshold_is_just_beside_it(two_defences: ag.Scenario) -> None:
    # Attacks on the robust network pay below a cost of 0.4658.
    near = ag.set_parameter(two_defences, "attack_cost", 0.46580003)
    text = words(ag.report(near, "nash", only=("summary",)))
    assert (
        "The attacker's cost per attacked input is 0.4658 units: just above the threshold, below which "
        "adversarially trained network alone would be deployed"
    ) in text


def test_the_interval_of_a_secret_defence_is_of_its_value_once_known(two_defences: ag.Scenario) -> None:
    # Indifferent, the attacker attacks q = .7488: .7 (.9478 − .0944 q) + .3 · .5342 q = .734, not .805.
    text = words(ag.report(two_defences, "nash", only=("decision", "summary")))
    assert "Sampling error alone puts its value against an attacker who knows it, at the amounts" in text
    assert "(95 %); at the accuracies as measured it is 0.734." in text
    plain = words(ag.report(replace(two_defences, attacker_knows="network"), only=("summary",)))
    assert "Sampling error alone puts its value between 0.8" in plain


def test_accuracies_that_are_better_than_most_draws_are_called_so() -> None:
    # As measured no attack succeeds, and none is worth its cost; in nearly all draws one is.
    facts = {"dataset": "digits", "network": "cnn", "source": "by hand", "tested": 20}
    rows = [
        Measurement(**facts, defence="robust", attack="none", metric="clean", accuracy=0.9, correct=18),
        Measurement(**facts, defence="robust", attack="pgd", accuracy=1.0, correct=20),
    ]
    scenario = ag.Scenario("barely", MeasurementTable(tuple(rows)), largest_share=0.9)
    for address, amount in (("attack_cost", 1e-6), ("stopped_gain", 0.0), ("breach_loss", 10.0)):
        scenario = ag.set_parameter(scenario, address, amount)
    text = words(ag.report(replace(scenario, attacker_knows="network"), only=("summary",)))
    assert "it is 0.9, more than in 97.5 % of the draws" in text


def test_without_attacks_the_recommended_defence_is_marked() -> None:
    report = ag.report(ag.case("imagenette-explanations"))
    rows = next(block for block in section(report, "The policies compared") if isinstance(block, Table)).rows
    assert [" (recommended)" in row[0].text for row in rows].count(True) == 1
    assert rows[0][0].text.endswith(" (recommended)")


def test_a_chart_speaks_of_the_margin_only_where_the_recommendation_has_one(
    two_defences: ag.Scenario,
) -> None:
    notes = {
        concept: next(
            block.note for block in ag.report(two_defences, concept).blocks if isinstance(block, LineChart)
        )
        for concept in (None, "commitment", "worst_case")
    }
    assert "the recommendation, which has one, is worth no more" in notes[None]
    assert "margin" not in notes["commitment"]
    assert "best response" in notes["commitment"]
    assert notes["worst_case"].startswith("“As recommended”: against the attacker's strategy shown above.")


@pytest.mark.parametrize(
    ("concept", "said"),
    [
        ("worst_case", "In the zero-sum game that defines this strategy, neither side can gain more than"),
        ("minimax_regret", "In the zero-sum game that defines this strategy, neither side can gain more"),
        ("quantal_response", "from the logit response to the other side's strategy, which is no best"),
    ],
)
def test_a_certificate_claims_what_the_concept_proves(
    two_defences: ag.Scenario, concept: str, said: str
) -> None:
    text = words(ag.report(two_defences, concept, only=("equilibrium",)))
    assert said in text
    assert "Neither side can gain" not in text


def test_intervals_of_the_attackers_amounts_are_named_beside_the_margin(two_defences: ag.Scenario) -> None:
    stated = replace(two_defences, intervals={"attack_reward": (0.5, 2.0)})
    assert (
        "may be up to 5 % higher or lower than assumed, except where the scenario states an interval "
        "(attacker's reward for a success)."
    ) in words(ag.report(stated))
    certain = words(ag.report(replace(two_defences, attacker_margin=0.0)))
    assert "The attacker's rewards and costs are as assumed." in certain


def test_a_single_judge_is_of_all_attacks() -> None:
    judged = scenario_of(PLAIN, ROBUST, judge={"*": Judge(0.9, 0.4)})
    text = words(ag.report(judged))
    assert "For all attacks, the judge of success recognises 90 % of successes" in text
    assert "robust under pgd (−33.3 %)" in text  # (0.5 + 0.4 − 1) / (0.9 + 0.4 − 1)


def test_warnings_of_two_networks_with_the_same_defence_are_two_rows() -> None:
    rows = [
        replace(row, network=network, warnings=("weak attack: by hand",))
        for network in ("cnn", "mlp")
        for row in table(PLAIN)
    ]
    report = ag.report(ag.Scenario("two networks", MeasurementTable(tuple(rows)), largest_share=0.3))
    warnings = next(
        block for block in report.blocks if isinstance(block, Table) and block.title == "Warnings"
    )
    assert [row[1].value for row in warnings.rows] == [4]


def test_no_rounding_error_is_printed_as_an_amount(two_defences: ag.Scenario) -> None:
    # A mixed equilibrium leaves the attacker nothing: 0.3 · (average success − 0.47), up to the last bit.
    report = ag.report(ag.set_parameter(two_defences, "attack_cost", 0.47), "nash", only=("equilibrium",))
    text = words(report)
    assert "Value to the attacker: 0 units" in text
    assert "e−" not in text
    assert report.recommendation.attacker_value == 0


def test_the_value_at_the_amounts_assumed_is_not_called_guaranteed() -> None:
    report = ag.report(replace(ag.case("cifar10-many-attacks"), attacker_margin=0.5), only=("equilibrium",))
    verdict, text = report.decision.policies.verdict, words(report)
    assert verdict.guaranteed < verdict.if_known - 0.01
    assert (
        f"Value to the defender at the amounts assumed: {significant(verdict.if_known, 3)} units per "
        "classified input"
    ) in text
    assert f"guaranteed: {significant(verdict.guaranteed, 3)} units." in text
    assert "Its value is guaranteed" not in text


def test_a_study_in_a_report_calls_parameters_by_their_meaning(two_defences: ag.Scenario) -> None:
    report = ag.report(two_defences, sections=["regions"], only=())
    text = words(report)
    assert (
        "Over largest share of the traffic that can be adversarial and attacker's cost per attacked" in text
    )


def test_a_secret_defence_that_would_lose_once_known_says_so(two_defences: ag.Scenario) -> None:
    # Secret, and with every cost 0.89 higher: 0.895 − 0.89. Once known, 0.877 − 0.89.
    scenario = ag.set_parameter(two_defences, "stopped_gain", 3.0)
    scenario = ag.set_parameter(replace(scenario, attacker_margin=0.9), "defence_cost", 0.89)
    report = ag.report(scenario, only=())
    verdict = report.decision.policies.verdict
    assert verdict.guaranteed < 0 < verdict.worth
    known = significant(-verdict.guaranteed, 3)
    assert f"if it becomes known, it may lose {known} units per input." in words(report)


def test_types_against_which_running_pays_are_named_beside_a_service_not_run(
    two_defences: ag.Scenario,
) -> None:
    losing = ag.set_parameter(ag.set_parameter(two_defences, "breach_loss", 8.0), "attack_cost", 0.1)
    types = {"idle": AttackerType(0.7, cost_multiplier=10.0), "active": AttackerType(0.3)}
    stopped = replace(losing, may_stop=True, attacker_types=types)
    assert "units per month): running the service would pay." in words(ag.report(stopped, only=()))
    active = replace(stopped, attacker_types={"active": AttackerType(1.0)})
    assert "for all inputs (kept secret) is a loss of 0.36 units" in words(ag.report(active, only=()))


def test_only_a_recommendation_with_a_margin_is_said_to_have_one(two_defences: ag.Scenario) -> None:
    near = ag.set_parameter(two_defences, "largest_share", 0.1502)
    secret = ag.report(near, "nash", only=("summary",))
    assert "The decision is open" in words(secret)
    assert "allows for the margin" not in words(secret)
    wide = replace(ag.case("cifar10-many-attacks"), attacker_margin=0.5, largest_share=0.57)
    assert "while the recommendation allows for the margin" in words(ag.report(wide, only=("summary",)))


def test_an_error_of_runs_alone_is_called_so() -> None:
    once = ag.report(scenario_of(PLAIN, ROBUST), only=("sources",))
    rows = [replace(row, runs=3, std=0.01) for row in table(PLAIN, ROBUST)]
    averaged = replace(scenario_of(PLAIN, ROBUST), measurements=MeasurementTable(tuple(rows)))
    assert "the error of the runs alone" not in words(once)
    assert "the error of the runs alone" in words(ag.report(averaged, only=("sources",)))
