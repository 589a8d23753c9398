"""A process of its own for each solver, so that one that does not come back can be ended.

It is told a row, draws the games, warms up, and sends one number per measurement: seconds per game.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from time import monotonic, perf_counter, process_time
from typing import Any

import numpy as np

from benchmarks.families import FloatArray, draw
from benchmarks.rows import Row
from benchmarks.solvers import PEERS, SINGLE, Ours, Peer
from benchmarks.sweeps import sweep

REPEATS = 7  # of a whole batch
MOST_REPEATS, WORTH_REPEATING = 200, 0.03  # of a single game: a number, and seconds
LONGEST_START = 180.0  # seconds to import, compile and draw the games: not measured, but not endless
READY, DONE = "ready", "done"
BLAS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Facts:
    """What a batch of ours came to: told beside its time."""

    equilibria_per_game: float
    complete: float  # share of the games
    compiled: float  # share of the games answered by a kernel
    largest_regret: float


@dataclass
class Taken:
    """Seconds per game as they came in, and whether the time ran out."""

    seconds: list[float] = field(default_factory=list)
    facts: Facts | None = None
    stopped: bool = False
    failure: str = ""

    @property
    def median(self) -> float | None:
        """The median of what was measured; None where nothing was."""
        return float(np.median(self.seconds)) if self.seconds else None


class Worker:
    """Measures one solver with a fixed number of threads; ended and begun anew where it takes too long."""

    def __init__(self, solver: str, threads: int = 1) -> None:
        self.solver, self.threads = solver, threads
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    def measure(self, row: Row, games: int, limit_seconds: float) -> Taken:
        """What comes in within the limit, which starts when the games are drawn and the solver is warm."""
        pipe = self._connected()
        pipe.send((row, games, limit_seconds))
        taken = Taken()
        deadline = monotonic() + LONGEST_START
        while pipe.poll(max(0.0, deadline - monotonic())):
            try:
                message = pipe.recv()
            except EOFError:
                taken.failure = "the process ended"
                break
            if message == DONE:
                return taken
            if message == READY:
                deadline = monotonic() + limit_seconds
            else:
                _note(taken, message)
        taken.stopped = not taken.failure
        self.close()
        return taken

    def close(self) -> None:
        """Ends the process, if there is one, and the programs it has begun."""
        if self._process is not None:
            if hasattr(os, "killpg") and self._process.pid is not None:
                with suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
            self._process.kill()
            self._process.join()
            self._process = None

    def _connected(self) -> Connection:
        if self._process is None or self._pipe is None:
            here, there = multiprocessing.Pipe()
            os.environ.update(dict.fromkeys(BLAS, "1"), NUMBA_NUM_THREADS=str(self.threads))
            context = multiprocessing.get_context("spawn")
            self._process = context.Process(target=serve, args=(there, self.solver), daemon=True)
            self._process.start()
            there.close()
            self._pipe = here
        return self._pipe


def _note(taken: Taken, message: object) -> None:
    if isinstance(message, float):
        taken.seconds.append(message)
    elif isinstance(message, Facts):
        taken.facts = message
    else:
        taken.failure = str(message)


def serve(pipe: Connection, solver: str) -> None:
    """Measures the rows that are asked for until the process is ended."""
    if hasattr(os, "setpgrp"):
        os.setpgrp()  # so that what it begins can be ended with it
    warnings.simplefilter("ignore")  # peers warn of ties and divide by zero; the table is not about that
    while True:
        row, games, limit_seconds = pipe.recv()
        try:
            if row.part == "classes":
                _time_singly(
                    pipe, SINGLE if solver == Ours.name else PEERS[solver], row, games, limit_seconds
                )
            elif solver == Ours.name:
                _time_batch(pipe, row, games, limit_seconds)
            else:
                _time_singly(pipe, PEERS[solver], row, games, limit_seconds)
        except Exception as problem:  # a solver that fails is a result, not the end of the run
            pipe.send(f"failed: {type(problem).__name__}")
        pipe.send(DONE)


def _time_batch(pipe: Connection, row: Row, games: int, limit_seconds: float) -> None:
    work, games = _sweep(row, games) if row.swept else _batch(row, games)
    pipe.send(READY)
    begin = perf_counter()
    for repeat in range(REPEATS):
        start = perf_counter()
        solution = work()
        took = perf_counter() - start
        if repeat > 0 or took > limit_seconds / 4:  # the first one warms the caches, where there is time
            pipe.send(took / games)
        if repeat == 0 and hasattr(solution, "regret"):  # a map counts nothing
            pipe.send(_facts(solution, games))
        if perf_counter() - begin > limit_seconds - 1.5 * took:
            break


def _batch(row: Row, games: int) -> tuple[Callable[[], object], int]:
    import advgame as ag

    a, b = draw(row.family, row.shape, games)
    concept = Ours.concepts[row.question]
    few = draw(row.family, _small(row.shape), 3, seed=2)  # compiles; the large games would take their time
    ag.solve_batch(*few, concept=concept)
    buffers = ag.BatchBuffers.for_shape(games, *row.shape) if row.buffers else None
    return (lambda: ag.solve_batch(a, b, concept=concept, out=buffers)), games


def _sweep(row: Row, cells: int) -> tuple[Callable[[], object], int]:
    return sweep(row.family, row.shape, cells), round(cells**0.5) ** 2


def _facts(solution: Any, games: int) -> Facts:
    """From a `BatchSolution`, or from the answers of a sweep."""
    from advgame.equilibria.batch.gathered import Status

    equilibria = len(solution.game_index) if hasattr(solution, "game_index") else solution.equilibria.sum()
    return Facts(
        equilibria_per_game=float(equilibria / games),
        complete=float(solution.complete.mean()),
        compiled=float(np.isin(solution.status, [Status.COMPILED, Status.ONE]).mean()),
        largest_regret=float(solution.regret.max(initial=0.0)),
    )


def _small(shape: tuple[int, int]) -> tuple[int, int]:
    return min(shape[0], 70), min(shape[1], 70)


def _time_singly(pipe: Connection, peer: Peer, row: Row, games: int, limit_seconds: float) -> None:
    peer.work(row.question, *(games[0] for games in draw(row.family, (3, 3), 1, seed=2)))()
    a, b = draw(row.family, row.shape, games)
    pipe.send(READY)
    begin, equilibria, complete = monotonic(), [], []
    for game in range(games):
        took, answer = _once(peer, row, a[game], b[game])
        if row.part == "classes":
            took = _warm(peer, row, a[game], b[game], took)
        pipe.send(took)
        equilibria.append(peer.count(answer))
        complete.append(peer.is_complete(answer))
        if monotonic() - begin > limit_seconds / 2 and game >= 2:
            break
    if row.part == "classes":
        pipe.send(Facts(float(np.mean(equilibria)), float(np.mean(complete)), 0.0, 0.0))


def _once(
    peer: Peer, row: Row, a: FloatArray, b: FloatArray, clock: Callable[[], float] = perf_counter
) -> tuple[float, Any]:
    """The seconds of one answer, and the answer."""
    work = peer.work(row.question, a, b)
    start = clock()
    answer = work()
    return clock() - start, answer


def _warm(peer: Peer, row: Row, a: FloatArray, b: FloatArray, first: float) -> float:
    """The median of CPU seconds of answers to one game, each made anew: other programs do not count."""
    repeats = min(MOST_REPEATS, 3 + int(WORTH_REPEATING / max(first, 1e-6)))
    return float(np.median([_once(peer, row, a, b, process_time)[0] for _ in range(repeats)]))
