"""The sections say what is true of cases solved by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

import advgame as ag
from advgame.measurements import Measurement, MeasurementTable
from advgame.number_text import significant
from advgame.reports import facts
from advgame.reports.blocks import Block, Caution, Figures, Heading, Matrix, Table
from advgame.reports.sections.equilibrium import _profiles as profiles_table
from advgame.studies.confidence import Confidence, confidence_of

from .conftest import table


def section(report: ag.Report, title: str) -> list[Block]:
    headings = [place for place, block in enumerate(report.blocks) if block == Heading(title)]
    assert len(headings) == 1
    rest = report.blocks[headings[0] + 1 :]
    end = next((place for place, block in enumerate(rest) if isinstance(block, Heading)), len(rest))
    return list(rest[:end])


def words(report: ag.Report) -> str:
    return " ".join(report.render("text").split())


def test_the_value_is_shown_per_input_and_per_month(two_defences_report: ag.Report) -> None:
    # 0.9478 − .8557·.0944 = 0.86702; Standard alone is always attacked: 0.9478·0.7 = 0.66346.
    text = words(two_defences_report)
    assert "It is worth 0.867 units per classified input (1,730,000 units per month)" in text
    assert "0.204 units more than doing nothing (undefended network alone)" in text
    assert "One unit is the value of one correctly classified benign input." in text


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (0.0002, "at most 0.0002 units per classified input (400 units per month)"),
        (0.00004, "at most 80 units per month"),
    ],
)
def test_what_knowing_is_worth_has_no_exponent_where_it_is_tiny(
    two_defences: ag.Scenario, monkeypatch: pytest.MonkeyPatch, amount: float, said: str
) -> None:
    def known_to_be_worth_it(*given: Any) -> Confidence:
        found = confidence_of(*given)
        return replace(found, rival=found.rival or "another", perfect_information=amount)

    monkeypatch.setattr(facts, "confidence_of", known_to_be_worth_it)
    assert said in words(ag.report(two_defences))


def test_without_a_volume_nothing_is_shown_per_month(two_defences: ag.Scenario) -> None:
    report = ag.report(replace(two_defences, volume_per_month=None))
    assert "per month" not in report.render("text")


def test_amounts_are_shown_in_the_currency_of_the_scenario(two_defences: ag.Scenario) -> None:
    text = words(ag.report(replace(two_defences, currency="EUR")))
    assert "0.867 EUR per classified input" in text
    assert "units" not in text


def test_a_single_defence_that_looks_better_only_at_the_amounts_assumed_is_explained() -> None:
    # Against pgd-0.02 alone attacks cost a little more than they earn, by less than the margin of 5 %.
    text = words(ag.report(ag.case("pneumonia-measured")))
    assert (
        "PGD training at 0.02 alone, known to the attacker, would be worth 0.11 units per input at exactly"
        in text
    )
    assert "but only −0.0253 units within the margin" in text


def test_the_largest_share_comes_first_with_the_side_we_stand_on(two_defences_report: ag.Report) -> None:
    # Announced, q = .8557 of the margin pays from q p_S on: .8557 · .0996 = .0852.
    text = words(two_defences_report)
    assert (
        "The largest share of the traffic that can be adversarial is 0.3: 0.21 above the threshold "
        "0.08523, below which undefended network alone would be worth more."
    ) in text
    points = next(
        block
        for block in section(two_defences_report, "What would change the answer")
        if isinstance(block, Table)
    )
    assert points.rows[0][0].value == "largest_share"


def test_the_cost_thresholds_are_those_of_the_closed_form(two_defences: ag.Scenario) -> None:
    # Attack pays against the defended network below c = 0.4658 = ε_R, against the plain one below 1.
    two_defences_report = ag.report(two_defences, "nash")
    points = next(
        block
        for block in section(two_defences_report, "What would change the answer")
        if isinstance(block, Table)
    )
    row = next(row for row in points.rows if row[0].value == "attack_cost")
    assert [cell.text for cell in row[1:]] == [
        "0.6",
        "0.4658",
        "Rice2020Overfitting alone",
        "1",
        "Standard alone",
    ]


def test_every_policy_is_worth_what_the_closed_form_says(two_defences_report: ag.Report) -> None:
    """Announced with the margin: 1.05 (1 − .5342 q) = .57 at q = .48 / (1.05 × .5342) = .8557."""
    rows = next(
        block for block in section(two_defences_report, "The policies compared") if isinstance(block, Table)
    ).rows
    known, guaranteed, equilibrium = ({row[0].value: row[place].value for row in rows} for place in (4, 5, 6))
    secret = 0.9478 * (1 - 0.0944 / 0.6286)
    announced = 0.9478 - 0.48 / (1.05 * 0.5342) * 0.0944
    assert equilibrium["kept secret"] == pytest.approx(secret, abs=1e-9)
    assert guaranteed["announced mixture"] == pytest.approx(announced, abs=1e-6)
    assert guaranteed["known network"] == known["known network"] == pytest.approx(0.8534, abs=1e-12)
    assert known["doing nothing"] == pytest.approx(0.7 * 0.9478, abs=1e-12)
    # The Stackelberg strategy q = .4 / .5342 lies where the attacker is indifferent, and is attacked here.
    q = 0.4 / 0.5342
    attacked = 0.7 * (0.9478 - q * 0.0944) + 0.3 * q * 0.5342
    assert known["Stackelberg strategy"] == pytest.approx(attacked, abs=1e-9)
    hidden = next(row for row in rows if row[0].value == "kept secret")
    # two million inputs a month; 0.80546 − 0.86702 = −0.06155
    assert [cell.text for cell in hidden[7:]] == ["1,610,000", "−0.0616"]


def test_a_break_even_share_from_few_tested_inputs_has_a_caution() -> None:
    facts = {"dataset": "digits", "network": "cnn", "runs": 6, "source": "by hand"}
    rows = [
        Measurement(**facts, defence="x4", attack="none", metric="clean", accuracy=0.85, std=0.002),
        Measurement(**facts, defence="x4", attack="pgd", accuracy=0.400, std=0.045),
        Measurement(**facts, defence="x8", attack="none", metric="clean", accuracy=0.80, std=0.002),
        Measurement(**facts, defence="x8", attack="pgd", accuracy=0.435, std=0.045),
    ]
    report = ag.report(ag.Scenario("pruned", MeasurementTable(tuple(rows)), largest_share=0.3))
    cautions = [block.text for block in section(report, "Break-even shares") if isinstance(block, Caution)]
    # 0.045/√6·√2 = 0.026
    assert len(cautions) == 1
    assert "rests on a difference of 0.035 with a standard error of about 0.026" in cautions[0]


def test_a_break_even_share_starts_from_the_defence_that_is_worth_more_without_attack() -> None:
    scenario = ag.Scenario("costly", table(("plain", 0.90, 0.1), ("robust", 0.92, 0.5)), largest_share=0.3)
    report = ag.report(ag.set_parameter(scenario, "defence_cost[robust]", 0.06))
    rows = next(block for block in section(report, "Break-even shares") if isinstance(block, Table)).rows
    # p* = (Δa + ΔC)/(Δr + Δa) = (−0.02 + 0.06)/(0.4 − 0.02)
    assert [cell.text for cell in rows[0][:3]] == ["plain", "robust", "0.1053"]


def test_a_share_beyond_all_inputs_is_never_reached() -> None:
    scenario = ag.Scenario("costly", table(("plain", 0.90, 0.1), ("robust", 0.90, 0.5)), largest_share=0.3)
    report = ag.report(ag.set_parameter(scenario, "defence_cost[robust]", 0.5))  # p* = 0.5/0.4
    rows = next(block for block in section(report, "Break-even shares") if isinstance(block, Table)).rows
    assert rows[0][2].text == "never pays"


def test_a_break_even_share_that_is_well_measured_carries_no_caution(two_defences_report: ag.Report) -> None:
    found = section(two_defences_report, "Break-even shares")
    assert [block for block in found if isinstance(block, Caution)] == []


def test_several_equilibria_are_all_reported() -> None:
    # An attack that earns what it costs leaves the attacker indifferent: a continuum with two ends.
    scenario = ag.Scenario("tie", table(("plain", 0.75, 0.75)), largest_share=0.2)
    free = ag.set_parameter(scenario, "attack_cost", 0.25)  # what an attack earns on average
    report = ag.report(free)
    listed = next(block for block in section(report, "The equilibrium") if isinstance(block, Table))
    assert len(listed.rows) == 2
    assert [row[5].text for row in listed.rows].count("yes") == 1
    assert "2 extreme equilibria in 1 component; the list is proven complete." in words(report)


def test_a_transfer_attack_is_distinguished_from_a_direct_one() -> None:
    text = words(ag.report(ag.Scenario("direct", table(("plain", 0.9, 0.2), ("robust", 0.8, 0.5)))))
    assert "In 1 column (pgd) the attack was run against each network itself" in text
    assert "upper bound" in text
    moved = table(("plain", 0.9, 0.2), ("robust", 0.8, 0.5))
    rows = [row if row.attack == "none" else replace(row, source_model="plain") for row in moved]
    text = words(ag.report(ag.Scenario("transferred", MeasurementTable(tuple(rows)))))
    assert "the examples were crafted on a source model and transferred" in text
    assert "upper bound" not in text


def test_the_assumptions_name_the_success_rule_the_caps_and_the_basis(two_defences: ag.Scenario) -> None:
    capped = ag.set_parameter(two_defences, "adversarial_share[autoattack]", 0.25)
    text = words(ag.report(ag.set_parameter(capped, "success", "caused errors")))
    assert "paid only for errors beyond those the defence makes on benign inputs" in text
    assert "AutoAttack can supply at most 25 %." in text
    assert "the attacker knows neither the network nor the probabilities" in text
    assert "assumed: an attacked" in text
    assert "not stated" in text


def test_an_accuracy_that_was_not_measured_is_listed_and_has_no_error(two_defences: ag.Scenario) -> None:
    address = "attacked_accuracy[Rice2020Overfitting, autoattack]"
    report = ag.report(ag.set_parameter(two_defences, address, 0.7))
    assert "Accuracies that were not measured" in words(report)
    accuracies = next(
        block for block in report.blocks if isinstance(block, Matrix) and block.title == "Accuracy"
    )
    assert accuracies.texts == (("94.8 ± 0.2", "0.00 ± 0.01"), ("85.3 ± 0.4", "70"))


def test_a_share_within_the_interval_of_the_break_even_share_is_too_close_to_call(
    two_defences: ag.Scenario,
) -> None:
    # p* = 0.0944/0.6286 = 0.1502; by the delta method its standard error is near 0.0057, so ± 0.011.
    near = ag.report(ag.set_parameter(two_defences, "largest_share", 0.15), "nash")
    assert isinstance(near.blocks[1], Caution)
    assert near.blocks[1].text == (
        "Too close to call: the break-even share is 15.0 %, "
        "95 % interval 13.9 to 16.1 %, and the largest share is 15 %."
    )
    for share in (0.13, 0.17):
        far = ag.report(ag.set_parameter(two_defences, "largest_share", share), "nash")
        assert "Too close to call" not in words(far)


def test_a_difference_within_sampling_error_at_every_share_is_reported_as_such() -> None:
    text = words(ag.report(ag.case("cifar10-pruned-and-defended"), "nash"))
    assert ": the difference is within sampling error." in text


def test_an_announced_answer_does_not_turn_at_the_break_even_share(two_defences: ag.Scenario) -> None:
    announced = replace(ag.set_parameter(two_defences, "largest_share", 0.15), attacker_knows="mixture")
    assert "Too close to call" not in words(ag.report(announced))


def test_the_turning_share_has_no_more_digits_than_its_interval(two_defences: ag.Scenario) -> None:
    figures = next(block for block in ag.report(two_defences, "nash").blocks if isinstance(block, Figures))
    turning = figures.items[-1]
    assert turning.text == "15 %"
    assert turning.note.startswith("95 % interval 13.9 to 16.1 %")


@pytest.mark.parametrize(
    ("complete", "title"), [(True, "All extreme equilibria"), (False, "Extreme equilibria computed")]
)
def test_a_list_that_is_not_proven_complete_is_not_called_all(
    two_defences: ag.Scenario, complete: bool, title: str
) -> None:
    told = facts.gather(two_defences, "nash")
    solution = replace(told.recommendation.solution, complete=complete)
    told.recommendation.situation.__dict__["solution"] = solution  # where the property keeps it
    assert profiles_table(told).title == title


def test_the_warnings_are_counted_right_under_the_verdict() -> None:
    report = ag.report(ag.case("imagenette-pruning"))
    cautions = [block.text for block in report.blocks[:5] if isinstance(block, Caution)]
    assert any(
        "7 of the 8 figures used here carry warnings (6 × such as “compressed 14.4 times" in text
        for text in cautions
    )
    assert any("4 × weak attack" in text for text in cautions)


def test_what_the_verdict_gains_is_one_number_in_tile_sentence_and_table() -> None:
    report = ag.report(ag.case("cifar10-many-attacks"))
    table = report.decision.policies
    figures = next(block for block in report.blocks if isinstance(block, Figures))
    rows = next(block for block in section(report, "The policies compared") if isinstance(block, Table)).rows
    for place, policy in ((1, table.best_single), (2, table.undefended)):
        gain = table.verdict.worth - policy.worth
        assert gain > 0
        assert figures.items[place].value == pytest.approx(gain, abs=1e-12)
        row = next(row for row in rows if row[0].value == policy.kind.value)
        assert row[8].value == pytest.approx(-gain, abs=1e-12)
        assert f"{significant(gain, 3)} units more than" in words(report)


def test_sources_are_counted_by_row(two_defences_report: ag.Report) -> None:
    sources = next(
        block for block in two_defences_report.blocks if isinstance(block, Table) and block.title == "Sources"
    )
    assert [row[1].value for row in sources.rows] == [2, 2]
    assert all(row[0].text.startswith("RobustBench") for row in sources.rows)


def test_warnings_that_differ_only_in_numbers_are_shown_once() -> None:
    plain, robust = table(("plain", 0.9, 0.2)), table(("robust", 0.8, 0.5))
    rows = [replace(row, warnings=(f"weak attack: accuracy {row.accuracy}",)) for row in (*plain, *robust)]
    report = ag.report(ag.Scenario("warned", MeasurementTable(tuple(rows))))
    warnings = next(
        block for block in report.blocks if isinstance(block, Table) and block.title == "Warnings"
    )
    assert [row[1].value for row in warnings.rows] == [4]
    assert "4 rows of 4 carry a warning." in words(report)


def test_a_defence_that_is_best_everywhere_is_not_said_to_do_without_defending() -> None:
    report = ag.report(ag.Scenario("dominant", table(("robust", 0.9, 0.5), ("weak", 0.8, 0.2))))
    assert report.verdict == "Deploy robust: no other network is more accurate, with or without attack"


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_report_survives_the_end_stops(two_defences: ag.Scenario, share: float) -> None:
    edge = ag.set_parameter(two_defences, "largest_share", share)
    for address in ("attack_reward", "attack_penalty", "stopped_gain", "breach_loss", "benign_gain"):
        for value in (0.0, 10.0):
            report = ag.report(ag.set_parameter(edge, address, value))
            assert re.match("(Deploy|Announce) .*(undefended|adversarially trained)", report.render("text"))
            assert report.render("html")


def rows_of(report: ag.Report) -> list[str]:
    table = next(block for block in section(report, "The policies compared") if isinstance(block, Table))
    return [row[0].text for row in table.rows]


def test_policies_that_deploy_the_same_share_a_row_that_names_them_all(
    two_defences_report: ag.Report,
) -> None:
    # Secret and Stackelberg mixtures are the same 75/25, but count for different values: rows of their own.
    assert rows_of(two_defences_report) == [
        "best if kept secret",
        "best announced mixed strategy (recommended)",
        "best known network; maximin, the attacker's aim unknown; Rice2020Overfitting alone",
        "Stackelberg strategy, no margin",
        "doing nothing; Standard alone",
    ]


def test_a_defence_that_is_best_in_every_way_has_one_row(two_defences: ag.Scenario) -> None:
    report = ag.report(ag.set_parameter(two_defences, "largest_share", 0.01))
    assert rows_of(report)[0].startswith("best if kept secret; best announced mixed strategy; best known net")
    assert rows_of(report)[0].endswith("Standard alone (recommended)")
    assert len(rows_of(report)) <= 3


def test_of_an_announced_defence_only_the_attacker_can_change_its_strategy(
    two_defences: ag.Scenario, two_defences_report: ag.Report
) -> None:
    assert "The attacker, who knows the defence, cannot gain more than 0 %" in words(two_defences_report)
    assert "Neither side" not in words(two_defences_report)
    assert "Neither side can gain more than" in words(ag.report(two_defences, "nash"))


def test_nothing_is_to_be_measured_where_no_other_policy_is_ever_better(
    two_defences_report: ag.Report,
) -> None:
    text = words(two_defences_report)
    assert "In no draw of the accuracies is another policy better: there is nothing to measure first." in text
    assert "at most 0 units" not in text


def test_what_is_deployed_is_not_compared_with_itself() -> None:
    # HARP 99% is both the best without attacks and the verdict.
    assert "worth more than the best without attacks" not in words(
        ag.report(ag.case("cifar10-pruned-and-defended"))
    )


def test_a_rival_that_is_more_often_best_is_explained_by_the_margin() -> None:
    # x4 alone is worth 0.839 at the amounts assumed, above the 0.822 guaranteed, but 0.775 within the margin.
    text = words(ag.report(ag.case("imagenette-pruning")))
    assert "network with 1/4 of the filters (global magnitude) is the best in 71 %" in text
    assert "rewards and costs exactly as assumed, while the recommendation allows for the margin" in text
    assert "4 rest on a rate alone, for which 1,000 test inputs are assumed; 4 on a rate" in text
