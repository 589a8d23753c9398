"""Several scenarios: one that fails does not stop the others, and is listed with its reason."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import advgame as ag
from advgame.cli import main

CASES = ("cifar10-two-defences", "imagenette-explanations")


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["advgame", *words])
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


@pytest.fixture
def scenarios(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two scenarios, and two that are broken in different ways."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "scenarios"
    folder.mkdir()
    for name in CASES:
        ag.write_scenario(ag.case(name), folder / f"{name}.toml")
    (folder / "broken.toml").write_text("largest_share = 'much", encoding="utf-8")
    (folder / "empty.toml").write_text("", encoding="utf-8")
    return folder


@pytest.mark.usefixtures("scenarios")
def test_the_others_are_solved_and_the_failures_listed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ("solve", "scenarios/*.toml", "--concept", "nash", "--format", "json", "-o", "results/")
    assert run(monkeypatch, *command) == 1
    said = capsys.readouterr()
    assert "2 of 4 reports are in results" in said.out
    listed = [line.split()[0] for line in said.err.splitlines()[1:]]
    assert listed == ["scenarios/broken.toml", "scenarios/empty.toml"]
    assert "is not valid TOML" in said.err
    assert sorted(path.name for path in Path("results").iterdir()) == [f"{name}.json" for name in CASES]
    for name in CASES:
        report = json.loads(Path(f"results/{name}.json").read_text(encoding="utf-8"))
        alone = json.loads(ag.report(ag.case(name), concept="nash").render("json"))
        assert report["verdict"] == alone["verdict"]


def test_without_failures_the_exit_code_is_0(
    scenarios: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    results = scenarios.parent / "results"
    results.mkdir()
    assert run(monkeypatch, "solve", CASES[0], "--format", "text", "-o", "results") == 0
    assert [path.suffix for path in results.iterdir()] == [".txt"]
    assert "1 of 1 reports" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([*CASES], "give one with -o FOLDER"),
        ([*CASES, "-o", "both.html"], "one file for 2 scenarios"),
        ([CASES[0], f"scenarios/{CASES[0]}.toml", "-o", "results"], "would overwrite each other"),
        (["no/such/*.toml", "-o", "results"], "No file matches"),
        ([*CASES, "--format", "jsn", "-o", "results"], "did you mean 'json'"),
    ],
)
def test_a_mistake_in_the_command_is_reported_before_any_work(
    words: list[str],
    message: str,
    scenarios: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, "solve", *words) == 2
    assert message in capsys.readouterr().err
    assert not list(scenarios.parent.glob("results/*"))
