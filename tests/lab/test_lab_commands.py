"""Commands of the laboratory: what their help names, and what they refuse or write."""

from __future__ import annotations

from pathlib import Path

import pytest

from advgame.lab.analysis import reference
from advgame.lab.datasets import DATASETS
from tests.cli.test_cli import run
from tests.cli.test_derived_help import names_in_help


def test_the_help_of_fetch_names_every_data_set() -> None:
    assert set(DATASETS) <= names_in_help("fetch")


def test_the_reference_is_printed_or_written(monkeypatch, capsys, tmp_path: Path) -> None:
    target = tmp_path / "page.md"
    assert run(monkeypatch, "reference", "-o", str(target)) == 0
    assert target.read_text(encoding="utf-8") == reference.page()
    capsys.readouterr()
    assert run(monkeypatch, "reference") == 0
    assert capsys.readouterr().out == reference.page()


@pytest.mark.parametrize(
    ("experiment", "message"),
    [
        ("digits", "holds no 'plain'"),  # so the bundled experiment was read
        ("digit", "did you mean 'digits'"),
        ("nowhere.toml", "There is no experiment file"),
    ],
)
def test_importances_need_an_experiment_and_its_networks(
    monkeypatch, capsys, tmp_path: Path, experiment: str, message: str
) -> None:
    assert run(monkeypatch, "importances", experiment, str(tmp_path / "rows.csv")) == 2
    assert message in capsys.readouterr().err
