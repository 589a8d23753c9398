"""A report says what to deploy, and is written whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import advgame as ag
from advgame.equilibria import Nash
from advgame.errors import InputError, UnknownName
from advgame.number_text import significant
from advgame.reports.blocks import Caution, Verdict
from advgame.reports.formats import FORMATS
from advgame.reports.formats.text import Text
from advgame.scenarios.attacker_type import AttackerType

HARDENED = "adversarially trained network"


def test_the_mixed_verdict_names_both_networks_with_their_shares(two_defences: ag.Scenario) -> None:
    expected = f"Deploy {HARDENED} for 75 % of inputs and undefended network for 25 %, drawn at random"
    assert ag.report(two_defences, "nash").verdict == expected


def test_the_verdict_is_the_first_line_of_every_page(two_defences_report: ag.Report) -> None:
    mixed = f"{HARDENED} for 86 % of inputs and undefended network for 14 %, drawn at random"
    expected = f"Announce the defence: {mixed}"
    assert two_defences_report.verdict == expected
    first = two_defences_report.render("text").split("\n\n")[0]
    assert " ".join(first.split()) == expected
    assert two_defences_report.render("markdown").splitlines()[0] == f"# {expected}"


@pytest.mark.parametrize("attack_cost", [0.0, 0.3, 0.6, 0.9])
def test_below_the_break_even_share_defending_does_not_pay(
    two_defences: ag.Scenario, attack_cost: float
) -> None:
    cheap = ag.set_parameter(two_defences, "attack_cost", attack_cost)
    report = ag.report(ag.set_parameter(cheap, "largest_share", 0.15), "nash")
    assert report.verdict == "Deploy undefended network: defending does not pay"


def test_a_network_that_no_attack_pays_against_is_reported_as_such(two_defences: ag.Scenario) -> None:
    report = ag.report(ag.set_parameter(two_defences, "attack_cost", 1.3))  # above what any success earns
    assert report.verdict == "Deploy undefended network: defending does not pay, as no attack on it pays"


def test_where_no_plain_network_is_named_none_is_said_not_to_defend(two_defences: ag.Scenario) -> None:
    unnamed = replace(two_defences, undefended=None)
    cases = {
        ("largest_share", 0.15): "it is best without attacks, and remains best under the expected attacks",
        ("attack_cost", 1.3): "it is best without attacks, and no attack on it pays",
    }
    for (address, value), reason in cases.items():
        report = ag.report(ag.set_parameter(unnamed, address, value), "nash")
        assert report.verdict == f"Deploy undefended network: {reason}"
        text = " ".join(report.render("text").split()).lower()
        assert "doing nothing" not in text
        assert "defending does not pay" not in text


def test_where_attack_pays_against_both_the_robust_network_is_deployed_alone(
    two_defences: ag.Scenario,
) -> None:
    report = ag.report(ag.set_parameter(two_defences, "attack_cost", 0.2))
    assert report.verdict == "Deploy adversarially trained network for all inputs"


def test_an_announced_defence_pays_where_an_unseen_one_does_not(two_defences: ag.Scenario) -> None:
    modest = ag.set_parameter(two_defences, "largest_share", 0.15)
    report = ag.report(replace(modest, attacker_knows="mixture"))
    assert report.verdict.startswith("Deploy adversarially trained network for 86 % of inputs")
    assert report.recommendation.solution.concept == "robust_commitment"
    secret = ag.report(modest)
    assert secret.verdict.startswith("Announce the defence: adversarially trained network for 86 % of inputs")


def test_a_verdict_for_a_single_attacker_says_what_the_types_of_the_scenario_change(
    two_defences: ag.Scenario,
) -> None:
    """The professional's attack pays from 1.3 · 0.4658 on; those with less to gain are deterred by less."""
    types = {
        "hobbyist": AttackerType(0.7, cost_multiplier=1.2),
        "professional": AttackerType(0.3, reward=1.3),
    }
    report = ag.report(replace(two_defences, attacker_types=types))
    first = next(block for block in report.blocks if not isinstance(block, Verdict))
    assert isinstance(first, Caution)
    found = ag.study("attacker_types", replace(two_defences, attacker_types=types))
    assert found.recommended.worth > found.verdict.worth
    for amount in (found.recommended.worth, found.verdict.worth):
        assert f"{significant(amount, 3)} units" in first.text
    alone = ag.report(two_defences)
    assert not any("types of attackers" in getattr(block, "text", "") for block in alone.blocks)


def test_an_attacker_who_sees_the_network_leaves_no_mixed_strategy(two_defences: ag.Scenario) -> None:
    report = ag.report(ag.set_parameter(two_defences, "attacker_knows", "network"))
    assert report.verdict == "Deploy adversarially trained network for all inputs"
    assert report.recommendation.solution.concept == "robust_pure_commitment"


def test_a_service_that_loses_money_is_stopped_where_its_owner_allows_it(two_defences: ag.Scenario) -> None:
    costly = ag.set_parameter(two_defences, "breach_loss", 5.0)
    costly = ag.set_parameter(ag.set_parameter(costly, "attack_cost", 0.0), "largest_share", 0.9)
    losing = ag.report(costly)
    assert losing.decision.policies.verdict.worth < 0
    assert "It is a loss of" in " ".join(losing.render("text").split())
    stopped = ag.report(ag.set_parameter(costly, "may_stop", True))
    assert stopped.verdict == "Do not run the service: every way of running it loses money"
    told = " ".join(stopped.render("text").split())
    for about_running in ("Expected adversarial share", "Recommended is"):
        assert about_running not in told.partition("THE POLICIES COMPARED")[0]
    for title in ("BREAK-EVEN SHARES", "THE EQUILIBRIUM"):
        assert title not in told
    assert "not running the service is the best policy" in told
    assert "below which adversarially trained network alone would be worth more" in told
    earning = ag.set_parameter(ag.set_parameter(costly, "may_stop", True), "largest_share", 0.1)
    text = " ".join(ag.report(earning).render("text").split())
    assert "above which not running the service would be better" in text
    assert "not running the service alone" not in text
    assert "as they would be about a service that is run" in told
    for name in FORMATS:
        assert stopped.render(name)


@pytest.mark.parametrize("concept", [*ag.CONCEPTS, Nash(exact=True)], ids=str)
def test_every_concept_can_be_reported(two_defences: ag.Scenario, concept: str | Nash) -> None:
    report = ag.report(two_defences, concept)
    # Regrets: 0.0944 for the defence unattacked, 0.3 · 0.5342 − 0.7 · 0.0944 = 0.0942 for the other attacked.
    expected = (
        "Deploy undefended network for 50 %"
        if concept == "minimax_regret"
        else "Deploy adversarially trained network"
    )
    assert report.verdict.startswith(expected)
    assert report.recommendation.solution.profiles
    assert report.render("html")


def test_a_manually_chosen_concept_is_distinguished_from_the_recommended_one(
    two_defences: ag.Scenario,
) -> None:
    told = " ".join(ag.report(two_defences, "worst_case").render("text").split())
    assert told.startswith("Deploy adversarially trained network for all inputs")
    said = f"By what the attacker knows, the recommendation would be {HARDENED} for 86 % of inputs"
    assert said in told
    assert told.index(said) < told.index("both networks loaded")
    assert "(recommended)" not in told
    assert "chosen by hand" not in " ".join(ag.report(two_defences).render("text").split())


def test_a_table_without_attacks_has_a_message() -> None:
    report = ag.report(ag.case("imagenette-explanations"))
    assert report.verdict == "Deploy network with half of the weights for all inputs"
    assert "The table contains no attack" in " ".join(report.render("text").split())
    for name in FORMATS:
        assert report.render(name)


@pytest.mark.parametrize(
    ("ending", "name"), [(ending, name) for name, each in FORMATS.items() for ending in each.endings]
)
def test_the_ending_of_the_name_chooses_the_format(
    one_page_report: ag.Report, tmp_path: Path, ending: str, name: str
) -> None:
    path = one_page_report.save(tmp_path / f"decision{ending.upper()}")
    assert path.read_bytes() == one_page_report.file_content(name)


def test_a_named_format_wins_over_the_ending(two_defences_report: ag.Report, tmp_path: Path) -> None:
    path = two_defences_report.save(tmp_path / "decision.out", format="json")
    assert path.read_text(encoding="utf-8").startswith('{\n "schema"')


def test_an_unknown_file_suffix_is_refused_with_the_most_similar_one(
    two_defences_report: ag.Report, tmp_path: Path
) -> None:
    with pytest.raises(UnknownName, match=r"did you mean '\.json'"):
        two_defences_report.save(tmp_path / "decision.jsn")
    with pytest.raises(UnknownName, match="did you mean 'markdown'"):
        two_defences_report.save(tmp_path / "decision.md", format="markdwn")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_the_callers_mistake(
    two_defences_report: ag.Report, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="create it first"):
        two_defences_report.save(tmp_path / "nowhere" / "decision.html")


def test_a_failure_while_writing_leaves_the_old_file_and_nothing_else(
    two_defences_report: ag.Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "decision.txt"
    path.write_text("as it was", encoding="utf-8")
    monkeypatch.setattr(Text, "render", lambda *_: "half a surrogate \ud800")  # cannot be encoded
    with pytest.raises(UnicodeEncodeError):
        two_defences_report.save(path)
    assert path.read_text(encoding="utf-8") == "as it was"
    assert list(tmp_path.iterdir()) == [path]
