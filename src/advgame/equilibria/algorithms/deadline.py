"""Limits of work and time: a deadline that code checks, and a way to stop code that does not."""

from __future__ import annotations

import ctypes
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeVar

Answer = TypeVar("Answer")
PER_PROGRAM, PER_COEFFICIENT = 4e-3, 1e-6  # nominal seconds of a linear program


class TimeUp(Exception):
    """The work limit or the time limit of a computation is reached."""


class WorkDone(TimeUp):
    """The work limit of a computation is reached: at the same step on every machine."""


@dataclass(eq=False)
class Deadline:
    """A limit of counted work, with wall-clock seconds from now on as a safeguard.

    Work is counted in nominal seconds: each step adds the time it takes on a typical machine, computed from
    its size. Results limited by work therefore do not depend on the speed or load of the machine.

    >>> deadline = Deadline(60, work=1.0)
    >>> deadline.spend(0.75)
    >>> deadline.work_left
    0.25
    """

    seconds: float
    work: float = math.inf  # nominal seconds
    whole: Deadline | None = None  # the deadline of which this one is a part
    started: float = field(default_factory=monotonic)
    spent: float = 0.0  # nominal seconds

    def part(self, work: float) -> Deadline:
        """A deadline for part of the remaining work and time; its work also counts for the whole."""
        return Deadline(self.left, min(work, self.work_left), self)

    @property
    def left(self) -> float:
        """The remaining seconds, 0 after the end."""
        return max(0.0, self.started + self.seconds - monotonic())

    @property
    def work_left(self) -> float:
        """The remaining nominal seconds, 0 after the limit."""
        return max(0.0, self.work - self.spent)

    @property
    def over(self) -> bool:
        """Whether the time is over."""
        return monotonic() - self.started > self.seconds

    def spend(self, work: float) -> None:
        """Counts work; raises WorkDone or TimeUp when a limit is reached."""
        self.count(work)
        self.check()

    def count(self, work: float) -> None:
        """Counts work."""
        self.spent += work
        if self.whole is not None:
            self.whole.count(work)

    def check(self) -> None:
        """Raises WorkDone or TimeUp when a limit is reached.

        Raises:
            WorkDone: when the work limit is exceeded.
            TimeUp: when the time is over.
        """
        if self.spent > self.work:
            raise WorkDone
        if self.over:
            raise TimeUp


_SHARED: ContextVar[Deadline | None] = ContextVar("shared", default=None)


@contextmanager
def sharing(budget: Deadline) -> Iterator[None]:
    """A context in which slow methods also count towards a budget shared by several games.

    >>> budget = Deadline(60, work=1.0)
    >>> with sharing(budget):
    ...     joined(Deadline(60, work=10.0)).spend(0.25)
    >>> budget.work_left
    0.75
    """
    before = _SHARED.set(budget)
    try:
        yield
    finally:
        _SHARED.reset(before)


def joined(deadline: Deadline) -> Deadline:
    """The deadline joined with the budget shared by several games, if there is one."""
    shared = _SHARED.get()
    if shared is None:
        return deadline
    return Deadline(min(deadline.left, shared.left), min(deadline.work_left, shared.work_left), shared)


def charge(work: float) -> None:
    """Counts nominal seconds towards the budget shared by several games, if there is one.

    Raises:
        TimeUp: when the budget is used up.
    """
    shared = _SHARED.get()
    if shared is not None:
        shared.spend(work)


def charge_program(entries: int) -> None:
    """Counts a linear program with this many coefficients towards the shared budget, if there is one.

    Raises:
        TimeUp: when the budget is used up.
    """
    charge(PER_PROGRAM + PER_COEFFICIENT * entries)


ALWAYS = Deadline(math.inf)  # no limit


def within(seconds: float, work: Callable[[], Answer]) -> Answer:
    """The result of ``work`` if it ends in time; endless pure-Python loops are interrupted.

    The work runs in a separate thread, in which TimeUp is raised when the time is over: signals work only
    in the main thread, which a dashboard does not use.

    >>> within(1.0, lambda: 42)
    42

    Raises:
        TimeUp: when the time is over.
    """
    outcome: list[Answer] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as problem:
            failure.append(problem)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    while thread.is_alive():
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident or 0), ctypes.py_object(TimeUp)
        )
        thread.join(0.05)
    if failure:
        raise failure[0]
    return outcome[0]
