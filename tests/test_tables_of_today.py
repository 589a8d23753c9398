"""The bundled tables of agents, detectors, backdoors and tabular models: surprises and verdicts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from advgame.arrays import NO_ATTACK
from advgame.bundled import bundled
from advgame.decision import recommend
from advgame.equilibria import solve
from advgame.errors import ScenarioError
from advgame.measurements import Measurement, MeasurementTable, read_table
from advgame.measurements.outcomes import read_outcomes
from advgame.reports import report
from advgame.scenarios import Scenario, build_game, case, set_parameter
from advgame.scenarios.evidence import evidence_of
from advgame.scenarios.scenario_files import scenario_of, toml_of
from advgame.studies import SamplingError, study
from advgame.wording.nouns import said_of

TABLES = (
    "agent-injection",
    "agentdojo-camel",
    "backdoor-repairs",
    "jailbreaks",
    "machine-text-detectors",
    "prompt-defences",
    "tabularbench",
    "transfer-attacks",
)


def table(name: str) -> MeasurementTable:
    return read_table(bundled("data") / "published" / f"{name}.csv")


def cell(name: str, defence: str, attack: str, metric: str = "robust") -> Measurement:
    (found,) = (r for r in table(name) if (r.defence, r.attack, r.metric) == (defence, attack, metric))
    return found


@pytest.mark.parametrize("name", TABLES)
def test_attacked_and_clean_items_differ_so_that_no_false_contradiction_is_marked(name: str) -> None:
    rows = table(name)
    clean = {row.population for row in rows if row.attack == NO_ATTACK}
    attacked = {row.population for row in rows if row.attack != NO_ATTACK}
    assert None not in clean | attacked
    assert not clean & attacked
    warnings = [warning for row in rows for warning in row.warnings]
    assert not [warning for warning in warnings if "exceeds the clean" in warning or "rises with" in warning]


@pytest.mark.parametrize("name", TABLES)
def test_every_attack_says_whether_it_was_adapted(name: str) -> None:
    attacked = [row for row in table(name) if row.attack not in (NO_ATTACK, "no modification")]
    assert all(row.adaptivity for row in attacked)


def test_the_agents_outcomes_give_the_tables_counts_on_250_cases() -> None:
    outcomes = read_outcomes(bundled("data") / "published" / "agent-injection.outcomes.parquet")
    for name in ("gpt-4o", "gpt-4o-mini"):
        rows = [row for row in table("agent-injection") if row.network == name and row.defence == "sandwich"]
        for row in rows:
            right = outcomes.cell(row.dataset, row.network, row.defence, row.column)
            run = right.right[right.seeds.index(row.seed)]
            assert (int(run.sum()), len(run)) == (row.correct, row.tested)
        assert sum(row.tested or 0 for row in rows if row.seed == 1) == 250
    assert evidence_of(case("agent-injection")).paired


def test_counts_of_agentdojo_add_up_over_suites_and_utility_counts_breaches_too() -> None:
    for defence in ("undefended", "spotlighting", "tool filter", "prompt sandwiching", "CaMeL"):
        suites = [f"injection in {suite}" for suite in ("banking", "slack", "travel", "workspace")]
        whole = cell("agentdojo-camel", defence, "injection")
        parts = [cell("agentdojo-camel", defence, suite) for suite in suites]
        assert sum(part.correct or 0 for part in parts) == whole.correct
        assert sum(part.tested or 0 for part in parts) == whole.tested == 949
    noted = cell("agentdojo-camel", "undefended", "injection", "utility_under_attack").warnings
    assert "even where the attack succeeded too" in noted[0]


def test_camel_without_policies_has_no_utility_and_is_not_played() -> None:
    rows = [row for row in table("agentdojo-camel") if row.defence == "CaMeL without policies"]
    assert {row.metric for row in rows} == {"robust"}
    assert "CaMeL without policies" not in case("agentdojo-camel").accuracies.defences


def test_every_detector_was_tried_on_the_same_number_of_texts_and_binoculars_lacks_an_attack() -> None:
    rows = table("machine-text-detectors")
    assert {row.tested for row in rows if row.attack != NO_ATTACK} == {54_400}
    lacking = {row.defence for row in rows} - {row.defence for row in rows if row.attack == "paraphrase"}
    assert lacking == {"Binoculars (5 % FPR)", "Binoculars (1 % FPR)"}


def test_success_and_right_answers_of_a_backdoored_network_sum_to_at_most_one() -> None:
    """Three sums exceed 1 by single-precision rounding, which is no contradiction."""
    withstood = {}
    for row in table("backdoor-repairs"):
        key = row.dataset, row.defence, row.attack
        assert not [warning for warning in row.warnings if "exceeds the" in warning]
        if row.metric == "robust":
            withstood[key] = row.accuracy
        elif row.metric == "utility_under_attack":
            assert row.accuracy <= withstood[key] + 1e-6


def test_a_collapsed_model_with_perfect_recall_is_marked_and_not_recommended() -> None:
    collapsed = [row for row in table("tabularbench") if "everything positive" in " ".join(row.warnings)]
    assert any(row.accuracy == 1.0 for row in collapsed)
    best = recommend(case("tabular-botnet"))
    warned = {row.defence for row in case("tabular-botnet").selected if row.warnings}
    assert warned
    assert not warned & {name for name, _ in best.deploy}


def test_two_detectors_are_mixed_at_ten_percent_and_stay_so_under_sampling_error() -> None:
    scenario = case("machine-text-detectors")
    assert scenario.largest_share == 0.1
    mixed = solve(build_game(scenario)).recommended.defender
    names = [name for name, share in zip(scenario.accuracies.defences, mixed, strict=True) if share > 1e-9]
    assert names == ["Leidos Detector v1.0.4 (5 % FPR)", "Pangram (5 % FPR)"]
    # by hand: both detectors leave paraphrase and hidden characters the same success
    rows = [scenario.accuracies.defences.index(name) for name in names]
    error = 1 - scenario.accuracies.attacked_accuracy[rows]
    attacks = [scenario.accuracies.attacks.index(name) for name in ("paraphrase", "zero width space")]
    first, second = (error[:, column] for column in attacks)
    share = (second[1] - first[1]) / ((first[0] - second[0]) + (second[1] - first[1]))
    assert mixed[rows[0]] == pytest.approx(share, abs=1e-9)
    drawn = study("sampling_error", scenario, draws=800)
    assert isinstance(drawn, SamplingError)
    assert drawn.best.option == "recommended mixture"
    assert drawn.best.probability_best > 0.9
    played = {name: share for name, _, share in drawn.deployed}
    assert all(played[name] > 0.8 for name in names)


def test_attacks_left_out_of_the_transfer_case_gain_the_attacker_nothing() -> None:
    scenario = case("transfer-attacks")
    every = replace(scenario, select=replace(scenario.select, attacks=None))
    assert len(every.accuracies.attacks) == 89
    few, all_ = (solve(build_game(each)).recommended for each in (scenario, every))
    assert few.defender_payoff == pytest.approx(all_.defender_payoff, abs=1e-12)


# what a report says


def test_a_report_names_requests_and_agents_and_the_limits_of_static_attacks() -> None:
    text = str(report(case("agentdojo-camel")).render("markdown"))
    assert "per request" in text
    assert "per input" not in text
    assert "best known agent" in text
    assert "The attacks were not adapted to the defences" in text
    assert "AML.T0051.001" in text


def test_a_report_separates_adapted_attacks_from_unstated_ones() -> None:
    text = " ".join(str(report(case("tabular-malware")).render("markdown")).split())
    assert "Adapted to each defence: constraints ignored and constraints kept." in text
    assert "Of no modification, the table does not state whether it was adapted to the defences." in text
    text = " ".join(str(report(case("jailbreaks")).render("markdown")).split())
    assert "Made against another system: optimised suffix (GCG) (in part)." in text  # on others by gradients
    assert "Adapted to each defence: optimised suffix (GCG) (in part), rewriting by a model" in text
    text = " ".join(str(report(case("imagenette-pruning")).render("markdown")).split())
    assert "The table does not state whether its attacks were adapted to the defences." in text


def test_names_keep_their_words_where_nouns_are_exchanged() -> None:
    say = said_of(case("agent-injection"))
    assert say("input classifier alone is worth 2 units per input") == (
        "input classifier alone is worth 2 units per request"
    )
    assert say("an input of the best known network") == "a request of the best known agent"


def test_raw_and_corrected_rates_stand_side_by_side_and_those_outside_are_listed() -> None:
    scenario = scenario_of(
        {**plain(case("agent-injection")), "judge": {"*": {"sensitivity": 0.9, "specificity": 0.95}}},
        folder=bundled("data"),
    )
    text = str(report(scenario).render("markdown"))
    assert "Rogan and Gladen 1978" in text
    assert "lies outside 0 to 100 % and is cut off there" in text
    assert "| success measured |" in text.replace("  ", " ")


def plain(scenario: Scenario) -> dict[str, object]:
    import tomllib

    return tomllib.loads(toml_of(scenario))


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("item", ["text"], "singular and plural"),
        ("tries", 0.5, "tries is 0.5"),
        ("atlas", {"spotlighting": ["T1234"]}, "ids of MITRE ATLAS"),
        ("judge", {"*": {"sensitivity": 0.4, "specificity": 0.5}}, "sum to 0.9"),
        ("success", "caused errors", "measured on different items"),
    ],
)
def test_invalid_values_are_refused(key: str, value: object, says: str) -> None:
    content = {**plain(case("agentdojo-camel")), key: value}
    with pytest.raises(ScenarioError, match=says):
        _ = scenario_of(content, folder=bundled("data")).accuracies


@pytest.mark.parametrize("name", ["agentdojo-camel", "machine-text-detectors", "tabular-credit"])
def test_errors_on_different_items_are_not_subtracted_when_the_rule_is_changed(name: str) -> None:
    with pytest.raises(ScenarioError, match='Use success = "every error"'):
        set_parameter(case(name), "success", "caused errors")


def test_an_adaptive_attacker_and_more_tries_change_the_answer_where_the_thresholds_say() -> None:
    scenario = case("agentdojo-camel")
    for key, value in (("adaptive_factor", 3.0), ("tries", 3.0)):
        assert [name for name, _ in recommend(set_parameter(scenario, key, value)).deploy] == ["spotlighting"]
    strong = recommend(set_parameter(scenario, "adaptive_factor", 12.0))
    assert "CaMeL" in dict(strong.deploy)
    assert np.isfinite(strong.value)
