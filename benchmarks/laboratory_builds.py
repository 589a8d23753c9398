"""The whole command ``advgame measure`` side by side with another checkout, on a small experiment."""

from __future__ import annotations

import csv
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory
from time import perf_counter

ROOT = Path(__file__).parents[1]
SMALL = """
name = "small"
dataset = "digits"
network = "small_cnn"
seeds = [0, 1]
test_inputs = 300

[defences.plain]
use = "standard"
epochs = 20

[defences.magnitude]
use = "magnitude"
after = "plain"
ladder = { compression = [2.0, 8.0] }
epochs = 5

[defences.pgd]
use = "adversarial_training"
radius = 0.1
epochs = 10

[attacks.pgd]
use = "pgd"
radii = [0.05, 0.1]

[attacks.ddn]
use = "ddn"
radii = [0.5, 1.0]

[attacks.square]
use = "square"
radii = [0.1]
queries = 500

[attacks.transferred]
use = "pgd"
radii = [0.05, 0.1]
crafted_on = "plain"

[attacks.noise]
use = "gaussian_noise"
radii = [0.1]
"""
WITH_STRONGEST = f"""{SMALL}
[attacks.strongest]
use = "strongest_linf"
radii = [0.05, 0.1]
"""


def whole_measurements(experiment: str, other: Path, repeats: int) -> Iterator[str]:
    """Lines of a table: seconds of the command with either checkout, in turns, and their ratio.

    Args:
        experiment: the content of its file.
        other: the folder of the other checkout, with the same dependencies.
        repeats: runs of each.
    """
    checkouts = {"this checkout": ROOT, "the other": other.resolve()}
    commits = {name: _commit(checkout) for name, checkout in checkouts.items()}
    runs: dict[str, list[tuple[float, float, float]]] = {name: [] for name in checkouts}
    for _ in range(repeats):
        for name, checkout in checkouts.items():
            runs[name].append(_measured(experiment, checkout))
    yield "| `advgame measure`, 4 networks of digits, 2 seeds | seconds | CPU seconds | mean accuracy |"
    yield "|---|---|---|---|"
    medians = {name: [median(figures) for figures in zip(*of, strict=True)] for name, of in runs.items()}
    for name, (wall, cpu, accuracy) in medians.items():
        yield f"| {name}, {commits[name]} | {wall:.1f} | {cpu:.1f} | {accuracy:.4f} |"
    ratios = [medians["the other"][place] / medians["this checkout"][place] for place in (0, 1)]
    yield f"| the other ÷ this checkout | {ratios[0]:.2f} | {ratios[1]:.2f} | |"


def _commit(checkout: Path) -> str:
    """The commit of a checkout, as Git describes it."""
    command = ["git", "-C", str(checkout), "describe", "--always", "--dirty"]
    described = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return described or "no commit"


def _measured(experiment: str, checkout: Path) -> tuple[float, float, float]:
    """Seconds of a run, CPU seconds of all its processes, and the mean accuracy of the table."""
    settings = {**os.environ, "PYTHONPATH": str(checkout / "src"), "OMP_NUM_THREADS": "1"}
    with TemporaryDirectory() as folder:
        described, table = Path(folder) / "small.toml", Path(folder) / "rows.csv"
        described.write_text(experiment, encoding="utf-8")
        command = [sys.executable, "-m", "advgame.cli", "measure", str(described), "-o", str(table)]
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
        subprocess.run(command, cwd=folder, env=settings, check=True, capture_output=True)
        wall, after = perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
        with table.open(encoding="utf-8", newline="") as file:
            accuracy = fmean(float(row["accuracy"]) for row in csv.DictReader(file))
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, accuracy
