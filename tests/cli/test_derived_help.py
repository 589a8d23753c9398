"""The help names what the catalogues hold, also what was added from outside the package."""

from __future__ import annotations

import re

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import advgame as ag
from advgame.bundled import bundled
from advgame.cli import app
from advgame.equilibria import CONCEPTS
from advgame.findings import QUESTIONS_BY_NAME
from advgame.measurements.importers import IMPORTERS
from advgame.reports.formats import FORMATS
from tests.reports.binary_format import Packed

PRESETS = [preset.name for preset in ag.presets()]
EXPERIMENTS = [path.stem for path in (bundled("data") / "experiments").glob("*.toml")]


def names_in_help(command: str) -> set[str]:
    """The words of a command's help; hyphens at the end of a line are where a name was broken."""
    shown = CliRunner().invoke(app, [command, "--help"])
    assert shown.exit_code == 0, shown.output
    assert "{" not in shown.output.partition("Options:")[2]
    return set(re.findall(r"[\w-]+", re.sub(r"-\n\s+", "-", shown.output)))


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("solve", [*CONCEPTS, *FORMATS, *PRESETS]),
        ("sweep", [*CONCEPTS, *PRESETS]),
        ("import", [*IMPORTERS]),
        ("findings", [*QUESTIONS_BY_NAME]),
        ("measure", EXPERIMENTS),
        ("picture", EXPERIMENTS),
        ("importances", EXPERIMENTS),
    ],
)
def test_the_help_names_all_that_is_catalogued(command: str, names: list[str]) -> None:
    assert set(names) <= names_in_help(command)


def test_a_format_added_later_is_in_the_next_help() -> None:
    assert "packed" not in names_in_help("solve")
    with FORMATS.registered(Packed.name, Packed()):
        assert "packed" in names_in_help("solve")
    assert "packed" not in names_in_help("solve")


def test_the_list_of_commands_cuts_no_sentence() -> None:
    shown = CliRunner().invoke(app, ["--help"]).output
    assert all(name in shown for name in get_command(app).commands)
    assert "..." not in shown.partition("Commands:")[2]
