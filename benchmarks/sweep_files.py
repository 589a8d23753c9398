"""``advgame sweep`` into a Parquet file, beside an earlier checkout and loops over other solvers.

    python -m benchmarks.sweep_files [--cells 10000 1000000] [--large-cells 10000] [--against PATH] [--dask]
                                     [--runs 1] [--peer-seconds 5]

The cases are `cifar10-two-defences` (2 × 2) and `cifar10-many-attacks` (20 × 11), Nash equilibria, over two
parameters. Figures are CPU seconds of all processes of the command, its start included, medians of the runs;
the builds take turns. The other solvers get finished payoffs of cells spread over the same grid, divided
among two processes by joblib; their start is not counted, and none of them writes a file.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np

from benchmarks.families import FloatArray
from benchmarks.machine import machine
from benchmarks.rows import ALL, ONE
from benchmarks.solvers import PEERS

ROOT = Path(__file__).parents[1]
RESULT = Path(__file__).parent / "results" / "sweep_files.md"
AXES = {
    "cifar10-two-defences": {"attack_cost": (0.01, 1.0), "largest_share": (0.01, 0.99)},
    "cifar10-many-attacks": {"attack_setup": (0.0, 0.1), "largest_share": (0.05, 0.9)},
}
SMALL, LARGE = AXES
# Listing all equilibria of 20 × 11 games takes the others minutes each, so there they compute one.
QUESTIONS = {SMALL: ALL, LARGE: ONE}
OTHERS = ("nashpy", "QuantEcon", "Gambit")
HEADING = (
    "| case | cells | build | CPU s | ns per cell | elapsed s | peak MB | × CPU | × elapsed | × memory |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)
PEERS_HEADING = (
    "| case | one cell after the other | CPU µs per cell | cells | times ours |\n|---|---|---|---|---|"
)
SAMPLED = 200  # cells at most that another solver gets
# The command in a process of its own, whose children are all that it started.
MEASURED = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([used.ru_utime + used.ru_stime, time.perf_counter() - start, used.ru_maxrss / 1024]))
"""
# An earlier checkout refuses sweeps that do not fit into an ordinary memory.
COMMAND = """
import advgame.studies.sweeps as sweeps
sweeps.MOST_CELLS = 10**12
from advgame.cli import main
main()
"""


def command(case: str, side: int, checkout: Path, *more: str) -> tuple[float, float, float]:
    """CPU seconds, elapsed seconds and peak memory (MB, of the largest process) of a sweep."""
    vary = [f"--vary={name}={low}:{high}:{side}" for name, (low, high) in AXES[case].items()]
    with TemporaryDirectory() as folder:
        sweep = ["sweep", case, *vary, "--concept=nash", f"--output={folder}/sweep.parquet", *more]
        measured = subprocess.run(
            [sys.executable, "-c", MEASURED, sys.executable, "-c", COMMAND, *sweep],
            env={**os.environ, "PYTHONPATH": str(checkout / "src"), "PYTHONDONTWRITEBYTECODE": ""},
            check=True, capture_output=True, text=True,
        )  # fmt: skip
    cpu, elapsed, memory = json.loads(measured.stdout)
    return cpu, elapsed, memory


def builds(
    case: str, side: int, engines: dict[str, tuple[Path, tuple[str, ...]]], runs: int
) -> Iterator[str]:
    """A row for each build or engine, the first of which is divided by."""
    measured: dict[str, list[tuple[float, float, float]]] = {name: [] for name in engines}
    for _ in range(runs):
        for name, (checkout, more) in engines.items():
            measured[name].append(command(case, side, checkout, *more))
    first = [median(column) for column in zip(*measured[next(iter(engines))], strict=True)]
    for name, figures in measured.items():
        cpu, elapsed, memory = (median(column) for column in zip(*figures, strict=True))
        ratios = " | ".join(
            f"{each / own:.2f}" for each, own in zip((cpu, elapsed, memory), first, strict=True)
        )
        yield (
            f"| {case} | {side**2:,} | {name} | {cpu:.2f} | {1e9 * cpu / side**2:,.0f} | {elapsed:.1f} | "
            f"{memory:.0f} | {ratios} |"
        )


def peers(case: str, side: int, seconds: float, ours: float) -> Iterator[str]:
    """A row for each other solver: CPU microseconds per cell, and how many times ours that is."""
    from joblib import Parallel, delayed  # type: ignore[import-untyped]  # it has no types

    a, b = _payoffs(case, side)
    for name in OTHERS:
        peer = PEERS[name]
        if peer.version is None:
            yield f"| {case} | {name} | not installed | | |"
            continue
        halves = Parallel(n_jobs=2)(
            delayed(_loop)(name, QUESTIONS[case], a[part::2], b[part::2], seconds) for part in range(2)
        )
        solved = sum(count for count, _ in halves)
        if solved == 0:
            yield f"| {case} | {name} {peer.version} | no cell in {seconds:.0f} s | | |"
            continue
        each = sum(spent for _, spent in halves) / solved
        which = f"{name} {peer.version}, {peer.methods[QUESTIONS[case]]}"
        yield f"| {case} | {which} | {1e6 * each:,.0f} | {solved} | {each / ours:,.0f} |"


def _payoffs(case: str, side: int) -> tuple[FloatArray, FloatArray]:
    """The payoffs of cells spread evenly over the grid."""
    import advgame as ag
    from advgame.jobs.designs import FullGrid
    from advgame.scenarios.family.payoffs_over import payoffs_over

    grid = FullGrid({name: np.linspace(*ends, side).tolist() for name, ends in AXES[case].items()})
    cells = np.linspace(0, side**2 - 1, min(SAMPLED, side**2)).astype(int)
    rows = [grid.columns(cell, cell + 1) for cell in cells.tolist()]
    columns = {name: np.concatenate([row[name] for row in rows]) for name in AXES[case]}
    return payoffs_over(ag.case(case), columns)[:2]


def _loop(name: str, question: str, a: FloatArray, b: FloatArray, seconds: float) -> tuple[int, float]:
    """How many cells were solved, and the CPU seconds that they took; compiled code is warm."""
    works = [PEERS[name].work(question, *game) for game in zip(a, b, strict=True)]
    works[0]()
    start, solved = process_time(), 0
    for work in works:
        work()
        solved += 1
        if process_time() - start > seconds:
            break
    return solved, process_time() - start


def main() -> int:
    """Measures, prints the tables and saves them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweep_files", description=__doc__)
    parser.add_argument("--cells", type=int, nargs="+", default=[10_000], help="of the 2 × 2 case")
    parser.add_argument("--large-cells", type=int, nargs="*", default=[10_000], help="of the 20 × 11 case")
    parser.add_argument("--against", type=Path, help="another checkout, such as a git worktree")
    parser.add_argument("--dask", action="store_true", help="also with --engine dask")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--peer-seconds", type=float, default=5.0, help="for each other solver")
    given = parser.parse_args()
    engines: dict[str, tuple[Path, tuple[str, ...]]] = {"local": (ROOT, ("--workers=2",))}
    if given.dask:
        engines["dask"] = ROOT, ("--workers=2", "--engine=dask")
    if given.against is not None:
        engines["the other checkout"] = given.against, ()
    lines = [machine(), f"pyarrow {_version('pyarrow')}, distributed {_version('distributed')}", "", HEADING]
    compared: list[str] = []
    for case, sizes in ((SMALL, given.cells), (LARGE, given.large_cells)):
        for size in sizes:
            side, rows = round(size**0.5), []
            for row in builds(case, side, engines, given.runs):
                print(row, flush=True)
                rows.append(row)
            lines += rows
        if sizes:
            ours = float(rows[0].split("|")[5].replace(",", "")) * 1e-9
            compared += peers(case, side, given.peer_seconds, ours)
    run = f"Command: `python -m benchmarks.sweep_files {' '.join(sys.argv[1:])}`"
    text = "\n".join([*lines, "", PEERS_HEADING, *compared, "", run])
    print(text)
    RESULT.write_text(text + "\n", encoding="utf-8")
    return 0


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


if __name__ == "__main__":
    sys.exit(main())
