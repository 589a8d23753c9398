"""The study ``sampling_error`` beside loops over other solvers: ``python -m benchmarks.posterior``.

Timed on one core, in CPU seconds: posterior draws of the accuracies of a bundled case, and the game of
each draw solved for all its equilibria, which are certified and valued. All are run in turns, so that a
machine that slows down slows all of them. The others find one equilibrium of each game, certify nothing,
and are given the payoffs ready; building QuantEcon's games is timed apart. nashpy's Lemke–Howson is stopped
where it loops. The peak memory is that of processes of their own.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from math import nan
from pathlib import Path
from statistics import median
from time import process_time
from types import FrameType

import numpy as np

from benchmarks.families import FloatArray
from benchmarks.machine import machine
from benchmarks.worker import BLAS

ONE_THREAD = dict.fromkeys(BLAS, "1")
RESULTS = Path(__file__).parent / "results"
CASE = "cifar10-many-attacks"
DRAWS = 100_000
RUNS = 5
PEER_DRAWS = {"QuantEcon": 5_000, "nashpy": 100}
LONGEST = 2  # seconds for one game of a peer
MEMORY = (25_000, 100_000, 400_000)  # draws of which the peak memory is compared
PEAK = (
    "import resource, sys, advgame as ag;"
    "ag.study('sampling_error', ag.case(sys.argv[1]), 'nash', draws=int(sys.argv[2]));"
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
)


class TooLong(Exception):
    """A peer did not finish a game in time."""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    draws: int
    seconds: float  # CPU

    @property
    def of_a_draw(self) -> float:
        """Microseconds for each draw."""
        return 1e6 * self.seconds / self.draws


def on_one_core() -> None:
    """Keeps this process, its threads and its linear algebra on one core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    from numba import set_num_threads

    set_num_threads(1)


@dataclass(frozen=True)
class Work:
    """Something to time."""

    what: str
    draws: int
    run: Callable[[], float | None]  # CPU seconds that it measured itself; None to measure it


def in_turns(works: list[Work], runs: int = RUNS) -> list[Row]:
    """The median CPU seconds of some runs of each, one after the other in turns; first runs do not count."""
    seconds: list[list[float]] = [[] for _ in works]
    for turn in range(runs + 1):
        for work, taken in zip(works, seconds, strict=True):
            begun = process_time()
            own = work.run()
            if turn:
                taken.append(process_time() - begun if own is None else own)
    return [Row(work.what, work.draws, median(taken)) for work, taken in zip(works, seconds, strict=True)]


def ours(case: str, draws: int) -> Iterator[Work]:
    """Drawing, solving with certificates and values, and the whole study."""
    import advgame as ag
    from advgame.decision import situate
    from advgame.scenarios.evidence import evidence_of
    from advgame.scenarios.family.payoffs_at_draws import PayoffsOfDraws
    from advgame.statistics.posteriors import in_chunks
    from advgame.studies.sampling_error import SamplingErrorStudy
    from advgame.studies.solved_draws import solved_draws

    here = situate(ag.case(case), "nash")
    evidence, pays = evidence_of(here.scenario), PayoffsOfDraws.at(here.scenario)

    drawn = [evidence.shaped(part) for part in in_chunks(evidence.posterior, draws, 0)]

    def draw() -> None:
        for part in in_chunks(evidence.posterior, draws, 0):
            evidence.shaped(part)

    def solve() -> None:
        for accuracy in drawn:
            solved_draws(pays, accuracy, "nash")

    def study() -> None:
        SamplingErrorStudy(draws=draws).run(here)

    yield Work("draws of the accuracies", draws, draw)
    yield Work("advgame: all equilibria, certified and valued", draws, solve)
    yield Work("the whole study", draws, study)


def payoffs(case: str, draws: int) -> tuple[FloatArray, FloatArray]:
    """The payoffs of some draws, both (draws, defences, attacks)."""
    import advgame as ag
    from advgame.scenarios.evidence import evidence_of
    from advgame.scenarios.family.payoffs_at_draws import PayoffsOfDraws

    scenario = ag.case(case)
    drawn = evidence_of(scenario).draw(np.random.default_rng(0), draws)
    return PayoffsOfDraws.at(scenario)(drawn)


def quantecon(case: str) -> Iterator[Work]:
    """One equilibrium of each draw by QuantEcon's Lemke–Howson, and its games built as well."""
    from quantecon.game_theory import NormalFormGame, Player, lemke_howson

    draws = PEER_DRAWS["QuantEcon"]
    a, b = payoffs(case, draws)
    turned = np.ascontiguousarray(b.transpose(0, 2, 1))

    games = [NormalFormGame((Player(one), Player(other))) for one, other in zip(a, turned, strict=True)]

    def build() -> None:
        for one, other in zip(a, turned, strict=True):
            NormalFormGame((Player(one), Player(other)))

    def solve() -> None:
        for game in games:
            lemke_howson(game)

    yield Work("QuantEcon: one equilibrium", draws, solve)
    yield Work("QuantEcon: building its games", draws, build)


def nashpy(case: str) -> Iterator[Work]:
    """One equilibrium of each draw by nashpy's Lemke–Howson; games in which it loops are left out."""
    from nashpy import Game

    draws = PEER_DRAWS["nashpy"]
    a, b = payoffs(case, draws)
    unfinished: set[int] = set()

    def solve() -> float:
        seconds = []
        for place, (one, other) in enumerate(zip(a, b, strict=True)):
            if place in unfinished:
                continue
            begun = process_time()
            try:
                with at_most(LONGEST), warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    Game(one, other).lemke_howson(initial_dropped_label=0)
            except Exception:  # too long, or it fails otherwise
                unfinished.add(place)
            else:
                seconds.append(process_time() - begun)
        return median(seconds) * draws if seconds else nan

    yield Work("nashpy: one equilibrium (median of those that it finishes)", draws, solve)


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Stops what takes longer."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


PEERS = {"quantecon": quantecon, "nashpy": nashpy}


def peaks(case: str) -> dict[int, float]:
    """The peak memory, MiB, of processes that study so many draws."""
    peak_memory = {}
    for draws in MEMORY:
        command = [sys.executable, "-c", PEAK, case, str(draws)]
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, env={**os.environ, **ONE_THREAD}
        )
        peak_memory[draws] = int(done.stdout) / 1024
    return peak_memory


def table(case: str, rows: list[Row], memory: dict[int, float], missing: list[str]) -> str:
    """The figures in Markdown."""
    solved = next((row for row in rows if row.what.startswith("advgame")), None)
    lines = [
        f"# Posterior draws of {case}",
        "",
        f"{machine()}. CPU seconds of one core, medians of {RUNS} runs in turns.",
        "",
        "| what | draws | seconds | µs a draw | beside ours |",
        "|---|---:|---:|---:|---:|",
    ]
    for row in rows:
        times = row.of_a_draw / solved.of_a_draw if solved and ":" in row.what else None
        ratio = "" if times is None else f"{times:.3g}"
        lines.append(f"| {row.what} | {row.draws:,} | {row.seconds:.3g} | {row.of_a_draw:.3g} | {ratio} |")
    lines += [f"\n{name} is not installed." for name in missing]
    if memory:
        sizes = ", ".join(f"{draws:,} draws {size:.0f} MiB" for draws, size in memory.items())
        lines.append(f"\nPeak memory of the whole process: {sizes}.")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.posterior", description=__doc__)
    parser.add_argument("--case", default=CASE)
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--no-memory", action="store_true", help="leave the peak memory out")
    given = parser.parse_args()
    if any(os.environ.get(name) != "1" for name in BLAS):
        os.execve(
            sys.executable,
            [sys.executable, "-m", "benchmarks.posterior", *sys.argv[1:]],
            {**os.environ, **ONE_THREAD},
        )
    on_one_core()
    works, missing = list(ours(given.case, given.draws)), []
    for name, peer in PEERS.items():
        if find_spec(name) is None:
            missing.append(name)
        else:
            works += peer(given.case)
    text = table(given.case, in_turns(works), {} if given.no_memory else peaks(given.case), missing)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "posterior.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
