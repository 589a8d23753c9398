"""The page of findings is made of the tables and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from advgame.bundled import bundled
from advgame.findings import QUESTIONS, Question, answering, measured_tables
from advgame.findings.page import NO_TABLE, anchor, markdown, page
from advgame.findings.questions.attack_strength import QUESTION as STRENGTH
from advgame.findings.questions.pruning_sweet_spots import QUESTION as SWEET_SPOTS
from advgame.findings.questions.pruning_sweet_spots import sweet_spots
from advgame.findings.questions.two_robustnesses import two_robustnesses
from advgame.findings.stories import STORIES
from advgame.findings.story_scenarios import write_scenarios
from advgame.measurements.experiment_tables import read_measured
from advgame.scenarios import read_scenario
from advgame.scenarios.from_experiment import Story
from tests.findings.tables import CLEAN, FULL, PRUNED, STRONG, write

DOCS = Path(__file__).parents[2] / "docs"
STEPS = {"plain": ("standard", None, {}), "pruned": ("magnitude", "plain", PRUNED)}
RIGHT = {"plain": {CLEAN: 0.9, STRONG: 0.5}, "pruned": {CLEAN: 0.9, STRONG: 0.6}}


def test_the_page_in_the_documentation_is_the_one_the_bundled_tables_make() -> None:
    written = (DOCS / "reference" / "findings.md").read_text(encoding="utf-8")
    assert written == page(measured_tables()), "run advgame findings -o docs/reference/findings.md"


def test_every_question_has_the_figures_of_its_answer_or_a_reason(tmp_path: Path) -> None:
    table = write(tmp_path, STEPS, RIGHT)
    (measured,) = read_measured(table)
    text = page([table])
    for question in QUESTIONS:
        found = question(measured)
        assert f"## {found.question}" in text
        assert found.answer in text
    assert "| pruned | plain | white-box attacks | +10.0 (" in text
    assert "| by hand | digits, cnn | 2 | 2 | 3 | 200 | 12 |" in text


def test_every_answer_stands_in_short_at_the_top_with_a_link_to_its_section() -> None:
    text = page(measured_tables())
    top, *sections = text.split("\n## ")[1:]
    assert top.startswith("In short\n")
    links = dict(re.findall(r"^\| \[(.+?)\]\(#(.+?)\) \|", top, re.MULTILINE))
    for section in sections:
        question = section.splitlines()[0]
        assert links[question] == anchor(question)
        (line,) = [line for line in top.splitlines() if f"[{question}]" in line]
        answered = re.findall(r"^\*\*(.+?)\.\*\* ", section, re.MULTILINE)
        assert re.findall(r"\*(.+?)\* \S", line.partition(") | ")[2]) == answered


def test_pruning_that_fine_tuning_hides_is_not_counted_as_a_sweet_spot() -> None:
    """The digits' pgd-magnitude-8 keeps up with its original, and not with its control."""
    (measured,) = [
        one for table in measured_tables() for one in read_measured(table) if one.experiment == "digits"
    ]
    found = sweet_spots(measured)
    assert "Fine-tuning hides the cost of pruning in pgd-magnitude-8" in found.answer
    assert "5 lose less than two points" in found.answer
    assert found.short == "yes: 4 of 12 pruned networks"


def test_the_same_tables_make_the_same_page(tmp_path: Path) -> None:
    table = write(tmp_path, STEPS, RIGHT)
    assert page([table]) == page([table])


def test_without_a_table_the_page_says_how_to_get_one() -> None:
    assert NO_TABLE in page([])


def test_tables_are_known_by_their_run_record(tmp_path: Path) -> None:
    assert measured_tables(tmp_path) == []
    table = write(tmp_path, STEPS, RIGHT)
    (tmp_path / "other.csv").write_text("no measured table")
    assert measured_tables(tmp_path) == [table]


def test_an_unanswered_question_has_one_line_with_the_experiment_that_would_answer_it(tmp_path: Path) -> None:
    text = page([write(tmp_path, STEPS, RIGHT)], [two_robustnesses])
    line = text.splitlines()[-1]
    command = "`advgame measure data/experiments/mnist-invariance.toml`"
    assert line.startswith(f"*No table answers this question; run {command}. by hand: It lacks")
    assert line.endswith(".*")


def test_what_another_table_answers_is_only_named_where_it_is_missing(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
    bare = write(other, {"plain": ("standard", None, {})}, {"plain": {CLEAN: 0.9}})
    text = page([write(one, STEPS, RIGHT), bare], [sweet_spots])
    assert text.endswith("\n\n*Not measured in by hand.*\n")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.__name__)
def test_the_experiment_that_answers_a_question_is_bundled(question: Question) -> None:
    (name,) = re.findall(r"data/(experiments/[a-z-]+\.toml)", answering(question))
    assert (bundled("data") / name).is_file()


def test_one_question_can_be_asked_alone(tmp_path: Path) -> None:
    text = page([write(tmp_path, STEPS, RIGHT)], [sweet_spots])
    assert re.findall(r"(?m)^## (.*)$", text) == [SWEET_SPOTS]


def test_a_scenario_of_a_table_elsewhere_names_it_from_where_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = Story("By hand", "Which?", "plain")
    monkeypatch.setitem(STORIES, "by hand", story)
    table = write(tmp_path, STEPS, RIGHT)
    (path,) = write_scenarios([table], tmp_path)
    assert 'data = "byhand.csv"' in path.read_text(encoding="utf-8")
    assert read_scenario(path).measurements.defences == ("plain", "pruned")


def of_two_networks(folder: Path) -> Path:
    """The table by hand, with every row once more for a second network."""
    table = write(folder, STEPS, RIGHT)
    for ending in (".csv", ".networks.csv", ".attacks.csv"):
        rows = pd.read_csv(table.with_suffix(ending))
        pd.concat([rows, rows.assign(network="res_net")]).to_csv(table.with_suffix(ending), index=False)
    outcomes = table.with_suffix(".outcomes.parquet")
    rows = pd.read_parquet(outcomes)
    twice = pd.concat([rows, rows.assign(network="res_net")], ignore_index=True)
    twice.astype({"network": "category"}).to_parquet(outcomes, index=False)
    return table


def test_each_network_of_a_table_has_its_story_and_its_scenario(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("by hand-cnn", "by hand-res-net"):
        monkeypatch.setitem(STORIES, name, Story(name, "Which?", "plain"))
    paths = write_scenarios([of_two_networks(tmp_path)], tmp_path)
    assert [path.name for path in paths] == ["by hand-cnn-measured.toml", "by hand-res-net-measured.toml"]
    for path, network in zip(paths, ("cnn", "res_net"), strict=True):
        scenario = read_scenario(path)
        assert scenario.select.networks == (network,)
        assert scenario.accuracies.defences == ("plain", "pruned")


def test_p_values_below_a_thousandth_are_shown_as_below_it() -> None:
    rows = markdown([{"p-value": 1e-9}, {"p-value": 0.0123}]).splitlines()[2:]
    assert rows == ["| below 0.001 |", "| 0.012 |"]


def test_every_bundled_measured_table_is_described_in_the_sources() -> None:
    sources = (bundled("data") / "SOURCES.md").read_text(encoding="utf-8")
    assert [table.name for table in measured_tables() if f"measured/{table.name}" not in sources] == []


def test_names_cannot_break_a_table() -> None:
    assert re.findall(r"(?<!\\)\|", markdown([{"first": "a|b"}]).splitlines()[2]) == ["|", "|"]


def test_an_audit_answers_its_own_question_and_no_other(tmp_path: Path) -> None:
    right = {name: {**columns, FULL: 0.5} for name, columns in RIGHT.items()}
    table = write(tmp_path, STEPS, right)
    record = json.loads(table.with_suffix(".run.json").read_text())
    record["attacks"] = {name: record["attacks"][name] for name in ("strong", "full")}
    table.with_suffix(".run.json").write_text(json.dumps(record))
    text = page([table])
    assert f"## {STRENGTH}" in text
    assert SWEET_SPOTS not in text
