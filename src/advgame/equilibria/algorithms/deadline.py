"""Work that stops in time: a deadline that is asked, and a stop for code that never asks."""

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
    """The work or the time allowed for a computation is over."""


class WorkDone(TimeUp):
    """The work allowed for a computation is done: the same for the same game, on every machine."""


@dataclass(eq=False)
class Deadline:
    """How much may be done: counted work, and a number of seconds from now on as the outer guard.

    Work is counted in nominal seconds: each step adds what it takes on a typical machine, by its size alone.
    So where work is the limit, an answer does not depend on how fast or busy the machine is.

    >>> deadline = Deadline(60, work=1.0)
    >>> deadline.spend(0.75)
    >>> deadline.work_left
    0.25
    """

    seconds: float
    work: float = math.inf  # nominal seconds
    whole: Deadline | None = None  # of which this one is a part
    started: float = field(default_factory=monotonic)
    spent: float = 0.0  # nominal seconds

    def part(self, work: float) -> Deadline:
        """A part of the work that is left, in the time that is left; what it spends counts for the whole."""
        return Deadline(self.left, min(work, self.work_left), self)

    @property
    def left(self) -> float:
        """The seconds that are left, 0 once the time is over."""
        return max(0.0, self.started + self.seconds - monotonic())

    @property
    def work_left(self) -> float:
        """The nominal seconds that are left, 0 once the work is done."""
        return max(0.0, self.work - self.spent)

    @property
    def over(self) -> bool:
        """Whether the time is over."""
        return monotonic() - self.started > self.seconds

    def spend(self, work: float) -> None:
        """Counts work that is done; raises WorkDone or TimeUp once that was too much."""
        self.count(work)
        self.check()

    def count(self, work: float) -> None:
        """Counts work that is done."""
        self.spent += work
        if self.whole is not None:
            self.whole.count(work)

    def check(self) -> None:
        """Raises WorkDone or TimeUp once the work is done or the time is over.

        Raises:
            WorkDone: once more work was done than allowed.
            TimeUp: once the time is over.
        """
        if self.spent > self.work:
            raise WorkDone
        if self.over:
            raise TimeUp


_SHARED: ContextVar[Deadline | None] = ContextVar("shared", default=None)


@contextmanager
def sharing(budget: Deadline) -> Iterator[None]:
    """While this lasts, slow methods also count for a budget that several games share.

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
    """A deadline that also ends, and counts, with the budget shared by several games, if there is one."""
    shared = _SHARED.get()
    if shared is None:
        return deadline
    return Deadline(min(deadline.left, shared.left), min(deadline.work_left, shared.work_left), shared)


def charge(work: float) -> None:
    """Counts nominal seconds of work for the budget shared by several games, if there is one.

    Raises:
        TimeUp: when the budget is used up.
    """
    shared = _SHARED.get()
    if shared is not None:
        shared.spend(work)


def charge_program(entries: int) -> None:
    """Counts a linear program with so many coefficients for the shared budget, if there is one.

    Raises:
        TimeUp: when the budget is used up.
    """
    charge(PER_PROGRAM + PER_COEFFICIENT * entries)


ALWAYS = Deadline(math.inf)  # as long as it takes


def within(seconds: float, work: Callable[[], Answer]) -> Answer:
    """What ``work`` returns, if it is done in time; pure-Python loops that never end are broken.

    The work runs in a thread of its own, into which TimeUp is raised when the time is over: signals
    would only work in a main thread, and a dashboard has none.

    >>> within(1.0, lambda: 42)
    42

    Raises:
        TimeUp: when it is not.
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
