"""A damaged file is read or refused with a message; it never ends in a traceback."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from advgame.bundled import bundled
from advgame.errors import AdvgameError
from advgame.findings.stories import read_story
from advgame.games import read_nfg
from advgame.measurements import read_table, write_table
from advgame.measurements.importers import AdvpruningImporter, CsvImporter, RobustbenchImporter
from advgame.scenarios import read_scenario
from advgame.scenarios.presets import _preset_at
from tests.mutated import mutated

TRIES = 120
GAMES = Path(__file__).parent / "games" / "nfg"
TABLE = bundled("data") / "published" / "cifar10-two-defences.csv"
RECORD = b"""{"dataset": "cifar10", "architecture": "WideResNet-34-20", "eps": "0.031", "clean_acc": "85.34",
"reported": 58, "autoattack_acc": "53.42", "external": "50.1", "unreliable": true, "corruptions_acc": "70.1",
"footnote": "Uses (l_inf) = 0.031 instead of 8/255."}"""
PRUNED = b"""dataset,architecture,pruning_method,pruning_structure,sparsity,clean,robust
cifar10,ResNet18,HARP,unstructured,0.9,83.38,45.40
cifar10,ResNet18,RST,unstructured,0.95,-,40
"""
MAP = b"""percent = true
separator = ";"
[columns]
defence = "model"
[constants]
dataset = "faces"
network = "ResNet-18"
[[accuracies]]
column = "plain"
attack = "none"
[[accuracies]]
column = "PGD-20"
attack = "pgd"
norm = "Linf"
radius = "8/255"
"""
THEIRS = b"model;plain;PGD-20\nA;94.7;3\nB;90;40\n"


def through_a_map(path: Path) -> object:
    (path.parent / "theirs.csv").write_bytes(THEIRS)
    return CsvImporter(columns=path).read(path.parent / "theirs.csv")


def a_scenario(path: Path) -> object:
    (path.parent / "rows.csv").write_bytes(TABLE.read_bytes())
    return read_scenario(path)


def parquet(folder: Path) -> bytes:
    return write_table(read_table(TABLE), folder / "rows.parquet").read_bytes()


READERS: dict[str, tuple[Callable[[Path], object], Callable[[Path], bytes]]] = {
    "outcomes.nfg": (read_nfg, lambda _: (GAMES / "outcomes.nfg").read_bytes()),
    "payoffs.nfg": (read_nfg, lambda _: (GAMES / "payoffs.nfg").read_bytes()),
    "rows.csv": (read_table, lambda _: TABLE.read_bytes()),
    "rows.parquet": (read_table, parquet),
    "pruned.csv": (AdvpruningImporter(percent=True).read, lambda _: PRUNED),
    "cifar10/Linf/a.json": (lambda path: RobustbenchImporter().read(path.parent), lambda _: RECORD),
    "faces/corruptions/a.json": (lambda path: RobustbenchImporter().read(path), lambda _: RECORD),
    "map.toml": (through_a_map, lambda _: MAP),
    "scenario.toml": (
        a_scenario,
        lambda _: (bundled("scenarios") / "cifar10-many-attacks.toml").read_bytes(),
    ),
    "story.toml": (read_story, lambda _: (bundled("data") / "stories" / "pneumonia.toml").read_bytes()),
    "preset.toml": (_preset_at, lambda _: (bundled("data") / "economics" / "spam.toml").read_bytes()),
}


@pytest.mark.parametrize("name", READERS)
def test_a_damaged_file_is_read_or_refused_with_a_message(tmp_path: Path, name: str) -> None:
    read, content_of = READERS[name]
    content, chance = content_of(tmp_path), random.Random(name)
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    read(path)
    refused = 0
    for _ in range(TRIES):
        path.write_bytes(mutated(content, chance))
        try:
            read(path)
        except AdvgameError:
            refused += 1
    assert refused > TRIES // 10
