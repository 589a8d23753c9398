"""An installed package adds parts to the catalogues through an entry point; a broken one is left out."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from advgame.cli import main
from advgame.equilibria import CONCEPTS
from advgame.plugins import load_plugins
from advgame.reports import FORMATS
from advgame.studies import STUDIES

PARTS = '''
from dataclasses import dataclass
from typing import ClassVar

from advgame.equilibria import CONCEPTS
from advgame.equilibria.concepts.worst_case import WorstCase
from advgame.reports import FORMATS
from advgame.reports.formats.text import Text
from advgame.studies import STUDIES
from advgame.studies.thresholds import ThresholdStudy


@dataclass(frozen=True)
class Cautious(WorstCase):
    """Maximin under another name."""

    name: ClassVar[str] = "cautious"
    aliases: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True)
class Plain(Text):
    """Text under another name."""

    name: ClassVar[str] = "plain_words"
    endings: ClassVar[tuple[str, ...]] = (".words",)


@dataclass(frozen=True)
class Edges(ThresholdStudy):
    """Thresholds under another name."""

    name: ClassVar[str] = "edges"


def register():
    CONCEPTS.register("cautious", Cautious())
    FORMATS.register("plain_words", Plain())
    STUDIES.register("edges", Edges)
'''
REGISTERED = ((CONCEPTS, "cautious"), (FORMATS, "plain_words"), (STUDIES, "edges"))


def install(folder: Path, module: str, source: str, entry: str) -> None:
    """Installs a distribution of one module, as an installer lays it out."""
    (folder / f"{module}.py").write_text(source)
    told = folder / f"{module}-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text(f"[advgame.plugins]\n{module} = {entry}\n")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that packages are installed into, forgotten after the test."""
    monkeypatch.syspath_prepend(str(tmp_path))
    load_plugins.cache_clear()
    modules = set(sys.modules)
    yield tmp_path
    load_plugins.cache_clear()
    for catalogue, name in REGISTERED:
        if name in catalogue:
            catalogue.unregister(name)
    for module in set(sys.modules) - modules:
        if module.startswith("plugged"):
            del sys.modules[module]


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[str, str]:
    """What the installed command prints and says."""
    monkeypatch.setattr(sys, "argv", ["advgame", *words])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code in (0, None)
    printed = capsys.readouterr()
    return " ".join(printed.out.split()), printed.err


def test_the_command_finds_the_parts_of_an_installed_package(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install(site, "plugged_parts", PARTS, "plugged_parts:register")
    printed, complaint = run(monkeypatch, capsys, "solve", "--help")
    assert "cautious" in printed
    assert "plain_words" in printed
    assert complaint == ""
    assert "edges" in run(monkeypatch, capsys, "study", "--help")[0]
    case = "cifar10-two-defences"
    assert (
        "adversarially trained network" in run(monkeypatch, capsys, "solve", case, "--concept", "cautious")[0]
    )


def test_a_plug_in_that_fails_is_named_in_one_line_and_the_others_work(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install(site, "plugged_parts", PARTS, "plugged_parts:register")
    install(site, "plugged_broken", "import no_such_module", "plugged_broken")
    install(site, "plugged_taken", PARTS.replace('"cautious"', '"nash"'), "plugged_taken:register")
    printed, complaint = run(monkeypatch, capsys, "solve", "--help")
    assert "cautious" in printed
    first, second = sorted(complaint.splitlines())
    assert "'plugged_broken' of plugged_broken 1.0 is left out" in first
    assert "no_such_module" in first
    assert "'plugged_taken'" in second
    assert "NameTaken" in second
    assert "nash" in second


def test_plug_ins_are_loaded_once_and_a_module_is_enough(
    site: Path, caplog: pytest.LogCaptureFixture
) -> None:
    install(site, "plugged_module", f"{PARTS}\nregister()\n", "plugged_module")
    with caplog.at_level(logging.WARNING, "advgame"):
        assert load_plugins() == load_plugins() == ("plugged_module",)
    assert CONCEPTS["cautious"].name == "cautious"
    assert not caplog.records
