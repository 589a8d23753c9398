"""The page of findings is made of the tables and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from advgame.findings import QUESTIONS, measured_tables, read_measured
from advgame.findings.__main__ import main
from advgame.findings.page import NO_TABLE, markdown, page
from tests.findings.tables import CLEAN, PRUNED, STRONG, write

DOCS = Path(__file__).parents[2] / "docs"
STEPS = {"plain": ("standard", None, {}), "pruned": ("magnitude", "plain", PRUNED)}
RIGHT = {"plain": {CLEAN: 0.9, STRONG: 0.5}, "pruned": {CLEAN: 0.9, STRONG: 0.6}}


def test_the_page_in_the_documentation_is_the_one_the_bundled_tables_make() -> None:
    written = (DOCS / "findings.md").read_text(encoding="utf-8")
    assert written == page(measured_tables()), "run python -m advgame.findings docs/findings.md"


def test_every_question_is_told_with_the_figures_of_its_answer_or_a_reason(tmp_path: Path) -> None:
    table = write(tmp_path, STEPS, RIGHT)
    (measured,) = read_measured(table)
    text = page([table])
    for question in QUESTIONS:
        found = question(measured)
        assert f"## {found.question}" in text
        assert found.answer in text
    assert "| pruned | plain | white-box attacks | +10.0 (" in text
    assert "| by hand | digits, cnn | 2 | 2 | 3 | 200 | 12 |" in text


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


def test_the_page_and_the_scenarios_are_written_by_one_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, STEPS, RIGHT)
    target = tmp_path / "page.md"
    assert main([str(target), "--tables", str(tmp_path), "--scenarios", str(tmp_path)]) == 0
    assert main(["--tables", str(tmp_path)]) == 0
    assert capsys.readouterr().out == target.read_text(encoding="utf-8")
    (tmp_path / "byhand.outcomes.parquet").unlink()
    assert main(["--tables", str(tmp_path)]) == 2
    assert "There is no file" in capsys.readouterr().err


def test_names_cannot_break_a_table() -> None:
    assert re.findall(r"(?<!\\)\|", markdown([{"first": "a|b"}]).splitlines()[2]) == ["|", "|"]
