"""Reports timed side by side with another checkout: ``python -m benchmarks.reports --against PATH``.

Timed is the whole process of ``advgame solve CASE -o x.html``, in CPU seconds, and a process that imports the
command line and the reports and does nothing. Each is run anew for every figure; the checkouts take turns,
and medians are printed. *cold* has no compiled kernels at all, *warm* has what `solve_batch` leaves behind in
the checkout. Python's bytecode is kept in either case, as that of an installed package is.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median

from benchmarks.worker import BLAS

ROOT = Path(__file__).parents[1]
RUNS = 5
LONGEST = 600  # seconds for one report
SLOW = 60  # CPU seconds of both checkouts together: where one run takes longer, it is the only one
IMPORT = "import advgame.cli, advgame; advgame.report"  # the last imports all that makes reports
COMPILE = (
    "import numpy as np, advgame as ag; r = np.random.default_rng(1)\n"
    "for m, n in ((10, 8), (80, 80)):\n"
    "    a, b = r.random((2, m, n)); ag.solve_batch(np.array([a, a]), np.array([-a, -a]))\n"
)
TITLES = ("report", "code", "here", "there", "ratio", "beyond import", "goal")


@dataclass(frozen=True)
class Reported:
    """A bundled case whose report is timed."""

    case: str
    concept: str = ""
    goal: float = 0.0  # how many times quicker than the other checkout, in all
    goal_beyond_import: float = 0.0

    @property
    def command(self) -> list[str]:
        """The arguments of Python that make the report."""
        concept = ["--concept", self.concept] if self.concept else []
        return ["-m", "advgame.cli", "solve", self.case, *concept, "-o", "x.html"]


REPORTS = (
    Reported("cifar10-two-defences", goal_beyond_import=3.0),
    Reported("cifar10-many-attacks", goal=5.0),
    Reported("cifar10-robustbench", goal=5.0),
    Reported("cifar10-robustbench", "quantal_response", goal=20.0),
    Reported("cifar10-pruned-and-defended", "quantal_response", goal=20.0),
)


@dataclass(frozen=True)
class Checkout:
    """A checkout of advgame and where its compiled code is kept."""

    path: Path
    cache: str | None  # None: with the checkout itself
    bytecode: str  # a folder

    def seconds(self, arguments: list[str]) -> float:
        """CPU seconds of one process; infinite if it was not done in time."""
        settings = os.environ | dict.fromkeys(BLAS, "1")
        settings |= {"PYTHONPATH": str(self.path / "src"), "PYTHONPYCACHEPREFIX": self.bytecode}
        settings.pop("PYTHONDONTWRITEBYTECODE", None)
        settings |= {} if self.cache is None else {"NUMBA_CACHE_DIR": self.cache}
        before = getrusage(RUSAGE_CHILDREN)
        command = [sys.executable, *arguments]
        with tempfile.TemporaryDirectory() as folder:
            try:
                subprocess.run(
                    command, cwd=folder, env=settings, check=True, timeout=LONGEST, capture_output=True
                )
            except subprocess.TimeoutExpired:
                return float("inf")
        after = getrusage(RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(arguments: list[str] | None = None) -> int:
    """Prints the table; 1 where a goal is missed with compiled code at hand."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reports", description=__doc__)
    parser.add_argument("--against", type=Path, required=True, help="the folder of another checkout")
    parser.add_argument("--rows", default="", help="only reports whose case and concept hold all these words")
    parser.add_argument(
        "--runs", type=int, default=RUNS, help=f"of each process ({RUNS}); 1 where one is slow"
    )
    parser.add_argument("--default-concepts", action="store_true", help="leave out reports with --concept")
    parser.add_argument("--warm-only", action="store_true", help="leave out the runs without compiled code")
    given = parser.parse_args(arguments)
    chosen = [
        report
        for report in REPORTS
        if all(word in f"{report.case} {report.concept}" for word in given.rows.split())
        and not (given.default_concepts and report.concept)
    ]
    print("|", " | ".join(TITLES), "|\n|" + "---|" * len(TITLES))
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        paths = ROOT, given.against.resolve()
        for code in ("warm",) if given.warm_only else ("cold", "warm"):
            both = tuple(
                Checkout(path, f"{folder}/{place}" if code == "cold" else None, f"{folder}/bytecode-{place}")
                for place, path in enumerate(paths)
            )
            if code == "warm":
                for checkout in both:
                    checkout.seconds(["-c", COMPILE])
            for checkout in both:
                checkout.seconds(REPORTS[0].command)  # writes the bytecode
            imports = _medians(both, ["-c", IMPORT], given.runs)
            print(f"| import | {code} | {_row(imports)} | | |", flush=True)
            for report in chosen:
                reached = _print(report, code, _medians(both, report.command, given.runs), imports)
                missed = missed or (code == "warm" and not reached)
    return int(missed)


def _medians(checkouts: tuple[Checkout, ...], arguments: list[str], runs: int) -> list[float]:
    taken: list[list[float]] = []
    while len(taken) < runs and (not taken or sum(taken[0]) <= SLOW):
        taken.append([checkout.seconds(arguments) for checkout in checkouts])
    return [median(seconds) for seconds in zip(*taken, strict=True)]


def _print(report: Reported, code: str, whole: list[float], imports: list[float]) -> bool:
    """Prints a row; whether its goal is met."""
    beyond = (whole[1] - imports[1]) / max(whole[0] - imports[0], 1e-3)
    goal = report.goal or report.goal_beyond_import
    of_what = "in all" if report.goal else "beyond import"
    name = f"{report.case} {report.concept}".strip()
    print(f"| {name} | {code} | {_row(whole)} | {beyond:.3g} | {goal:g} {of_what} |", flush=True)
    return (whole[1] / whole[0] if report.goal else beyond) >= goal


def _row(seconds: list[float]) -> str:
    return f"{seconds[0]:.2f} s | {seconds[1]:.2f} s | {seconds[1] / seconds[0]:.3g}"


if __name__ == "__main__":
    raise SystemExit(main())
