"""A binary report is written to files and pipes, and not to a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import advgame as ag
from advgame.reports.formats import FORMATS
from tests.cli.test_cli import CASE, run
from tests.reports.binary_format import Packed, packed


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    with FORMATS.registered(Packed.name, Packed()):
        yield


@pytest.fixture(scope="module")
def expected() -> bytes:
    return packed(ag.report(ag.case(CASE)).verdict)


@pytest.mark.parametrize("output", [[], ["-o", "-"]])
def test_a_binary_report_is_piped_as_it_is(monkeypatch, capsysbinary, output, expected) -> None:
    assert run(monkeypatch, "solve", CASE, "--format", "packed", *output) == 0
    assert capsysbinary.readouterr().out == expected


@pytest.mark.parametrize("output", [[], ["-o", "-"]])
def test_a_binary_report_is_not_printed_to_a_terminal(monkeypatch, capsys, output) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert run(monkeypatch, "solve", CASE, "--format", "packed", *output) == 2
    printed = capsys.readouterr()
    assert not printed.out
    assert printed.err == (
        "advgame: The format packed is binary and is not printed to a terminal. "
        "Name a file with -o, or redirect the output to a file.\n"
    )


def test_a_binary_report_is_written_in_the_format_of_the_name(monkeypatch, tmp_path: Path, expected) -> None:
    assert run(monkeypatch, "solve", CASE, "-o", str(tmp_path / "decision.zz")) == 0
    assert (tmp_path / "decision.zz").read_bytes() == expected


def test_text_and_tables_go_to_standard_output_for_a_hyphen(monkeypatch, capsys, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, "solve", CASE, "--format", "markdown", "-o", "-") == 0
    assert capsys.readouterr().out.startswith("# Announce the defence: adversarially trained network")
    assert run(monkeypatch, "sweep", CASE, "--vary", "largest_share=0.1,0.3", "-o", "-") == 0
    assert capsys.readouterr().out.startswith("largest_share,regime")
    assert list(tmp_path.iterdir()) == []
