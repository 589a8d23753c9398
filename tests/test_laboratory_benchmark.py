"""The timings of the laboratory run; what they come to is not asserted."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the laboratory is the extra lab")

from advgame.lab.datasets import DATASETS
from advgame.lab.fitting.task import Task
from advgame.lab.networks import NETWORKS
from advgame.lab.training.standard import Standard
from benchmarks import laboratory_builds
from benchmarks.laboratory_strength import SPARSE, beside_autoattack, sparse_attacks

TINY = """
name = "tiny"
dataset = "digits"
network = "mlp"
test_inputs = 20

[defences.plain]
use = "standard"
epochs = 1

[attacks.pgd]
use = "pgd"
radii = [0.1]
steps = 2
"""


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_attacks_are_compared_in_tables_with_a_line_for_each() -> None:
    dataset = DATASETS["digits"].load(None)
    network = Standard(epochs=2).fit(NETWORKS["small_cnn"](dataset.shape, 10, 0), Task(dataset, 0)).eval()
    title, _, *lines = map(cells, beside_autoattack(dataset, {"plain": network}, 3))
    assert [line[0] for line in lines] == ["plain, 0.05", "plain, 0.1"]
    assert all(len(line) == len(title) for line in lines)
    title, _, *lines = map(cells, sparse_attacks(dataset, {"plain": network}, 3))
    assert [line[1] for line in lines] == [f"`{attack}`" for attack in SPARSE]
    assert all(len(line) == len(title) for line in lines)


def test_the_whole_command_is_timed_with_the_code_of_each_checkout(tmp_path: Path) -> None:
    other = tmp_path / "src" / "advgame"
    other.mkdir(parents=True)
    (other / "__init__.py").touch()
    (other / "cli.py").write_text(
        "import sys\nopen(sys.argv[-1], 'w').write('accuracy\\n0.25\\n0.75\\n')\n", encoding="utf-8"
    )
    title, _, this, there, ratio = map(cells, laboratory_builds.whole_measurements(TINY, tmp_path, 1))
    assert len(this) == len(there) == len(title)
    assert (there[0], there[3]) == ("the other, no commit", "0.5000")
    assert 0 < float(this[3]) < 1
    assert float(ratio[1]) == pytest.approx(float(there[1]) / float(this[1]), abs=0.02)
