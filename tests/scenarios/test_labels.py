"""Labels: defences and attacks in plain words; tables and files have the names of the source."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

import advgame as ag
from advgame.errors import AdvgameError
from advgame.reports.blocks import Cell, Matrix, MixBars, Table
from advgame.scenarios import case, cases, read_scenario, write_scenario
from advgame.wording.nouns import in_words_of, said_of

HARDENED, PLAIN = "hardened network", "network of today"
LABELS = {"Rice2020Overfitting": HARDENED, "Standard": PLAIN, "autoattack": "strong attack"}


@pytest.fixture(scope="module")
def labelled() -> ag.Scenario:
    return replace(case("cifar10-two-defences"), labels=LABELS)


def test_text_has_labels_and_tables_have_the_names_of_the_source(labelled: ag.Scenario) -> None:
    written = ag.report(labelled)
    assert written.verdict.startswith(f"Announce the defence: {HARDENED} for 86")
    assert "Rice2020Overfitting" not in written.verdict
    tables = [block for block in written.blocks if isinstance(block, Table | Matrix)]
    assert any("Rice2020Overfitting" in repr(block) for block in tables)
    bars = [block for block in written.blocks if isinstance(block, MixBars)]
    assert bars
    assert not any("Rice2020Overfitting" in repr(block) for block in bars)
    named = next(block for block in tables if isinstance(block, Table) and block.title == "Names")
    rows = [[cell.text for cell in row] for row in named.rows]
    assert rows == [
        [PLAIN, "Standard"],
        [HARDENED, "Rice2020Overfitting"],
        ["strong attack", "autoattack"],
    ]


def test_a_label_that_begins_a_sentence_within_a_text_is_capitalised(labelled: ag.Scenario) -> None:
    say = said_of(labelled)
    assert say("None does. Standard keeps 9 %") == ("None does. Network of today keeps 9 %")
    assert say("Standard") == PLAIN


def test_json_has_the_names_of_the_source(labelled: ag.Scenario) -> None:
    content = json.loads(ag.report(labelled).render("json"))
    assert content["game"]["defences"] == ["Standard", "Rice2020Overfitting"]


def test_the_text_of_a_cell_is_in_the_words_of_the_scenario_and_its_value_is_not() -> None:
    mail = replace(case("cifar10-two-defences"), item=("mail", "mails"), system=("filter", "filters"))
    assert in_words_of(Cell("known network", "known network"), said_of(mail)) == Cell(
        "known filter", "known network"
    )


def test_a_scenario_without_labels_has_no_table_of_names() -> None:
    titles = [getattr(block, "title", "") for block in ag.report(case("agentdojo-camel")).blocks]
    assert "Names" not in titles


def test_labels_are_read_back_from_a_file(labelled: ag.Scenario, tmp_path: Path) -> None:
    assert read_scenario(write_scenario(labelled, tmp_path / "s.toml")).labels == LABELS


@pytest.mark.parametrize(
    ("labels", "problem"),
    [
        ({"Standrad": "x"}, "did you mean 'Standard'"),
        ({"Standard": ""}, "on one line"),
        ({"Standard": "two\nlines"}, "on one line"),
        ({"Standard": "turned \u202e round"}, "on one line"),
        ({"Standard": "x" * 61}, "60 characters"),
        ({"Standard": "same", "autoattack": "same"}, "label of its own"),
        ({"Standard": "Rice2020Overfitting"}, "name of another one"),
    ],
)
def test_a_label_that_cannot_be_used_is_refused(labels: dict[str, str], problem: str) -> None:
    with pytest.raises(AdvgameError, match=problem):
        _ = replace(case("cifar10-two-defences"), labels=labels).accuracies


def test_labels_of_bundled_cases_belong_to_their_tables() -> None:
    for each in cases():
        assert case(each.name).accuracies.defences


IDENTIFIER = re.compile(r"_|\d{4}[A-Z]|\bAT\b(?!\))| FPR\)|\d%")  # of a table rather than of a sentence


@pytest.mark.parametrize("name", [each.name for each in cases()])
def test_a_bundled_case_speaks_of_its_defences_and_attacks_in_plain_words(name: str) -> None:
    scenario = case(name)
    names = (*scenario.accuracies.defences, *scenario.accuracies.attacks)
    say = said_of(scenario)
    assert not [say(each) for each in names if IDENTIFIER.search(say(each))]
