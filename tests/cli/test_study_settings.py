"""Settings of studies on the command line."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from advgame.cli import app

CASE = "cifar10-two-defences"


def run(*arguments: str) -> str:
    return " ".join(CliRunner().invoke(app, ["study", *arguments]).output.split())


def test_a_setting_may_be_a_table_whose_entries_are_assigned() -> None:
    given = ["--with", "draws=500", "--with"]
    assert "runs from 0.8 down to 0.4" in str(
        CliRunner()
        .invoke(app, ["study", "value_of_information", CASE, *given, "intervals={attack_cost=[0.8,0.4]}"])
        .exception
    )
    told = run("value_of_information", CASE, *given, "intervals={attack_cost=[0.59,0.61]}")
    assert "Knowing every figure exactly would be worth at most" in told


@pytest.mark.parametrize("text", ["draws", "=500", "draws=", " = "])
def test_a_setting_without_a_name_or_a_value_is_refused(text: str) -> None:
    found = CliRunner().invoke(app, ["study", "risk", CASE, "--with", text])
    assert "is not of the form NAME=VALUE" in str(found.exception)
