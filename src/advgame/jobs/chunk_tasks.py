"""The tasks of a sweep: chunks to solve, and the search for cells that kill the process that solves them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from advgame.errors import SweepError
from advgame.jobs.sweep_job import Chunk

DEATHS_OF_A_TASK = 2  # after which the task, and not chance, is held to be the cause
FATAL_CELLS = 16  # of one chunk; more are no single accidents


@dataclass(frozen=True)
class Task:
    """A chunk to solve and store, or a part of one that is only tried."""

    chunk: Chunk
    skip: tuple[int, ...] = ()  # cells that kill the process
    is_trial: bool = False


@dataclass
class _Search:
    """The search for the fatal cells of a chunk."""

    chunk: Chunk
    open_trials: int = 0
    fatal: list[int] = field(default_factory=list)


@dataclass
class ChunkTasks:
    """Tasks in the order in which they should be started.

    A task whose worker dies is tried again. If the worker dies again, the cells of the chunk are tried in
    halves until the fatal ones are found; the chunk is then solved without them.

    >>> tasks = ChunkTasks(iter([Chunk(0, 0, 0, 2, 0)]))
    >>> while (task := tasks.next()) is not None:  # cell 1 is fatal
    ...     cells = range(task.chunk.first, task.chunk.last)
    ...     (tasks.died if 1 in cells and 1 not in task.skip else tasks.finished)(task)
    >>> task
    >>> tasks.skipped
    {0: (1,)}

    Args:
        chunks: the chunks to solve.
    """

    chunks: Iterator[Chunk]
    skipped: dict[int, tuple[int, ...]] = field(default_factory=dict)  # chunk number → fatal cells
    _urgent: deque[Task] = field(default_factory=deque)
    _deaths: dict[Task, int] = field(default_factory=dict)
    _searches: dict[int, _Search] = field(default_factory=dict)  # by chunk number

    def next(self) -> Task | None:
        """The next task; None if there is none at the moment."""
        if self._urgent:
            return self._urgent.popleft()
        chunk = next(self.chunks, None)
        return None if chunk is None else Task(chunk)

    def again(self, task: Task) -> None:
        """Puts back a task that was not started."""
        self._urgent.appendleft(task)

    def finished(self, task: Task) -> None:
        """Records that a task was done."""
        self._deaths.pop(task, None)
        if task.is_trial:
            self._end_trial(task)

    def died(self, task: Task) -> None:
        """Records that the worker of a task ended before the task did.

        Raises:
            SweepError: if workers keep dying for reasons that are not in single cells.
        """
        self._deaths[task] = self._deaths.get(task, 0) + 1
        if self._deaths[task] < DEATHS_OF_A_TASK:
            self._urgent.appendleft(task)
            return
        del self._deaths[task]
        search = self._search_of(task)
        if task.chunk.cells == 1:
            self._record_fatal(search, task.chunk.first)
        else:
            self._split(search, task.chunk)
        if task.is_trial:
            self._end_trial(task)
        elif search.open_trials == 0:
            self._solve_the_rest(search)

    def _search_of(self, task: Task) -> _Search:
        number = task.chunk.number
        if not task.is_trial:
            if number in self.skipped:
                raise SweepError(
                    f"The worker of chunk {number:,} keeps ending, although its parts can be solved; "
                    "probably the memory does not suffice. Use fewer workers or smaller chunks."
                )
            self._searches[number] = _Search(task.chunk)
        return self._searches[number]

    def _record_fatal(self, search: _Search, cell: int) -> None:
        search.fatal.append(cell)
        if len(search.fatal) > FATAL_CELLS:
            raise SweepError(
                f"More than {FATAL_CELLS} cells of chunk {search.chunk.number:,} end their worker, so the "
                "cause is the installation, a plug-in or the solver."
            )

    def _split(self, search: _Search, chunk: Chunk) -> None:
        middle = (chunk.first + chunk.last) // 2
        for first, last in ((middle, chunk.last), (chunk.first, middle)):
            part = replace(chunk, first=first, last=last, row=chunk.row + first - chunk.first)
            self._urgent.appendleft(Task(part, is_trial=True))
            search.open_trials += 1

    def _end_trial(self, task: Task) -> None:
        search = self._searches[task.chunk.number]
        search.open_trials -= 1
        if search.open_trials == 0:
            self._solve_the_rest(search)

    def _solve_the_rest(self, search: _Search) -> None:
        fatal = self.skipped[search.chunk.number] = tuple(sorted(search.fatal))
        self._urgent.appendleft(Task(search.chunk, fatal))
