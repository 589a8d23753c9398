"""The time left is the mean of what units of the same kind took, times the units that are left."""

from __future__ import annotations

from pathlib import Path

import pytest

from advgame.lab.experiment.estimate import estimate, estimate_text
from advgame.lab.experiment.journal import Journal
from advgame.lab.experiment.reading import experiment_of
from advgame.lab.experiment.units import MAKE, Plan
from tests.cli.test_cli import run

TOML = """
dataset = "digits"
network = "small_cnn"
seeds = [0, 1, 2]

[defences.plain]
use = "standard"

[attacks.pgd]
use = "pgd"
radii = [0.1]
"""


def test_hours_left_follow_from_finished_units(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import tomllib

    (tmp_path / "mine.toml").write_text(TOML, encoding="utf-8")
    experiment, table = experiment_of(tomllib.loads(TOML), name="mine"), tmp_path / "rows.csv"
    journal = Journal.beside(table)
    journal.open()
    for unit in Plan(experiment).units:
        if unit.kind == MAKE and unit.seed < 2:
            journal.write(unit, {"wall_seconds": [1800.0, 5400.0][unit.seed]})
    shares = {share.work: share for share in estimate(experiment, table)}
    assert list(shares) == ["training plain", "benign inputs", "pgd"]
    assert (shares["training plain"].units, shares["training plain"].finished) == (3, 2)
    assert shares["training plain"].seconds_left == 3600  # one unit of the mean of 1800 and 5400 seconds
    assert shares["pgd"].seconds_left is None
    last = estimate_text(shares.values()).splitlines()[-1]
    assert last.split("  ")[-1] == "in all, without 6 units of kinds that no unit has finished"
    assert last.split()[:3] == ["9", "2", "1.00"]
    assert run(monkeypatch, "measure", str(tmp_path / "mine.toml"), "-o", str(table), "--estimate") == 0
    assert last in capsys.readouterr().out
    assert not table.exists()
