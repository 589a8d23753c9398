"""Row after row, each solver after the other: side by side, so that a busy machine is busy for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.results import Result
from benchmarks.rows import Row
from benchmarks.solvers import PEERS, GambitPeer, Ours, QuantEconPeer
from benchmarks.worker import Taken, Worker

MOST_GAMES_OF_A_PEER = 200


@dataclass
class Run:
    """The settings of a run and what it has learnt about who stops where."""

    quick: bool
    peer_seconds: float  # for one row
    own_seconds: float
    ours_only: bool = False
    stopped_at: dict[tuple[str, tuple[str, str, str]], tuple[int, str]] = field(default_factory=dict)
    _workers: dict[tuple[str, int], Worker] = field(default_factory=dict)

    def results(
        self, rows: Sequence[Row], known: Sequence[Result], tell: Callable[[str], None]
    ) -> Iterator[Result]:
        """A result for every row and solver; those known are not measured again."""
        held = {result.key: result for result in known}
        try:
            for row in rows:
                tell(row.name)
                for solver in self._solvers(row):
                    earlier = held.get((row.part, row.name, solver))
                    result = earlier or self._result(row, solver)
                    self._learn(row, result)
                    yield result
        finally:
            for worker in self._workers.values():
                worker.close()

    def _solvers(self, row: Row) -> list[str]:
        """Ours, and the peers that answer the question; nobody else takes two cores, arrays or scenarios."""
        if self.ours_only or row.threads > 1 or row.buffers or row.swept:
            return [Ours.name]
        if row.part == "classes":
            return [Ours.name, QuantEconPeer.name, GambitPeer.name]
        return [Ours.name, *(name for name, peer in PEERS.items() if row.question in peer.methods)]

    def _result(self, row: Row, solver: str) -> Result:
        reason = self._why_not(row, solver)
        if reason:
            return _as_result(row, solver, 0, Taken(), reason)
        ours = solver == Ours.name
        games = row.games if row.part == "classes" else row.games_for(self.quick)
        games = games if ours else min(games, MOST_GAMES_OF_A_PEER)
        limit = self.own_seconds if ours else self.peer_seconds
        taken = self._worker(solver, row.threads).measure(row, games, limit)
        return _as_result(row, solver, games, taken, _outcome(taken, limit))

    def _why_not(self, row: Row, solver: str) -> str:
        if solver == Ours.name:
            return "" if Ours().offers(row.question) else "not offered"
        if PEERS[solver].version is None:
            return "not installed"
        size, where = self.stopped_at.get((solver, row.kind), (0, ""))
        return f"stopped at {where}" if size and row.shape[0] * row.shape[1] > size else ""

    def _worker(self, solver: str, threads: int) -> Worker:
        return self._workers.setdefault((solver, threads), Worker(solver, threads))

    def _learn(self, row: Row, result: Result) -> None:
        """A peer that did not finish a single game is not tried on larger ones of the kind."""
        size = row.shape[0] * row.shape[1]
        before = self.stopped_at.get((result.solver, row.kind), (size, ""))
        if result.outcome.startswith("stopped after") and size <= before[0]:
            self.stopped_at[result.solver, row.kind] = (size, f"{row.shape[0]}×{row.shape[1]}")


def _outcome(taken: Taken, limit: float) -> str:
    if taken.failure:
        return taken.failure
    return "measured" if taken.seconds else f"stopped after {limit:g} s"


def _as_result(row: Row, solver: str, games: int, taken: Taken, outcome: str) -> Result:
    median, facts = taken.median, taken.facts
    return Result(
        row.part,
        row.name,
        row.family,
        *row.shape,
        row.question,
        row.threads,
        solver,
        _version(solver),
        outcome,
        median_seconds="" if median is None else f"{median:.4g}",
        measurements=len(taken.seconds),
        games=games,
        goal_seconds="" if row.goal_seconds is None else f"{row.goal_seconds:g}",
        equilibria_per_game="" if facts is None else f"{facts.equilibria_per_game:.4g}",
        complete="" if facts is None else f"{facts.complete:.4g}",
        compiled="" if facts is None else f"{facts.compiled:.4g}",
        largest_regret="" if facts is None else f"{facts.largest_regret:.2g}",
    )


def _version(solver: str) -> str:
    from importlib.metadata import version

    return version("advgame") if solver == Ours.name else PEERS[solver].version or ""
