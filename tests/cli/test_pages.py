"""The page of findings is written by a command."""

from __future__ import annotations

from pathlib import Path

from advgame.findings import QUESTIONS_BY_NAME
from advgame.findings.page import page
from tests.cli.test_cli import run
from tests.findings.tables import CLEAN, PRUNED, STRONG, write

STEPS = {"plain": ("standard", None, {}), "pruned": ("magnitude", "plain", PRUNED)}
RIGHT = {"plain": {CLEAN: 0.9, STRONG: 0.5}, "pruned": {CLEAN: 0.9, STRONG: 0.6}}


def test_findings_are_printed_or_written_for_all_questions_or_some(
    monkeypatch, capsys, tmp_path: Path
) -> None:
    table, target = write(tmp_path, STEPS, RIGHT), tmp_path / "page.md"
    assert run(monkeypatch, "findings", "--tables", str(tmp_path), "-o", str(target)) == 0
    assert target.read_text(encoding="utf-8") == page([table])
    capsys.readouterr()
    assert run(monkeypatch, "findings", "--tables", str(tmp_path), "--only", "sweet_spots") == 0
    assert capsys.readouterr().out == page([table], [QUESTIONS_BY_NAME["sweet_spots"]])


def test_a_damaged_table_is_one_line_and_exit_code_2(monkeypatch, capsys, tmp_path: Path) -> None:
    write(tmp_path, STEPS, RIGHT)
    (tmp_path / "byhand.outcomes.parquet").unlink()
    assert run(monkeypatch, "findings", "--tables", str(tmp_path)) == 2
    assert "There is no file" in capsys.readouterr().err
