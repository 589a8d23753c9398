"""The JSON report keeps every digit under a schema with a version."""

from __future__ import annotations

import json
from dataclasses import replace
from math import inf

import pytest
from jsonschema import Draft202012Validator

import advgame as ag
from advgame.reports.formats.json import schema

from .conftest import table

SCHEMA = Draft202012Validator(schema())


@pytest.fixture(scope="module")
def told(two_defences: ag.Scenario) -> dict:
    """Of simultaneous play, whose numbers are known in closed form."""
    return json.loads(ag.report(two_defences, "nash").render("json"))


def test_the_schema_has_a_version_and_these_parts(told: dict) -> None:
    assert told["schema"] == "advgame-report/1"
    assert set(told) == {
        "schema",
        "title",
        "question",
        "verdict",
        "decision",
        "confidence",
        "policies",
        "equilibria",
        "thresholds",
        "break_even",
        "game",
        "blocks",
        "inputs_sha256",
        "versions",
    }
    assert len(told["inputs_sha256"]) == 64
    assert set(told["versions"]) == {"advgame", "Python", "numpy", "scipy", "nashpy"}


@pytest.mark.parametrize("case", ["two_defences_report", "many_attacks_report", "hostile_report"])
def test_a_report_fits_the_published_schema(request: pytest.FixtureRequest, case: str) -> None:
    given = json.loads(request.getfixturevalue(case).render("json"))
    assert [fault.message for fault in SCHEMA.iter_errors(given)] == []


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (("decision", "largest_share"), 30),
        (("decision", "attacker_knows"), "everything"),
        (("policies", "table"), []),
        (("equilibria", "profiles", 0, "attacker"), ["1"]),
        (("game", "defences"), [1]),
        (("inputs_sha256",), "abc"),
    ],
)
def test_the_published_schema_refuses_other_documents(told: dict, place: tuple, wrong: object) -> None:
    spoilt = json.loads(json.dumps(told))
    *parents, key = place
    inner = spoilt
    for each in parents:
        inner = inner[each]
    inner[key] = wrong
    assert next(tuple(fault.absolute_path) for fault in SCHEMA.iter_errors(spoilt))[: len(place)] == place


def test_the_published_schema_requires_every_part(told: dict) -> None:
    for key in told:
        assert list(SCHEMA.iter_errors({name: value for name, value in told.items() if name != key})), key


def test_the_decision_has_the_numbers_known_by_hand(told: dict) -> None:
    # q* = (π_N − F/p)/((R+P)Δr) with π_N = 1 − 0.6; the value is a_N(1 − p*) as Standard is a best response.
    share = 0.0944 / (0.5342 + 0.0944)
    decision = told["decision"]
    deploy = {each["defence"]: each["probability"] for each in decision["deploy"]}
    assert deploy["Rice2020Overfitting"] == pytest.approx(0.4 / 0.5342, abs=1e-12)
    assert decision["expected_adversarial_share"] == pytest.approx(share, abs=1e-12)
    assert decision["defender_payoff"] == pytest.approx(0.9478 * (1 - share), abs=1e-12)
    assert decision["attacker_payoff"] == pytest.approx(0, abs=1e-12)
    assert decision["doing_nothing"] == {
        "defence": "Standard",
        "adversary_answers": "autoattack",
        "defender_payoff": pytest.approx(0.9478 * 0.7, abs=1e-12),
    }


def test_a_program_reads_that_a_service_is_not_run_where_the_page_says_so(two_defences: ag.Scenario) -> None:
    costly = ag.set_parameter(ag.set_parameter(two_defences, "breach_loss", 5.0), "attack_cost", 0.0)
    losing = ag.report(ag.set_parameter(costly, "largest_share", 0.9))
    stopped = ag.report(replace(losing.decision.policies.scenario, may_stop=True))
    runs, stops = (json.loads(report.render("json")) for report in (losing, stopped))
    assert [fault.message for fault in SCHEMA.iter_errors(stops)] == []
    assert stops["verdict"].startswith("Do not run the service")
    decision = stops["decision"]
    assert (decision["runs_service"], runs["decision"]["runs_service"]) == (False, True)
    assert decision["deploy"] == decision["attacked_by"] == stops["break_even"] == []
    assert all(threshold["deploy"] == [] for threshold in stops["thresholds"])
    # 0.8534 (1 − s) + (0.5342 − 0.4658 × 5) s = 0
    share = next(item for item in stops["thresholds"] if item["parameter"] == "largest_share")
    assert share["below"] == pytest.approx(0.8534 / (0.8534 - 0.5342 + 0.4658 * 5), abs=2e-6)
    assert (share["deploy_below"], share["above"]) == (["Rice2020Overfitting"], None)
    assert decision["defends"] is False
    nothing = ("worth", "defender_payoff", "attacker_payoff", "expected_adversarial_share")
    assert {decision[key] for key in nothing} == {0}
    assert stops["policies"]["table"][stops["policies"]["verdict"]]["deploy"] == []
    assert (stops["confidence"]["probability_best"], stops["confidence"]["value_low"]) == (1, 0)
    assert runs["decision"]["deploy"]
    assert runs["decision"]["worth"] == losing.decision.value < 0


def test_how_sure_the_decision_is_can_be_read_by_a_program(many_attacks_report: ag.Report) -> None:
    sure = ag.study("confidence", many_attacks_report.decision.policies.scenario)
    told = json.loads(many_attacks_report.render("json"))["confidence"]
    assert (told["verdict"], told["rival"]) == (sure.verdict, sure.rival)
    assert (told["probability_best"], told["rival_probability"]) == (
        sure.probability_best,
        sure.rival_probability,
    )
    assert (told["value_low"], told["value_high"], told["draws"]) == (sure.low, sure.high, sure.draws)


def test_the_policies_are_listed_with_the_one_to_choose(two_defences_report: ag.Report) -> None:
    told = json.loads(two_defences_report.render("json"))
    table = told["policies"]["table"]
    assert told["policies"]["announces"] is True
    assert table[told["policies"]["stated"]]["policy"] == "kept secret"
    chosen = table[told["policies"]["verdict"]]
    assert chosen["policy"] == "announced mixture"
    assert chosen["worth"] == pytest.approx(0.9478 - 0.48 / (1.05 * 0.5342) * 0.0944, abs=1e-6)
    assert chosen["deploy"] == told["decision"]["deploy"]


def test_the_game_is_written_with_every_digit(two_defences_report: ag.Report, told: dict) -> None:
    game = two_defences_report.recommendation.game
    assert told["game"]["defender_payoffs"] == game.defender_payoffs.tolist()
    assert told["game"]["attacker_payoffs"] == game.attacker_payoffs.tolist()


def test_the_certificate_and_completeness_are_reported(told: dict) -> None:
    equilibria = told["equilibria"]
    assert equilibria["complete"] is True
    profile = equilibria["profiles"][equilibria["recommended"]]
    assert max(profile["defender_regret"], profile["attacker_regret"]) < 2e-9


def test_the_threshold_of_the_largest_share_is_the_break_even_share(told: dict) -> None:
    share = next(each for each in told["thresholds"] if each["parameter"] == "largest_share")
    assert share["below"] == pytest.approx(0.0944 / 0.6286, abs=1e-8)
    assert share["above"] is None
    assert told["break_even"][0]["share"] == pytest.approx(0.0944 / 0.6286, abs=1e-12)


def test_numbers_json_has_no_word_for_are_null() -> None:
    weaker_everywhere = table(("plain", 0.9, 0.5), ("weak", 0.8, 0.4))
    report = ag.report(ag.Scenario("never", weaker_everywhere, largest_share=0.3))
    told = json.loads(report.render("json"), parse_constant=pytest.fail)
    assert report.break_even[0].share == inf
    assert told["break_even"][0]["share"] is None


def test_json_can_stand_inside_a_page(hostile_report: ag.Report) -> None:
    text = hostile_report.render("json")
    assert "<" not in text
    assert json.loads(text)["title"].startswith("<script>")


def test_every_block_is_written_with_its_kind(two_defences_report: ag.Report) -> None:
    told = json.loads(two_defences_report.render("json"))
    assert [block["kind"] for block in told["blocks"]] == [
        type(block).__name__ for block in two_defences_report.blocks
    ]
